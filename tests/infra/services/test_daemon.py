"""A daemon: a task on every instance, what it may read there, what is watched of it, and what is refused."""

import json
import re

import pulumi
import pulumi_aws as aws
import pytest

from infra.services.caller import Caller
from infra.services.container import Container
from infra.services.daemon import Daemon
from infra.services.egress import Egress
from infra.services.job import Job
from infra.services.service import Service
from infra.services.sidecar import Sidecar
from infra.services.volume import EbsVolume, HostPath, Mount
from tests.program.pack_on_graph import shop_report
from tests.support.application import IMAGE, a_daemon, a_job, a_platform, a_service
from tests.support.graph import ACCOUNT, REGION, Graph
from tests.support.service import graph_from
from tests.support.watched import of_alarm, told

SERVICE, ALARM, INGRESS = aws.ecs.Service, aws.cloudwatch.MetricAlarm, aws.vpc.SecurityGroupIngressRule
LOGS = {
    "volumes": {"logs": HostPath(path="/var/log")},
    "container": Container(mounts=[Mount(volume="logs", path="/host/log", read_only=True)]),
}
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"


def graph_with(*, preview: bool = False, name: str = "agent", **changes) -> Graph:
    return graph_from(lambda: Daemon(name, a_daemon(**changes)), preview=preview)


def test_a_task_runs_on_every_instance_and_a_deployment_stops_it_before_the_next_one_starts():
    service, platform = graph_with().one(SERVICE), a_platform()
    assert (service["cluster"], service["launchType"], service["schedulingStrategy"]) == (
        platform.cluster_arn, "EC2", "DAEMON",
    )  # fmt: skip
    assert (service["deploymentMinimumHealthyPercent"], service["deploymentMaximumPercent"]) == (0, 100)
    assert service["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert (service["waitForSteadyState"], service["availabilityZoneRebalancing"]) == (True, "DISABLED")
    assert service["networkConfiguration"] == {
        "subnets": platform.private_subnet_ids, "securityGroups": ["agent-security-group-id"], "assignPublicIp": False,
    }  # fmt: skip


def test_what_ecs_does_not_take_of_a_daemon_is_not_sent():
    given = graph_with(constraints=["attribute:ecs.instance-type =~ g5.*"], alarm_names=["mine"]).one(SERVICE).inputs
    assert not {"desiredCount", "orderedPlacementStrategies", "capacityProviderStrategies"} & given.keys()
    assert not {"healthCheckGracePeriodSeconds", "loadBalancers", "volumeConfiguration"} & given.keys()


def test_nothing_scales_it():
    graph = graph_with()
    assert not graph.of(aws.appautoscaling.Target)
    assert graph.one(SERVICE).ignore_changes == ()


def test_the_service_comes_after_all_that_a_task_needs():
    graph = graph_with(egress=[Egress.to("sg-0", 5432)])
    before = graph.before(graph.one(SERVICE))
    needed = [
        *graph.of(aws.iam.RolePolicy), *graph.of(aws.vpc.SecurityGroupEgressRule), graph.one(aws.cloudwatch.LogGroup),
    ]  # fmt: skip
    assert len(needed) == 4
    assert [one.name for one in needed if one.urn not in before] == []


def test_children_belong_to_the_component_and_names_hang_on_its_own():
    graph = graph_with()
    assert {node.name for node in graph.nodes if node.name != "agent"} == {
        "agent-task", "agent-task-logs", "agent-task-execution", "agent-task-role", "agent-task-definition",
        "agent-security-group", "agent-security-group-https", "agent-service", "agent-missing",
    }  # fmt: skip
    assert graph.one(aws.cloudwatch.LogGroup)["name"] == "/ecs-platform/test/services/agent"


def test_roles_and_logs_are_under_the_boundary_and_the_key_of_the_platform():
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/bound"
    graph = graph_with(platform=a_platform(permissions_boundary_arn=boundary, key_arn=KEY))
    assert {role["permissionsBoundary"] for role in graph.of(aws.iam.Role)} == {boundary}
    assert graph.one(aws.cloudwatch.LogGroup)["kmsKeyId"] == KEY


def test_protection_keeps_the_service_and_not_what_a_deployment_replaces():
    opts = pulumi.ResourceOptions(protect=True)
    graph = graph_from(lambda: Daemon("agent", a_daemon(), opts))
    assert [node.name for node in graph.nodes if node.protect] == ["agent", "agent-service"]


def test_transform_changes_the_child_that_it_names():
    def shorter(args):
        args["retention_in_days"] = 1

    graph = graph_with(transform={"log_group": shorter})
    assert graph.one(aws.cloudwatch.LogGroup)["retentionInDays"] == 1


def test_it_takes_the_part_of_a_new_deployment_that_ecs_confirms():
    seen = {}

    def program():
        daemon = Daemon("agent", a_daemon())
        daemon.service_name.apply(lambda name: seen.update(name=name))

    graph_from(program)
    assert seen == {"name": "agent-service-0a1b2c3"}


# Whom it hears


def test_nobody_calls_it_unless_it_is_allowed_and_then_at_its_port():
    def program():
        Daemon("agent", a_daemon(port=9100)).allow_from(Service("metrics", a_service()))

    rule = graph_from(program).one(INGRESS)
    assert (rule["description"], rule["fromPort"], rule["referencedSecurityGroupId"]) == (
        "metrics calls agent", 9100, "metrics-security-group-id",
    )  # fmt: skip
    assert not graph_with(port=9100).of(INGRESS)


def test_a_service_allows_it():
    def program():
        Service("cart", a_service()).allow_from(Daemon("agent", a_daemon()).as_caller)

    assert graph_from(program).one(INGRESS)["description"] == "agent calls cart"


@pytest.mark.parametrize(
    ("caller", "says"),
    [
        (Caller("web", "sg-0"), "port: agent listens on none, so nobody can call it"),
        ("web", "allow_from: must be a Service or a Caller, got 'web'"),
    ],
)
def test_a_caller_without_a_port_or_of_another_kind_is_refused(caller, says):
    with pytest.raises(pulumi.RunError, match=f"^{re.escape(says)}"):
        graph_from(lambda: Daemon("agent", a_daemon()).allow_from(caller))


# What it reads of its instance


def test_a_folder_of_the_instance_is_mounted_to_be_read():
    definition = graph_with(**LOGS).one(aws.ecs.TaskDefinition)
    (container,) = json.loads(definition["containerDefinitions"])
    assert {"name": "logs", "hostPath": "/var/log"} in definition["volumes"]
    assert container["mountPoints"][-1] == {"sourceVolume": "logs", "containerPath": "/host/log", "readOnly": True}
    assert (container["readonlyRootFilesystem"], container["user"]) == (True, "65532:65532")


@pytest.mark.parametrize("path", ["/var/log", "/var/log/ecs", "/sys", "/sys/fs/cgroup"])
def test_logs_and_what_the_kernel_says_may_be_read(path):
    assert HostPath(path=path).path == path


@pytest.mark.parametrize(
    "path",
    [
        "/", "/proc", "/var", "/var/run/docker.sock", "/run", "/etc", "/var/logs", "/var/log/../run", "/sys/../etc",
        "/sys/", "//sys", "sys", "var/log", "", "/home",
    ],
)  # fmt: skip
def test_nothing_else_of_an_instance_may_be_read(path):
    says = f"HostPath.path: must be /var/log or /sys or a folder below one of them, got {path!r}"
    with pytest.raises(pulumi.RunError, match=f"^{re.escape(says)}"):
        HostPath(path=path)


def test_only_daemons_may_read_of_their_instance():
    with pytest.raises(pulumi.RunError, match=r"^ServiceArgs.volumes: logs must be .*, got HostPath"):
        a_service(**LOGS)
    with pytest.raises(pulumi.RunError, match=r"^Job.volumes: logs must be .*, got HostPath"):
        a_job(**LOGS)


# What is watched


def test_an_instance_without_it_for_half_an_hour_raises_an_alarm():
    graph, platform = graph_with(), a_platform()
    alarm = graph.one(ALARM)
    (one,) = of_alarm(alarm)
    assert (alarm.name, one.name, one.statistic) == ("agent-missing", "MissingTasks", "Maximum")
    assert (one.namespace, one.dimensions) == (
        platform.metric_namespace, {"Cluster": platform.cluster_name, "Service": "agent-service-0a1b2c3"},
    )  # fmt: skip
    assert (alarm["threshold"], alarm["comparisonOperator"], alarm["treatMissingData"]) == (
        1, "GreaterThanOrEqualToThreshold", "notBreaching",
    )  # fmt: skip
    assert (alarm["period"], alarm["evaluationPeriods"], alarm["datapointsToAlarm"]) == (60, 30, 25)
    assert told(graph, alarm)[1] == [platform.ticket_topic_arn]


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize("profile", ["development", "production"])
@pytest.mark.parametrize("changes", [{}, {"port": 9100}, LOGS, {"constraints": ["a == b"], "alarm_names": ["mine"]}])
def test_the_policy_pack_finds_nothing(preview, profile, changes):
    report = shop_report(graph_with(preview=preview, platform=a_platform(key_arn=KEY), **changes), profile)
    assert [f"{finding.rule}: {finding.message}" for finding in report.findings] == []


def set_to(**changes):
    def change(args):
        args |= changes
        for name in [name for name, value in changes.items() if value is None]:
            del args[name]

    return change


ZONES_FIRST = [{"type": "spread", "field": "attribute:ecs.availability-zone"}]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"deployment_maximum_percent": 200}, "service-daemon"),
        ({"desired_count": 2}, "service-daemon"),
        ({"ordered_placement_strategies": ZONES_FIRST}, "service-daemon"),
        ({"availability_zone_rebalancing": "ENABLED"}, "service-daemon"),
        ({"deployment_minimum_healthy_percent": 100}, "service-min-healthy"),
        ({"deployment_circuit_breaker": None}, "service-circuit-breaker"),
        ({"deployment_circuit_breaker": {"enable": True, "rollback": False}}, "service-circuit-breaker"),
        ({"wait_for_steady_state": False}, "service-deployment-awaited"),
    ],
)
@pytest.mark.parametrize("profile", ["development", "production"])
def test_the_policy_pack_notices_a_safeguard_that_is_gone(profile, changes, rule):
    graph = graph_with(platform=a_platform(key_arn=KEY), transform={"service": set_to(**changes)})
    assert [finding.rule for finding in shop_report(graph, profile).findings] == [rule]


@pytest.mark.parametrize(
    ("path", "read_only"),
    [("/proc", True), ("/var/run/docker.sock", True), ("/etc", True), ("/", True), ("/sys", False)],
)
def test_the_policy_pack_notices_what_opens_the_instance(path, read_only):
    def widened(args):
        args["volumes"] = [{"name": "tmp"}, {"name": "logs", "host_path": path}]
        args["container_definitions"] = pulumi.Output.from_input(args["container_definitions"]).apply(
            lambda text: text.replace('"readOnly": true', f'"readOnly": {json.dumps(read_only)}')
        )

    graph = graph_with(platform=a_platform(key_arn=KEY), transform={"task_definition": widened}, **LOGS)
    assert {finding.rule for finding in shop_report(graph, "production").findings} == {"taskdef-no-host-paths"}


# What is refused


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"desired_count": 3}, "DaemonArgs.desired_count: there is no such input"),
        ({"scaling": None}, "DaemonArgs.scaling: there is no such input"),
        ({"image": "agent:1.27"}, "DaemonArgs.image: must have a digest"),
        ({"image": None}, "DaemonArgs.image: must be a text"),
        ({"platform": "organization/platform/dev"}, "DaemonArgs.platform: must be a Platform"),
        ({"port": 0}, "DaemonArgs.port: must be 1 to 65535, got 0"),
        ({"cpu_units": "1 vCPU"}, "DaemonArgs.cpu_units: must be a whole number of CPU units, got '1 vCPU'"),
        ({"memory_mib": 5}, "DaemonArgs.memory_mib: must be 6 or more, got 5"),
        ({"minimum_healthy_percent": 100}, "DaemonArgs.minimum_healthy_percent: must be 0 to 99, got 100"),
        ({"minimum_healthy_percent": -1}, "DaemonArgs.minimum_healthy_percent: must be 0 to 99, got -1"),
        ({"timeout_s": 59}, "DaemonArgs.timeout_s: must be 60 or more, got 59"),
        ({"constraints": "a == b"}, "DaemonArgs.constraints: must be a list of texts, got 'a == b'"),
        ({"constraints": ["a == b"] * 11}, "DaemonArgs.constraints: must be 10 at most, got 11"),
        ({"constraints": [pulumi.Output.from_input("a == b")]}, "DaemonArgs.constraints: must be a list of texts that"),
        ({"alarm_names": "mine"}, "DaemonArgs.alarm_names: must be a list of texts, got 'mine'"),
        ({"egress": "sg-0"}, "DaemonArgs.egress: must be a list of Egress, got 'sg-0'"),
        ({"transform": {"target_group": print}}, "DaemonArgs.transform: a name must be "),
        ({"volumes": {"data": EbsVolume(size_gib=1)}}, "DaemonArgs.volumes: data must be "),
        (
            {"volumes": {"logs": "/var/log"}},
            "DaemonArgs.volumes: logs must be a Scratch or an EfsVolume or a HostPath, got '/var/log'",
        ),
        (
            LOGS | {"container": Container(mounts=[Mount(volume="logs", path="/host/log")])},
            "DaemonArgs.mounts: logs is a folder of the instance, which is only read; add read_only=True",
        ),
        (
            LOGS | {"containers": [Sidecar(name="b", image=IMAGE, container=Container(
                mounts=[Mount(volume="logs", path="/b")]))]},
            "DaemonArgs.mounts: logs is a folder of the instance, which is only read; add read_only=True",
        ),
        ({"volumes": LOGS["volumes"]}, "DaemonArgs.volumes: no container mounts logs"),
    ],
)  # fmt: skip
def test_a_wrong_daemon_is_refused_in_a_sentence(changes, says):
    with pytest.raises(pulumi.RunError, match=f"^{re.escape(says)}"):
        a_daemon(**changes)


@pytest.mark.parametrize("name", ["Agent", "agent_1", "a" * 41, None])
def test_a_name_is_a_dns_name(name):
    with pytest.raises(pulumi.RunError, match="name: must be a DNS name: up to 40 of a-z"):
        graph_from(lambda: Daemon(name, a_daemon()))


def test_what_is_given_instead_of_the_args_is_refused():
    with pytest.raises(pulumi.RunError, match=r"args: must be a DaemonArgs, got Job\(.*write Daemon\("):
        graph_from(lambda: Daemon("agent", Job(image=IMAGE)))  # type: ignore[arg-type]


def test_a_container_beside_it_cannot_have_its_name():
    with pytest.raises(pulumi.RunError, match="containers: two are called agent"):
        graph_with(containers=[Sidecar(name="agent", image=IMAGE)])


@pytest.mark.parametrize("preview", [True, False])
def test_what_fits_no_instance_stops_the_program(preview):
    with pytest.raises(pulumi.RunError, match="the platform cannot run agent:\n  - cpu_units: a task of 4096 fits no"):
        graph_with(preview=preview, cpu_units=4096)


def test_instances_with_one_interface_for_tasks_stop_the_program_and_those_with_two_do_not():
    assert graph_with(platform=a_platform(tasks_per_instance=2)).one(SERVICE)
    with pytest.raises(pulumi.RunError, match="tasks_per_instance: instances have network interfaces for 1 task"):
        graph_with(platform=a_platform(tasks_per_instance=1))


def test_a_long_stop_needs_no_longer_drain():
    assert graph_with(platform=a_platform(task_exit_time_s=20), container=Container(stop_timeout_s=120)).one(SERVICE)
