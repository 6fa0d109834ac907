from __future__ import annotations

from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

INSIGHTS, EXEC = "cluster-container-insights", "cluster-exec-audited"
ELSEWHERE = a(tokens.SERVICE)


def measured(value: Any) -> Resource:
    return a(tokens.CLUSTER, settings=[{"name": "containerInsights", "value": value}])


def audited(**command: Any) -> Resource:
    return a(tokens.CLUSTER, configuration={"executeCommandConfiguration": command})


CASES = (
    good(INSIGHTS, "enabled", measured("enabled")),
    good(INSIGHTS, "enhanced", measured("enhanced")),
    bad(INSIGHTS, "silent", "Container Insights is off", a(tokens.CLUSTER)),
    bad(INSIGHTS, "disabled", "Container Insights is off", measured("disabled")),
    unknown(INSIGHTS, "the value", measured(UNKNOWN)),
    unknown(INSIGHTS, "all settings", a(tokens.CLUSTER, settings=UNKNOWN)),
    other(INSIGHTS, "no cluster", ELSEWHERE),
    good(EXEC, "to a log group", audited(logging="OVERRIDE", logConfiguration={"cloudWatchLogGroupName": UNKNOWN})),
    good(EXEC, "to where the task logs", audited(logging="DEFAULT")),
    bad(EXEC, "nothing", "does not log the sessions", audited(logging="NONE")),
    bad(EXEC, "to nowhere", "nowhere", audited(logging="OVERRIDE")),
    unknown(EXEC, "the kind", audited(logging=UNKNOWN)),
    other(EXEC, "no configuration", a(tokens.CLUSTER)),
)
