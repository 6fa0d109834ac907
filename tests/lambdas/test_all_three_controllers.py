"""All three controllers in one world: they finish each other's work, and come to rest."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.model.all_three import AllThree

SMALL, MEDIUM = (256, 500), (512, 1000)
CHANGES = ("UpdateService", "TagResource", "UntagResource", "SetDesiredCapacity", "StartInstanceRefresh")
REMOVES = "TerminateInstanceInAutoScalingGroup"


def uneven(three):
    """By service: the most tasks on an instance less the fewest on another one of the same zone."""
    found = {}
    for name in three.world.tasks_wanted:
        counts = three.world.counts(name)
        zones = {three.world.members[each].zone for each in counts}
        by_zone = [[n for each, n in counts.items() if three.world.members[each].zone == zone] for zone in zones]
        found[name] = max(max(each) - min(each) for each in by_zone)
    return found


def replaced_one_by_one(three):
    """What a refresh does, with the instances of before."""
    for member in three.world.serving_members():
        three.world.terminate(member)
        three.minutes(4)


def test_after_an_update_the_last_instances_do_not_stay_empty():
    three = AllThree({"web": SMALL, "api": MEDIUM}, {"web": 24, "api": 12}, 9)
    three.minutes(5)
    replaced_one_by_one(three)
    three.minutes(10)
    assert max(uneven(three).values()) <= 1
    assert three.world.wrong == []
    assert three.world.tasks_wanted == {"web": 24, "api": 12}


@settings(deadline=None, max_examples=6)
@given(
    st.tuples(st.integers(0, 20), st.integers(0, 10)),
    st.lists(st.tuples(st.sampled_from(["web", "api", "dies", "update"]), st.integers(1, 24)), max_size=4),
    st.integers(0, 99),
)
def test_they_come_to_rest_and_stay_there(wanted, changes, seed):
    three = AllThree({"web": SMALL, "api": MEDIUM}, dict(zip(("web", "api"), wanted, strict=True)), 6, seed=seed)
    for what, number in changes:
        if what in three.world.tasks_wanted:
            three.world.tasks_wanted[what] = number
        elif what == "dies":
            three.world.lose(three.world.serving_members()[0])
        else:
            replaced_one_by_one(three)
        three.minutes(3)
    three.minutes(60)
    assert three.world.going_on() == set()
    before, size = len(three.api.calls), three.world.size
    three.minutes(30)
    done = [each for each in three.api.calls[before:] if each.rpartition(":")[2] in (*CHANGES, REMOVES)]
    assert (done, three.world.size) == ([], size)
    assert sum(three.world.waiting().values()) == 0
    assert three.world.wrong == []
