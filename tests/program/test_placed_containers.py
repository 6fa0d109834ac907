"""What containers ask for is what the agent of the platform's instances is told that it has."""

import json
from types import SimpleNamespace
from typing import Any

import pulumi_aws as aws
import pytest

from infra.environment.instances.user_data import UserData
from infra.services.container import Container
from infra.services.egress import Egress
from infra.services.firelens import LogOptions
from infra.services.limits import Limits
from infra.services.sidecar import adot_collector, log_router
from infra.services.volume import EbsVolume, EfsVolume, Mount, Scratch
from sandbox.emulator.agents import configuration
from sandbox.emulator.capabilities import APPARMOR, SELINUX, needed, registered
from tests.support.application import IMAGE
from tests.support.service import graph_with

SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-AbCdEf"
PARAMETER = "arn:aws:ssm:eu-central-1:123456789012:parameter/key"
VOLUMES = {"work": Scratch(), "files": EfsVolume(file_system_id="fs-12345678"), "disk": EbsVolume(size_gib=10)}
SERVICES: dict[str, dict[str, Any]] = {
    "usual": {},
    "all": {
        "image": f"123456789012.dkr.ecr.eu-central-1.amazonaws.com/cart@sha256:{'0' * 64}",
        "container": Container(
            command=("serve",),
            secrets={"DB": SECRET, "KEY": PARAMETER},
            health_command=("/check",),
            stop_timeout_s=120,
            exec=True,
            limits=Limits(shared_memory_mib=64, tmpfs_mib={"/keys": 1}, ulimits={"nofile": 9}),
            mounts=[Mount(volume=name, path=f"/{name}") for name in VOLUMES],
            log=LogOptions(options={"Name": "cloudwatch_logs"}, secrets={"key": SECRET}),
            depends_on={"log-router": "START"},
        ),
        "volumes": VOLUMES,
        "egress": [Egress.to("sg-0", 2049)],
        "containers": [log_router(IMAGE), adot_collector(IMAGE)],
    },
}


def a_task_definition(name: str) -> SimpleNamespace:
    """As `infra/services` registers it, with the names that the emulator gives what it has read."""
    inputs = graph_with(**SERVICES[name]).one(aws.ecs.TaskDefinition)
    return SimpleNamespace(
        container_definitions=json.loads(inputs["containerDefinitions"]),
        network_mode=inputs["networkMode"],
        task_role_arn="arn:aws:iam::123456789012:role/task",
        execution_role_arn="arn:aws:iam::123456789012:role/execution",
        cpu=inputs["cpu"],
        memory=inputs["memory"],
        pid_mode=None,
        ipc_mode=None,
        volumes=inputs["volumes"],
    )


def offered() -> set[str]:
    return set(registered(configuration(UserData(cluster_name="c", log_group_name="/logs").script())))


@pytest.mark.parametrize("name", SERVICES)
def test_instances_have_every_attribute_that_a_container_asks_for(name):
    lacking = [names for names in needed(a_task_definition(name)) if not names & offered()]
    assert lacking == []


def test_a_container_asks_for_more_than_an_agent_has_by_itself():
    asked = needed(a_task_definition("usual"))
    assert [names for names in asked if not names & set(registered({}))] == [frozenset({SELINUX, APPARMOR})]
