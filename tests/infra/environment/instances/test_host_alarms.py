import pulumi_aws as aws
import pytest

from infra.environment.instances import user_data
from infra.environment.instances.host_alarms import FULL_MINUTES
from tests.support.program import graph_for
from tests.support.watched import of_alarm


@pytest.mark.parametrize(("what", "metric"), [("disk", "disk_used_percent"), ("memory", "mem_used_percent")])
def test_the_fullest_of_the_group_rings_before_it_is_full(what, metric):
    alarm = graph_for("prod").one(aws.cloudwatch.MetricAlarm, f"ecs-prod-instances-{what}")
    (one,) = of_alarm(alarm)
    assert (one.name, one.statistic, alarm["comparisonOperator"]) == (
        metric,
        "Maximum",
        "GreaterThanOrEqualToThreshold",
    )
    assert 50 < alarm["threshold"] < 100
    assert alarm.parent.endswith("ecs-platform:index:Instances::ecs-prod-instances")


def test_images_that_nobody_uses_have_gone_before_it_rings():
    agent = user_data.UserData(cluster_name="c", log_group_name="l").agent_configuration()
    assert agent["ECS_IMAGE_CLEANUP_INTERVAL"] == f"{FULL_MINUTES}m"


def test_refused_connections_ring_while_they_grow_in_number():
    alarm = graph_for("prod").one(aws.cloudwatch.MetricAlarm, "ecs-prod-instances-connections")
    assert [(one.name, one.statistic) for one in of_alarm(alarm)] == [
        ("ethtool_conntrack_allowance_exceeded", "Sum"), ("ethtool_conntrack_allowance_exceeded", "SampleCount"),
    ]  # fmt: skip
    expression = alarm["metricQueries"][0]["expression"]
    assert expression == "IF(DIFF(number) == 0 AND DIFF(total) > 0, DIFF(total), 0)"
