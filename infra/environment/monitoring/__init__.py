"""Where alarms and undeliverable events go. Others import these names."""

from .alarm_topic import AlarmTopic, AlarmTopicArgs
from .dead_letter_queue import DeadLetterQueue, DeadLetterQueueArgs

__all__ = ["AlarmTopic", "AlarmTopicArgs", "DeadLetterQueue", "DeadLetterQueueArgs"]
