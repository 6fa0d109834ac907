from __future__ import annotations

import json
from typing import Any

from ecs_operations import tokens
from ecs_operations.model import UNKNOWN, Resource
from tests.policies.cases.build import a, bad, good, other, unknown
from tests.policies.cases.controllers import controller
from tests.policies.cases.draining import COMPLETE, GROUP, LAUNCHING, hook

RULE = "drain-time-budget"
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
    good(RULE, "an hour is enough", *FITTING, hook()),
    good(RULE, "exactly enough", *FITTING, hook(heartbeatTimeout=270)),
    good(RULE, "a deadline between need and wait", *FITTING, hook(heartbeatTimeout=900), *drainer("600")),
    good(RULE, "heartbeats make a short hook long", *FITTING, hook(heartbeatTimeout=60), *drainer("1800", BEAT)),
    good(RULE, "no balancer", GROUP, hook(heartbeatTimeout=210)),
    bad(RULE, "the delay is longer than the hook", "waits 600 s, and the slowest task needs 810 s",
        GROUP, targets(600), task(30), hook(heartbeatTimeout=600)),
    bad(RULE, "the default delay counts", "needs 510 s", GROUP, targets(None), hook(heartbeatTimeout=500)),
    bad(RULE, "a slow stop counts", "needs 360 s", GROUP, targets(60), task(120), hook(heartbeatTimeout=300)),
    bad(RULE, "the deadline is too short", "gives a drain 200 s, and the slowest task needs 270 s",
        *FITTING, hook(), *drainer("200")),
    bad(RULE, "the hook ends before the deadline", "but the hook ends it after 900 s",
        *FITTING, hook(heartbeatTimeout=900), *drainer("1800")),
    bad(RULE, "the configured poll counts", "needs 390 s", *FITTING, hook(heartbeatTimeout=300), pollSeconds=120),
    unknown(RULE, "the containers", GROUP, UNSEEN, hook()),
    unknown(RULE, "the delay", GROUP, targets(UNKNOWN), hook()),
    unknown(RULE, "the heartbeat", *FITTING, hook(heartbeatTimeout=UNKNOWN)),
    other(RULE, "a launching hook", *FITTING, hook(lifecycleTransition=LAUNCHING, heartbeatTimeout=30)),
)  # fmt: skip
