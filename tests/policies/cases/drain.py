from __future__ import annotations

import json
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.hooks import TERMINATING
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import DROP, a, bad, good, other, unknown
from tests.policies.cases.controllers import PREFIX, controller

HOOKED, WIRED, SINGLE, RESULT = (
    "drain-hook-present", "drain-handler-wired", "drain-single-owner", "drain-hook-default-result",
)  # fmt: skip
MAY_DRAIN = "drain-handler-permissions"
DRAIN = ("ecs:UpdateContainerInstancesState", "ecs:ListTasks")
COMPLETE = "autoscaling:CompleteLifecycleAction"
LAUNCHING = "autoscaling:EC2_INSTANCE_LAUNCHING"
NAMED = {"namePrefix": "web-"}
GROUP = a(tokens.GROUP, "web", **NAMED)


def hook(**changes: Any) -> Resource:
    depends = {"autoscalingGroupName": [GROUP]}
    given = {"name": "drain", "lifecycleTransition": TERMINATING, "defaultResult": "CONTINUE", **changes}
    return a(tokens.LIFECYCLE_HOOK, "drain", depends=depends, **given)


def initial(transition: str = TERMINATING, **changes: Any) -> Resource:
    hooks = [{"name": "drain", "lifecycleTransition": transition, "defaultResult": "CONTINUE", **changes}]
    return a(tokens.GROUP, "web", **NAMED, initialLifecycleHooks=hooks)


def provider(managed: Any = DROP) -> Resource:
    inner = {"autoScalingGroupArn": UNKNOWN, **({} if managed is DROP else {"managedDraining": managed})}
    return a(tokens.CAPACITY_PROVIDER, "web", depends={"autoScalingGroupProvider": [GROUP]},
             autoScalingGroupProvider=inner)  # fmt: skip


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
BUDGET = "drain-time-budget"
BEAT = "autoscaling:RecordLifecycleActionHeartbeat"


def targets(delay: Any) -> Resource:
    return a(tokens.TARGET_GROUP, "web", deregistrationDelay=delay)


def task(stop: Any) -> Resource:
    return a(tokens.TASK_DEFINITION, "web", containerDefinitions=json.dumps([{"name": "web", "stopTimeout": stop}]))


def drainer(deadline: str, *more: str) -> tuple[Resource, ...]:
    return controller(COMPLETE, *more, environment={"DRAIN_DEADLINE_S": deadline})


UNSEEN = a(tokens.TASK_DEFINITION, "web", containerDefinitions=UNKNOWN)
FITTING = (GROUP, targets(60), task(30))  # 60 start + 120 looks + 60 + 30 = 270 s

CASES = (
    good(HOOKED, "a hook", GROUP, hook()),
    good(HOOKED, "a hook of the group itself", initial()),
    good(HOOKED, "managed draining", GROUP, provider()),
    bad(HOOKED, "none", "no terminating lifecycle hook", GROUP),
    bad(HOOKED, "a launching one", "no terminating lifecycle hook", initial(LAUNCHING)),
    bad(HOOKED, "managed draining is off", "no terminating", GROUP, provider("DISABLED")),
    unknown(HOOKED, "whose hook it is", GROUP, a(tokens.LIFECYCLE_HOOK, autoscalingGroupName=UNKNOWN)),
    unknown(HOOKED, "whether draining is managed", GROUP, provider(UNKNOWN)),
    other(HOOKED, "no group", a(tokens.CLUSTER)),
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
    good(SINGLE, "only a hook", GROUP, hook(), provider("DISABLED")),
    good(SINGLE, "only managed draining", GROUP, provider()),
    bad(SINGLE, "both", "by the hook drain and by the capacity provider web", GROUP, hook(), provider("ENABLED")),
    bad(SINGLE, "both, one by default", "and by the capacity provider web", GROUP, hook(), provider()),
    unknown(SINGLE, "whether draining is managed", GROUP, hook(), provider(UNKNOWN)),
    other(SINGLE, "neither", GROUP),
    good(RESULT, "said", hook()),
    good(RESULT, "said by the group", initial()),
    bad(RESULT, "not said", "defaultResult is not set", hook(defaultResult=DROP)),
    bad(RESULT, "not said by the group", "without defaultResult", initial(defaultResult=None)),
    unknown(RESULT, "the result", hook(defaultResult=UNKNOWN)),
    unknown(RESULT, "all hooks", a(tokens.GROUP, initialLifecycleHooks=UNKNOWN)),
    good(MAY_DRAIN, "both", GROUP, hook(), *controller(COMPLETE, *DRAIN)),
    bad(MAY_DRAIN, "only completes", "but not ecs:UpdateContainerInstancesState and ecs:ListTasks",
        GROUP, hook(), *controller(COMPLETE)),
    bad(MAY_DRAIN, "cannot see the tasks", "but not ecs:ListTasks", GROUP, hook(), *controller(COMPLETE, DRAIN[0])),
    unknown(MAY_DRAIN, "the role's document", GROUP, hook(), *controller(COMPLETE, known=False)),
    other(MAY_DRAIN, "no hook", GROUP, *controller(COMPLETE)),
    other(MAY_DRAIN, "no controller", GROUP, hook()),
    other(RESULT, "a launching hook", hook(lifecycleTransition=LAUNCHING, defaultResult=DROP)),
    good(BUDGET, "an hour is enough", *FITTING, hook()),
    good(BUDGET, "exactly enough", *FITTING, hook(heartbeatTimeout=270)),
    good(BUDGET, "a deadline between need and wait", *FITTING, hook(heartbeatTimeout=900), *drainer("600")),
    good(BUDGET, "heartbeats make a short hook long", *FITTING, hook(heartbeatTimeout=60), *drainer("1800", BEAT)),
    good(BUDGET, "no balancer", GROUP, hook(heartbeatTimeout=210)),
    bad(BUDGET, "the delay is longer than the hook", "waits 600 s, must be at least 810 s",
        GROUP, targets(600), task(30), hook(heartbeatTimeout=600)),
    bad(BUDGET, "the default delay counts", "must be at least 510 s", GROUP, targets(None), hook(heartbeatTimeout=500)),
    bad(BUDGET, "a slow stop counts", "must be at least 360 s",
        GROUP, targets(60), task(120), hook(heartbeatTimeout=300)),
    bad(BUDGET, "the deadline is too short", "deadline is 200 s, must be at least 270 s",
        *FITTING, hook(), *drainer("200")),
    bad(BUDGET, "the hook ends before the deadline", "deadline is 1800 s, must be at most 900 s",
        *FITTING, hook(heartbeatTimeout=900), *drainer("1800")),
    bad(BUDGET, "the configured poll counts", "must be at least 390 s",
        *FITTING, hook(heartbeatTimeout=300), pollSeconds=120),
    unknown(BUDGET, "the containers", GROUP, UNSEEN, hook()),
    unknown(BUDGET, "the delay", GROUP, targets(UNKNOWN), hook()),
    unknown(BUDGET, "the heartbeat", *FITTING, hook(heartbeatTimeout=UNKNOWN)),
    other(BUDGET, "a launching hook", *FITTING, hook(lifecycleTransition=LAUNCHING, heartbeatTimeout=30)),
)  # fmt: skip
