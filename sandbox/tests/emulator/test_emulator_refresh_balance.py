"""What a refresh leaves: the zones balanced, and after a rollback no more than there was."""

from collections import Counter

from sandbox.tests.emulator.emulated_cluster import GROUP


def start(land, most_percent, **more):
    land.auto_scaling.start_instance_refresh(
        AutoScalingGroupName=GROUP,
        DesiredConfiguration={"LaunchTemplate": {"LaunchTemplateId": land.template, "Version": "2"}},
        Preferences={"MinHealthyPercentage": 100, "MaxHealthyPercentage": most_percent, **more},
    )


def status(land):
    return land.auto_scaling.describe_instance_refreshes(AutoScalingGroupName=GROUP)["InstanceRefreshes"][0]["Status"]


def test_a_rollback_of_instances_that_never_served_leaves_the_old_ones_alone(land):
    land.create_group(4)
    land.hook("ready", "LAUNCHING")
    land.emulator.advance(3)
    for instance in land.ids():
        land.complete("ready", instance)
    land.emulator.advance(3)
    old = land.ids()
    start(land, 200, AutoRollback=True)
    land.emulator.advance(5)
    for instance in set(land.ids()) - set(old):
        land.complete("ready", instance, "ABANDON")
    seen = set(land.ids())
    for _ in range(20):
        land.emulator.advance(1, step=0.2)
        seen |= set(land.ids())
    assert (status(land), sorted(land.ids())) == ("RollbackSuccessful", sorted(old))
    assert len(seen) == 8, "the rollback launched more"


def test_a_refresh_keeps_the_zones_balanced_to_its_end(land):
    land.create_group(6)
    land.emulator.advance(5)
    start(land, 110)
    for _ in range(40):
        land.emulator.advance(1)
        serving = Counter(
            each["AvailabilityZone"] for each in land.group()["Instances"] if each["LifecycleState"] == "InService"
        )
        assert min(serving.values()) >= 1
    assert status(land) == "Successful"
    assert set(serving.values()) == {2}
