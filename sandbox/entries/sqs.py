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


def _queue_policy(call: Call) -> Any:
    found = call.send("get_queue_attributes", QueueUrl=call.id, AttributeNames=["Policy"]).get("Attributes", {})
    return {"policy": found["Policy"], "queueUrl": call.id} if found.get("Policy") else None


_PUT_QUEUE_POLICY: Final = op(
    "set_queue_attributes", QueueUrl=prop("queueUrl"), Attributes=lambda call: {"Policy": call.new["policy"]}
)


QUEUE_POLICY: Final = Entry(
    service="sqs",
    create=upsert(_PUT_QUEUE_POLICY, prop("queueUrl")),
    read=_queue_policy,
    delete=op("set_queue_attributes", QueueUrl=ID, Attributes={"Policy": ""}),
    changes={("policy",): _PUT_QUEUE_POLICY},
)


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:sqs/queue:Queue": QUEUE,
    "aws:sqs/queuePolicy:QueuePolicy": QUEUE_POLICY,
}
