"""Both controllers in one world: what one of them orders, the other one carries out."""

from tests.model.both import LARGE, Both
from tests.model.services import STEP_S


def test_a_load_that_comes_and_goes_is_followed_and_no_task_ends_with_its_instance():
    both = Both({"web": LARGE}, {"web": 4}, 3)
    both.world.tasks_wanted["web"] = 12
    both.minutes(6)
    assert (both.world.size, sum(both.world.waiting().values())) == (7, 0)  # 12 and a headroom of 2, two on each
    both.world.tasks_wanted["web"] = 4
    for each in [one for one in both.world.work.values() if one.desired == "RUNNING"][4:]:
        both.world.stop(each)
    both.minutes(30)
    assert (both.world.size, sum(both.world.waiting().values())) == (4, 0)  # 4, the headroom, and a margin of 1
    ended = {(kind, by) for _, kind, by in both.world.ended if by != "test"}
    assert ended == {("launch", "controller"), ("terminate", "controller")}
    assert both.world.wrong == []


def test_a_zone_fails_and_the_group_refills_in_the_others_with_the_same_size():
    both = Both({"web": LARGE}, {"web": 10}, 6)
    both.world.closed_zones = {"a"}
    for each in both.world.serving_members():
        if each.zone == "a":
            both.world.lose(each)
    both.world.advance(STEP_S)
    assert both.world.waiting()["web"] > 0
    both.minutes(10)
    assert (both.world.size, both.zones(), sum(both.world.waiting().values())) == (6, {"a": 0, "b": 3, "c": 3}, 0)
    assert both.api.published["AtMaximum"] == both.api.published["StuckTasks"] == 0
    assert [each.status for each in both.world.members.values() if each.machine == "terminated"] == [None, None]
    assert both.world.wrong == []
