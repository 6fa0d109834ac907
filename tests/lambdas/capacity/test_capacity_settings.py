"""Settings: they survive the environment, and contradict nobody."""

import pytest

from lambdas.capacity.settings import Floor, Grow, Hardware, Settings, Shrink, Target, flapping_problems
from lambdas.cluster.disruption import Disruption

TARGET = Target(cluster="prod", group_prefix="g", switch_parameter="/switch", next_look_parameter="/next-look")
HARDWARE = Hardware(instance_types=("m7g.large", "m7g.xlarge"), trunking=True, reserved_memory_mib=100)


def test_settings_survive_the_environment():
    settings = Settings(
        target=TARGET,
        hardware=HARDWARE,
        floor=Floor(cpu_units=1, memory_mib=7, interface=False),
        grow=Grow(headroom_tasks=9, zone_loss=True, per_minute=3, boot_s=99, deployment_timeout_s=77),
        shrink=Shrink(margin_tasks=4, hold_s=60),
        disruption=Disruption(percent=33, quiet=("Mon-Fri 07:00-19:00", "22:00-06:00")),
    )
    assert Settings.from_environment(settings.environment()) == settings
    assert settings.environment()["HARDWARE_INSTANCE_TYPES"] == "m7g.large,m7g.xlarge"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hardware": Hardware(instance_types=())}, "name at least one"),
        ({"hardware": Hardware(instance_types=("x9.huge",))}, "x9.huge"),
        ({"grow": Grow(headroom_tasks=-1)}, "grow headroom: must be 0 to 10000, got -1"),
        ({"grow": Grow(per_minute=0)}, "grow per minute: must be 1"),
        ({"shrink": Shrink(margin_tasks=0)}, "shrink margin: must be 1"),
        ({"shrink": Shrink(hold_s=82_801)}, "shrink hold"),
        ({"disruption": Disruption(percent=0)}, "disruption percent: must be 1 to 100, got 0"),
        ({"disruption": Disruption(quiet=("noon",))}, "quiet time: write it like .*, got 'noon'"),
        ({"floor": Floor(memory_mib=0)}, "floor memory"),
    ],
)
def test_a_wrong_setting_is_named(changes, message):
    with pytest.raises(ValueError, match=message):
        Settings(**({"target": TARGET, "hardware": HARDWARE} | changes))


@pytest.mark.parametrize("slots", [1, 4, 120])
def test_the_thresholds_lie_further_apart_than_an_instance(slots):
    settings = Settings(target=TARGET, hardware=HARDWARE)
    low, high = settings.out_below(), settings.in_from(slots)
    assert flapping_problems(out_below=low, in_from=high, slots_per_instance=slots) == []
    (problem,) = flapping_problems(out_below=low, in_from=low + slots, slots_per_instance=slots)
    assert f"raise it to {low + slots + 1}" in problem
