"""What is not known is never passed over: whatever decides a bad case is judged or reported when it becomes unknown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from ecs_operations import RULES, Resource, evaluate
from ecs_operations.facts.values import UNKNOWN, Unknown, is_set
from tests.policies.cases.all_cases import CASES
from tests.policies.cases.build import Case

BY_ID = {rule.id: rule for rule in RULES}
MAY_REACH = "what a permission says of a name that is not known may hold, and ARNs are not known in most previews"
GIVEN = "it is given, and only its presence is asked for"
CALLED = "the ARN of a call of AWS is written down; one that AWS makes is that of a resource"
ELSEWHERE = "a bucket that nothing of this stack is known to write to is left alone"
BELIEVED = "what a function is told, and whether it is held back, is believed until it is known"
SILENT = {
    ("event-target-wired", "name"): MAY_REACH,
    ("lambda-failure-path", "name"): MAY_REACH,
    ("iam-role-suffices", "name"): MAY_REACH,
    ("sns-sqs-accepts-senders", "name"): MAY_REACH,
    ("asg-drain-handler-wired", "name"): MAY_REACH,
    ("capacity-scaling-present", "name"): MAY_REACH,
    ("drain-handler-permissions", "userData"): MAY_REACH,
    ("iam-role-suffices", "userData"): MAY_REACH,
    ("lambda-permission-source", "sourceArn"): "the ARN of a resource that AWS will name is no ARN of all",
    ("lt-ecs-agent-config", "name"): "it may be the cluster of another group",
    ("logs-group-for-every-producer", "policy"): "the Region of a stack that does not say it is told by its ARNs",
    ("taskdef-no-plaintext-secrets", "note"): "a tag whose name says nothing of a secret, as most that AWS makes",
    ("asg-multi-az", "name"): "a name that AWS makes is no literal; what has it is linked by its output",
    ("service-deployment-alarms", "name"): "a name that AWS makes is no literal; what has it is linked by its output",
    ("service-deployment-shift", "name"): "a name that AWS makes is no literal; what has it is linked by its output",
    ("service-desired-count-ignored", "target"): CALLED,
    ("service-desired-count-ignored", "arn"): CALLED,
    ("capacity-scaling-present", "target"): CALLED,
    ("capacity-scaling-present", "arn"): CALLED,
    ("event-target-wired", "target"): GIVEN,
    ("event-target-wired", "deadLetterConfig"): GIVEN,
    ("event-target-wired", "roleArn"): GIVEN,
    ("lambda-failure-path", "destinationConfig"): GIVEN,
    ("service-deployment-alarms", "alarmNames"): GIVEN,
    ("required-tags", "owner"): GIVEN,
    ("bucket-logs", "bucket"): ELSEWHERE,
    ("bucket-logs", "accessLogs"): ELSEWHERE,
    ("bucket-logs", "prefix"): ELSEWHERE,
    ("asg-drain-handler-wired", "reservedConcurrentExecutions"): BELIEVED,
    ("asg-drain-handler-wired", "environment"): BELIEVED,
    ("asg-drain-handler-wired", "variables"): BELIEVED,
    ("capacity-scaling-present", "environment"): BELIEVED,
    ("capacity-scaling-present", "variables"): BELIEVED,
    ("alarms-can-ring", "FunctionName"): "a name that only AWS knows is no ARN",
    ("alarms-can-ring", "LoadBalancer"): "a suffix that only AWS knows is no name",
    ("asg-instance-refresh", "launchTemplate"): "a version that is not known is the template's latest, a number",
    ("asg-instance-refresh", "version"): "a version that is not known is the template's latest, a number",
    ("asg-instance-refresh", "mixedInstancesPolicy"): "a version that is not known is the template's latest, a number",
}
"""Rule and property → why an unknown value of it is not reported."""


def veiled(case: Case) -> Iterator[tuple[str, list[Resource]]]:
    """The case again and again, each time with one input unknown that it had: at the top, and one level below."""
    for resource in case.resources:
        for name, value in resource.inputs.items():
            if not is_set(value) or isinstance(value, Unknown):
                continue
            yield f"{resource.name}.{name}", exchanged(case, resource, name, UNKNOWN)
            if isinstance(value, dict):
                for key in value:
                    yield f"{resource.name}.{name}.{key}", exchanged(case, resource, name, {**value, key: UNKNOWN})


def exchanged(case: Case, resource: Resource, name: str, value: object) -> list[Resource]:
    other = replace(resource, inputs={**resource.inputs, name: value})
    return [other if one is resource else one for one in case.resources]


def of(rule: str) -> list[Case]:
    return [case for case in CASES if case.rule == rule]


def outcome(case: Case, resources: list[Resource]) -> int:
    report = evaluate(resources, {case.rule: case.config}, rules=(BY_ID[case.rule],))
    assert not any("failed on it" in finding.message for finding in report.findings), (str(case), report.findings)
    return len(report.findings) + len(report.not_evaluated)


@pytest.mark.parametrize("rule", BY_ID)
def test_what_decides_a_bad_case_is_reported_when_it_is_not_known(rule: str):
    silent = [
        f"{case}: {path}"
        for case in of(rule)
        for path, resources in veiled(case)
        if not outcome(case, resources) and case.kind == "bad" and (rule, path.rpartition(".")[2]) not in SILENT
    ]
    assert silent == []


ODD = (
    None,
    "",
    0,
    -1,
    3.5,
    True,
    [],
    {},
    [None],
    "text",
    {"a": None},
    [{}],
    [UNKNOWN],
    {"x": UNKNOWN},
    ["a", 1],
    [["a"]],
)
"""Values of every shape; the provider refuses most of them, but not always, and not in every resource."""


@pytest.mark.parametrize("rule", BY_ID)
def test_no_case_crashes_its_rule_whatever_shape_an_input_has(rule: str):
    """Each input gets a few of the shapes, others in each case."""
    for case in of(rule):
        first = sum(map(ord, str(case)))
        for number, (resource, name) in enumerate((one, name) for one in case.resources for name in one.inputs):
            for step in range(3):
                outcome(case, exchanged(case, resource, name, ODD[(first + 5 * number + 7 * step) % len(ODD)]))
