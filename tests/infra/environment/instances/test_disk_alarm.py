import pulumi_aws as aws

from infra.environment.instances import user_data
from infra.environment.instances.disk_alarm import FULL_MINUTES
from tests.support.program import graph_for


def test_the_fullest_disk_of_the_group_rings_before_it_is_full():
    graph = graph_for("prod")
    alarm = graph.one(aws.cloudwatch.MetricAlarm, "ecs-prod-instances-disk")
    assert (alarm["statistic"], alarm["comparisonOperator"]) == ("Maximum", "GreaterThanOrEqualToThreshold")
    assert 50 < alarm["threshold"] < 100
    assert alarm.parent.endswith("ecs-platform:index:Instances::ecs-prod-instances")


def test_images_that_nobody_uses_have_gone_before_it_rings():
    agent = user_data.UserData(cluster_name="c", log_group_name="l").agent_configuration()
    assert agent["ECS_IMAGE_CLEANUP_INTERVAL"] == f"{FULL_MINUTES}m"
