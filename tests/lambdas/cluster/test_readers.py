"""Readers: pages and batches at their edges, what is missing, what fails, and what AWS's words become."""

from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from lambdas.cluster import read_cluster, read_groups, tags
from lambdas.cluster.snapshot import Checkpoint, Template, by_instance_id
from tests.lambdas.transport import AwsError, all_of, fake_clients, page
from tests.support.calls import operations, record

PREFIX = "arn:aws:ecs:eu-west-1:123456789012:"


class Ecs:
    """Answers for a number of container instances, and the tasks of one of them."""

    def __init__(self, instances=0, running=(), stopped=(), failures=()):
        self.arns = [f"{PREFIX}container-instance/prod/{number}" for number in range(instances)]
        self.tasks = {"RUNNING": list(running), "STOPPED": list(stopped)}
        self.failures = list(failures)

    def __call__(self, service, operation, params):
        return getattr(self, operation)(params)

    def ListContainerInstances(self, params):
        return page(self.arns, params, "containerInstanceArns")

    def DescribeContainerInstances(self, params):
        assert len(params["containerInstances"]) <= 100
        gone = {each["arn"] for each in self.failures}
        found = [arn for arn in params["containerInstances"] if arn not in gone]
        return {
            "containerInstances": [{"containerInstanceArn": arn, "status": "ACTIVE"} for arn in found],
            "failures": [each for each in self.failures if each["arn"] in params["containerInstances"]],
        }

    def ListTasks(self, params):
        return page(self.tasks[params["desiredStatus"]], params, "taskArns")

    def DescribeTasks(self, params):
        assert len(params["tasks"]) <= 100
        gone = {each["arn"] for each in self.failures}
        return {
            "tasks": [{"taskArn": arn, "lastStatus": "RUNNING"} for arn in params["tasks"] if arn not in gone],
            "failures": [each for each in self.failures if each["arn"] in params["tasks"]],
        }


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (100, 1), (101, 2), (1001, 11)])
def test_container_instances_cost_a_page_and_a_description_per_hundred(count, pages):
    aws = fake_clients(Ecs(instances=count))
    calls = record(all_of(aws))
    found = read_cluster.read_container_instances(aws.ecs, "prod")
    assert len({each.arn for each in found}) == count
    assert operations(calls).count("ecs:ListContainerInstances") == pages
    assert operations(calls).count("ecs:DescribeContainerInstances") == -(-count // 100)


def test_a_container_instance_that_left_in_between_is_gone_and_another_failure_is_loud():
    arn = f"{PREFIX}container-instance/prod/1"
    aws = fake_clients(Ecs(instances=3, failures=[{"arn": arn, "reason": "MISSING"}]))
    assert len(read_cluster.read_container_instances(aws.ecs, "prod")) == 2
    aws = fake_clients(Ecs(instances=3, failures=[{"arn": arn, "reason": "ODD"}]))
    with pytest.raises(RuntimeError, match="1 could not be described"):
        read_cluster.read_container_instances(aws.ecs, "prod")


def test_a_second_look_asks_for_certain_instances():
    aws = fake_clients(Ecs(instances=1))
    calls = record(all_of(aws))
    read_cluster.read_container_instances(aws.ecs, "prod", ["i-1", "i-2"])
    assert calls[0].params["filter"] == "ec2InstanceId in [i-1, i-2]"


@pytest.mark.parametrize(("running", "stopped"), [(0, 0), (101, 0), (60, 60), (0, 1001)])
def test_tasks_of_both_desired_statuses_are_read_once_each(running, stopped):
    names = [f"{PREFIX}task/prod/{number}" for number in range(running + stopped)]
    both = names[:running][-1:]
    aws = fake_clients(Ecs(running=names[:running], stopped=both + names[running:]))
    calls = record(all_of(aws))
    found = read_cluster.read_tasks(aws.ecs, "prod", "arn")
    assert [each.arn for each in found] == names
    assert operations(calls).count("ecs:DescribeTasks") == -(-len(names) // 100)
    listed = [each.params["desiredStatus"] for each in calls if each.operation == "ListTasks"]
    assert listed == sorted(listed), "RUNNING first: a task that is told to stop in between is then seen"


def test_a_task_that_cannot_be_described_counts_as_alive_unless_it_is_missing():
    names = [f"{PREFIX}task/prod/{number}" for number in range(3)]
    failures = [{"arn": names[0], "reason": "MISSING"}, {"arn": names[1], "reason": "ODD"}]
    aws = fake_clients(Ecs(running=names, failures=failures))
    found = {each.arn: each for each in read_cluster.read_tasks(aws.ecs, "prod", "arn")}
    assert set(found) == set(names[1:])
    assert not found[names[1]].stopped
    assert found[names[1]].container_instance_arn == "arn"


def test_a_container_instance_becomes_plain_data():
    raw = {
        "containerInstanceArn": "arn",
        "ec2InstanceId": "i-1",
        "status": "DRAINING",
        "agentConnected": True,
        "agentUpdateStatus": "STAGED",
        "runningTasksCount": 3,
        "pendingTasksCount": 1,
        "registeredAt": datetime(2026, 1, 1, tzinfo=UTC),
        "version": 7,
        "attributes": [
            {"name": "ecs.instance-type", "value": "m6i.large"},
            {"name": "ecs.availability-zone", "value": "eu-west-1a"},
            {"name": tags.TRUNK_ATTRIBUTE, "value": "eni-1"},
            {"name": "ecs.capability.task-eni"},
        ],
        "registeredResources": [
            {"name": "CPU", "type": "INTEGER", "integerValue": 2048},
            {"name": "MEMORY", "type": "INTEGER", "integerValue": 7680},
            {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["22", "2375"]},
            {"name": "PORTS_UDP", "type": "STRINGSET", "stringSetValue": ["53"]},
            {"name": "GPU", "type": "STRINGSET", "stringSetValue": ["GPU-1"]},
        ],
        "remainingResources": [{"name": "CPU", "type": "INTEGER", "integerValue": 1024}],
    }

    def respond(service, operation, params):
        return {"containerInstanceArns": ["arn"]} if operation.startswith("List") else {"containerInstances": [raw]}

    (found,) = read_cluster.read_container_instances(fake_clients(respond).ecs, "prod")
    assert (found.instance_id, found.status, found.agent_update_status) == ("i-1", "DRAINING", "STAGED")
    assert (found.running_tasks, found.pending_tasks, found.version) == (3, 1, 7)
    assert (found.instance_type, found.zone, found.trunked) == ("m6i.large", "eu-west-1a", True)
    assert found.attributes["ecs.capability.task-eni"] == ""
    assert (found.registered.cpu_units, found.registered.memory_mib, found.remaining.cpu_units) == (2048, 7680, 1024)
    assert (found.registered.tcp_ports, found.registered.udp_ports) == ({22, 2375}, {53})
    assert found.registered.gpus == ("GPU-1",)
    assert not found.accepts_tasks


def test_of_two_registrations_the_connected_and_then_the_younger_one_lives():
    def instance(arn, year, *, connected):
        return {
            "containerInstanceArn": arn,
            "ec2InstanceId": "i-1",
            "status": "ACTIVE",
            "agentConnected": connected,
            "registeredAt": datetime(year, 1, 1, tzinfo=UTC),
        }

    def living(*raw):
        def respond(service, operation, params):
            arns = [each["containerInstanceArn"] for each in raw]
            return {"containerInstanceArns": arns} if operation[0] == "L" else {"containerInstances": list(raw)}

        return by_instance_id(read_cluster.read_container_instances(fake_clients(respond).ecs, "prod"))["i-1"].arn

    assert living(instance("a", 2026, connected=False), instance("b", 2020, connected=True)) == "b"
    assert living(instance("a", 2026, connected=False), instance("b", 2020, connected=False)) == "a"


def test_daemons_and_protection_are_read_in_batches():
    names = [f"{PREFIX}service/prod/agent-{number}" for number in range(101)]

    def respond(service, operation, params):
        if operation == "ListServices":
            assert params["schedulingStrategy"] == "DAEMON"
            return page(names, params, "serviceArns")
        assert len(params["tasks"]) <= 100
        return {"protectedTasks": [{"taskArn": arn, "protectionEnabled": arn == "t5"} for arn in params["tasks"]]}

    aws = fake_clients(respond)
    assert read_cluster.read_daemons(aws.ecs, "prod") == {f"agent-{number}" for number in range(101)}
    calls = record(all_of(aws))
    assert read_cluster.read_protected(aws.ecs, "prod", [f"t{n}" for n in range(101)]) == {"t5"}
    assert len(calls) == 2


def a_raw_group(name="g", cluster="prod", **changes):
    return {
        "AutoScalingGroupName": name,
        "MinSize": 1,
        "MaxSize": 9,
        "DesiredCapacity": 2,
        "DefaultCooldown": 300,
        "AvailabilityZones": ["eu-west-1a"],
        "HealthCheckType": "EC2",
        "CreatedTime": datetime(2026, 1, 1, tzinfo=UTC),
        "Tags": [
            {"Key": tags.CLUSTER, "Value": cluster},
            {"Key": tags.WANTED_VERSION, "Value": "4"},
        ],
        **changes,
    }


def test_groups_are_found_by_the_tag_of_their_cluster_and_foreign_ones_are_refused():
    raw = [a_raw_group("b"), a_raw_group("a"), a_raw_group("c", cluster="staging")]

    def respond(service, operation, params):
        assert params["Filters"] == [{"Name": f"tag:{tags.CLUSTER}", "Values": ["prod"]}]
        return {"AutoScalingGroups": raw}  # one call: what it finds is enough

    found = read_groups.read_groups(fake_clients(respond).autoscaling, "prod", "")
    assert [each.name for each in found] == ["a", "b"]
    assert found[0].wanted_version == "4"
    assert not found[0].deleting


def test_a_filter_that_finds_nothing_is_not_believed():
    def respond(service, operation, params):
        return {"AutoScalingGroups": [] if "Filters" in params else [a_raw_group("a"), a_raw_group("b", cluster="x")]}

    found = read_groups.read_groups(fake_clients(respond).autoscaling, "prod", "")
    assert [each.name for each in found] == ["a"]


def test_a_group_becomes_plain_data():
    instance = {
        "InstanceId": "i-1",
        "InstanceType": "m6i.large",
        "AvailabilityZone": "eu-west-1a",
        "LifecycleState": "InService",
        "HealthStatus": "UNHEALTHY",
        "ProtectedFromScaleIn": True,
        "LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "3"},
    }
    mixed = {"LaunchTemplate": {"LaunchTemplateSpecification": {"LaunchTemplateId": "lt-1", "Version": "4"}}}
    raw = a_raw_group(
        Instances=[instance],
        MixedInstancesPolicy=mixed,
        Status="Delete in progress",
        SuspendedProcesses=[{"ProcessName": "Launch"}],
    )
    (found,) = read_groups.read_groups(fake_clients(lambda *_: {"AutoScalingGroups": [raw]}).autoscaling, "prod", "")
    assert found.template == Template(template_id="lt-1", version="4")
    assert not found.measured  # it publishes no sizes
    assert (found.mixed_policy, found.deleting, found.suspended_processes) == (mixed, True, {"Launch"})
    member = found.instance("i-1")
    assert member.template == Template(template_id="lt-1", version="3")
    assert (member.healthy, member.protected_from_scale_in, member.in_service) == (False, True, True)
    assert found.instance("i-2") is None


def test_refreshes_come_newest_first_and_one_without_a_start_is_the_newest():
    def refresh(name, day=None, **changes):
        start = {} if day is None else {"StartTime": datetime(2026, 1, day, tzinfo=UTC)}
        return {"InstanceRefreshId": name, "Status": "Successful", **start, **changes}

    desired = {"LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "2"}}
    raw = [refresh("old", 1, DesiredConfiguration=desired), refresh("new", 2), refresh("pending")]
    aws = fake_clients(lambda *_: {"InstanceRefreshes": raw})
    found = read_groups.read_refreshes(aws.autoscaling, "g")
    assert [each.refresh_id for each in found] == ["pending", "new", "old"]
    assert [each.template and each.template.version for each in found] == [None, None, "2"]


@pytest.mark.parametrize(
    ("preferences", "percent", "wait_s"),
    [
        ({"CheckpointPercentages": [1, 100], "CheckpointDelay": 60, "InstanceWarmup": 5}, 1, 65),
        ({"CheckpointPercentages": [20, 50]}, 20, 3600),
        ({"CheckpointPercentages": [99, 100], "CheckpointDelay": 0}, 99, 0),
    ],
)
def test_a_refresh_tells_where_it_waits_first_and_how_long(preferences, percent, wait_s):
    (found,) = refreshed_with(preferences)
    assert found.checkpoint == Checkpoint(percent=percent, wait_s=wait_s)


@pytest.mark.parametrize("preferences", [{}, {"CheckpointPercentages": []}, {"CheckpointPercentages": [100]}])
def test_a_refresh_without_a_checkpoint_before_its_end_waits_nowhere(preferences):
    (found,) = refreshed_with(preferences)
    assert found.checkpoint is None


@pytest.mark.parametrize(
    ("preferences", "skips"), [({"SkipMatching": True}, True), ({"SkipMatching": False}, False), ({}, False)]
)
def test_a_refresh_that_does_not_say_replaces_all(preferences, skips):
    (found,) = refreshed_with(preferences)
    assert found.skip_matching is skips


def refreshed_with(preferences):
    raw = [{"InstanceRefreshId": "r-1", "Status": "InProgress", "Preferences": preferences}]
    return read_groups.read_refreshes(fake_clients(lambda *_: {"InstanceRefreshes": raw}).autoscaling, "g")


@pytest.mark.parametrize(("count", "calls_made"), [(0, 0), (100, 1), (101, 2)])
def test_machines_are_asked_for_by_a_filter_that_forgives_unknown_ids(count, calls_made):
    def respond(service, operation, params):
        (wanted,) = params["Filters"]
        known = [each for each in wanted["Values"] if each != "i-000"]
        return {
            "Reservations": [{"Instances": [{"InstanceId": each, "State": {"Name": "terminated"}}]} for each in known]
        }

    aws = fake_clients(respond)
    calls = record(all_of(aws))
    found = read_groups.read_ec2_instances(aws.ec2, [f"i-{number:03}" for number in range(count)])
    assert len(found) == max(0, count - 1)
    assert all(each.gone for each in found.values())
    assert len(calls) == calls_made


def test_an_error_of_aws_is_raised():
    def respond(service, operation, params):
        raise AwsError("ThrottlingException", "slow down")

    with pytest.raises(ClientError, match="slow down"):
        read_cluster.read_container_instances(fake_clients(respond).ecs, "prod")


def test_a_task_whose_protection_is_not_told_may_be_protected():
    class Api:
        def __call__(self, service, operation, params):
            reasons = ("MISSING", "TASK_NOT_VALID", "ODD")
            return {"protectedTasks": [], "failures": [{"arn": each, "reason": each} for each in reasons]}

    assert read_cluster.read_protected(fake_clients(Api()).ecs, "prod", ["t"]) == {"ODD"}
