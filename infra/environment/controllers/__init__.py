"""The controllers and what they share: functions, schedules, hints, kill switch. Others import the components."""
