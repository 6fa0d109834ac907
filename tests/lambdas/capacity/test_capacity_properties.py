"""What holds for every cluster: an order closes the shortage, a removal makes none, a steady load comes to rest."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.capacity.actions import ScaleIn, ScaleOut
from lambdas.capacity.worst_placement import slots_lost_at_worst
from lambdas.cluster.packing import pack, shape_counts
from lambdas.cluster.room import slots, take, total
from lambdas.cluster.services import Constraint
from lambdas.cluster.shapes import Shape
from tests.lambdas.capacity.clusters import (
    NOW,
    Cluster,
    a_definition,
    a_group,
    a_history,
    a_member,
    a_room,
    a_service,
    a_snapshot,
    an_instance,
    planned,
    some_settings,
)

SIZES = st.tuples(st.sampled_from([128, 256, 512, 700, 1024, 2048]), st.sampled_from([100, 500, 1000, 3000, 7000]))
IN_ZONE_B = Constraint(kind="memberOf", expression="attribute:ecs.availability-zone == b")
DISTINCT = Constraint(kind="distinctInstance")


@st.composite
def snapshots(draw):
    """Instances with anything free, and services that want anything."""
    instances = [
        an_instance(number, cpu=draw(st.integers(0, 2048)), memory=draw(st.integers(0, 8000)), tasks=tasks)
        for number, tasks in enumerate(draw(st.lists(st.integers(0, 10), max_size=6)))
    ]
    sizes = draw(st.lists(SIZES, min_size=1, max_size=4))
    services = [
        a_service(
            f"s{index}",
            desired=draw(st.integers(0, 20)),
            constraints=draw(st.sampled_from([(), (), (IN_ZONE_B,), (DISTINCT,)])),
        )
        for index in range(len(sizes))
    ]
    definitions = [a_definition(f"s{index}", cpu, memory) for index, (cpu, memory) in enumerate(sizes)]
    hosts = {each.name: frozenset[str]() for each in services if each.distinct}
    return a_snapshot(instances, services, definitions, hosts=hosts)


SETTINGS = st.builds(
    lambda headroom, zone_loss, percent: some_settings(
        grow={"headroom_tasks": headroom, "zone_loss": zone_loss}, disruption={"percent": percent}
    ),
    st.integers(0, 6),
    st.booleans(),
    st.sampled_from([10, 100]),
)


def obeyed(snapshot, action):
    """The cluster once the instances that were ordered are there, in the zones that had fewest."""
    zones = Counter(dict.fromkeys("abc", 0))
    zones.update(each.zone for each in snapshot.container_instances)
    added = []
    for _ in range(action.desired - action.observed):
        zone = min(zones, key=lambda each: (zones[each], each))
        zones[zone] += 1
        number = next(
            n for n in range(900) if n % 3 == "abc".index(zone) and n not in {x for x, _ in added} and n >= 30
        )
        added.append((number, an_instance(number)))
    instances = (*snapshot.container_instances, *(each for _, each in added))
    return replace(
        snapshot, container_instances=instances, groups=(a_group([a_member(each) for each in instances], max_size=500),)
    )


@settings(max_examples=60)
@given(snapshots(), SETTINGS)
def test_an_order_closes_the_shortage_and_is_not_repeated(snapshot, wanted):
    snapshot = obeyed(snapshot, ScaleOut(group="group", desired=0, observed=0))
    # Instances have been seen, so that a new one offers what these offered.
    snapshot = replace(
        snapshot, container_instances=(*snapshot.container_instances, an_instance(29, status="INACTIVE"))
    )
    wanted = replace(wanted, grow=replace(wanted.grow, per_minute=1000))
    first = planned(snapshot, wanted)
    if not isinstance(first.action, ScaleOut):
        assert first.values["UnmetTasks"] == 0
        return
    under_way = replace(snapshot, groups=(replace(snapshot.group, desired_capacity=first.action.desired),))
    assert planned(under_way, wanted).action is None
    there = planned(obeyed(snapshot, first.action), wanted)
    assert not isinstance(there.action, ScaleOut)
    assert there.values["UnmetTasks"] == 0
    assert there.values["SchedulableTasks"] >= wanted.grow.headroom_tasks or there.values["UnplaceableTasks"]


@settings(max_examples=60)
@given(snapshots(), SETTINGS)
def test_one_instance_less_would_not_have_been_enough(snapshot, wanted):
    first = planned(snapshot, wanted)
    if not isinstance(first.action, ScaleOut) or first.values["AtMaximum"]:
        return
    short = replace(snapshot, groups=(replace(snapshot.group, desired_capacity=first.action.desired - 1),))
    again = planned(short, wanted).action
    assert isinstance(again, ScaleOut)
    assert again.desired == first.action.desired


@st.composite
def clusters(draw):
    sizes = {f"s{index}": size for index, size in enumerate(draw(st.lists(SIZES, min_size=1, max_size=4)))}
    desired = {name: draw(st.integers(0, 12)) for name in sizes}
    return Cluster(sizes, desired, draw(st.integers(0, 10)))


def step(cluster, wanted, history=True):
    action = planned(cluster.snapshot(a_history(99.0) if history else ()), wanted).action
    if isinstance(action, ScaleOut):
        for _ in range(action.desired - action.observed):
            cluster.start()
        cluster.place()
    elif isinstance(action, ScaleIn):
        for each in action.instance_ids:
            cluster.remove(each)
    return action


@settings(max_examples=40)
@given(clusters(), SETTINGS)
def test_a_steady_load_comes_to_rest_and_never_turns_back(cluster, wanted):
    actions = []
    while len(actions) < 40 and (not actions or actions[-1]):
        actions.append(step(cluster, wanted))
    kinds = [type(each).__name__ for each in actions if each]
    first_removal = kinds.index("ScaleIn") if "ScaleIn" in kinds else len(kinds)
    assert "ScaleOut" not in kinds[first_removal:]
    assert actions[-1] is None
    assert cluster.unplaced() == 0


@settings(max_examples=40)
@given(clusters(), SETTINGS)
def test_a_removal_never_creates_demand(cluster, wanted):
    for _ in range(15):
        before = cluster.unplaced()
        if isinstance(step(cluster, wanted), ScaleIn):
            assert cluster.unplaced() <= before
            assert not isinstance(planned(cluster.snapshot(), wanted).action, ScaleOut)


@settings(max_examples=20)
@given(clusters(), SETTINGS, st.integers(0, 12))
def test_runs_that_overlap_do_not_order_twice(cluster, wanted, more):
    cluster.desired = {name: count + more for name, count in cluster.desired.items()}
    snapshot = cluster.snapshot(a_history())
    one, other = planned(snapshot, wanted).action, planned(snapshot, wanted, NOW + timedelta(seconds=9)).action
    assert one == other


@given(st.lists(SIZES, min_size=1, max_size=6), SIZES, st.integers(1, 4), st.randoms(use_true_random=False))
def test_no_placement_costs_more_slots_than_the_worst_case_says(sizes, largest, count, dice):
    shape = Shape(cpu_units=largest[0], memory_mib=largest[1])
    tasks = [Shape(cpu_units=cpu, memory_mib=memory) for cpu, memory in sizes]
    rooms = [a_room(cpu_units=dice.randrange(3000), memory_mib=dice.randrange(9000)) for _ in range(count)]
    before, bound = total(rooms, shape), slots_lost_at_worst(rooms, shape, shape_counts(Counter(tasks)))
    for task in tasks:
        places = [index for index, room in enumerate(rooms) if slots(room, task)]
        if places:
            index = dice.choice(places)
            rooms[index] = take(rooms[index], task)
    assert before - total(rooms, shape) <= bound


@given(snapshots())
def test_packing_loses_no_task_and_does_not_depend_on_the_order_of_rooms(snapshot):
    rooms = [a_room(name=each.instance_id, cpu_units=each.remaining.cpu_units) for each in snapshot.container_instances]
    demand = shape_counts(Counter({Shape(cpu_units=700, memory_mib=100): 3, Shape(cpu_units=300, memory_mib=50): 5}))
    packed = pack(rooms, demand)
    placed = sum(
        before.memory_mib - after.memory_mib for before, after in zip(sorted_rooms(rooms), packed.rooms, strict=True)
    )
    assert placed == 3 * 100 + 5 * 50 - sum(each.count * each.shape.memory_mib for each in packed.left)
    assert pack(rooms[::-1], demand).left == packed.left


def sorted_rooms(rooms):
    return sorted(rooms, key=lambda room: room.content())
