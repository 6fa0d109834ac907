from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from sandbox.tests.emulator.emulated_cluster import GROUP


def test_a_group_spreads_over_its_zones_and_shows_the_template_version(land):
    land.create_group(6)
    land.emulator.advance(5)
    zones = [instance["AvailabilityZone"][-1] for instance in land.group()["Instances"]]
    assert sorted(zones) == ["a", "a", "b", "b", "c", "c"]
    assert land.states() == ["InService"] * 6
    assert land.versions() == {"1"}


def test_a_launching_hook_holds_an_instance_until_it_is_completed(land):
    land.create_group(0)
    land.hook("ready", "LAUNCHING")
    land.auto_scaling.set_desired_capacity(AutoScalingGroupName=GROUP, DesiredCapacity=1)
    land.emulator.advance(20)
    assert land.states() == ["Pending:Wait"]
    land.complete("ready", land.ids()[0])
    land.emulator.advance(2)
    assert land.states() == ["InService"]


def test_hooks_of_the_creation_list_cover_the_first_instances(land):
    hook = {"LifecycleHookName": "ready", "LifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING"}
    land.create_group(2, LifecycleHookSpecificationList=[hook])
    land.emulator.advance(5)
    assert land.states() == ["Pending:Wait"] * 2


def test_an_abandoned_launch_is_terminated_and_replaced(land):
    land.create_group(0)
    land.hook("ready", "LAUNCHING")
    land.auto_scaling.set_desired_capacity(AutoScalingGroupName=GROUP, DesiredCapacity=1)
    land.emulator.advance(3)
    first = land.ids()[0]
    land.complete("ready", first, "ABANDON")
    land.emulator.advance(5)
    assert len(land.ids()) == 1
    assert first not in land.ids()


def test_a_terminating_hook_ends_with_its_timeout_unless_a_heartbeat_comes(land):
    land.create_group(1)
    land.hook("drain", "TERMINATING", HeartbeatTimeout=60)
    land.emulator.advance(5)
    instance = land.ids()[0]
    land.auto_scaling.terminate_instance_in_auto_scaling_group(InstanceId=instance, ShouldDecrementDesiredCapacity=True)
    land.emulator.advance(50)
    land.auto_scaling.record_lifecycle_action_heartbeat(
        AutoScalingGroupName=GROUP, LifecycleHookName="drain", InstanceId=instance
    )
    land.emulator.advance(50)
    assert land.states() == ["Terminating:Wait"]
    land.emulator.advance(15)
    assert land.ids() == []
    reservation = land.ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]
    assert reservation["Instances"][0]["State"]["Name"] == "terminated"


def test_completing_a_finished_action_is_a_validation_error(land):
    land.create_group(1)
    land.hook("drain", "TERMINATING")
    land.emulator.advance(5)
    instance = land.ids()[0]
    with pytest.raises(ClientError, match="No active Lifecycle Action found") as caught:
        land.complete("drain", instance)
    assert caught.value.response["Error"]["Code"] == "ValidationError"
    land.auto_scaling.terminate_instance_in_auto_scaling_group(InstanceId=instance, ShouldDecrementDesiredCapacity=True)
    land.complete("drain", instance)
    with pytest.raises(ClientError, match="ValidationError"):
        land.complete("drain", instance)


def test_putting_a_hook_again_changes_only_what_is_named(land):
    land.create_group(0)
    land.hook("drain", "TERMINATING", HeartbeatTimeout=60, DefaultResult="ABANDON")
    land.auto_scaling.put_lifecycle_hook(AutoScalingGroupName=GROUP, LifecycleHookName="drain", HeartbeatTimeout=90)
    hook = land.auto_scaling.describe_lifecycle_hooks(AutoScalingGroupName=GROUP)["LifecycleHooks"][0]
    assert (hook["HeartbeatTimeout"], hook["DefaultResult"], hook["GlobalTimeout"]) == (90, "ABANDON", 9000)


def test_terminating_without_decrement_brings_a_replacement(land):
    land.create_group(2)
    land.emulator.advance(5)
    gone = land.ids()[0]
    land.auto_scaling.terminate_instance_in_auto_scaling_group(InstanceId=gone, ShouldDecrementDesiredCapacity=False)
    land.emulator.advance(5)
    assert land.states() == ["InService"] * 2
    assert gone not in land.ids()


def test_an_unhealthy_instance_leaves_through_the_hook_after_its_replacement_serves(land):
    land.create_group(2, InstanceMaintenancePolicy={"MinHealthyPercentage": 100, "MaxHealthyPercentage": 110})
    land.hook("drain", "TERMINATING")
    land.emulator.advance(5)
    ill = land.ids()[0]
    land.auto_scaling.set_instance_health(InstanceId=ill, HealthStatus="Unhealthy")
    land.emulator.advance(1)
    assert land.states() == ["InService", "InService", "Pending"]
    land.emulator.advance(5)
    assert land.states() == ["InService", "InService", "Terminating:Wait"]


def test_scale_in_spares_protected_instances(land):
    land.create_group(3)
    land.emulator.advance(5)
    kept = land.ids()[0]
    land.auto_scaling.set_instance_protection(AutoScalingGroupName=GROUP, InstanceIds=[kept], ProtectedFromScaleIn=True)
    land.auto_scaling.set_desired_capacity(AutoScalingGroupName=GROUP, DesiredCapacity=0)
    land.emulator.advance(3)
    assert land.ids() == [kept]


def test_an_instance_that_dies_behind_the_group_is_replaced_without_hooks(land):
    land.create_group(1)
    land.hook("drain", "TERMINATING")
    land.emulator.advance(5)
    gone = land.ids()[0]
    land.ec2.terminate_instances(InstanceIds=[gone])
    land.emulator.advance(5)
    assert land.states() == ["InService"]
    assert gone not in land.ids()


def test_a_group_with_instances_is_deleted_only_by_force(land):
    land.create_group(1)
    land.emulator.advance(5)
    with pytest.raises(ClientError, match="ResourceInUse"):
        land.auto_scaling.delete_auto_scaling_group(AutoScalingGroupName=GROUP)
    land.auto_scaling.delete_auto_scaling_group(AutoScalingGroupName=GROUP, ForceDelete=True)
    assert land.auto_scaling.describe_auto_scaling_groups()["AutoScalingGroups"] == []


def test_a_retained_instance_outlives_an_abandoned_drain(land):
    policy = {"RetentionTriggers": {"TerminateHookAbandon": "retain"}}
    land.create_group(1, InstanceLifecyclePolicy=policy)
    land.hook("drain", "TERMINATING")
    land.emulator.advance(5)
    instance = land.ids()[0]
    land.auto_scaling.terminate_instance_in_auto_scaling_group(InstanceId=instance, ShouldDecrementDesiredCapacity=True)
    land.complete("drain", instance, "ABANDON")
    land.emulator.advance(5)
    assert land.states() == ["Terminating:Retained"]


def test_capacity_outside_the_bounds_is_refused(land):
    land.create_group(1, MaxSize=3)
    with pytest.raises(ClientError, match="above max value 3"):
        land.auto_scaling.set_desired_capacity(AutoScalingGroupName=GROUP, DesiredCapacity=4)


def test_activities_tell_what_happened(land):
    land.create_group(1)
    land.emulator.advance(5)
    activities = land.auto_scaling.describe_scaling_activities(AutoScalingGroupName=GROUP)["Activities"]
    assert [activity["StatusCode"] for activity in activities] == ["Successful"]
