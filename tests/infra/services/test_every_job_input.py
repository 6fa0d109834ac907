"""Every input of a job and of its schedule has an effect that can be seen in a rendered resource."""

import json
from dataclasses import fields
from typing import Any

import pulumi_aws as aws
import pytest

from infra.common.iam import allow
from infra.services.container import Container
from infra.services.egress import Egress
from infra.services.job import Job
from infra.services.placement import DENSE, Placement
from infra.services.scheduled_task import ScheduledTask
from infra.services.scheduled_task_args import ScheduledTaskArgs
from infra.services.sidecar import Sidecar
from infra.services.volume import Mount, Scratch
from tests.support.application import IMAGE, a_job, a_platform, a_scheduled_task
from tests.support.effects import value_at
from tests.support.graph import graph_of

OTHER = IMAGE.replace("0123", "4567")
MORE = allow(["s3:GetObject"], ["arn:aws:s3:::report/*"])
TASK, SCHEDULE, POLICY = aws.ecs.TaskDefinition, aws.scheduler.Schedule, aws.iam.RolePolicy
RUN = "target.ecsParameters"
MOUNTED = {"container": Container(mounts=[Mount(volume="work", path="/work")])}

EFFECTS: dict[type, dict[str, tuple[Any, type, str | None, str, Any]]] = {
    ScheduledTaskArgs: {
        "platform": (a_platform(cluster_arn="arn:other"), SCHEDULE, None, "target.arn", "arn:other"),
        "job": (a_job(cpu_units=512), TASK, None, "cpu", "512"),
        "schedule": ("rate(2 hours)", SCHEDULE, None, "scheduleExpression", "rate(2 hours)"),
        "time_zone": ("Asia/Tokyo", SCHEDULE, None, "scheduleExpressionTimezone", "Asia/Tokyo"),
        "flexible_window_minutes": (
            15, SCHEDULE, None, "flexibleTimeWindow", {"mode": "FLEXIBLE", "maximumWindowInMinutes": 15}),
        "retry_attempts": (0, SCHEDULE, None, "target.retryPolicy.maximumRetryAttempts", 0),
        "retry_age_s": (600, SCHEDULE, None, "target.retryPolicy.maximumEventAgeInSeconds", 600),
        "enabled": (False, SCHEDULE, None, "state", "DISABLED"),
    },
    Job: {
        "image": (OTHER, TASK, None, "containerDefinitions.0.image", OTHER),
        "cpu_units": (512, TASK, None, "cpu", "512"),
        "memory_mib": (1024, TASK, None, "memory", "1024"),
        "container": (Container(exec=True), SCHEDULE, None, f"{RUN}.enableExecuteCommand", True),
        "containers": ([Sidecar(name="proxy", image=OTHER)], TASK, None, "containerDefinitions.1.name", "proxy"),
        "volumes": ({"work": Scratch()}, TASK, None, "volumes.1.name", "work"),
        "egress_https": (False, aws.vpc.SecurityGroupEgressRule, None, "toPort", None),
        "egress": (
            [Egress.to_cidr("10.9.0.0/16", 5432)], aws.vpc.SecurityGroupEgressRule,
            "report-security-group-to-tcp-5432", "cidrIpv4", "10.9.0.0/16"),
        "statements": ([MORE], POLICY, "report-task-role", "policy.Statement", [MORE]),
        "execution_statements": ([MORE], POLICY, "report-task-execution", "policy.Statement.1", MORE),
        "placement": (
            Placement(strategies=[DENSE], constraints=["a == b"]), SCHEDULE, None, RUN,
            {"placementStrategies": [{"type": "binpack", "field": "memory"}],
             "placementConstraints": [{"type": "memberOf", "expression": "a == b"}]}),
    },
}  # fmt: skip


def shown(of: type, name: str, *, change: bool) -> Any:
    given, kind, resource, path, expected = EFFECTS[of][name]
    part = {name: given} if change else {}
    if of is Job and name == "volumes" and change:
        part |= MOUNTED
    args = a_scheduled_task(**part) if of is ScheduledTaskArgs else a_scheduled_task(job=a_job(**part))
    nodes = graph_of(lambda: ScheduledTask("report", args)).of(kind, resource)
    found = value_at(nodes[0].inputs if nodes else {}, path)
    found = json.loads(found) if isinstance(found, str) and found[:1] in "[{" and found else found
    if path == RUN:
        return {key: found[key] for key in expected}
    return found


@pytest.mark.parametrize(("of", "name"), [(of, name) for of, effects in EFFECTS.items() for name in effects])
def test_an_input_shows_in_a_resource(of, name):
    expected = EFFECTS[of][name][-1]
    assert shown(of, name, change=True) == expected
    assert shown(of, name, change=False) != expected


@pytest.mark.parametrize("of", EFFECTS)
def test_no_input_is_without_such_a_test(of):
    assert set(EFFECTS[of]) == {one.name for one in fields(of)}
