"""Readers of services and task definitions: what AWS's words become."""

from datetime import UTC, datetime

import pytest

from lambdas.cluster.read_services import read_definitions, read_service_hosts, read_services
from lambdas.cluster.services import Constraint
from tests.lambdas.transport import fake_clients

ARN = "arn:aws:ecs:eu-west-1:123456789012:"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def service_of(**raw):
    def respond(_, operation, params):
        if operation == "ListServices":
            return {"serviceArns": [f"{ARN}service/prod/web"]}
        return {"services": [{"serviceName": "web", **raw}]}

    return read_services(fake_clients(respond).ecs, "prod")[0]


def definition_of(**raw):
    def respond(_, operation, params):
        return {"taskDefinition": {"taskDefinitionArn": params["taskDefinition"], **raw}}

    return read_definitions(fake_clients(respond).ecs, ["td"], {})["td"]


def a_container(**changes):
    return {"name": "app", "image": "shop:1", **changes}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"launchType": "EC2"}, True),
        ({"launchType": "FARGATE"}, False),
        ({"launchType": "EXTERNAL"}, False),
        ({"capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT"}]}, False),
        ({"capacityProviderStrategy": [{"capacityProvider": "mine"}]}, True),
        ({"launchType": "MANAGED_INSTANCES"}, False),
    ],
)
def test_a_service_says_whether_it_runs_on_instances(raw, expected):
    assert service_of(**raw).on_instances == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({}, True),
        ({"deploymentController": {"type": "ECS"}, "deploymentConfiguration": {"strategy": "ROLLING"}}, True),
        ({"deploymentConfiguration": {"strategy": "BLUE_GREEN"}}, False),
        ({"deploymentConfiguration": {"strategy": "CANARY"}}, False),
        ({"deploymentConfiguration": {"strategy": "LINEAR"}}, False),
        ({"deploymentController": {"type": "EXTERNAL"}}, False),
        ({"deploymentController": {"type": "CODE_DEPLOY"}}, False),
    ],
)
def test_a_service_says_whether_ecs_rolls_it(raw, expected):
    assert service_of(**raw).rolling == expected


def test_deployments_are_read_with_their_counts():
    raw = {
        "status": "PRIMARY",
        "taskDefinition": "td",
        "desiredCount": 4,
        "runningCount": 2,
        "pendingCount": 1,
        "failedTasks": 3,
    }
    service = service_of(
        desiredCount=4,
        deployments=[{**raw, "rolloutState": "IN_PROGRESS", "createdAt": NOW, "failedTasks": 3}],
        deploymentConfiguration={"maximumPercent": 150},
        placementConstraints=[{"type": "distinctInstance"}, {"type": "memberOf", "expression": "x"}],
        schedulingStrategy="DAEMON",
    )
    (deployment,) = service.deployments
    assert (deployment.desired, deployment.running, deployment.pending, deployment.updated) == (4, 2, 1, NOW)
    assert deployment.failed == 3
    assert (service.desired, service.maximum_percent, service.daemon, service.distinct) == (4, 150, True, True)
    assert service.constraints[1] == Constraint(kind="memberOf", expression="x")


def test_a_deployment_runs_where_it_began():
    raw = {"status": "PRIMARY", "taskDefinition": "td"}
    mine, other = [{"capacityProvider": "mine"}], [{"capacityProvider": "other"}]
    service = service_of(
        capacityProviderStrategy=mine,
        deployments=[raw, {**raw, "capacityProviderStrategy": other}, {**raw, "launchType": "FARGATE"}],
    )
    assert [each.providers for each in service.deployments] == [{"mine"}, {"other"}]
    task_set = {"status": "PRIMARY", "taskDefinition": "td", "computedDesiredCount": 1, "updatedAt": NOW}
    (alone,) = service_of(taskSets=[{**task_set, "capacityProviderStrategy": mine}]).deployments
    assert alone.providers == {"mine"}


def test_a_maximum_percent_of_zero_is_no_missing_one():
    assert service_of(deploymentConfiguration={"maximumPercent": 0}).maximum_percent == 0
    assert service_of().maximum_percent == 200


def test_task_sets_stand_for_deployments_where_something_else_deploys():
    sets = [{"status": "ACTIVE", "taskDefinition": "td", "computedDesiredCount": 3, "runningCount": 1}]
    service = service_of(taskSets=sets, deploymentController={"type": "EXTERNAL"})
    assert [(each.desired, each.running, each.live) for each in service.deployments] == [(3, 1, True)]


def test_task_sets_that_run_elsewhere_are_left_out():
    """With an external controller the service itself names no launch type."""
    sets = [
        {"id": "ecs-svc/1", "status": "PRIMARY", "taskDefinition": "td", "launchType": "FARGATE"},
        {"id": "ecs-svc/2", "status": "ACTIVE", "taskDefinition": "td", "launchType": "EC2"},
    ]
    service = service_of(taskSets=sets, deploymentController={"type": "EXTERNAL"})
    assert [each.deployment_id for each in service.deployments] == ["ecs-svc/2"]


def test_a_service_that_cannot_be_described_is_an_error_unless_it_is_gone():
    def respond(reason):
        listed = {"serviceArns": [f"{ARN}service/prod/web"]}
        failed = {"services": [], "failures": [{"arn": "web", "reason": reason}]}
        return lambda _, operation, params: listed if operation == "ListServices" else failed

    assert read_services(fake_clients(respond("MISSING")).ecs, "prod") == ()
    with pytest.raises(RuntimeError, match="1 could not be described"):
        read_services(fake_clients(respond("ACCESS")).ecs, "prod")


@pytest.mark.parametrize(
    ("raw", "cpu", "memory"),
    [
        ({"cpu": "512", "memory": "1024", "containerDefinitions": [a_container(cpu=9, memory=9)]}, 512, 1024),
        ({"containerDefinitions": [a_container(cpu=100, memory=300, memoryReservation=128)]}, 100, 128),
        ({"containerDefinitions": [a_container(cpu=100, memory=300), a_container(memory=50)]}, 100, 350),
        ({"cpu": "512", "containerDefinitions": [a_container(cpu=9, memory=64)]}, 512, 64),
    ],
)
def test_a_definition_reserves_what_ecs_says(raw, cpu, memory):
    definition = definition_of(**raw)
    assert (definition.cpu_units, definition.memory_mib) == (cpu, memory)


PORTS = [{"containerPort": 80, "hostPort": 8080}, {"containerPort": 53, "protocol": "udp", "hostPort": 0}]


@pytest.mark.parametrize(
    ("mode", "tcp", "udp", "interface"),
    [("awsvpc", set(), set(), True), ("bridge", {8080}, set(), False), ("host", {8080}, {53}, False)],
)
def test_ports_of_the_host_depend_on_the_network_mode(mode, tcp, udp, interface):
    definition = definition_of(networkMode=mode, containerDefinitions=[a_container(portMappings=PORTS)])
    assert (definition.tcp_ports, definition.udp_ports, definition.has_interface) == (tcp, udp, interface)


def test_gpus_are_summed_up():
    required = [{"type": "GPU", "value": "2"}, {"type": "InferenceAccelerator", "value": "device"}]
    containers = [a_container(resourceRequirements=required), a_container(resourceRequirements=required[:1])]
    assert definition_of(containerDefinitions=containers).gpus == 4


def test_a_definition_is_read_once():
    asked = []

    def respond(_, operation, params):
        asked.append(params["taskDefinition"])
        return {"taskDefinition": {"taskDefinitionArn": params["taskDefinition"]}}

    ecs, known = fake_clients(respond).ecs, {}
    assert set(read_definitions(ecs, ["a", "b", "a"], known)) == {"a", "b"}
    assert set(read_definitions(ecs, ["b", "c"], known)) == {"b", "c"}
    assert asked == ["a", "b", "c"]


def test_the_hosts_of_a_service_are_those_of_its_tasks():
    def respond(_, operation, params):
        if operation == "ListTasks":
            assert params["serviceName"] == "web"
            return {"taskArns": [f"{ARN}task/prod/{n}" for n in range(3)]}
        hosts = ({"containerInstanceArn": "ci-1"}, {"containerInstanceArn": "ci-2"}, {})
        return {"tasks": [{"taskArn": arn, **host} for arn, host in zip(params["tasks"], hosts, strict=True)]}

    assert read_service_hosts(fake_clients(respond).ecs, "prod", "web") == {"ci-1", "ci-2"}


@pytest.mark.parametrize(("reason", "raises"), [("MISSING", False), ("ODD", True)])
def test_a_task_whose_host_is_not_told_is_not_taken_for_none(reason, raises):
    def answer(service, operation, params):
        return {"taskArns": ["t"]} if operation == "ListTasks" else {"tasks": [], "failures": [{"reason": reason}]}

    ecs = fake_clients(answer).ecs
    if raises:
        with pytest.raises(RuntimeError, match="web: 1 tasks could not be described"):
            read_service_hosts(ecs, "prod", "web")
    else:
        assert read_service_hosts(ecs, "prod", "web") == frozenset()
