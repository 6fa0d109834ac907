"""SNS topics, their policies and subscriptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.entries.text_attributes import each_attribute, texts, titles
from sandbox.resource import Call, Entry, Naming, Tagging
from sandbox.steps import ARN, ID, among, op, prop, text, upsert

_TOPIC: Final = {
    **titles(
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


TOPIC: Final = Entry(
    service="sns",
    create=lambda call: call.send(
        "create_topic",
        Name=call.get("name"),
        Attributes=texts(call.new, _TOPIC),
        Tags=[{"Key": key, "Value": value} for key, value in call.tags.items()] or None,
    )["TopicArn"],
    read=_topic,
    delete=op("delete_topic", TopicArn=ID),
    changes={
        tuple(name for name in _TOPIC if name != "fifoTopic"): each_attribute(
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


_SUBSCRIPTION: Final = titles(
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
        Attributes=texts(call.new, _SUBSCRIPTION),
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"],
    read=_subscription,
    delete=op("unsubscribe", SubscriptionArn=ID),
    changes={tuple(_SUBSCRIPTION): each_attribute("set_subscription_attributes", "SubscriptionArn", _SUBSCRIPTION)},
    local=among("confirmationTimeoutInMinutes", "endpointAutoConfirms"),
)


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:sns/topic:Topic": TOPIC,
    "aws:sns/topicPolicy:TopicPolicy": TOPIC_POLICY,
    "aws:sns/topicSubscription:TopicSubscription": SUBSCRIPTION,
}
