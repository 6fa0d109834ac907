from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

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
