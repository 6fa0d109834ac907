"""Zones that are lost and images whose agents never come up, at a person's order."""

from collections import Counter

from sandbox.emulator import outages
from sandbox.tests.emulator.emulated_cluster import GROUP, REGION

LOST = f"{REGION}a"
IMAGE = "ami-12345678"


def zones(land):
    return Counter(each["AvailabilityZone"] for each in land.group()["Instances"])


def test_a_lost_zone_takes_its_instances_and_groups_launch_in_the_others(land):
    land.create_group(6)
    land.emulator.advance(10)
    assert zones(land)[LOST] == 2
    lost = {each["InstanceId"] for each in land.group()["Instances"] if each["AvailabilityZone"] == LOST}
    outages.zone(LOST, {"lost": True})
    land.emulator.advance(10)
    assert not lost & set(land.ids())
    assert not lost & {each["ec2InstanceId"] for each in land.instances()}
    assert zones(land) == {f"{REGION}b": 3, f"{REGION}c": 3}


def test_the_tasks_of_a_lost_zone_end_and_start_elsewhere(land):
    land.define()
    land.create_group(3)
    land.emulator.advance(5)
    land.serve(count=6)
    land.emulator.advance(10)
    outages.zone(LOST, {"lost": True})
    land.emulator.advance(3, step=0.2)
    assert len(land.tasks(desiredStatus="STOPPED")) == 2, "tasks were started on an instance that was gone"
    land.emulator.advance(15)
    assert land.service()["runningCount"] == 6


def test_a_zone_that_comes_back_takes_instances_again(land):
    outages.zone(LOST, {"lost": True})
    land.create_group(2)
    land.emulator.advance(5)
    assert zones(land)[LOST] == 0
    outages.zone(LOST, {"lost": False})
    land.auto_scaling.set_desired_capacity(AutoScalingGroupName=GROUP, DesiredCapacity=3)
    land.emulator.advance(5)
    assert zones(land)[LOST] == 1


def test_without_any_zone_a_launch_fails_and_says_so(land):
    for name in "abc":
        outages.zone(f"{REGION}{name}", {"lost": True})
    land.create_group(1)
    land.emulator.advance(5)
    assert land.ids() == []
    (activity, *_) = land.auto_scaling.describe_scaling_activities(AutoScalingGroupName=GROUP)["Activities"]
    assert activity["StatusCode"] == "Failed"
    assert "sufficient capacity" in activity["StatusMessage"]


def test_instances_of_a_muted_image_never_register_and_those_launched_before_stay(land):
    land.create_group(1)
    land.emulator.advance(5)
    outages.image(IMAGE, {"muted": True})
    land.auto_scaling.set_desired_capacity(AutoScalingGroupName=GROUP, DesiredCapacity=2)
    land.emulator.advance(20)
    assert land.states() == ["InService", "InService"]
    assert len(land.instances()) == 1
    outages.image(IMAGE, {"muted": False})
    land.emulator.advance(1)
    assert len(land.instances()) == 2
