"""Tasks without a service: where they are placed, how they end, and who hears of it."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from sandbox.emulator import containers, tasks
from sandbox.emulator.agents import connect
from sandbox.tests.emulator.emulated_cluster import CLUSTER, client


@pytest.fixture
def cluster(land):
    land.create_group(3)
    land.emulator.advance(8)
    land.define()
    return land


def variables(**values):
    return [{"name": name, "value": value} for name, value in values.items()]


def overriding(**changes):
    return {"overrides": {"containerOverrides": [{"name": "app", **changes}]}}


def defined(land, *parts, **more):
    definitions = [{"image": "shop:1", "memory": 64, **part} for part in parts]
    answer = land.ecs.register_task_definition(
        family="ordered", networkMode="awsvpc", containerDefinitions=definitions, **more
    )
    return answer["taskDefinition"]["taskDefinitionArn"]


def statuses(task):
    return {each["name"]: (each["lastStatus"], each.get("exitCode")) for each in task["containers"]}


def heard(land, pattern):
    """A queue behind a rule on the state changes of tasks."""
    events, queue = client("events"), client("sqs")
    url = queue.create_queue(QueueName="heard")["QueueUrl"]
    arn = queue.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="tasks", EventPattern=json.dumps({"source": ["aws.ecs"], **pattern}))
    events.put_targets(Rule="tasks", Targets=[{"Id": "queue", "Arn": arn}])

    def messages():
        found = queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in found]

    return messages


def test_a_job_ends_by_itself_and_nobody_starts_it_again(cluster):
    job = cluster.run()["taskArn"]
    cluster.emulator.advance(5)
    assert cluster.task(job)["lastStatus"] == "RUNNING"
    cluster.emulator.advance(20)
    ended = cluster.task(job)
    assert (ended["lastStatus"], ended["stopCode"]) == ("STOPPED", "EssentialContainerExited")
    assert ended["stoppedReason"] == "Essential container in task exited"
    assert statuses(ended) == {"app": ("STOPPED", 0)}
    cluster.emulator.advance(60)
    assert [task["taskArn"] for task in cluster.tasks(desiredStatus="STOPPED")] == [job]
    assert cluster.tasks() == []


def test_a_task_of_a_service_does_not_end_by_itself(cluster):
    cluster.serve(count=1)
    cluster.emulator.advance(60)
    assert [task["lastStatus"] for task in cluster.tasks()] == ["RUNNING"]
    assert cluster.tasks(desiredStatus="STOPPED") == []


def test_the_environment_says_how_a_job_ends(cluster):
    changes = overriding(environment=variables(EMULATOR_RUNS_S="20", EMULATOR_EXIT_CODE="3"))
    job = cluster.run(**changes)["taskArn"]
    cluster.emulator.advance(20)
    assert cluster.task(job)["lastStatus"] == "RUNNING"
    cluster.emulator.advance(10)
    assert statuses(cluster.task(job)) == {"app": ("STOPPED", 3)}


def test_a_job_whose_variables_are_no_numbers_is_refused(cluster):
    with pytest.raises(ClientError, match="EMULATOR_EXIT_CODE must be numbers"):
        cluster.run(**overriding(environment=variables(EMULATOR_EXIT_CODE="bad")))


def test_a_task_ends_as_somebody_orders_it(cluster):
    first, second = (cluster.run()["taskArn"].split("/")[-1] for _ in range(2))
    tasks.direct(first, {"runs": True})
    tasks.direct(second, {"exitCode": 7, "container": "app"})
    cluster.emulator.advance(30)
    assert cluster.task(first)["lastStatus"] == "RUNNING"
    assert statuses(cluster.task(second)) == {"app": ("STOPPED", 7)}
    for task, order in (("none", {"exitCode": 0}), (first, {"exitCode": 0, "container": "none"}), (first, {})):
        with pytest.raises(KeyError):
            tasks.direct(task, order)


def test_an_event_tells_how_a_job_ended(cluster):
    pattern = {"detail-type": ["ECS Task State Change"], "detail": {"containers": {"exitCode": [1]}}}
    messages = heard(cluster, {**pattern, "detail": {**pattern["detail"], "lastStatus": ["STOPPED"]}})
    cluster.run(**overriding(environment=variables(EMULATOR_EXIT_CODE="0")))
    failed = cluster.run(startedBy="nightly", **overriding(environment=variables(EMULATOR_EXIT_CODE="1")))
    cluster.emulator.advance(30)
    (event,) = messages()
    detail = event["detail"]
    assert event["resources"] == [detail["taskArn"]] == [failed["taskArn"]]
    assert (detail["stopCode"], detail["startedBy"], detail["group"]) == (
        "EssentialContainerExited",
        "nightly",
        "family:shop",
    )
    assert [(each["name"], each["exitCode"]) for each in detail["containers"]] == [("app", 1)]
    assert detail["stoppedAt"] > detail["startedAt"] > detail["createdAt"]


def test_a_running_task_has_no_stop_code_in_its_event(cluster):
    messages = heard(cluster, {"detail": {"lastStatus": ["RUNNING"]}})
    cluster.run()
    cluster.emulator.advance(4)
    (event,) = messages()
    assert not {"stopCode", "stoppedReason", "stoppedAt"} & set(event["detail"])


def test_an_init_container_succeeds_before_the_others_run(cluster):
    arn = defined(
        cluster,
        {"name": "init", "essential": False},
        {"name": "app", "dependsOn": [{"containerName": "init", "condition": "SUCCESS"}]},
    )
    job = cluster.run(arn)["taskArn"]
    cluster.emulator.advance(4)
    assert statuses(cluster.task(job)) == {"init": ("RUNNING", None), "app": ("PENDING", None)}
    assert cluster.task(job)["lastStatus"] == "PENDING"
    cluster.emulator.advance(6)
    assert statuses(cluster.task(job)) == {"init": ("STOPPED", 0), "app": ("RUNNING", None)}
    assert cluster.task(job)["lastStatus"] == "RUNNING"


@pytest.mark.parametrize(("condition", "app"), [("SUCCESS", ("STOPPED", None)), ("COMPLETE", ("RUNNING", None))])
def test_an_init_container_that_fails_keeps_the_task_from_starting(cluster, condition, app):
    arn = defined(
        cluster,
        {"name": "init", "essential": False, "environment": variables(EMULATOR_EXIT_CODE="2")},
        {
            "name": "app",
            "environment": variables(EMULATOR_RUNS_S="100"),
            "dependsOn": [{"containerName": "init", "condition": condition}],
        },
    )
    job = cluster.run(arn)["taskArn"]
    cluster.emulator.advance(15)
    ended = cluster.task(job)
    assert statuses(ended) == {"init": ("STOPPED", 2), "app": app}
    if condition == "SUCCESS":
        assert (ended["stopCode"], ended["stoppedReason"]) == ("TaskFailedToStart", "Task failed to start")
        assert "dependency did not exit successfully" in ended["containers"][1]["reason"]


def test_a_dependency_that_takes_longer_than_its_start_timeout_fails_the_task(cluster):
    arn = defined(
        cluster,
        {"name": "init", "essential": False, "startTimeout": 3, "environment": variables(EMULATOR_RUNS_S="60")},
        {"name": "app", "dependsOn": [{"containerName": "init", "condition": "COMPLETE"}]},
    )
    job = cluster.run(arn)["taskArn"]
    cluster.emulator.advance(10)
    assert cluster.task(job)["stopCode"] == "TaskFailedToStart"


def test_a_container_starts_after_another_one_is_healthy(cluster):
    arn = defined(
        cluster,
        {"name": "proxy", "essential": False, "healthCheck": {"command": ["CMD", "/check"]}},
        {"name": "agent", "essential": False, "dependsOn": [{"containerName": "proxy", "condition": "START"}]},
        {"name": "app", "dependsOn": [{"containerName": "proxy", "condition": "HEALTHY"}]},
    )
    job = cluster.run(arn)["taskArn"]
    seen = []
    for _ in range(4):
        cluster.emulator.advance(1)
        seen.append([each["lastStatus"] for each in cluster.task(job)["containers"]])
    assert ["RUNNING", "RUNNING", "PENDING"] in seen
    assert seen[-1] == ["RUNNING", "RUNNING", "RUNNING"]


def test_what_still_runs_is_killed_when_the_essential_container_ends(cluster):
    arn = defined(cluster, {"name": "app"}, {"name": "agent", "essential": False})
    job = cluster.run(arn)["taskArn"]
    cluster.emulator.advance(30)
    assert statuses(cluster.task(job)) == {"app": ("STOPPED", 0), "agent": ("STOPPED", 137)}


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        ({"cpu": 2049, "memory": 64}, "RESOURCE:CPU"),
        ({"cpu": 10, "memory": 8000}, "RESOURCE:MEMORY"),
        ({"placementConstraints": [{"type": "memberOf", "expression": "attribute:a == b"}]}, "MemberOf"),
    ],
)
def test_each_instance_says_why_it_takes_no_task(cluster, size, reason):
    cluster.define("other", **size)
    answer = cluster.ecs.run_task(cluster=CLUSTER, taskDefinition="other", networkConfiguration=cluster.network())
    assert answer["tasks"] == []
    arns = {instance["containerInstanceArn"] for instance in cluster.instances()}
    assert {failure["arn"] for failure in answer["failures"]} == arns
    assert all(failure["reason"].startswith(reason) for failure in answer["failures"])


def test_an_instance_is_refused_for_its_interfaces_or_its_agent(cluster):
    cluster.define("small", cpu=10, memory=16)
    for _ in range(6):  # two interfaces beside the first one, on each of three instances
        cluster.run("small", lasting=True)
    connect(cluster.instances()[0]["ec2InstanceId"], connected=False)
    answer = cluster.ecs.run_task(cluster=CLUSTER, taskDefinition="small", networkConfiguration=cluster.network())
    assert sorted(failure["reason"] for failure in answer["failures"]) == ["AGENT", "RESOURCE:ENI", "RESOURCE:ENI"]


def test_a_cluster_without_instances_refuses_a_task(land):
    land.define()
    with pytest.raises(ClientError, match="No Container Instances were found in your cluster"):
        land.run()


def test_overrides_decide_what_a_job_reserves_and_shows(cluster):
    job = cluster.run(overrides={"cpu": "1024", "memory": "2 GB", **overriding(command=["work"])["overrides"]})
    assert (job["cpu"], job["memory"]) == ("1024", "2048")
    assert job["overrides"]["containerOverrides"] == [{"name": "app", "command": ["work"]}]
    host = next(one for one in cluster.instances() if one["containerInstanceArn"] == job["containerInstanceArn"])
    left = {resource["name"]: resource.get("integerValue") for resource in host["remainingResources"]}
    assert (left["CPU"], left["MEMORY"]) == (2048 - 1024, 7946 - 2048)


def test_the_tags_of_a_task_definition_reach_a_task_that_asks_for_them(cluster):
    cluster.define(tags=[{"key": "team", "value": "one"}, {"key": "app", "value": "shop"}])
    job = cluster.run(propagateTags="TASK_DEFINITION", tags=[{"key": "team", "value": "two"}])
    shown = cluster.ecs.describe_tasks(cluster=CLUSTER, tasks=[job["taskArn"]], include=["TAGS"])["tasks"][0]
    assert {tag["key"]: tag["value"] for tag in shown["tags"]} == {"team": "two", "app": "shop"}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"count": 11}, "count must be 1 to 10"),
        ({"group": "service:shop"}, "Invalid namespace for group"),
        ({"propagateTags": "SERVICE"}, "propagateTags"),
        ({"overrides": {"containerOverrides": [{"name": "web"}]}}, "Override for container named web"),
        ({"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}}, "InvalidSubnetID.NotFound"),
    ],
)
def test_a_wrong_order_is_refused(cluster, wrong, sentence):
    with pytest.raises(ClientError, match=sentence):
        cluster.run(**wrong)


def test_a_network_configuration_fits_the_network_mode_and_one_vpc(cluster):
    other = cluster.ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    foreign = cluster.ec2.create_security_group(GroupName="o", Description="o", VpcId=other)["GroupId"]
    settings = cluster.network()["awsvpcConfiguration"]
    for changes, sentence in (
        ({"assignPublicIp": "ENABLED"}, "Assign public IP"),
        ({"securityGroups": [foreign]}, "one VPC"),
        ({"securityGroups": ["sg-1"]}, "InvalidGroup.NotFound"),
    ):
        with pytest.raises(ClientError, match=sentence):
            cluster.run(networkConfiguration={"awsvpcConfiguration": {**settings, **changes}})
    cluster.ecs.register_task_definition(
        family="bridge", containerDefinitions=[{"name": "app", "image": "shop:1", "memory": 64}]
    )
    with pytest.raises(ClientError, match="not valid for the given networkMode"):
        cluster.run("bridge")


def test_variables_are_overridden_by_their_names():
    part = {"name": "app", "environment": variables(A="1", B="2"), "cpu": 10}
    changed = containers.overridden(part, {"name": "app", "environment": variables(B="3", C="4"), "cpu": None})
    assert changed == {"name": "app", "environment": variables(A="1", B="3", C="4"), "cpu": 10}
