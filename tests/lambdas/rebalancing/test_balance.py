"""Balance: hand-computed spreads, and what holds for all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.cluster.services import Service, Strategy
from lambdas.cluster.snapshot import ContainerInstance
from lambdas.rebalancing.balance import Place, even, joined, leaving, misplaced, moved, number, path_of, placed

ZONE = Strategy(kind="spread", field="attribute:ecs.availability-zone")
INSTANCE = Strategy(kind="spread", field="instanceId")


def place(zone, name, tasks, free=9):
    return Place(path=(zone, name), tasks=tasks, free=free)


def counts(places):
    return {each.path[-1]: each.tasks for each in places}


@pytest.mark.parametrize(
    ("strategies", "path"),
    [
        ((), ("a", "ci-1")),
        ((ZONE,), ("a", "ci-1")),
        ((ZONE, INSTANCE), ("a", "ci-1")),
        ((INSTANCE,), ("ci-1",)),
        ((Strategy(kind="spread", field="host"), ZONE), ("ci-1",)),
        ((ZONE, Strategy(kind="binpack", field="memory")), ("a",)),
        ((Strategy(kind="binpack", field="memory"),), ()),
        ((Strategy(kind="random"), INSTANCE), ()),
        ((Strategy(kind="spread", field="attribute:rack"), INSTANCE), ("r7", "ci-1")),
        ((Strategy(kind="spread", field="attribute:none"),), ("", "ci-1")),
    ],
)
def test_strategies_say_what_to_be_even_over(strategies, path):
    attributes = {"ecs.availability-zone": "a", "rack": "r7"}
    instance = ContainerInstance(
        arn="ci-1", instance_id="i-1", status="ACTIVE", agent_connected=True, attributes=attributes
    )
    assert path_of(Service(name="web", desired=2, strategies=strategies), instance) == path


def test_zones_come_first_and_then_instances():
    places = [place("a", "1", 8), place("a", "2", 0), place("b", "3", 0), place("b", "4", 0)]
    assert even(places, 8) == {("a", "1"): 2, ("a", "2"): 2, ("b", "3"): 2, ("b", "4"): 2}
    assert misplaced(places) == 6


def test_what_does_not_divide_stays_where_most_are():
    assert even([place("a", "1", 1), place("a", "2", 4)], 5) == {("a", "1"): 2, ("a", "2"): 3}
    assert misplaced([place("a", "1", 2), place("a", "2", 3)]) == 0


def test_a_full_place_is_given_no_more():
    places = [place("a", "1", 6, 0), place("a", "2", 0, 1), place("a", "3", 0, 9)]
    assert even(places, 6) == {("a", "1"): 3, ("a", "2"): 1, ("a", "3"): 2}


def test_packed_tasks_are_where_they_should_be():
    assert misplaced(joined([Place(path=(), tasks=9, free=0), Place(path=(), tasks=0, free=9)])) == 0


def test_further_tasks_start_in_the_emptiest_zone_and_there_on_the_emptiest_instance():
    places = [place("a", "1", 4), place("a", "2", 0), place("b", "3", 3), place("b", "4", 0)]
    assert counts(placed(places, 2)) == {"1": 4, "2": 1, "3": 3, "4": 1}


def test_equal_zones_are_taken_by_name_or_the_unlucky_way():
    places = [place("a", "1", 2), place("a", "2", 0), place("b", "3", 1), place("b", "4", 1)]
    assert counts(placed(places, 1))["2"] == 1
    assert counts(placed(places, 1, unlucky=True))["2"] == 0
    assert counts(placed(places, 2, unlucky=True))["2"] == 1


def test_tasks_leave_the_fullest_place_first():
    places = [place("a", "1", 5), place("a", "2", 3), place("a", "3", 1)]
    assert leaving(places, 8) == {("a", "1"): 1}
    assert leaving(places, 6) == {("a", "1"): 2, ("a", "2"): 1}


PLACES = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=9).map(
    lambda drawn: [place(zone, str(index), *rest) for index, (zone, *rest) in enumerate(drawn)]
)


@given(PLACES)
def test_an_even_spread_holds_all_tasks_and_is_even_where_there_is_room(places):
    wanted = even(places, number(places))
    assert sum(wanted.values()) == number(places)
    assert all(0 <= wanted[each.path] <= each.capacity for each in places)
    for zone in {each.path[0] for each in places}:
        here = [each for each in places if each.path[0] == zone]
        open_to_more = [wanted[each.path] for each in here if wanted[each.path] < each.capacity]
        assert not open_to_more or max(wanted[each.path] for each in here) <= min(open_to_more) + 1


@given(PLACES)
def test_once_even_nothing_is_misplaced(places):
    wanted = even(places, number(places))
    spread = [Place(path=each.path, tasks=wanted[each.path], free=each.capacity - wanted[each.path]) for each in places]
    assert misplaced(spread) == 0


@given(PLACES, st.integers(0, 12), st.booleans())
def test_a_move_loses_no_task_and_never_makes_it_worse(places, count, unlucky):
    after = moved(places, count, unlucky=unlucky)
    assert number(after) == number(places)
    assert misplaced(after) <= misplaced(places)
    assert [each.capacity for each in after] == [each.capacity for each in places]


@given(PLACES, st.integers(0, 12))
def test_further_tasks_never_exceed_the_room(places, count):
    after = placed(places, count)
    assert number(after) - number(places) == min(count, sum(each.free for each in places))
    assert all(each.free >= 0 for each in after)
