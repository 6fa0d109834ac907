"""SQS queues and their policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.entries.text_attributes import texts, titles
from sandbox.resource import Call, Entry, Naming, Tagging
from sandbox.steps import ID, among, op, prop, upsert

_QUEUE: Final = {
    **titles(
        (
            "contentBasedDeduplication",
            "deduplicationScope",
            "delaySeconds",
            "fifoQueue",
            "fifoThroughputLimit",
            "kmsDataKeyReusePeriodSeconds",
            "kmsMasterKeyId",
            "policy",
            "receiveWaitTimeSeconds",
            "redriveAllowPolicy",
            "redrivePolicy",
            "sqsManagedSseEnabled",
        )
    ),
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}


def _queue(call: Call) -> Any:
    found = call.send("get_queue_attributes", QueueUrl=call.id, AttributeNames=["All"])["Attributes"]
    return {**{name: found[api] for name, api in _QUEUE.items() if api in found}, "arn": found["QueueArn"]}


def _queue_changes(call: Call) -> None:
    wanted = texts(call.new, _QUEUE)
    dropped = {
        _QUEUE[name]: "" for name in ("policy", "redrivePolicy") if call.old.get(name) and not call.new.get(name)
    }
    call.send("set_queue_attributes", QueueUrl=call.id, Attributes={**dropped, **wanted})


QUEUE: Final = Entry(
    service="sqs",
    create=lambda call: call.send(
        "create_queue", QueueName=call.get("name"), Attributes=texts(call.new, _QUEUE), tags=call.tags or None
    )["QueueUrl"],
    read=_queue,
    delete=op("delete_queue", QueueUrl=ID),
    update=_queue_changes,
    replaces=among("fifoQueue"),
    facts={"url": lambda call, _found: call.id, "name": lambda call, _found: call.id.rsplit("/", 1)[-1]},
    naming=Naming(longest=80),
    tagging=Tagging(add="tag_queue", remove="untag_queue", target={"QueueUrl": ID}, look="list_queue_tags"),
)


def _attribute_of(name: str, api: str) -> Entry:
    """One attribute of a queue as a resource of its own; its id is the queue's."""

    def look(call: Call) -> Any:
        found = call.send("get_queue_attributes", QueueUrl=call.id, AttributeNames=[api]).get("Attributes", {})
        return {name: found[api], "queueUrl": call.id} if found.get(api) else None

    write = op("set_queue_attributes", QueueUrl=prop("queueUrl"), Attributes=lambda call: {api: call.new[name]})
    return Entry(
        service="sqs",
        create=upsert(write, prop("queueUrl")),
        read=look,
        delete=op("set_queue_attributes", QueueUrl=ID, Attributes={api: ""}),
        changes={(name,): write},
    )


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:sqs/queue:Queue": QUEUE,
    "aws:sqs/queuePolicy:QueuePolicy": _attribute_of("policy", "Policy"),
    "aws:sqs/redrivePolicy:RedrivePolicy": _attribute_of("redrivePolicy", "RedrivePolicy"),
}
