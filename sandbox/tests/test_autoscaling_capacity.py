"""The wait for a group's capacity, on a recorded group: no time passes and no emulator runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import boto3
import pytest

from sandbox.entries.autoscaling import GROUP
from sandbox.entries.durations import duration, seconds
from sandbox.refusal import Refusal
from sandbox.resource import Call

BEGAN = datetime(2030, 1, 1, 12, 0, 0, 500000, tzinfo=UTC)


class Recorded:
    """A client that notes its calls and answers a group of so many healthy instances and these activities."""

    def __init__(self, have=0, activities=()):
        self.calls: list[tuple[str, dict]] = []
        self.have, self.activities = have, list(activities)
        self._real = boto3.client(
            "autoscaling", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
        )
        self.meta = self._real.meta

    def client(self, _service, _region):
        return self

    def can_paginate(self, _operation):
        return False

    def __getattr__(self, operation):
        def call(**given):
            self.calls.append((operation, given))
            if operation == "describe_scaling_activities":
                return {"Activities": self.activities}
            return {"AutoScalingGroups": [{"AutoScalingGroupName": "web", "Instances": instances(self.have)}]}

        return call

    def sent(self, operation):
        return [given for name, given in self.calls if name == operation]


def instances(number):
    ill = {"LifecycleState": "InService", "HealthStatus": "Unhealthy"}
    coming = {"LifecycleState": "Pending", "HealthStatus": "Healthy"}
    return [{"LifecycleState": "InService", "HealthStatus": "Healthy"}] * number + [ill, coming]


def a_call(recorded, *, new, old=None, state=None, **changes):
    inputs = {"id": "web", "region": "eu-west-1", "account": "1", "timeout_s": 3600, "began": BEGAN}
    return Call(entry=GROUP, clients=recorded, new=new, old=old or {}, state=state or {}, **(inputs | changes))


def an_activity(status="Failed", after_s=1.0, message="Not enough capacity."):
    start = BEGAN + timedelta(seconds=after_s)
    return {"ActivityId": "a1", "StatusCode": status, "Progress": 100, "StatusMessage": message, "StartTime": start}


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """A clock that only a wait moves on."""
    passed = [0.0]
    monkeypatch.setattr("sandbox.resource.time.monotonic", lambda: passed[0])
    monkeypatch.setattr("sandbox.resource.time.sleep", lambda length: passed.__setitem__(0, passed[0] + length))


def settled(recorded, **about):
    assert GROUP.settle
    GROUP.settle(a_call(recorded, **about))


@pytest.mark.parametrize("have", [3, 4])
def test_a_creation_waits_for_at_least_its_size(have):
    settled(Recorded(have), new={"minSize": 3}, creating=True)
    with pytest.raises(Refusal, match=r"want at least 5 healthy instance\(s\) in Auto Scaling Group, have"):
        settled(Recorded(have), new={"minSize": 3, "desiredCapacity": 5}, creating=True)


def test_an_update_of_the_minimum_waits_for_exactly_the_size_of_the_state():
    sizes = {"new": {"minSize": 4, "waitForCapacityTimeout": "15m"}, "old": {"minSize": 3}}
    settled(Recorded(6), **sizes, state={"desiredCapacity": 6})
    with pytest.raises(Refusal) as refused:
        settled(Recorded(7), **sizes, state={"desiredCapacity": 6})
    assert str(refused.value) == (
        "waiting for Auto Scaling Group (web) capacity satisfied: timeout while waiting for state to become 'ok' "
        "(last state: 'want exactly 6 healthy instance(s) in Auto Scaling Group, have 7', timeout: 15m0s)"
    )


def test_the_update_ends_with_the_resources_own_timeout_if_that_is_shorter():
    with pytest.raises(Refusal, match="capacity satisfied: context deadline exceeded"):
        settled(Recorded(1), new={"minSize": 4}, old={"minSize": 3}, timeout_s=60)


def test_nothing_waits_for_a_change_of_the_maximum_or_with_a_timeout_of_zero():
    settled(Recorded(0), new={"minSize": 3, "maxSize": 9}, old={"minSize": 3, "maxSize": 8})
    settled(Recorded(0), new={"minSize": 4, "waitForCapacityTimeout": "0"}, old={"minSize": 3})


@pytest.mark.parametrize(
    ("activity", "fails"),
    [
        (an_activity(), True),
        (an_activity(after_s=-5), False),
        (an_activity("Successful"), False),
        (an_activity(message="Invalid IAM Instance Profile name"), False),
    ],
)
def test_one_activity_that_failed_since_the_start_fails_the_wait(activity, fails):
    sizes = {"new": {"minSize": 3}, "old": {"minSize": 2}}
    if fails:
        says = r"capacity satisfied: scaling activity \(a1\): Failed: Not enough capacity\."
        with pytest.raises(Refusal, match=says):
            settled(Recorded(3, [activity]), **sizes)
        sizes["new"] = {**sizes["new"], "ignoreFailedScalingActivities": True}
    settled(Recorded(3, [activity]), **sizes)


def test_metrics_stay_off_when_the_wait_fails():
    metrics = {"minSize": 3, "enabledMetrics": ["GroupMaxSize"]}
    failed, well = Recorded(1), Recorded(3)
    with pytest.raises(Refusal):
        settled(failed, new=metrics, creating=True)
    settled(well, new=metrics, creating=True)
    assert failed.sent("enable_metrics_collection") == []
    assert [given["Metrics"] for given in well.sent("enable_metrics_collection")] == [["GroupMaxSize"]]


def test_a_creation_does_not_send_what_is_zero():
    recorded = Recorded()
    sizes = {"minSize": 1, "maxSize": 2}
    GROUP.create(a_call(recorded, new={"name": "web", "defaultInstanceWarmup": 0, **sizes}, id="", creating=True))
    GROUP.create(a_call(recorded, new={"name": "web", "defaultInstanceWarmup": 1, **sizes}, id="", creating=True))
    assert [given.get("DefaultInstanceWarmup") for given in recorded.sent("create_auto_scaling_group")] == [None, 1]


def test_a_group_with_hooks_starts_empty_and_grows_when_they_are_there():
    recorded = Recorded()
    hook = {"name": "ready", "lifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING"}
    GROUP.create(
        a_call(
            recorded,
            new={"name": "web", "minSize": 1, "maxSize": 2, "initialLifecycleHooks": [hook]},
            id="",
            creating=True,
        )
    )
    assert [name for name, _ in recorded.calls] == [
        "create_auto_scaling_group",
        "put_lifecycle_hook",
        "update_auto_scaling_group",
    ]
    assert {key: recorded.calls[0][1][key] for key in ("MinSize", "MaxSize")} == {"MinSize": 0, "MaxSize": 0}
    assert {key: recorded.calls[2][1][key] for key in ("MinSize", "MaxSize")} == {"MinSize": 1, "MaxSize": 2}


def a_policy(version, percent):
    specification = {"launchTemplateId": "lt-1", "version": version}
    return {
        "launchTemplate": {"launchTemplateSpecification": specification},
        "instancesDistribution": {"onDemandPercentageAboveBaseCapacity": percent},
    }


def updated(new, old):
    recorded = Recorded()
    assert GROUP.update
    GROUP.update(a_call(recorded, new=new, old=old))
    return recorded.sent("update_auto_scaling_group")


def test_an_update_sends_what_changed_alone():
    policy = {"mixedInstancesPolicy": a_policy("1", 100)}
    (sent,) = updated({"maxSize": 9, **policy}, {"maxSize": 8, **policy})
    assert sent == {"AutoScalingGroupName": "web", "MaxSize": 9}
    assert updated({"enabledMetrics": ["a"], **policy}, policy) == []


def test_a_change_in_the_mixed_policy_sends_all_of_it_with_the_template_version_of_the_state():
    new, old = {"mixedInstancesPolicy": a_policy("1", 50)}, {"mixedInstancesPolicy": a_policy("1", 100)}
    (sent,) = updated(new, old)
    policy = sent["MixedInstancesPolicy"]
    assert policy["LaunchTemplate"]["LaunchTemplateSpecification"] == {"LaunchTemplateId": "lt-1", "Version": "1"}
    assert policy["InstancesDistribution"] == {"OnDemandPercentageAboveBaseCapacity": 50}


@pytest.mark.parametrize(("text", "length_s"), [("15m0s", 900), ("30s", 30), ("1h0m5s", 3605)])
def test_durations_are_written_as_go_writes_them(text, length_s):
    assert (duration(length_s), seconds("wait", text)) == (text, length_s)
