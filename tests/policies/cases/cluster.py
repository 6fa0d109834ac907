from __future__ import annotations

from dataclasses import replace
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

INSIGHTS, EXEC, TRUNKING = "cluster-container-insights", "cluster-exec-audited", "cluster-eni-trunking"
ELSEWHERE = a(tokens.SERVICE)


def measured(value: Any) -> Resource:
    return a(tokens.CLUSTER, settings=[{"name": "containerInsights", "value": value}])


def audited(**command: Any) -> Resource:
    return a(tokens.CLUSTER, configuration={"executeCommandConfiguration": command})


SETTING = a(tokens.ACCOUNT_SETTING, "trunking", name="awsvpcTrunking", value="enabled")
AGENT = a(tokens.LAUNCH_TEMPLATE, instanceType="m7g.large", userData="ECS_CLUSTER=main\nECS_AWSVPC_BLOCK_IMDS=true")
BRIDGED = a(tokens.LAUNCH_TEMPLATE, instanceType="m7g.large", userData="ECS_CLUSTER=main")
SWITCH = "aws ecs put-account-setting --name awsvpcTrunking --value enabled"
ITSELF = a(tokens.LAUNCH_TEMPLATE, instanceType="m7g.large", userData=f"ECS_AWSVPC_BLOCK_IMDS=true\n{SWITCH}")
OFF = {"name": "awsvpcTrunking", "value": "disabled"}
TINY = a(tokens.LAUNCH_TEMPLATE, instanceType="t4g.small", userData="ECS_CLUSTER=main\nECS_AWSVPC_BLOCK_IMDS=true")


def group(host: Resource, *early: Resource, **inputs: Any) -> tuple[Resource, ...]:
    link = "mixedInstancesPolicy" if inputs else "launchTemplate"
    made = a(tokens.GROUP, "web", depends={link: [host]}, namePrefix="web-", **inputs)
    return (replace(made, depends_on=frozenset(one.urn for one in early)), host)


def task(**inputs: Any) -> Resource:
    return a(tokens.TASK_DEFINITION, "cart", **{"networkMode": "awsvpc", "cpu": "256", "memory": "512", **inputs})


def mixed(kind: Any) -> dict[str, Any]:
    return {"mixedInstancesPolicy": {"launchTemplate": {"overrides": [{"instanceType": kind}]}}}


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
    good(TRUNKING, "it is on first", *group(AGENT, SETTING), SETTING),
    good(TRUNKING, "the instance switches it on", *group(ITSELF)),
    good(TRUNKING, "tasks that are larger than half an instance", *group(AGENT), task(cpu="1024", memory="4096")),
    bad(
        TRUNKING,
        "it is not there",
        "m7g.large takes 2 tasks with an interface each, 10 with awsvpcTrunking",
        *group(AGENT),
    ),
    bad(
        TRUNKING,
        "it is off",
        "m7g.large takes 2 tasks",
        *group(AGENT, replace(SETTING, inputs=OFF)),
        replace(SETTING, inputs=OFF),
    ),
    bad(TRUNKING, "small tasks", "takes 2 tasks", *group(BRIDGED), task()),
    bad(
        TRUNKING,
        "a type that cannot, where others do",
        "t4g.small cannot trunk: it takes 2 tasks",
        *group(TINY, SETTING),
        SETTING,
    ),
    bad(TRUNKING, "another type", "c7g.xlarge takes 3 tasks", *group(AGENT, **mixed("c7g.xlarge"))),
    bad(TRUNKING, "it comes later", "may register before trunking switches", *group(AGENT), SETTING),
    bad(
        TRUNKING,
        "it goes with the stack",
        "retain_on_delete",
        *group(AGENT, SETTING),
        replace(SETTING, retain_on_delete=False),
    ),
    unknown(TRUNKING, "the type", *group(AGENT, **mixed(UNKNOWN))),
    unknown(TRUNKING, "the agent", *group(a(tokens.LAUNCH_TEMPLATE, instanceType="m7g.large", userData=UNKNOWN))),
    other(TRUNKING, "bridged tasks", *group(BRIDGED)),
    other(TRUNKING, "bridged tasks of this stack", *group(AGENT), task(networkMode="bridge")),
    other(TRUNKING, "tasks on Fargate", *group(BRIDGED), task(requiresCompatibilities=["FARGATE"])),
    other(TRUNKING, "a type that cannot", *group(TINY)),
    other(TRUNKING, "another setting", a(tokens.ACCOUNT_SETTING, name="taskLongArnFormat", value="enabled")),
    other(TRUNKING, "a group of web servers", a(tokens.GROUP, "web", namePrefix="web-")),
)
