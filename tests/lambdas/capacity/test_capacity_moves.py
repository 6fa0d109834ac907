"""While tasks are moved: what stands in room that it gives back makes no cluster grow. An instance has 4 slots."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.capacity.actions import ScaleOut
from lambdas.cluster.moves import LONGEST, Phase
from lambdas.cluster.tags import MOVE
from tests.lambdas.capacity.clusters import (
    NOW,
    a_definition,
    a_group,
    a_member,
    a_service,
    a_snapshot,
    an_instance,
    decided,
)
from tests.lambdas.cluster.moved import moved


def full(*services, count=2, **changes):
    """Instances without any room, and the services on them."""
    instances = [an_instance(number, cpu=0, memory=4000, tasks=4) for number in range(count)]
    return a_snapshot(instances, services, **changes)


def web(desired=8, running=8, **changes):
    return a_service("web", desired, running, **changes)


def grown(snapshot, **changes):
    action = decided(snapshot, **changes).action
    return action.desired - action.observed if isinstance(action, ScaleOut) else 0


def grown_for(snapshot):
    """Instances that are added, and the tasks that wait."""
    return grown(snapshot), decided(snapshot).values["UnplacedTasks"]


def test_the_headroom_is_smaller_by_the_tasks_of_a_move():
    # Two slots are the headroom. The two tasks of the move stand in them.
    assert grown(full(web())) == 1
    assert grown(full(moved(web(), NOW, 6, 8))) == 0
    assert grown(full(moved(web(), NOW, 5, 8))) == 0
    assert grown(full(moved(web(), NOW, 7, 8))) == 1
    assert grown(full(moved(web(), NOW, 7, 8)), grow={"headroom_tasks": 1}) == 0


def test_the_moves_of_several_services_add_up():
    api = a_service("api", 4, 4)
    both = (moved(web(4, 4), NOW, 3, 4), moved(api, NOW, 3, 4))
    assert grown(full(*both)) == 0
    assert grown(full(both[0], api)) == 1
    assert grown(full(*both), grow={"headroom_tasks": 3}) == 1


@pytest.mark.parametrize(
    "service",
    [
        moved(web(), NOW - LONGEST - timedelta(seconds=1), 6, 8),
        moved(web(), NOW, 6, 8, phase=Phase.LOWERED),
        moved(web(), NOW, 6, 8, phase=Phase.ENDED),
        moved(web(), NOW, 6, 7),  # somebody else wants 8
        moved(web(), NOW, 8, 6),
        replace(web(), tags={MOVE: "raised at:noon before:6 during:8 misplaced:1 in-vain:0"}),
        replace(web(), tags={MOVE: ""}),
        replace(moved(web(), NOW, 6, 8), on_instances=False),
    ],
    ids=["old", "lowered", "ended", "changed", "fewer", "garbled", "empty", "elsewhere"],
)
def test_what_is_no_move_leaves_the_headroom_as_it_is(service):
    assert grown(full(service)) == 1


def test_a_move_still_counts_after_half_an_hour_and_no_longer():
    service = moved(web(), NOW, 6, 8)
    assert grown(full(service), now=NOW + LONGEST) == 0
    assert grown(full(service), now=NOW + LONGEST + timedelta(seconds=1)) == 1


def test_while_tasks_are_moved_the_loss_of_a_zone_is_not_prepared_for():
    instances = [an_instance(n, cpu=512, memory=5000, tasks=3) for n in (3, 4)]
    group = a_group([a_member(each) for each in instances], zones=("a", "b"))
    careful = {"grow": {"headroom_tasks": 0, "zone_loss": True}}
    snapshot = a_snapshot(instances, [web(6, 6)], group=group)
    assert grown(snapshot, **careful) == 2
    assert grown(replace(snapshot, services=(moved(web(6, 6), NOW, 5, 6),)), **careful) == 0


def test_a_task_that_takes_the_place_of_several_others_gives_back_as_many():
    # Each instance has room for one of the large tasks. Four small ones fit on the first alone, as long as it is empty.
    definitions = [a_definition("large", 128, 7000), a_definition("small", 512, 1000)]
    small = a_service("small", 1, 1)
    narrow = [an_instance(number, cpu=200) for number in (1, 2, 3)]
    before = a_snapshot([an_instance(0), *narrow], [a_service("large", 3, 3), small], definitions)
    assert grown(before, grow={"headroom_tasks": 4}) == 0
    taken = an_instance(0, cpu=2048 - 128, memory=1000, tasks=1)
    after = a_snapshot([taken, *narrow], [moved(a_service("large", 4, 4), NOW, 3, 4), small], definitions)
    assert grown(after, grow={"headroom_tasks": 4}) == 0


@pytest.mark.parametrize("running", [6, 7, 8])
def test_tasks_of_a_move_that_find_no_room_ask_for_none(running):
    decision = decided(full(moved(web(running=running), NOW, 6, 8)))
    assert (decision.action, decision.values["UnplacedTasks"], decision.values["UnmetTasks"]) == (None, 0, 0)


def test_a_task_that_truly_waits_makes_the_cluster_grow_at_once():
    # Of the three that are missing, two are those of the move.
    assert grown_for(full(moved(web(running=5), NOW, 6, 8))) == (1, 1)
    assert grown_for(full(moved(web(running=6), NOW, 6, 8), a_service("api", 6, 1))) == (2, 5)
    wants_more = replace(moved(web(), NOW, 6, 8), desired=9, deployments=web(9, 8).deployments)
    assert grown_for(full(wants_more)) == (1, 1)


def test_a_task_that_waits_beside_a_move_is_placed_before_the_rest_of_the_headroom():
    room = [an_instance(0, cpu=0, memory=4000, tasks=4), an_instance(1, cpu=1024, memory=6000, tasks=2)]
    waits = a_snapshot(room, [moved(web(6, 6), NOW, 5, 6), a_service("api", 1, 0)])
    assert grown(waits) == 0  # one of two slots for the task, one for what is left of the headroom
    assert grown(replace(waits, services=(waits.services[0], a_service("api", 2, 0)))) == 1


def test_a_move_does_not_interrupt_a_surplus():
    # Headroom 2, margin 1, 4 slots: from 7 on an instance is too many. The move has taken two of the slots.
    instances = [an_instance(0, cpu=512, memory=5000, tasks=3), an_instance(1), an_instance(2)]
    services = {"web": web(3, 3), "moved": moved(web(3, 3), NOW, 1, 3)}
    surplus = {
        name: decided(a_snapshot(instances, [each])).values["SurplusInstances"] for name, each in services.items()
    }
    assert surplus == {"web": 1, "moved": 2}


SIZES = st.tuples(st.sampled_from([128, 256, 512, 1024, 2048]), st.sampled_from([100, 500, 1000, 3000, 7000]))


@st.composite
def before_and_after(draw):
    """A cluster, and the same with further tasks of one service, on any instances that have room, or on none."""
    rooms = draw(st.lists(st.tuples(st.integers(0, 2048), st.integers(0, 8000)), min_size=1, max_size=5))
    sizes = draw(st.lists(SIZES, min_size=1, max_size=3))
    definitions = [a_definition(f"s{number}", *size) for number, size in enumerate(sizes)]
    others = [a_service(f"s{number}", 3, 3) for number in range(1, len(sizes))]
    cpu, memory = sizes[0]
    more, placed, left = draw(st.integers(1, 5)), [0] * len(rooms), list(rooms)
    for index in draw(st.lists(st.integers(0, len(rooms) - 1), max_size=more)):
        if left[index][0] >= cpu and left[index][1] >= memory:
            left[index] = (left[index][0] - cpu, left[index][1] - memory)
            placed[index] += 1

    def seen(free, tasks, service):
        instances = [
            an_instance(number, cpu=one[0], memory=one[1], tasks=2 + tasks[number]) for number, one in enumerate(free)
        ]
        return a_snapshot(instances, [service, *others], definitions)

    raised = moved(a_service("s0", 3 + more, 3 + sum(placed)), NOW, 3, 3 + more)
    return seen(rooms, [0] * len(rooms), a_service("s0", 3, 3)), seen(left, placed, raised)


@settings(max_examples=200)
@given(before_and_after(), st.integers(0, 12), st.booleans())
def test_whatever_is_moved_and_wherever_it_starts_no_further_instance_is_wanted(clusters, headroom, zone_loss):
    wanted = {"headroom_tasks": headroom, "zone_loss": zone_loss}
    before, after = (decided(each, grow=wanted).values["InstancesNeeded"] for each in clusters)
    assert after <= before
