from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from sandbox.tests.emulator.emulated_cluster import CLUSTER


@pytest.fixture
def shop(land):
    """A cluster of three instances and a service of three tasks."""
    land.create_group(3)
    land.emulator.advance(8)
    land.define()
    land.serve(count=3, deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 200})
    land.emulator.advance(8)
    return land


def protect(land, *arns, **changes):
    return land.ecs.update_task_protection(
        cluster=CLUSTER, tasks=list(arns), **{"protectionEnabled": True, "expiresInMinutes": 1, **changes}
    )


def protected(land, *arns):
    answer = land.ecs.get_task_protection(cluster=CLUSTER, tasks=list(arns))
    return [each["protectionEnabled"] for each in answer["protectedTasks"]]


def test_a_task_is_protected_until_the_time_is_over_or_it_says_otherwise(shop):
    first, second, third = (task["taskArn"] for task in shop.tasks())
    assert protected(shop, first, second, third) == [False, False, False]
    (shown,) = protect(shop, first, expiresInMinutes=5)["protectedTasks"]
    until = datetime.fromtimestamp(shop.emulator.world.now, UTC) + timedelta(minutes=5)
    assert abs(shown["expirationDate"] - until) < timedelta(seconds=2)
    protect(shop, second)
    assert protected(shop, first, second, third) == [True, True, False]
    protect(shop, first, protectionEnabled=False)
    assert protected(shop, first, second) == [False, True]
    shop.emulator.advance(60, step=30)
    assert protected(shop, second) == [False]


def test_a_scale_in_takes_the_tasks_that_are_not_protected(shop):
    arns = [task["taskArn"] for task in shop.tasks()]
    for kept in arns[:2]:
        protect(shop, kept)
    shop.ecs.update_service(cluster=CLUSTER, service="shop", desiredCount=1)
    shop.emulator.advance(10)
    assert {task["taskArn"] for task in shop.tasks()} == set(arns[:2])
    shop.emulator.advance(60)
    assert len(shop.tasks()) == 1


def test_a_deployment_waits_for_a_protected_task(shop):
    kept = shop.tasks()[0]["taskArn"]
    protect(shop, kept)
    shop.define(memory=256)
    shop.ecs.update_service(cluster=CLUSTER, service="shop", taskDefinition="shop:2")
    shop.emulator.advance(30)
    old = [task["taskArn"] for task in shop.tasks() if task["taskDefinitionArn"].endswith(":1")]
    assert old == [kept]
    assert shop.service()["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    shop.emulator.advance(60)
    assert shop.service()["deployments"][0]["rolloutState"] == "COMPLETED"


def test_only_living_tasks_of_services_can_be_protected(shop):
    alone = shop.ecs.run_task(cluster=CLUSTER, taskDefinition="shop", networkConfiguration=shop.network())["tasks"][0]
    answer = protect(shop, alone["taskArn"], "0a1b2c3d")
    assert answer["protectedTasks"] == []
    assert [each["reason"] for each in answer["failures"]] == ["TASK_NOT_VALID", "MISSING"]


@pytest.mark.parametrize(
    ("tasks", "minutes", "says"),
    [([], 1, "cannot be empty"), (["0a"] * 11, 1, "more than 10"), (["0a"], 0, "1 and 2880"), (["0a"], 2881, "2880")],
)
def test_what_aws_refuses_is_refused(shop, tasks, minutes, says):
    with pytest.raises(ClientError, match=says):
        protect(shop, *tasks, expiresInMinutes=minutes)


def test_protection_is_read_of_a_hundred_tasks_at_a_time(shop):
    with pytest.raises(ClientError, match="more than 100"):
        protected(shop, *(["0a"] * 101))
