from __future__ import annotations

import json
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.hooks import TERMINATING
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown
from tests.policies.cases.controllers import PREFIX, controller
from tests.policies.cases.hooked import GROUP, hook, initial

WIRED = "asg-drain-handler-wired"
COMPLETE = "autoscaling:CompleteLifecycleAction"


def by_event(pattern: Any, principal: str | None = "events.amazonaws.com") -> tuple[Resource, ...]:
    rule = a(tokens.EVENT_RULE, "leaving", eventPattern=pattern if pattern is UNKNOWN else json.dumps(pattern))
    function = a(tokens.FUNCTION, "drain")
    target = a(tokens.EVENT_TARGET, "leaving", depends={"rule": [rule], "arn": [function]})
    permission = a(tokens.PERMISSION, "leaving", depends={"function": [function]}, principal=principal)
    return (GROUP, hook(), rule, function, target, *([permission] if principal else []))


def by_notification(queue: bool = False, polled: bool = True) -> tuple[Resource, ...]:
    topic = a(tokens.QUEUE if queue else tokens.TOPIC, "leaving")
    function = a(tokens.FUNCTION, "drain")
    poll = a(tokens.EVENT_SOURCE_MAPPING, "poll", depends={"eventSourceArn": [topic], "functionName": [function]})
    call = a(tokens.SUBSCRIPTION, "call", depends={"topic": [topic], "endpoint": [function]})
    noticed = a(tokens.LIFECYCLE_HOOK, "drain", lifecycleTransition=TERMINATING,
                depends={"autoscalingGroupName": [GROUP], "notificationTargetArn": [topic]})  # fmt: skip
    return (GROUP, noticed, topic, function, *([poll if queue else call] if polled else []))


def leaving(**detail: Any) -> dict[str, Any]:
    return {"source": ["aws.autoscaling"], "detail-type": ["EC2 Instance-terminate Lifecycle Action"], "detail": detail}


OF_WEB = {"AutoScalingGroupName": [{"prefix": "web-"}]}
OF_OTHERS = {"AutoScalingGroupName": ["db-1"]}
TAGGED = a(tokens.GROUP, "web", tags=[{"key": "Cluster", "value": "main", "propagateAtLaunch": True}], name="web-1")
TAGGED_HOOK = a(tokens.LIFECYCLE_HOOK, "drain", autoscalingGroupName="web-1", lifecycleTransition=TERMINATING)
BY_TAG = {"StringEquals": {"autoscaling:ResourceTag/Cluster": "main"}}
OTHER_TAG = {"StringEquals": {"aws:ResourceTag/Cluster": "db"}}

CASES = (
    good(WIRED, "a controller on a schedule", GROUP, hook(), *controller(COMPLETE)),
    good(WIRED, "a controller on a rule with a schedule", GROUP, hook(), *controller(COMPLETE, by_rule=True)),
    good(WIRED, "a controller with a managed policy", GROUP, hook(), *controller(COMPLETE, managed=True)),
    good(WIRED, "a controller for groups with a tag", TAGGED, TAGGED_HOOK,
         *controller(COMPLETE, resource="*", condition=BY_TAG)),
    good(WIRED, "an event rule", *by_event(leaving())),
    good(WIRED, "an event rule for these groups", *by_event(leaving(**OF_WEB))),
    good(WIRED, "an event rule that is not read does not matter", *by_event(UNKNOWN), *controller(COMPLETE)),
    good(WIRED, "a topic", *by_notification()),
    good(WIRED, "a queue", *by_notification(queue=True)),
    bad(WIRED, "nobody", "hook drain, which nothing completes", GROUP, hook()),
    bad(WIRED, "nobody for the group's own hook", "which nothing completes", initial()),
    bad(WIRED, "a controller without the permission", "nothing completes", GROUP, hook(), *controller("ecs:ListTasks")),
    bad(WIRED, "a controller of other groups", "nothing completes", GROUP, hook(),
        *controller(COMPLETE, resource=f"{PREFIX}db-*")),
    bad(WIRED, "a controller of one group of that prefix", "nothing completes", GROUP, hook(),
        *controller(COMPLETE, resource=f"{PREFIX}web-1")),
    bad(WIRED, "a controller of another tag", "nothing completes", TAGGED, TAGGED_HOOK,
        *controller(COMPLETE, resource="*", condition=OTHER_TAG)),
    bad(WIRED, "a rule for other groups", "nothing completes", *by_event(leaving(**OF_OTHERS))),
    bad(WIRED, "a rule for another event", "nothing completes",
        *by_event({"detail-type": ["EC2 Instance-launch Lifecycle Action"]})),
    bad(WIRED, "a function that may not be called", "nothing completes", *by_event(leaving(), None)),
    bad(WIRED, "a function that another may call", "nothing completes", *by_event(leaving(), "s3.amazonaws.com")),
    bad(WIRED, "a topic without a subscriber", "nothing completes", *by_notification(polled=False)),
    unknown(WIRED, "the pattern", *by_event(UNKNOWN)),
    unknown(WIRED, "the role's document", GROUP, hook(), *controller(COMPLETE, known=False)),
    unknown(WIRED, "a filter that is not read", *by_event(leaving(AutoScalingGroupName=[{"wildcard": "web*"}]))),
    other(WIRED, "no hook", GROUP),
)  # fmt: skip
