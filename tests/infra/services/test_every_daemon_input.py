"""Every input of a daemon has an effect that can be seen in a rendered resource."""

import json
from dataclasses import fields
from typing import Any

import pulumi_aws as aws
import pytest

from infra.common.iam import allow
from infra.services.container import Container
from infra.services.daemon import Daemon
from infra.services.daemon_args import DaemonArgs
from infra.services.egress import Egress
from infra.services.sidecar import Sidecar
from infra.services.volume import HostPath, Mount
from tests.support.application import IMAGE, a_daemon, a_platform
from tests.support.effects import value_at
from tests.support.service import graph_from

OTHER = IMAGE.replace("0123", "4567")
MORE = allow(["s3:GetObject"], ["arn:aws:s3:::agent/*"])
TASK, SERVICE, POLICY = aws.ecs.TaskDefinition, aws.ecs.Service, aws.iam.RolePolicy
OUT = aws.vpc.SecurityGroupEgressRule
MOUNTED = {"container": Container(mounts=[Mount(volume="logs", path="/host/log", read_only=True)])}


def longer(args: dict[str, Any]) -> None:
    args["health_check_grace_period_seconds"] = 900


EFFECTS: dict[type, dict[str, tuple[Any, type, str | None, str, Any]]] = {
    DaemonArgs: {
        "platform": (a_platform(cluster_arn="arn:other"), SERVICE, None, "cluster", "arn:other"),
        "image": (OTHER, TASK, None, "containerDefinitions.0.image", OTHER),
        "cpu_units": (512, TASK, None, "cpu", "512"),
        "memory_mib": (1024, TASK, None, "memory", "1024"),
        "container": (Container(exec=True), SERVICE, None, "enableExecuteCommand", True),
        "containers": ([Sidecar(name="proxy", image=OTHER)], TASK, None, "containerDefinitions.1.name", "proxy"),
        "port": (9100, TASK, None, "containerDefinitions.0.portMappings", [
            {"containerPort": 9100, "hostPort": 9100, "protocol": "tcp"}]),
        "volumes": ({"logs": HostPath(path="/var/log")}, TASK, None, "volumes.1.hostPath", "/var/log"),
        "constraints": (["a == b"], SERVICE, None, "placementConstraints", [
            {"type": "memberOf", "expression": "a == b"}]),
        "minimum_healthy_percent": (75, SERVICE, None, "deploymentMinimumHealthyPercent", 75),
        "alarm_names": (["mine"], SERVICE, None, "alarms", {"enable": True, "rollback": True, "alarmNames": ["mine"]}),
        "timeout_s": (600, SERVICE, None, "custom_timeouts", ("600s", "600s", "600s")),
        "egress_https": (False, OUT, None, "toPort", None),
        "egress": (
            [Egress.to_cidr("10.9.0.0/16", 5432)], OUT, "agent-security-group-to-tcp-5432", "cidrIpv4", "10.9.0.0/16"),
        "statements": ([MORE], POLICY, "agent-task-role", "policy.Statement", [MORE]),
        "execution_statements": ([MORE], POLICY, "agent-task-execution", "policy.Statement.1", MORE),
        "transform": ({"service": longer}, SERVICE, None, "healthCheckGracePeriodSeconds", 900),
    },
    HostPath: {
        "path": ("/sys/fs/cgroup", TASK, None, "volumes.1.hostPath", "/sys/fs/cgroup"),
    },
}  # fmt: skip


def shown(of: type, name: str, *, change: bool) -> Any:
    given, kind, resource, path, _ = EFFECTS[of][name]
    part = {name: given} if change else {}
    if of is HostPath:
        part = {"volumes": {"logs": HostPath(**({"path": "/var/log"} | part))}}
    if "volumes" in part:
        part |= MOUNTED
    nodes = graph_from(lambda: Daemon("agent", a_daemon(**part))).of(kind, resource)
    if path == "custom_timeouts":
        return nodes[0].custom_timeouts
    found = value_at(nodes[0].inputs if nodes else {}, path)
    return json.loads(found) if isinstance(found, str) and found[:1] in "[{" and found else found


@pytest.mark.parametrize(("of", "name"), [(of, name) for of, effects in EFFECTS.items() for name in effects])
def test_an_input_shows_in_a_resource(of, name):
    expected = EFFECTS[of][name][-1]
    assert shown(of, name, change=True) == expected
    assert shown(of, name, change=False) != expected


@pytest.mark.parametrize("of", EFFECTS)
def test_no_input_is_without_such_a_test(of):
    assert set(EFFECTS[of]) == {one.name for one in fields(of)}
