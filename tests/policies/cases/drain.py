from __future__ import annotations

import base64
import json
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.hooks import LAUNCHING, TERMINATING
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import DROP, a, bad, good, other, unknown
from tests.policies.cases.controllers import controller
from tests.policies.cases.hooked import GROUP, HOSTS, PLAIN, hook, initial, undecided

RESULT, MAY_DRAIN = "drain-hook-default-result", "drain-handler-permissions"
DRAIN = tuple(
    f"ecs:{action}"
    for action in ("ListContainerInstances", "DescribeContainerInstances", "UpdateContainerInstancesState", "ListTasks")
)
COMPLETE = "autoscaling:CompleteLifecycleAction"
BUDGET = "drain-time-budget"
BEAT = "autoscaling:RecordLifecycleActionHeartbeat"


def targets(delay: Any) -> Resource:
    return a(tokens.TARGET_GROUP, "web", deregistrationDelay=delay)


def task(stop: Any) -> Resource:
    return a(tokens.TASK_DEFINITION, "web", containerDefinitions=json.dumps([{"name": "web", "stopTimeout": stop}]))


def drainer(deadline: Any, *more: str, **runs: Any) -> tuple[Resource, ...]:
    return controller(COMPLETE, *more, environment={"DRAIN_DEADLINE_S": deadline}, runs=runs)


CLUSTER_ARN = "arn:aws:ecs:eu-central-1:111122223333:cluster/"
CLUSTER = a(tokens.CLUSTER, "main", name="main")
FOLLOWS = a(
    tokens.LAUNCH_TEMPLATE, "web", userData=base64.b64encode(b"echo ECS_CLUSTER=main >> /etc/ecs/ecs.config").decode()
)
OTHER = a(tokens.CLUSTER, "other", name="other")
JOINED = a(tokens.GROUP, "web", namePrefix="web-", depends={"launchTemplate": [FOLLOWS]})


def drains(resource: str = "*", **statement: Any) -> tuple[Resource, ...]:
    given = {"Effect": "Allow", "Action": DRAIN, "Resource": resource, **statement}
    return (JOINED, FOLLOWS, CLUSTER, OTHER, hook(), *controller(COMPLETE, also=(given,)))


def within(cluster: str) -> dict[str, Any]:
    return {"ArnEquals": {"ecs:cluster": CLUSTER_ARN + cluster}}


def refused(**statement: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": "ecs:*", "Resource": "*", **statement}


def drainer_but(*also: dict[str, Any]) -> tuple[Resource, ...]:
    return (GROUP, hook(), *controller(COMPLETE, *DRAIN, resource="*", also=also))


UNSEEN = a(tokens.TASK_DEFINITION, "web", containerDefinitions=UNKNOWN)
FITTING = (GROUP, targets(60), task(30))  # 60 start + 120 looks + 60 + 30 = 270 s

SHORT = [{"name": "drain", "lifecycleTransition": TERMINATING, "heartbeatTimeout": 30}]

CASES = (
    good(RESULT, "said", hook()),
    good(RESULT, "said by the group", initial()),
    bad(RESULT, "not said", "defaultResult is not set", GROUP, hook(defaultResult=DROP)),
    bad(RESULT, "not said by the group", "without defaultResult", initial(defaultResult=None)),
    unknown(RESULT, "the result", hook(defaultResult=UNKNOWN)),
    unknown(RESULT, "all hooks", a(tokens.GROUP, initialLifecycleHooks=UNKNOWN)),
    good(MAY_DRAIN, "both", GROUP, hook(), *controller(COMPLETE, *DRAIN, resource="*")),
    bad(MAY_DRAIN, "only completes", "ecs:UpdateContainerInstancesState, ecs:ListTasks in",
        GROUP, hook(), *controller(COMPLETE)),
    bad(MAY_DRAIN, "cannot see the tasks", "but not ecs:ListTasks in",
        GROUP, hook(), *controller(COMPLETE, *DRAIN[:3], resource="*")),
    good(MAY_DRAIN, "in the cluster that they join", *drains(Condition=within("main"))),
    good(MAY_DRAIN, "of a stack with two clusters", CLUSTER, OTHER, *drainer_but()),
    good(MAY_DRAIN, "but in another cluster", CLUSTER,
        *drainer_but(refused(Condition=within("other")))),
    good(MAY_DRAIN, "if a condition that nobody sees holds", *drains(Condition={"Bool": {"aws:x": "true"}})),
    good(MAY_DRAIN, "an odd document", *drains(Condition=["none"], Principal=3)),
    bad(MAY_DRAIN, "in another cluster", "ecs:UpdateContainerInstancesState", *drains(Condition=within("other"))),
    bad(MAY_DRAIN, "instances of another cluster", "not ecs:ListContainerInstances",
        *drains("arn:aws:ecs:*:*:container-instance/other/*")),
    bad(MAY_DRAIN, "with a second factor", "not ecs:ListContainerInstances",
        *drains(Condition={"Bool": {"aws:MultiFactorAuthPresent": True}})),
    bad(MAY_DRAIN, "taken back", "not ecs:ListContainerInstances", *drainer_but(refused())),
    bad(MAY_DRAIN, "taken back but for a list", "not ecs:UpdateContainerInstancesState in its",
        *drainer_but(refused(Action=None, NotAction=["ecs:List*", "ecs:Describe*", "autoscaling:*"]))),
    unknown(MAY_DRAIN, "the role's document", GROUP, hook(), *controller(COMPLETE, known=False)),
    other(MAY_DRAIN, "no hook", GROUP, *controller(COMPLETE)),
    other(MAY_DRAIN, "no controller", GROUP, hook()),
    other(RESULT, "a launching hook", hook(lifecycleTransition=LAUNCHING, defaultResult=DROP)),
    good(BUDGET, "an hour is enough", *FITTING, hook()),
    good(BUDGET, "exactly enough", *FITTING, hook(heartbeatTimeout=270)),
    good(BUDGET, "a deadline between need and wait", *FITTING, hook(heartbeatTimeout=900), *drainer("600")),
    good(BUDGET, "heartbeats make a short hook long", *FITTING, hook(heartbeatTimeout=120), *drainer("1800", BEAT)),
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
    good(BUDGET, "a cron expression of each minute", *FITTING, hook(heartbeatTimeout=120),
         *drainer(1800, BEAT, scheduleExpression="cron(* * * * ? *)")),
    good(BUDGET, "an expression that is not understood", *FITTING, hook(heartbeatTimeout=60),
         *drainer("1800", BEAT, scheduleExpression="every minute")),
    good(BUDGET, "a hook that sets the first one right", initial(heartbeatTimeout=60), targets(60), hook()),
    bad(BUDGET, "the hook ends before the first look",
        "waits 30 s, must be at least 120 s: controller looks every 60 s",
        *FITTING, hook(heartbeatTimeout=30), *drainer("1800", BEAT)),
    bad(BUDGET, "a launching hook ends before the first look", "waits 60 s, must be at least 120 s",
        GROUP, hook(lifecycleTransition=LAUNCHING, heartbeatTimeout=60), *drainer("1800", BEAT)),
    bad(BUDGET, "a schedule that is slow", "looks every 1800 s",
        *FITTING, hook(heartbeatTimeout=900), *drainer("7200", BEAT, scheduleExpression="cron(0/30 * * * ? *)")),
    bad(BUDGET, "a flexible window", "looks every 1860 s", *FITTING, hook(heartbeatTimeout=3600), *drainer("7200", BEAT,
        flexibleTimeWindow={"mode": "FLEXIBLE", "maximumWindowInMinutes": 30})),
    bad(BUDGET, "a deadline of nothing", "deadline is 0 s, must be at least 270 s", *FITTING, hook(), *drainer("0")),
    bad(BUDGET, "a deadline in words", "DRAIN_DEADLINE_S is no number", *FITTING, hook(), *drainer("15m")),
    bad(BUDGET, "more than AWS takes", "must be 30 to 7200 s", *FITTING, hook(heartbeatTimeout=86400)),
    bad(BUDGET, "a hook of the group", "its hook drain waits 60 s", initial(heartbeatTimeout="60"), targets(60)),
    unknown(BUDGET, "a group of another stack", a(tokens.LIFECYCLE_HOOK, autoscalingGroupName="web-1")),
    unknown(BUDGET, "whether it is one of ECS", HOSTS, undecided(initialLifecycleHooks=SHORT)),
    other(BUDGET, "a group of web servers", a(tokens.GROUP, namePrefix="web-", initialLifecycleHooks=SHORT)),
    other(RESULT, "a group of web servers", PLAIN, a(tokens.LIFECYCLE_HOOK, lifecycleTransition=TERMINATING,
                                                     depends={"autoscalingGroupName": [PLAIN]})),
    unknown(BUDGET, "the containers", GROUP, UNSEEN, hook()),
    unknown(BUDGET, "the delay", GROUP, targets(UNKNOWN), hook()),
    unknown(BUDGET, "the heartbeat", *FITTING, hook(heartbeatTimeout=UNKNOWN)),
    other(BUDGET, "a launching hook", *FITTING, hook(lifecycleTransition=LAUNCHING, heartbeatTimeout=30)),
)  # fmt: skip
