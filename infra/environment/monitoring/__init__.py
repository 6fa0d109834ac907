"""Where alarms and undelivered events go. Others import AlarmTopic and DeadLetters."""
