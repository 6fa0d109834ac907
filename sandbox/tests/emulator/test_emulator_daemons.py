"""Daemons: one task on every instance that their constraints allow, the first to come and the last to go."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from sandbox.tests.emulator.emulated_cluster import CLUSTER, GROUP


@pytest.fixture
def cluster(land):
    land.create_group(3)
    land.emulator.advance(8)
    land.define()
    return land


def hosts(land, name="agent"):
    return sorted(task["containerInstanceArn"] for task in land.tasks(serviceName=name))


def instances(land):
    return sorted(each["containerInstanceArn"] for each in land.instances())


def test_a_daemon_runs_everywhere_and_leaves_a_draining_instance_last(cluster):
    cluster.serve_daemon()
    task = cluster.run(lasting=True)
    cluster.emulator.advance(8)
    assert cluster.service("agent")["runningCount"] == 3
    victim = task["containerInstanceArn"]
    cluster.ecs.update_container_instances_state(cluster=CLUSTER, containerInstances=[victim], status="DRAINING")
    cluster.emulator.advance(10)
    assert len(cluster.tasks(containerInstance=victim)) == 2
    cluster.ecs.stop_task(cluster=CLUSTER, task=task["taskArn"])
    cluster.emulator.advance(15)
    assert cluster.tasks(containerInstance=victim) == []


def test_an_instance_that_joins_gets_a_task_before_others_take_its_room(land):
    land.create_group(1)
    land.emulator.advance(8)
    land.define(cpu=10, memory=16)
    land.serve(count=9)  # an m7g.large without a trunk has interfaces for two
    land.emulator.advance(8)
    land.serve_daemon()
    land.emulator.advance(4)
    assert land.service("agent")["runningCount"] == 0  # the tasks that are there stay
    assert "insufficient ENIs" in land.service("agent")["events"][0]["message"]
    land.auto_scaling.set_desired_capacity(AutoScalingGroupName=GROUP, DesiredCapacity=2)
    land.emulator.advance(12)
    assert (land.service("agent")["desiredCount"], land.service("agent")["runningCount"]) == (2, 1)
    assert land.service()["runningCount"] == 3


def test_constraints_say_where_it_runs_and_end_what_runs_elsewhere(cluster):
    chosen, left, _ = instances(cluster)
    mark = {"name": "kind", "value": "storage", "targetId": chosen}
    cluster.ecs.put_attributes(cluster=CLUSTER, attributes=[mark, mark | {"targetId": left}])
    only = [{"type": "memberOf", "expression": "attribute:kind == storage"}]
    cluster.serve_daemon(placementConstraints=only)
    cluster.emulator.advance(8)
    assert (hosts(cluster), cluster.service("agent")["desiredCount"]) == (sorted([chosen, left]), 2)
    cluster.ecs.put_attributes(cluster=CLUSTER, attributes=[mark | {"value": "none", "targetId": left}])
    cluster.emulator.advance(10)
    assert (hosts(cluster), cluster.service("agent")["desiredCount"]) == ([chosen], 1)


@pytest.mark.parametrize(("least", "stopped"), [(0, 3), (50, 1)])
def test_a_deployment_stops_a_task_before_another_one_starts(cluster, least, stopped):
    cluster.serve_daemon(deploymentConfiguration={"minimumHealthyPercent": least, "maximumPercent": 100})
    cluster.emulator.advance(8)
    new = cluster.define("agent", cpu=12, memory=16)
    cluster.ecs.update_service(cluster=CLUSTER, service="agent", taskDefinition=new)
    cluster.emulator.advance(1)
    assert cluster.service("agent")["runningCount"] == 3 - stopped
    for _ in range(40):
        cluster.emulator.advance(1)
        there = hosts(cluster)
        assert len(there) == len(set(there))
    assert {task["taskDefinitionArn"] for task in cluster.tasks(serviceName="agent")} == {new}
    assert cluster.service("agent")["deployments"][0]["rolloutState"] == "COMPLETED"


def test_a_deployment_does_not_wait_for_an_instance_that_drains(cluster):
    cluster.serve_daemon()
    task = cluster.run(lasting=True)
    cluster.emulator.advance(8)
    victim = task["containerInstanceArn"]
    cluster.ecs.update_container_instances_state(cluster=CLUSTER, containerInstances=[victim], status="DRAINING")
    new = cluster.define("agent", cpu=12, memory=16)
    cluster.ecs.update_service(cluster=CLUSTER, service="agent", taskDefinition=new)
    cluster.emulator.advance(20)
    deployed = cluster.service("agent")
    assert (deployed["desiredCount"], [each["rolloutState"] for each in deployed["deployments"]]) == (2, ["COMPLETED"])
    assert len(cluster.tasks(containerInstance=victim)) == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"desiredCount": 3}, "does not support a desired count"),
        ({"placementStrategy": [{"type": "random"}]}, "does not support placement strategies"),
        ({"deploymentConfiguration": {"maximumPercent": 200}}, "does not support values above 100 for maximumPercent"),
        ({"availabilityZoneRebalancing": "ENABLED"}, "does not support availabilityZoneRebalancing"),
    ],
)
def test_an_update_is_refused_as_its_creation_would_be(cluster, change, says):
    cluster.serve_daemon()
    with pytest.raises(ClientError, match=says):
        cluster.ecs.update_service(cluster=CLUSTER, service="agent", **change)
    cluster.serve("shop")
    if "placementStrategy" not in change:
        cluster.ecs.update_service(cluster=CLUSTER, service="shop", **change)
