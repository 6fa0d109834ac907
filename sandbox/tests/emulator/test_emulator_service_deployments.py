from __future__ import annotations

from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from sandbox.emulator.failed_tasks import threshold
from sandbox.tests.emulator.emulated_cluster import CLUSTER, client


@pytest.fixture
def cluster(land):
    land.create_group(3)
    land.emulator.advance(8)
    return land


def newest(land):
    brief = land.ecs.list_service_deployments(cluster=CLUSTER, service="shop")["serviceDeployments"][0]
    arn = brief["serviceDeploymentArn"]
    (found,) = land.ecs.describe_service_deployments(serviceDeploymentArns=[arn])["serviceDeployments"]
    return found


def deployed(land, **more):
    """A service that runs a first task definition, and begins to deploy a second one."""
    first = land.define()
    land.serve(count=1, **more)
    land.emulator.advance(8)
    land.ecs.update_service(cluster=CLUSTER, service="shop", taskDefinition=land.define())
    land.emulator.advance(1)
    return first


def test_a_deployment_that_runs_is_successful(cluster):
    deployed(cluster)
    found = newest(cluster)
    primary = cluster.service()["deployments"][0]["id"]
    assert found["status"] == "IN_PROGRESS"
    assert found["targetServiceRevision"]["arn"].endswith(primary.removeprefix("ecs-svc/"))
    cluster.emulator.advance(10)
    assert newest(cluster)["status"] == "SUCCESSFUL"
    everything = cluster.ecs.list_service_deployments(cluster=CLUSTER, service="shop")["serviceDeployments"]
    assert [each["status"] for each in everything] == ["SUCCESSFUL", "SUCCESSFUL"]


def test_a_service_revision_names_the_task_definition_of_its_deployment(cluster):
    first = deployed(cluster)
    found = cluster.ecs.list_service_deployments(cluster=CLUSTER, service="shop")["serviceDeployments"]
    arns = [each["targetServiceRevisionArn"] for each in found]
    shown = cluster.ecs.describe_service_revisions(serviceRevisionArns=[*arns, f"{arns[0]}0"])
    assert [each["taskDefinition"] for each in shown["serviceRevisions"]][-1] == first
    assert [each["serviceRevisionArn"] for each in shown["serviceRevisions"]] == arns
    assert [each["reason"] for each in shown["failures"]] == ["MISSING"]


def test_an_alarm_rolls_a_deployment_back_to_what_ran_before(cluster):
    alarms = {"alarmNames": ["errors"], "enable": True, "rollback": True}
    watch = client("cloudwatch")
    watch.put_metric_alarm(
        AlarmName="errors",
        Namespace="shop",
        MetricName="errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    first = deployed(cluster, deploymentConfiguration={"alarms": alarms})
    watch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="test")
    cluster.emulator.advance(1)
    assert newest(cluster)["status"] == "ROLLBACK_IN_PROGRESS"
    cluster.emulator.advance(15)
    found = newest(cluster)
    assert (found["status"], found["statusReason"]) == (
        "ROLLBACK_SUCCESSFUL",
        "Service deployment rolled back because of CloudWatch alarms in ALARM: errors.",
    )
    assert cluster.service()["taskDefinition"] == first
    assert {task["taskDefinitionArn"] for task in cluster.tasks()} == {first}


@pytest.mark.parametrize(("kind", "status"), [("ABORT", "STOPPED"), ("ROLLBACK", "ROLLBACK_SUCCESSFUL")])
def test_a_deployment_is_stopped_by_hand(cluster, kind, status):
    deployed(cluster)
    arn = newest(cluster)["serviceDeploymentArn"]
    cluster.ecs.stop_service_deployment(serviceDeploymentArn=arn, stopType=kind)
    cluster.emulator.advance(15)
    assert newest(cluster)["status"] == status
    with pytest.raises(ClientError, match="ServiceDeploymentNotFoundException"):
        cluster.ecs.stop_service_deployment(serviceDeploymentArn=arn)


def test_a_first_deployment_has_nothing_to_roll_back_to(cluster):
    cluster.define()
    cluster.serve(count=1)
    cluster.ecs.stop_service_deployment(serviceDeploymentArn=newest(cluster)["serviceDeploymentArn"])
    found = newest(cluster)
    assert found["status"] == "ROLLBACK_FAILED"
    assert "No rollback candidate was found" in found["statusReason"]


def test_a_newer_deployment_stops_the_one_that_goes_on(cluster):
    deployed(cluster)
    before = newest(cluster)["serviceDeploymentArn"]
    cluster.ecs.update_service(cluster=CLUSTER, service="shop", forceNewDeployment=True)
    (found,) = cluster.ecs.describe_service_deployments(serviceDeploymentArns=[before])["serviceDeployments"]
    assert found["status"] == "STOPPED"


def crashing(land, **more):
    """A service that runs, and begins to deploy containers that end at once."""
    first = land.define()
    land.serve(count=1, **more)
    land.emulator.advance(8)
    variables = [{"name": "EMULATOR_RUNS_S", "value": "0"}, {"name": "EMULATOR_EXIT_CODE", "value": "1"}]
    container = {"name": "app", "image": "shop:2", "memory": 64, "environment": variables}
    land.ecs.register_task_definition(family="shop", networkMode="awsvpc", containerDefinitions=[container])
    land.ecs.update_service(cluster=CLUSTER, service="shop", taskDefinition="shop")
    return first


def test_the_circuit_breaker_rolls_back_after_three_tasks_that_ended_by_themselves(cluster):
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    first = crashing(cluster, deploymentConfiguration=breaker)
    seen = []
    for _ in range(60):
        cluster.emulator.advance(1)
        seen.append(max(deployment["failedTasks"] for deployment in cluster.service()["deployments"]))
    found = newest(cluster)
    assert max(seen) == 3
    assert found["status"] == "ROLLBACK_SUCCESSFUL"
    assert found["statusReason"] == "Service deployment rolled back because the circuit breaker threshold was exceeded."
    assert {task["taskDefinitionArn"] for task in cluster.tasks()} == {first}


def test_without_a_circuit_breaker_tasks_are_started_for_ever(cluster):
    crashing(cluster)
    cluster.emulator.advance(60)
    assert newest(cluster)["status"] == "IN_PROGRESS"
    assert cluster.service()["deployments"][0]["failedTasks"] > 3


@pytest.mark.parametrize(
    ("desired", "given", "number"),
    [
        (2, {}, 3),
        (20, {}, 10),
        (1000, {}, 200),
        (20, {"type": "BOUNDED_PERCENT", "value": 5}, 3),
        (20, {"type": "UNBOUNDED_PERCENT", "value": 5}, 1),
        (20, {"type": "COUNT", "value": 7}, 7),
    ],
)
def test_the_threshold_of_the_circuit_breaker(desired, given, number):
    settings = {"thresholdConfiguration": given}
    assert threshold(SimpleNamespace(desired_count=desired), settings) == number


def test_a_service_of_one_task_is_stopped_before_it_is_started_where_it_may_not_have_two(cluster):
    deployed(cluster, deploymentConfiguration={"minimumHealthyPercent": 0, "maximumPercent": 100})
    seen = []
    for _ in range(20):
        seen.append(len(cluster.tasks()))
        cluster.emulator.advance(1)
    assert (min(seen), max(seen)) == (0, 1)
    assert newest(cluster)["status"] == "SUCCESSFUL"
