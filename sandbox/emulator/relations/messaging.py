"""SQS and SNS: names, and attributes that are texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from .relation import Keeps, Params, Relation, between, matches, values

_SQS: Final = "Amazon SQS API (2012-11-05)"
_SNS: Final = "Amazon SNS API (2010-03-31)"
_QUEUE_ATTRIBUTES: Final[Mapping[str, Keeps]] = {
    "DelaySeconds": between(0, 900),
    "MaximumMessageSize": between(1024, 1048576),
    "MessageRetentionPeriod": between(60, 1209600),
    "ReceiveMessageWaitTimeSeconds": between(0, 20),
    "VisibilityTimeout": between(0, 43200),
    "KmsDataKeyReusePeriodSeconds": between(60, 86400),
}


def _queue(params: Params) -> Iterator[str]:
    for name, value in (params.get("Attributes") or {}).items():
        keeps = _QUEUE_ATTRIBUTES.get(name)
        if keeps and value != "" and not keeps(value):
            yield f"Invalid value for the parameter {name}."


RELATIONS: Final = (
    Relation(
        service="sqs",
        operations=("CreateQueue",),
        problems=values(
            "QueueName",
            matches(r"[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo"),
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
        ),
        source=f"{_SQS}, CreateQueue, QueueName",
    ),
    Relation(
        service="sqs",
        operations=("CreateQueue", "SetQueueAttributes"),
        problems=_queue,
        source=f"{_SQS}, SetQueueAttributes",
        code="InvalidAttributeValue",
    ),
    Relation(
        service="sns",
        operations=("CreateTopic",),
        problems=values(
            "Name", matches(r"[A-Za-z0-9_-]{1,256}|[A-Za-z0-9_-]{1,251}\.fifo"), "Invalid parameter: Topic Name"
        ),
        source=f"{_SNS}, CreateTopic, Name",
    ),
)
