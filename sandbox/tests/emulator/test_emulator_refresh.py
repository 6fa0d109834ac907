from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from sandbox.tests.emulator.emulated_cluster import GROUP, client


def start(land, **more: object):
    preferences = {"MinHealthyPercentage": 100, "MaxHealthyPercentage": 150, **more}
    return land.auto_scaling.start_instance_refresh(
        AutoScalingGroupName=GROUP,
        DesiredConfiguration={"LaunchTemplate": {"LaunchTemplateId": land.template, "Version": "2"}},
        Preferences=preferences,
    )["InstanceRefreshId"]


def status(land):
    return land.auto_scaling.describe_instance_refreshes(AutoScalingGroupName=GROUP)["InstanceRefreshes"][0]["Status"]


def in_service(land):
    return sum(state == "InService" for state in land.states())


def test_a_refresh_launches_first_and_ends_with_the_new_template(land):
    land.create_group(4)
    land.emulator.advance(5)
    start(land)
    sizes = []
    for _ in range(30):
        land.emulator.advance(1)
        sizes.append((in_service(land), len(land.ids())))
    assert min(serving for serving, _ in sizes) == 4
    assert max(total for _, total in sizes) == 6
    assert status(land) == "Successful"
    assert land.versions() == {"2"}
    assert land.group()["LaunchTemplate"]["Version"] == "2"


def test_a_refresh_goes_through_both_hooks(land):
    land.create_group(1)
    land.hook("drain", "TERMINATING")
    land.hook("ready", "LAUNCHING")
    land.emulator.advance(3)
    land.complete("ready", land.ids()[0])
    land.emulator.advance(2)
    start(land, MaxHealthyPercentage=200)
    land.emulator.advance(5)
    assert land.states() == ["InService", "Pending:Wait"]
    land.complete("ready", land.ids()[1])
    land.emulator.advance(3)
    assert land.states() == ["InService", "Terminating:Wait"]
    assert status(land) == "InProgress"
    land.complete("drain", land.ids()[0])
    land.emulator.advance(3)
    assert (status(land), land.states()) == ("Successful", ["InService"])


def test_a_refresh_may_terminate_first(land):
    land.create_group(2)
    land.emulator.advance(5)
    start(land, MinHealthyPercentage=50, MaxHealthyPercentage=100)
    totals = []
    for _ in range(20):
        land.emulator.advance(1)
        totals.append(len([s for s in land.states() if not s.startswith("Terminating")]))
    assert max(totals) == 2
    assert status(land) == "Successful"


def test_abandoned_replacements_roll_the_group_back_to_what_it_was_saved_with(land):
    land.create_group(2)
    land.hook("ready", "LAUNCHING", DefaultResult="ABANDON", HeartbeatTimeout=30)
    land.emulator.advance(3)
    for instance in land.ids():
        land.complete("ready", instance)
    land.emulator.advance(3)
    start(land, AutoRollback=True)
    land.emulator.advance(150)
    assert status(land) == "RollbackSuccessful"
    assert land.versions() == {"1"}
    assert land.group()["LaunchTemplate"]["Version"] == "1"


def test_an_alarm_fails_a_refresh(land):
    land.create_group(2)
    land.emulator.advance(5)
    watch = client("cloudwatch")
    watch.put_metric_alarm(
        AlarmName="errors",
        Namespace="AWS/ApplicationELB",
        MetricName="Errors",
        EvaluationPeriods=1,
        ComparisonOperator="GreaterThanThreshold",
        Threshold=1,
        Period=60,
        Statistic="Sum",
    )
    start(land, AlarmSpecification={"Alarms": ["errors"]})
    land.emulator.advance(1)
    watch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="test")
    land.emulator.advance(2)
    assert status(land) == "Failed"


def test_a_second_refresh_is_refused_and_the_first_can_be_cancelled(land):
    land.create_group(2)
    land.emulator.advance(5)
    start(land)
    land.emulator.advance(1)
    with pytest.raises(ClientError, match="InstanceRefreshInProgress"):
        start(land)
    land.auto_scaling.cancel_instance_refresh(AutoScalingGroupName=GROUP)
    land.emulator.advance(1)
    assert status(land) == "Cancelled"
    with pytest.raises(ClientError, match="ActiveInstanceRefreshNotFound"):
        land.auto_scaling.cancel_instance_refresh(AutoScalingGroupName=GROUP)


def test_a_rollback_can_be_asked_for(land):
    land.create_group(2)
    land.emulator.advance(5)
    start(land)
    land.emulator.advance(5)
    assert land.versions() == {"1", "2"}
    land.auto_scaling.rollback_instance_refresh(AutoScalingGroupName=GROUP)
    land.emulator.advance(20)
    assert status(land) == "RollbackSuccessful"
    assert land.versions() == {"1"}


def test_auto_rollback_needs_a_numbered_version(land):
    land.create_group(1)
    with pytest.raises(ClientError, match="numbered launch template version"):
        land.auto_scaling.start_instance_refresh(AutoScalingGroupName=GROUP, Preferences={"AutoRollback": True})


def test_matching_instances_are_skipped_where_the_caller_says_so(land):
    land.create_group(2)
    land.emulator.advance(5)
    before = sorted(land.ids())
    land.auto_scaling.start_instance_refresh(
        AutoScalingGroupName=GROUP,
        DesiredConfiguration={"LaunchTemplate": {"LaunchTemplateId": land.template, "Version": "1"}},
        Preferences={"SkipMatching": True},
    )
    land.emulator.advance(5)
    assert status(land) == "Successful"
    assert sorted(land.ids()) == before
