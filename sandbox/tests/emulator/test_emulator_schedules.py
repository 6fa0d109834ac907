"""Schedules that run tasks: when they fire, what they start, and where a failure goes."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from sandbox.tests.emulator.emulated_cluster import CLUSTER, client

ROOM = {"cpu": 10, "memory": 16}
ROLE = "arn:aws:iam::123456789012:role/scheduler"


@pytest.fixture
def cluster(land):
    land.create_group(3)
    land.emulator.advance(8)
    land.define(**ROOM)
    trusted("scheduler")
    return land


def trusted(service):
    statement = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
    client("iam").create_role(RoleName=service, AssumeRolePolicyDocument=json.dumps({"Statement": [statement]}))


def queue(name):
    sqs = client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def letters(url):
    answer = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
    return answer.get("Messages", [])


def target(land, family="shop", **more):
    definition = land.ecs.describe_task_definition(taskDefinition=family)["taskDefinition"]["taskDefinitionArn"]
    network = {key[:1].upper() + key[1:]: value for key, value in land.network()["awsvpcConfiguration"].items()}
    return {
        "Arn": land.ecs.describe_clusters(clusters=[CLUSTER])["clusters"][0]["clusterArn"],
        "RoleArn": ROLE,
        "EcsParameters": {
            "TaskDefinitionArn": definition,
            "LaunchType": "EC2",
            "NetworkConfiguration": {"awsvpcConfiguration": network},
            "Group": "nightly",
            "Tags": [{"key": "team", "value": "one"}],
        },
        **more,
    }


def schedule(wanted, expression="rate(1 hour)", **more):
    client("scheduler").create_schedule(
        Name="nightly", ScheduleExpression=expression, FlexibleTimeWindow={"Mode": "OFF"}, Target=wanted, **more
    )


def everything(land):
    return [*land.tasks(), *land.tasks(desiredStatus="STOPPED")]


def test_a_schedule_runs_a_task(cluster):
    overrides = {"containerOverrides": [{"name": "app", "command": ["report"]}]}
    schedule(target(cluster, Input=json.dumps(overrides)))
    cluster.emulator.advance(2)
    (job,) = everything(cluster)
    assert (job["startedBy"], job["group"]) == ("chronos-schedule/nightly", "nightly")
    assert job["overrides"]["containerOverrides"] == overrides["containerOverrides"]
    shown = cluster.ecs.describe_tasks(cluster=CLUSTER, tasks=[job["taskArn"]], include=["TAGS"])["tasks"][0]
    assert shown["tags"] == [{"key": "team", "value": "one"}]
    cluster.emulator.advance(60)
    assert len(everything(cluster)) == 1


def test_a_universal_target_runs_a_task(cluster):
    network = {"AwsvpcConfiguration": {"Subnets": cluster.subnets}}
    order = {"Cluster": CLUSTER, "TaskDefinition": "shop", "NetworkConfiguration": network, "Count": 2}
    schedule({"Arn": "arn:aws:scheduler:::aws-sdk:ecs:runTask", "RoleArn": ROLE, "Input": json.dumps(order)})
    cluster.emulator.advance(2)
    assert len(everything(cluster)) == 2


@pytest.mark.parametrize(("zone", "hour"), [("UTC", 3), ("Europe/Berlin", 2)])
def test_a_cron_expression_fires_in_its_time_zone_and_once(cluster, zone, hour):
    schedule(target(cluster), "cron(30 3 * * ? *)", ScheduleExpressionTimezone=zone)
    due = datetime(2100, 1, 5, hour, 30, tzinfo=UTC).timestamp()
    cluster.emulator.tick(due - 1)
    assert everything(cluster) == []
    cluster.emulator.tick(due)
    cluster.emulator.tick(due + 1)
    cluster.emulator.tick(due + 61)
    assert len(everything(cluster)) == 1


def test_a_schedule_is_silent_outside_of_its_dates_and_while_it_is_disabled(cluster):
    now = datetime.fromtimestamp(cluster.emulator.world.now, UTC)
    schedule(target(cluster), StartDate=now.replace(year=now.year + 1))
    cluster.emulator.advance(5)
    assert everything(cluster) == []
    client("scheduler").update_schedule(
        Name="nightly",
        ScheduleExpression="rate(1 hour)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=target(cluster),
        State="DISABLED",
    )
    cluster.emulator.advance(5)
    assert everything(cluster) == []


def test_a_task_without_room_is_tried_again_until_it_has_some(cluster):
    cluster.define("large", cpu=2048, memory=64)
    held = [cluster.run("large", lasting=True)["taskArn"] for _ in range(3)]
    url, arn = queue("dead")
    schedule(target(cluster, "large", DeadLetterConfig={"Arn": arn}))
    cluster.emulator.advance(20)
    assert len(everything(cluster)) == 3
    cluster.ecs.stop_task(cluster=CLUSTER, task=held[0])
    cluster.emulator.advance(20)
    assert len(everything(cluster)) == 4
    assert letters(url) == []


def test_an_invocation_that_failed_to_the_end_is_a_dead_letter(cluster):
    cluster.define("huge", cpu=4096, memory=64)
    url, arn = queue("dead")
    policy = {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 60}
    schedule(
        target(cluster, "huge", Input='{"containerOverrides": []}', DeadLetterConfig={"Arn": arn}, RetryPolicy=policy)
    )
    cluster.emulator.advance(8)
    assert letters(url) == []
    cluster.emulator.advance(8)
    (letter,) = letters(url)
    said = {name: value["StringValue"] for name, value in letter["MessageAttributes"].items()}
    assert letter["Body"] == '{"containerOverrides": []}'
    assert "RESOURCE:CPU" in said["ERROR_MESSAGE"]
    assert (said["EXHAUSTED_RETRY_CONDITION"], said["RETRY_ATTEMPTS"]) == ("MaximumRetryAttempts", "2")
    assert said["SCHEDULE_ARN"].endswith(":schedule/default/nightly")


def test_what_the_target_refuses_is_a_dead_letter_at_once(cluster):
    url, arn = queue("dead")
    wanted = target(cluster, DeadLetterConfig={"Arn": arn})
    wanted["EcsParameters"]["NetworkConfiguration"]["awsvpcConfiguration"]["Subnets"] = ["subnet-1"]
    schedule(wanted)
    cluster.emulator.advance(1)
    (letter,) = letters(url)
    assert letter["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "InvalidParameterException"


@pytest.mark.parametrize("role", ["lambda", "nobody"])
def test_a_role_that_does_not_trust_the_scheduler_is_refused(cluster, role):
    trusted("lambda")
    with pytest.raises(ClientError, match="must allow AWS EventBridge Scheduler to assume the role"):
        schedule(target(cluster, RoleArn=f"arn:aws:iam::123456789012:role/{role}"))


def test_a_rule_runs_a_task_on_an_event(cluster):
    events = client("events")
    events.put_rule(Name="orders", EventPattern='{"source": ["shop"]}')
    wanted = {"Id": "task", **target(cluster)}
    wanted["EcsParameters"]["Tags"] = [{"Key": "team", "Value": "one"}]
    events.put_targets(Rule="orders", Targets=[wanted])
    events.put_events(Entries=[{"Source": "shop", "DetailType": "order", "Detail": "{}"}])
    cluster.emulator.advance(1)
    (job,) = everything(cluster)
    assert (job["startedBy"], job["group"]) == ("events-rule", "nightly")
