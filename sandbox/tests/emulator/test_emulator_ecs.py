from __future__ import annotations

from collections import Counter

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from sandbox.emulator import Emulator, Settings
from sandbox.emulator.agents import connect, mute
from sandbox.tests.emulator.emulated_cluster import CLUSTER, GROUP, USER_DATA, a_land, client


@pytest.fixture
def cluster(land):
    land.create_group(3)
    land.emulator.advance(8)
    land.define()
    return land


def resources(instance, which="remainingResources"):
    return {r["name"]: r["integerValue"] for r in instance[which] if r["type"] == "INTEGER"}


def test_instances_register_with_the_resources_and_attributes_of_their_type(cluster):
    instance = cluster.instances()[0]
    attributes = {a["name"]: a.get("value") for a in instance["attributes"]}
    assert len(cluster.instances()) == 3
    assert resources(instance, "registeredResources") == {"CPU": 2048, "MEMORY": 7946}
    assert attributes["ecs.instance-type"] == "m7g.large"
    assert attributes["ecs.ami-id"] == "ami-12345678"
    assert "ecs.awsvpc-trunk-id" not in attributes
    assert instance["agentConnected"]


@pytest.mark.parametrize("kind", [{"targetType": "container-instance"}, {}])
def test_an_attribute_is_put_by_the_arn_of_an_instance(cluster, kind):
    arn = cluster.instances()[0]["containerInstanceArn"]
    cluster.ecs.put_attributes(cluster=CLUSTER, attributes=[{"name": "seen", "value": "1", "targetId": arn, **kind}])
    assert {"name": "seen", "value": "1"} in cluster.instances()[0]["attributes"]


def test_trunking_must_be_in_force_before_an_instance_registers(land):
    land.ecs.put_account_setting_default(name="awsvpcTrunking", value="enabled")
    land.create_group(1)
    land.emulator.advance(8)
    names = {attribute["name"] for attribute in land.instances()[0]["attributes"]}
    assert "ecs.awsvpc-trunk-id" in names
    land.define(cpu=10, memory=16)
    land.serve(count=12)
    land.emulator.advance(10)
    assert land.service()["runningCount"] == 10


def test_reserved_memory_is_not_offered_to_tasks():
    data = USER_DATA + "echo 'ECS_RESERVED_MEMORY=256' >> /etc/ecs/ecs.config\n"
    with mock_aws(), Emulator(Settings(boot_s=1, agent_s=1)) as emulator:
        land = a_land(emulator, user_data=data)
        land.create_group(1)
        land.emulator.advance(8)
        assert resources(land.instances()[0])["MEMORY"] == 7946 - 256


def test_a_service_starts_its_tasks_spread_over_zones(cluster):
    cluster.serve(count=3)
    cluster.emulator.advance(1)
    assert {task["lastStatus"] for task in cluster.tasks()} == {"PROVISIONING"}
    cluster.emulator.advance(6)
    assert Counter(task["availabilityZone"][-1] for task in cluster.tasks()) == {"a": 1, "b": 1, "c": 1}
    service = cluster.service()
    assert (service["runningCount"], service["pendingCount"]) == (3, 0)
    assert service["deployments"][0]["rolloutState"] == "COMPLETED"
    assert "steady state" in service["events"][0]["message"]
    assert [resources(i)["CPU"] for i in cluster.instances()] == [2048 - 512] * 3
    assert [i["runningTasksCount"] for i in cluster.instances()] == [1] * 3


def test_describing_a_task_does_not_move_it(cluster):
    cluster.serve(count=1)
    cluster.emulator.advance(1)
    before = [cluster.tasks()[0]["lastStatus"] for _ in range(5)]
    assert before == ["PROVISIONING"] * 5


@pytest.mark.parametrize(
    ("size", "missing"),
    [
        ({"cpu": 2000, "memory": 64}, "CPU units"),
        ({"cpu": 10, "memory": 7900}, "memory"),
        ({"cpu": 10, "memory": 16}, "ENIs"),
    ],
)
def test_a_task_that_does_not_fit_is_announced(cluster, size, missing):
    cluster.define(**size)
    cluster.serve(count=7)
    cluster.emulator.advance(10)
    service = cluster.service()
    assert service["runningCount"] == (6 if missing == "ENIs" else 3)
    assert any(f"insufficient {missing}" in event["message"] for event in service["events"])


def test_draining_moves_service_tasks_within_the_healthy_percentages(cluster):
    cluster.serve(count=3, deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 200})
    cluster.emulator.advance(8)
    victim = cluster.tasks()[0]["containerInstanceArn"]
    cluster.ecs.update_container_instances_state(cluster=CLUSTER, containerInstances=[victim], status="DRAINING")
    running = []
    for _ in range(20):
        cluster.emulator.advance(1)
        running.append(cluster.service()["runningCount"])
    assert min(running) == 3
    assert cluster.tasks(containerInstance=victim) == []
    assert len(cluster.tasks()) == 3


def test_draining_deadlocks_where_the_percentages_leave_no_task_to_move(cluster):
    cluster.serve(count=3, deploymentConfiguration={"minimumHealthyPercent": 70, "maximumPercent": 100})
    cluster.emulator.advance(8)
    victim = cluster.tasks()[0]["containerInstanceArn"]
    cluster.ecs.update_container_instances_state(cluster=CLUSTER, containerInstances=[victim], status="DRAINING")
    cluster.emulator.advance(60)
    assert len(cluster.tasks(containerInstance=victim)) == 1


def test_standalone_tasks_stay_on_a_draining_instance(cluster):
    instance = cluster.run(lasting=True)["containerInstanceArn"]
    cluster.emulator.advance(5)
    cluster.ecs.update_container_instances_state(cluster=CLUSTER, containerInstances=[instance], status="DRAINING")
    cluster.emulator.advance(30)
    assert [task["lastStatus"] for task in cluster.tasks(family="shop")] == ["RUNNING"]


def test_a_stopped_task_leaves_the_default_list_at_once_but_serves_until_it_is_stopped(cluster):
    task = cluster.run(lasting=True)
    cluster.emulator.advance(5)
    cluster.ecs.stop_task(cluster=CLUSTER, task=task["taskArn"], reason="test")
    assert cluster.tasks() == []
    seen = []
    for _ in range(8):
        seen += [stopping["lastStatus"] for stopping in cluster.tasks(desiredStatus="STOPPED")]
        cluster.emulator.advance(1)
    assert list(dict.fromkeys(seen)) == ["DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"]
    assert seen.count("STOPPING") == 3
    assert (
        cluster.ec2.describe_network_interfaces(
            Filters=[{"Name": "description", "Values": [f"task {task['taskArn'].split('/')[-1]}"]}]
        )["NetworkInterfaces"]
        == []
    )


def test_a_task_that_finds_no_room_is_reported_by_run_task(cluster):
    cluster.define("huge", cpu=4096)
    answer = cluster.ecs.run_task(cluster=CLUSTER, taskDefinition="huge", networkConfiguration=cluster.network())
    assert answer["tasks"] == []
    assert {failure["reason"] for failure in answer["failures"]} == {"RESOURCE:CPU"}


@pytest.mark.parametrize("name", ["ecs-platform run", "a:b", "x" * 129])
def test_a_starter_of_other_characters_is_refused(cluster, name):
    definition = cluster.define()
    with pytest.raises(ClientError, match="startedBy"):
        cluster.ecs.run_task(cluster="platform", taskDefinition=definition, startedBy=name)


def test_a_new_task_definition_rolls_the_service(cluster):
    cluster.serve(count=3)
    cluster.emulator.advance(8)
    arn = cluster.define(memory=600)
    cluster.ecs.update_service(cluster=CLUSTER, service="shop", taskDefinition="shop")
    cluster.emulator.advance(1)
    deployments = cluster.service()["deployments"]
    assert [(d["status"], d["pendingCount"], d["runningCount"]) for d in deployments] == [
        ("PRIMARY", 3, 0),
        ("ACTIVE", 0, 3),
    ]
    cluster.emulator.advance(20)
    assert len(cluster.service()["deployments"]) == 1
    assert {task["taskDefinitionArn"] for task in cluster.tasks()} == {arn}


def test_raising_and_lowering_the_count_moves_tasks_to_the_emptier_instance(cluster):
    cluster.serve(count=3)
    cluster.emulator.advance(8)
    cluster.auto_scaling.set_desired_capacity(AutoScalingGroupName=GROUP, DesiredCapacity=4)
    cluster.emulator.advance(8)
    for count in (4, 3):
        cluster.ecs.update_service(cluster=CLUSTER, service="shop", desiredCount=count)
        cluster.emulator.advance(10)
    assert len(cluster.tasks()) == 3


def test_a_terminated_instance_is_deregistered_and_its_tasks_start_elsewhere(cluster):
    cluster.serve(count=3)
    cluster.emulator.advance(8)
    gone = cluster.ids()[0]
    cluster.auto_scaling.terminate_instance_in_auto_scaling_group(InstanceId=gone, ShouldDecrementDesiredCapacity=True)
    cluster.emulator.advance(15)
    assert gone not in {instance["ec2InstanceId"] for instance in cluster.instances()}
    assert cluster.service()["runningCount"] == 3


def test_an_instance_that_ends_without_its_agent_stays_as_a_ghost_and_blocks_the_cluster(cluster):
    gone = cluster.ids()[0]
    connect(gone, connected=False)
    cluster.auto_scaling.delete_auto_scaling_group(AutoScalingGroupName=GROUP, ForceDelete=True)
    cluster.emulator.advance(10)
    ghosts = cluster.instances()
    assert [(ghost["ec2InstanceId"], ghost["agentConnected"]) for ghost in ghosts] == [(gone, False)]
    with pytest.raises(ClientError, match="ClusterContainsContainerInstances"):
        cluster.ecs.delete_cluster(cluster=CLUSTER)
    arn = ghosts[0]["containerInstanceArn"]
    cluster.ecs.deregister_container_instance(cluster=CLUSTER, containerInstance=arn, force=True)
    assert cluster.ecs.delete_cluster(cluster=CLUSTER)["cluster"]["status"] == "INACTIVE"


def test_an_agent_that_never_comes_up_leaves_its_instance_unregistered(land):
    land.create_group(1)
    land.emulator.advance(1)
    mute(land.ids()[0])
    land.emulator.advance(20)
    assert land.instances() == []


def test_a_task_whose_agent_is_gone_never_reports_that_it_stopped(cluster):
    task = cluster.run(lasting=True)
    cluster.emulator.advance(5)
    instance = next(i for i in cluster.instances() if i["containerInstanceArn"] == task["containerInstanceArn"])
    connect(instance["ec2InstanceId"], connected=False)
    cluster.ecs.stop_task(cluster=CLUSTER, task=task["taskArn"])
    cluster.emulator.advance(60)
    assert [t["lastStatus"] for t in cluster.tasks(desiredStatus="STOPPED")] == ["DEACTIVATING"]


def test_lists_filter_and_paginate(cluster):
    instance = cluster.instances()[0]
    listed = cluster.ecs.list_container_instances(
        cluster=CLUSTER, filter=f"ec2InstanceId == {instance['ec2InstanceId']} and agentConnected == true"
    )
    assert listed["containerInstanceArns"] == [instance["containerInstanceArn"]]
    first = cluster.ecs.list_container_instances(cluster=CLUSTER, maxResults=2)
    rest = cluster.ecs.list_container_instances(cluster=CLUSTER, maxResults=2, nextToken=first["nextToken"])
    assert (len(first["containerInstanceArns"]), len(rest["containerInstanceArns"])) == (2, 1)
    with pytest.raises(ClientError, match="Invalid filter"):
        cluster.ecs.list_container_instances(cluster=CLUSTER, filter="nonsense")


def test_tags_of_container_instances_are_shown_where_they_are_asked_for(cluster):
    arn = cluster.instances()[0]["containerInstanceArn"]
    cluster.ecs.tag_resource(resourceArn=arn, tags=[{"key": "rebalance", "value": "off"}])
    shown = cluster.ecs.describe_container_instances(cluster=CLUSTER, containerInstances=[arn], include=["TAGS"])
    assert shown["containerInstances"][0]["tags"] == [{"key": "rebalance", "value": "off"}]
    assert "tags" not in cluster.instances()[0]


def test_a_deleted_service_drains_before_it_is_inactive(cluster):
    cluster.serve(count=1)
    cluster.emulator.advance(8)
    cluster.ecs.delete_service(cluster=CLUSTER, service="shop", force=True)
    assert cluster.service()["status"] == "DRAINING"
    cluster.emulator.advance(15)
    assert cluster.service()["status"] == "INACTIVE"
    assert cluster.ecs.list_services(cluster=CLUSTER)["serviceArns"] == []


def test_a_placement_failure_reaches_the_rules_that_ask_for_it(cluster):
    events, queue = client("events"), client("sqs")
    url = queue.create_queue(QueueName="hints")["QueueUrl"]
    pattern = '{"source": ["aws.ecs"], "detail-type": [{"prefix": "ECS Service"}], "detail": {"eventType": ["ERROR"]}}'
    events.put_rule(Name="shortage", EventPattern=pattern)
    arn = queue.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_targets(Rule="shortage", Targets=[{"Id": "queue", "Arn": arn}])
    cluster.define(cpu=4096)
    cluster.serve(count=1)
    cluster.emulator.advance(3)
    messages = queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert len(messages) == 1
    assert "SERVICE_TASK_PLACEMENT_FAILURE" in messages[0]["Body"]
