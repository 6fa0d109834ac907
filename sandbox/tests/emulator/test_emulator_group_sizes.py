"""A group publishes the sizes that it is told to, once a minute."""

from datetime import UTC, datetime, timedelta

from sandbox.tests.emulator.emulated_cluster import GROUP, client


def samples(land, metric):
    """The values of the first minutes of the emulated time."""
    begin = datetime.fromtimestamp(land.emulator.world.now, UTC) - timedelta(hours=1)
    found = client("cloudwatch").get_metric_statistics(
        Namespace="AWS/AutoScaling",
        MetricName=metric,
        Dimensions=[{"Name": "AutoScalingGroupName", "Value": GROUP}],
        StartTime=begin,
        EndTime=begin + timedelta(hours=2),
        Period=60,
        Statistics=["Maximum", "SampleCount"],
    )["Datapoints"]
    return [(one["Maximum"], one["SampleCount"]) for one in sorted(found, key=lambda one: one["Timestamp"])]


def test_a_group_that_is_not_told_to_publishes_nothing(land):
    land.create_group(2)
    land.emulator.advance(130, step=5)
    assert samples(land, "GroupInServiceInstances") == []


def test_a_group_counts_its_instances_by_their_states_once_a_minute(land):
    land.create_group(2)
    land.auto_scaling.enable_metrics_collection(
        AutoScalingGroupName=GROUP,
        Granularity="1Minute",
        Metrics=["GroupInServiceInstances", "GroupDesiredCapacity", "GroupTerminatingInstances"],
    )
    land.emulator.advance(100, step=5)
    land.hook("drain", "TERMINATING")
    land.auto_scaling.terminate_instance_in_auto_scaling_group(
        InstanceId=land.ids()[0], ShouldDecrementDesiredCapacity=True
    )
    land.emulator.advance(60, step=5)
    assert samples(land, "GroupInServiceInstances")[-1] == (1, 1)
    assert samples(land, "GroupTerminatingInstances")[-1] == (1, 1)
    assert samples(land, "GroupDesiredCapacity")[-1] == (1, 1)
    assert all(count == 1 for _, count in samples(land, "GroupInServiceInstances"))
    assert samples(land, "GroupMaxSize") == []
