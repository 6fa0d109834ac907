"""Growth ends where it does not help, says so, and is tried again with less."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.capacity.reasons import Reason
from lambdas.capacity.snapshot import Sample
from lambdas.capacity.waiting_history import stalled_since
from lambdas.cluster.services import Constraint
from tests.lambdas.capacity.clusters import CPU, MEMORY, NOW, decided
from tests.lambdas.capacity.minutes import Minutes

PINNED = Constraint(kind="memberOf", expression="attribute:ecs.availability-zone == c")


class WithoutZoneC(Minutes):
    """Instances that were meant for a zone without capacity come up in another one."""

    def start(self):
        self.next += self.next % 3 == 2
        self.hosts[self.next] = []
        self.next += 1

    def fits(self, number, service):
        return super().fits(number, service) and not (self.constraints.get(service) and number % 3 != 2)


class Smaller(Minutes):
    """A foreign task on each instance leaves less than the type has."""

    def free(self, number):
        cpu, memory = super().free(number)
        return cpu, memory - 2000


class Unwilling(Minutes):
    """ECS places nothing of a service, though it would fit."""

    def fits(self, number, service):
        return service != "odd" and super().fits(number, service)


class Scattered(Minutes):
    """The instances of the beginning take nothing, for a reason that no number shows."""

    def fits(self, number, service):
        return number >= 3 and super().fits(number, service)


def pinned():
    cluster = WithoutZoneC({"web": (512, 1000), "pinned": (512, 1000)}, {"web": 20, "pinned": 3}, 9)
    cluster.constraints["pinned"] = (PINNED,)
    cluster.hosts = {number: [each for each in here if each == "web"] for number, here in cluster.hosts.items()}
    return cluster


def test_a_zone_that_launches_nothing_orders_a_round_and_then_one_at_a_time():
    cluster = pinned()
    decisions = cluster.run(60)
    assert cluster.size() <= 9 + 2 + 3
    assert cluster.values["StuckTasks"] >= 3
    assert "pinned: 3 of 512 CPU" in str(decisions[-1].inputs["stuck"])
    cluster.run(240)
    assert cluster.size() <= 9 + 2 + 15  # one each 20 minutes, which a removal takes away again


def test_instances_that_are_smaller_than_their_type_do_not_help():
    cluster = Smaller({"large": (512, 7000)}, {"large": 4}, 6)
    cluster.run(60)
    assert cluster.size() <= 6 + 6 + 3
    assert cluster.values["StuckTasks"] == 4 + 2  # those that wait, and the headroom


def test_headroom_that_new_instances_do_not_bring_ends_too():
    cluster = Smaller({"large": (512, 7000)}, {"large": 1}, 6)
    cluster.hosts[0] = ["large"]
    cluster.run(60)
    assert cluster.size() <= 6 + 2 + 3
    assert cluster.values["StuckTasks"] == 2


def test_other_services_grow_on_while_one_is_stuck():
    cluster = pinned()
    cluster.run(30)
    cluster.desired["web"] = 60
    cluster.run(10)
    assert cluster.running("web") == 60


class Crowded(Minutes):
    """Each instance that comes is given a small task of the others before anything else; so it goes on for ever."""

    def place(self):
        for number, here in self.hosts.items():
            if number >= 10 and not here:
                source = next((other for other, tasks in self.hosts.items() if tasks.count("small") > 1), None)
                if source is not None:
                    self.hosts[source].remove("small")
                    here.append("small")
        super().place()


@pytest.mark.parametrize("peak", [0, 40])
def test_small_tasks_that_move_onto_whatever_comes_are_ordered_against_a_few_times_only(peak):
    cluster = Crowded({"small": (256, 500), "large": (2048, 7000)}, {"small": 40, "large": 2}, 10)
    for minute in range(90):
        cluster.minute()
        if minute == 20 and peak:
            cluster.waiting.append(Sample(at=cluster.now, value=peak))
    assert cluster.size() <= 10 + 2 * 4 + 5  # two orders of all that waits and the headroom; one each 20 minutes
    assert cluster.values["StuckTasks"] >= 2


def test_what_others_were_helped_by_is_no_leave_to_order_more_for_one_that_is_stuck():
    cluster = pinned()
    cluster.run(30)
    cluster.desired["web"] = 200
    cluster.run(15)
    assert cluster.running("web") == 200
    before = cluster.size()
    assert before <= 9 + 3 + 200 // 4 + 3
    cluster.run(60)
    assert cluster.size() <= before + 3  # one each 20 minutes
    assert cluster.values["StuckTasks"] >= 3


def test_a_first_task_that_is_placed_lets_growth_go_on():
    cluster = pinned()
    cluster.run(30)
    cluster.constraints.clear()
    cluster.desired["pinned"] = 90
    cluster.place()
    cluster.run(15)
    assert cluster.running("pinned") == 90
    assert cluster.values["StuckTasks"] == 0


def test_what_is_not_placed_for_minutes_lacks_room_whatever_the_model_says():
    cluster = Scattered({"web": (512, 1000)}, {"web": 5}, 3)
    first = cluster.run(5)
    assert (cluster.size(), first[-1].values["UnmetTasks"]) == (3, 0)
    late = cluster.minute()
    assert (late.values["UnmetTasks"], cluster.size()) == (5, 5)
    cluster.run(5)
    assert (cluster.running("web"), cluster.values["UnmetTasks"]) == (5, 0)


def test_what_ecs_never_places_is_an_alarm_and_a_bounded_number_of_instances():
    cluster = Unwilling({"web": (512, 1000), "odd": (512, 1000)}, {"web": 8, "odd": 5}, 6)
    cluster.run(6)
    assert cluster.values["UnmetTasks"] == 5
    cluster.run(50)
    assert cluster.size() <= 6 + 2 + 3
    assert cluster.values["StuckTasks"] == 5


def test_nothing_is_removed_while_tasks_are_overdue():
    cluster = Unwilling({"odd": (512, 1000)}, {"odd": 5}, 9)
    cluster.run(5)
    seen = cluster.snapshot()
    full = replace(seen, groups=(replace(seen.groups[0], max_size=9),))
    found = decided(full, now=cluster.now)
    assert (found.action, found.values["UnmetTasks"]) == (None, 5)
    assert found.reason in (Reason.TASKS_OVERDUE, Reason.MAXIMUM_REACHED)


def test_without_a_memory_a_round_in_the_time_of_a_boot_is_the_most():
    cluster = pinned()
    cluster.remembers = False
    cluster.run(60)
    assert cluster.size() <= 9 + 6 * 3


@pytest.mark.parametrize(
    ("samples", "minutes"),
    [
        ({}, 0),
        ({1: 3, 2: 3, 3: 3}, 3),
        ({1: 3, 2: 2, 3: 2}, 1),  # one more was placed
        ({1: 2, 2: 2}, 0),  # and this minute
        ({1: 4, 2: 5}, 2),  # fewer than before is no progress
        ({1: 3, 6: 3, 12: 3}, 6),  # nothing waited between
    ],
)
def test_a_stall_begins_with_the_last_progress(samples, minutes):
    history = [Sample(at=NOW - timedelta(minutes=each), value=value) for each, value in samples.items()]
    assert NOW - stalled_since(history, 3, NOW) == timedelta(minutes=minutes)


@settings(max_examples=15)
@given(
    st.sampled_from([Minutes, WithoutZoneC, Smaller, Unwilling]),
    st.integers(1, 20),
    st.integers(0, 20),
    st.sampled_from([(512, 1000), (1024, 3000), (256, 7000)]),
)
def test_under_a_steady_load_the_size_comes_to_rest_and_what_waits_is_named(kind, web, odd, size):
    cluster = kind({"web": (512, 1000), "odd": size}, {"web": web, "odd": odd}, 3)
    cluster.constraints["odd"] = (PINNED,) if kind is WithoutZoneC else ()
    alone = min(CPU // size[0], MEMORY // size[1])
    zones = 3 if kind is WithoutZoneC else 1  # for one in the zone that it is pinned to, each other one gets one, too
    needed = -(-web // 4) + zones * -(-odd // alone) + 4
    cluster.run(60)
    # All that waits and the headroom twice: in the beginning, and once more where the model was wrong; and three tries.
    assert cluster.size() <= 3 + 2 * needed + 3
    named = sum(cluster.values[each] for each in ("UnplacedTasks", "StuckTasks", "UnplaceableTasks"))
    assert named >= cluster.unplaced()
    before = cluster.size()
    cluster.run(15)
    assert cluster.size() <= before + 1
