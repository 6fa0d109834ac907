"""Where alarms and undeliverable events go. Others import these names."""

from .alarm_topics import AlarmTopics, AlarmTopicsArgs, Subscribers
from .dead_letter_queue import DeadLetterQueue, DeadLetterQueueArgs
from .queries import Query, queries

__all__ = [
    "AlarmTopics",
    "AlarmTopicsArgs",
    "DeadLetterQueue",
    "DeadLetterQueueArgs",
    "Query",
    "Subscribers",
    "queries",
]
