from __future__ import annotations

from types import SimpleNamespace

import pytest
from moto import mock_aws

from sandbox.emulator import Emulator, Settings
from sandbox.emulator.agents import configuration
from sandbox.emulator.capabilities import APPARMOR, SELINUX, needed, registered
from sandbox.tests.emulator.emulated_cluster import CLUSTER, USER_DATA, a_land

ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:1"


def a_definition(container=None, **changes):
    inputs = {
        "container_definitions": [{"name": "app", "image": "shop:1", **(container or {})}],
        "network_mode": "bridge",
        "task_role_arn": None,
        "execution_role_arn": None,
        "cpu": None,
        "memory": None,
        "pid_mode": None,
        "ipc_mode": None,
        "volumes": [],
    }
    return SimpleNamespace(**(inputs | changes))


@pytest.mark.parametrize(
    ("definition", "names"),
    [
        (a_definition({"dockerSecurityOptions": ["label:type:super_t"]}), {SELINUX}),
        (a_definition({"dockerSecurityOptions": ["apparmor:docker-default"]}), {APPARMOR}),
        (a_definition(network_mode="awsvpc"), {"ecs.capability.task-eni"}),
        (a_definition(task_role_arn="arn"), {"com.amazonaws.ecs.capability.task-iam-role"}),
        (
            a_definition(task_role_arn="arn", network_mode="host"),
            {"com.amazonaws.ecs.capability.task-iam-role-network-host"},
        ),
        (a_definition(cpu="256", memory="512"), {"ecs.capability.task-cpu-mem-limit"}),
        (
            a_definition({"image": ECR}, execution_role_arn="arn"),
            {"com.amazonaws.ecs.capability.ecr-auth", "ecs.capability.execution-role-ecr-pull"},
        ),
        (a_definition({"privileged": True}), {"com.amazonaws.ecs.capability.privileged-container"}),
        (
            a_definition({"secrets": [{"name": "A", "valueFrom": "arn:aws:secretsmanager:eu-west-1:1:secret:a"}]}),
            {"ecs.capability.secrets.asm.environment-variables"},
        ),
        (
            a_definition({"logConfiguration": {"logDriver": "awslogs"}}, execution_role_arn="arn"),
            {
                "com.amazonaws.ecs.capability.docker-remote-api.1.18",
                "com.amazonaws.ecs.capability.logging-driver.awslogs",
                "ecs.capability.execution-role-awslogs",
            },
        ),
    ],
)
def test_a_parameter_of_a_task_definition_asks_for_an_attribute(definition, names):
    assert needed(definition) == {frozenset({name}) for name in names}


def test_no_new_privileges_is_content_with_either_system():
    definition = a_definition({"dockerSecurityOptions": ["no-new-privileges"]})
    assert needed(definition) == {frozenset({SELINUX, APPARMOR})}


def test_an_agent_registers_what_the_machine_image_says_where_the_user_data_are_silent():
    names = registered({})
    assert {"ecs.capability.task-eni", "ecs.capability.execution-role-awslogs", "ecs.capability.efsAuth"} <= set(names)
    assert "com.amazonaws.ecs.capability.logging-driver.awslogs" in names
    assert not names.keys() & {SELINUX, APPARMOR, "com.amazonaws.ecs.capability.logging-driver.gelf"}


@pytest.mark.parametrize(
    ("setting", "gone"),
    [
        ({"ECS_DISABLE_PRIVILEGED": "true"}, "com.amazonaws.ecs.capability.privileged-container"),
        ({"ECS_ENABLE_TASK_ENI": "false"}, "ecs.capability.task-eni"),
        ({"ECS_AVAILABLE_LOGGING_DRIVERS": '["json-file"]'}, "com.amazonaws.ecs.capability.logging-driver.awslogs"),
        ({"ECS_AVAILABLE_LOGGING_DRIVERS": "awslogs"}, "com.amazonaws.ecs.capability.logging-driver.awslogs"),
        ({"ECS_DISABLE_DOCKER_HEALTH_CHECK": "true"}, "ecs.capability.container-health-check"),
    ],
)
def test_a_setting_of_the_agent_takes_a_capability_away(setting, gone):
    assert gone in registered({})
    assert gone not in registered(setting)


def test_lists_and_objects_in_the_agents_file_are_read_as_a_whole():
    plain = 'ECS_CLUSTER=a\nECS_AVAILABLE_LOGGING_DRIVERS=["json-file","gelf"]\nECS_INSTANCE_ATTRIBUTES={"a":"b"}\n'
    echoed = 'echo "ECS_AVAILABLE_LOGGING_DRIVERS=[\\"json-file\\",\\"gelf\\"]" >> /etc/ecs/ecs.config'
    assert configuration(plain)["ECS_AVAILABLE_LOGGING_DRIVERS"] == '["json-file","gelf"]'
    assert configuration(plain)["ECS_INSTANCE_ATTRIBUTES"] == '{"a":"b"}'
    assert configuration(echoed)["ECS_AVAILABLE_LOGGING_DRIVERS"] == '["json-file","gelf"]'


def hardened(land):
    land.ecs.register_task_definition(
        family="shop",
        networkMode="awsvpc",
        containerDefinitions=[
            {"name": "app", "image": "shop:1", "memory": 64, "dockerSecurityOptions": ["no-new-privileges"]}
        ],
    )
    land.create_group(1)
    land.emulator.advance(8)
    land.serve(count=1)
    land.emulator.advance(8)
    return land.service()


@pytest.mark.parametrize(
    ("setting", "running"), [("", 0), ("ECS_SELINUX_CAPABLE=true", 1), ("ECS_APPARMOR_CAPABLE=1", 1)]
)
def test_a_task_is_placed_only_where_its_attributes_are(setting, running):
    data = f"{USER_DATA}echo {setting} >> /etc/ecs/ecs.config\n"
    with mock_aws(), Emulator(Settings(boot_s=1, agent_s=1, phase_s=1)) as emulator:
        service = hardened(a_land(emulator, user_data=data))
    assert service["runningCount"] == running
    missing = any("is missing an attribute required by your task" in event["message"] for event in service["events"])
    assert missing == (not running)


def test_a_task_that_is_run_by_hand_says_that_an_attribute_lacks(land):
    land.create_group(1)
    land.emulator.advance(8)
    container = {"name": "app", "image": "shop:1", "memory": 64, "logConfiguration": {"logDriver": "gelf"}}
    made = land.ecs.register_task_definition(family="shop", containerDefinitions=[container])["taskDefinition"]
    answer = land.ecs.run_task(cluster=CLUSTER, taskDefinition="shop")
    assert [failure["reason"] for failure in answer["failures"]] == ["ATTRIBUTE"]
    asked = {each["name"] for each in made["requiresAttributes"]}
    assert "com.amazonaws.ecs.capability.logging-driver.gelf" in asked


@pytest.mark.parametrize(("setting", "placed"), [("ECS_ENABLE_GPU_SUPPORT=true", 1), ("", 0)])
def test_a_task_with_gpus_goes_where_the_agent_offers_as_many(setting, placed):
    data = f"{USER_DATA}echo {setting} >> /etc/ecs/ecs.config\n"
    container = {"name": "app", "image": "shop:1", "memory": 64}
    with mock_aws(), Emulator(Settings(boot_s=1, agent_s=1, phase_s=1)) as emulator:
        land = a_land(emulator, instance_type="g5.xlarge", user_data=data)
        land.create_group(1)
        land.emulator.advance(8)
        asked = [{"type": "GPU", "value": "1"}]
        land.ecs.register_task_definition(
            family="model", containerDefinitions=[{**container, "resourceRequirements": asked}]
        )
        answer = land.ecs.run_task(cluster=CLUSTER, taskDefinition="model", count=2)
    assert len(answer["tasks"]) == placed
    assert answer["failures"][0]["reason"] == "RESOURCE:GPU"
