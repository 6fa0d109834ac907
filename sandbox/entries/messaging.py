"""Queues and topics: their properties are maps of text attributes in the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sandbox.resource import ARN, ID, Call, Entry, Naming, Tagging, among, op, prop, text, upsert


def _texts(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    return {api: _text(values[name]) for name, api in names.items() if values.get(name) is not None}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _titles(names: Sequence[str]) -> dict[str, str]:
    return {name: name[0].upper() + name[1:] for name in names}


_QUEUE: Final = {
    **_titles(
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
    wanted = _texts(call.new, _QUEUE)
    dropped = {
        _QUEUE[name]: "" for name in ("policy", "redrivePolicy") if call.old.get(name) and not call.new.get(name)
    }
    call.send("set_queue_attributes", QueueUrl=call.id, Attributes={**dropped, **wanted})


QUEUE: Final = Entry(
    service="sqs",
    create=lambda call: call.send(
        "create_queue", QueueName=call.get("name"), Attributes=_texts(call.new, _QUEUE), tags=call.tags or None
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

_TOPIC: Final = {
    **_titles(
        (
            "archivePolicy",
            "contentBasedDeduplication",
            "deliveryPolicy",
            "displayName",
            "fifoThroughputScope",
            "fifoTopic",
            "kmsMasterKeyId",
            "policy",
            "signatureVersion",
            "tracingConfig",
        )
    ),
}


def _topic(call: Call) -> Any:
    found = call.send("get_topic_attributes", TopicArn=call.id)["Attributes"]
    return {**{name: found[api] for name, api in _TOPIC.items() if api in found}, **found}


def _each_attribute(operation: str, target: str, names: Mapping[str, str]) -> Callable[[Call], None]:
    def run(call: Call) -> None:
        for name, api in names.items():
            if call.changed(name):
                value = _text(call.new[name]) if call.new.get(name) is not None else ""
                call.send(operation, AttributeName=api, AttributeValue=value, **{target: call.id})

    return run


TOPIC: Final = Entry(
    service="sns",
    create=lambda call: call.send(
        "create_topic",
        Name=call.get("name"),
        Attributes=_texts(call.new, _TOPIC),
        Tags=[{"Key": key, "Value": value} for key, value in call.tags.items()] or None,
    )["TopicArn"],
    read=_topic,
    delete=op("delete_topic", TopicArn=ID),
    changes={
        tuple(name for name in _TOPIC if name != "fifoTopic"): _each_attribute(
            "set_topic_attributes", "TopicArn", _TOPIC
        )
    },
    facts={
        "arn": lambda call, _found: call.id,
        "name": lambda call, _found: call.id.rsplit(":", 1)[-1],
        "owner": lambda call, _found: call.account,
    },
    naming=Naming(longest=256),
    tagging=Tagging(
        add="tag_resource", remove="untag_resource", target={"ResourceArn": ID}, look="list_tags_for_resource"
    ),
)


def _topic_policy(call: Call) -> Any:
    found = call.send("get_topic_attributes", TopicArn=call.id)["Attributes"]
    return {"policy": found["Policy"], "arn": call.id, "owner": call.account}


_PUT_TOPIC_POLICY: Final = op(
    "set_topic_attributes", TopicArn=ARN, AttributeName="Policy", AttributeValue=prop("policy")
)
_OWNER_ONLY: Final = text(
    '{{"Version":"2008-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{account}"}},'
    '"Action":"SNS:*","Resource":"{id}"}}]}}'
)

TOPIC_POLICY: Final = Entry(
    service="sns",
    create=upsert(_PUT_TOPIC_POLICY, ARN),
    read=_topic_policy,
    # as the real provider: a topic always has a policy, so the default comes back
    delete=op("set_topic_attributes", TopicArn=ID, AttributeName="Policy", AttributeValue=_OWNER_ONLY),
    changes={("policy",): _PUT_TOPIC_POLICY},
)

_SUBSCRIPTION: Final = _titles(
    (
        "deliveryPolicy",
        "filterPolicy",
        "filterPolicyScope",
        "rawMessageDelivery",
        "redrivePolicy",
        "replayPolicy",
        "subscriptionRoleArn",
    )
)


def _subscription(call: Call) -> Any:
    found = call.send("get_subscription_attributes", SubscriptionArn=call.id)["Attributes"]
    return {**found, "topic": found["TopicArn"], "arn": call.id, "ownerId": found["Owner"]}


SUBSCRIPTION: Final = Entry(
    service="sns",
    create=lambda call: call.send(
        "subscribe",
        TopicArn=call.get("topic"),
        Protocol=call.get("protocol"),
        Endpoint=call.get("endpoint"),
        Attributes=_texts(call.new, _SUBSCRIPTION),
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"],
    read=_subscription,
    delete=op("unsubscribe", SubscriptionArn=ID),
    changes={tuple(_SUBSCRIPTION): _each_attribute("set_subscription_attributes", "SubscriptionArn", _SUBSCRIPTION)},
    local=among("confirmationTimeoutInMinutes", "endpointAutoConfirms"),
)

ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:sqs/queue:Queue": QUEUE,
    "aws:sqs/queuePolicy:QueuePolicy": QUEUE_POLICY,
    "aws:sns/topic:Topic": TOPIC,
    "aws:sns/topicPolicy:TopicPolicy": TOPIC_POLICY,
    "aws:sns/topicSubscription:TopicSubscription": SUBSCRIPTION,
}
