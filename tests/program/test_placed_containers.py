"""What containers ask for is what the agent of the platform's instances is told that it has."""

from types import SimpleNamespace

import pytest

from infra.environment.instances.user_data import UserData
from infra.services.container import Container, KnownTexts, container_definitions
from sandbox.emulator.agents import configuration
from sandbox.emulator.capabilities import APPARMOR, SELINUX, needed, registered

SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-AbCdEf"
PARAMETER = "arn:aws:ssm:eu-central-1:123456789012:parameter/key"
CONTAINERS = {
    "usual": Container(),
    "all": Container(
        command=("serve",),
        secrets={"DB": SECRET, "KEY": PARAMETER},
        health_command=("/check",),
        stop_timeout_s=120,
        exec=True,
    ),
}


def a_task_definition(container: Container) -> SimpleNamespace:
    """As `infra/services` registers it: awsvpc, both roles, a size of the task."""
    return SimpleNamespace(
        container_definitions=container_definitions(
            container,
            name="cart",
            image=f"123456789012.dkr.ecr.eu-central-1.amazonaws.com/cart@sha256:{'0' * 64}",
            port=8080,
            log_group="/ecs-platform/dev/cart",
            region="eu-central-1",
            known=KnownTexts(environment={}, command=container.command, health_command=container.health_command),
        ),
        network_mode="awsvpc",
        task_role_arn="arn:aws:iam::123456789012:role/task",
        execution_role_arn="arn:aws:iam::123456789012:role/execution",
        cpu="256",
        memory="512",
        pid_mode=None,
        ipc_mode=None,
        volumes=[],
    )


def offered() -> set[str]:
    return set(registered(configuration(UserData(cluster_name="c", log_group_name="/logs").script())))


@pytest.mark.parametrize("name", CONTAINERS)
def test_instances_have_every_attribute_that_a_container_asks_for(name):
    lacking = [names for names in needed(a_task_definition(CONTAINERS[name])) if not names & offered()]
    assert lacking == []


def test_a_container_asks_for_more_than_an_agent_has_by_itself():
    asked = needed(a_task_definition(CONTAINERS["usual"]))
    assert [names for names in asked if not names & set(registered({}))] == [frozenset({SELINUX, APPARMOR})]
