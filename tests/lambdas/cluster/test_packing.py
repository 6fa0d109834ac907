"""Packing in blocks of equal rooms decides as the straightforward way does, which is kept here."""

from bisect import insort
from collections import Counter
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.capacity.needed_room import NeededRoom
from lambdas.capacity.shortage import Shortage, shortage
from lambdas.capacity.supply import Supply
from lambdas.cluster import packing
from lambdas.cluster.packing import Places, RoomCount, ShapeCount, fits, pack, pack_all, spread
from lambdas.cluster.placement_constraints import Condition
from lambdas.cluster.room import Room, slots, take, total
from lambdas.cluster.shapes import Shape

ZONES = ("a", "b", "c")
IN_ZONE_B = Condition(attribute="zone", operator="in", values=("b",))
PORTS = st.sampled_from([frozenset(), frozenset(), frozenset({80}), frozenset({80, 443}), frozenset({9})])

SHAPES = st.builds(
    Shape,
    cpu_units=st.sampled_from([0, 100, 128, 256, 700, 1024]),
    memory_mib=st.sampled_from([0, 100, 500, 512, 3000]),
    interface=st.booleans(),
    tcp_ports=PORTS,
    udp_ports=PORTS,
    gpus=st.sampled_from([0, 0, 0, 1]),
    conditions=st.sampled_from([(), (), (IN_ZONE_B,)]),
    distinct=st.sampled_from(["", "", "web", "api"]),
)
TASKS = st.lists(st.builds(ShapeCount, shape=SHAPES, count=st.integers(0, 9)), max_size=6)
ROOMS = st.lists(
    st.builds(
        Room,
        name=st.sampled_from(["i-1", "i-2", "i-3"]),
        zone=st.sampled_from(ZONES),
        instance_type=st.sampled_from(["m7g.large", "c7g.large"]),
        cpu_units=st.sampled_from([-5, 0, 256, 1000, 2048]),  # few values, so that many rooms are equal
        memory_mib=st.sampled_from([-5, 0, 400, 1000, 8000]),
        interfaces=st.sampled_from([0, 1, 10]),
        gpus=st.sampled_from([0, 0, 2]),
        tcp_ports=PORTS,
        udp_ports=PORTS,
        holds=st.sampled_from([frozenset(), frozenset({"web"})]),
    ),
    max_size=12,
)


def plainly_packed(rooms, tasks):
    """Each room for itself, in one long row."""
    places, left = sorted(rooms, key=Room.content), []
    for wanted in sorted(tasks, key=lambda each: each.shape.order):
        rest = wanted.count
        for index, room in enumerate(places):
            count = min(rest, slots(room, wanted.shape))
            places[index] = take(room, wanted.shape, count) if count else room
            rest -= count
        if rest > 0:
            left.append(ShapeCount(shape=wanted.shape, count=rest))
    return places, tuple(left)


def plainly_spread(rooms, tasks):
    places, left = sorted(rooms, key=Room.content), []
    for wanted in sorted(tasks, key=lambda each: each.shape.order):
        for done in range(wanted.count):
            index = next((i for i in range(len(places) - 1, -1, -1) if slots(places[i], wanted.shape)), None)
            if index is None:
                left.append(ShapeCount(shape=wanted.shape, count=wanted.count - done))
                break
            insort(places, take(places.pop(index), wanted.shape), key=Room.content)
    return places, tuple(left)


def plainly_short(supply, needed, most):
    def new(count):
        zones = Counter({zone: supply.per_zone[zone] for zone in supply.zones})
        for _ in range(count):
            zone = min(zones, key=lambda each: (zones[each], each))
            zones[zone] += 1
            yield a_new_room(supply.empty, zone)

    def closes(count):
        rooms, left = plainly_packed((*supply.ready, *supply.starting, *new(count)), needed.demand)
        there = (*rooms, *supply.away)
        return (
            not left
            and all(total(there, shape) >= needed.headroom_tasks for shape in needed.shapes)
            and not any(
                plainly_packed([room for room in rooms if room.zone != zone], tasks)[1]
                for zone, tasks in needed.displaced
            )
        )

    if closes(0):
        return Shortage(instances=0, closes=True)
    low, high = 0, min(1, most)
    while high < most and not closes(high):
        low, high = high, min(2 * high, most)
    if high == most and not closes(high):
        return Shortage(instances=most, closes=False)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if closes(middle) else (middle, high)
    return Shortage(instances=high, closes=True)


def a_new_room(empty, zone):
    return Room(
        name="new", zone=zone, instance_type="", cpu_units=empty.cpu_units, memory_mib=empty.memory_mib, interfaces=10
    )


def contents(rooms):
    return [room.content() for room in rooms]


@settings(max_examples=150)
@given(ROOMS, TASKS, st.sampled_from([1, 2, 64]))
def test_packing_fills_the_same_rooms_in_the_same_order(rooms, tasks, block):
    places, left = plainly_packed(rooms, tasks)
    with mock.patch.object(packing, "_BLOCK", block):
        packed = pack(rooms, tasks)
        whole = pack_all(Places.of(rooms), tasks)
        assert fits(Places.of(rooms), tasks) == (not left)
    assert contents(packed.rooms) == contents(places)
    assert packed.left == left
    assert whole == (None if left else packed.places)


@settings(max_examples=100)
@given(ROOMS, TASKS)
def test_spreading_fills_the_same_rooms_in_the_same_order(rooms, tasks):
    places, left = plainly_spread(rooms, tasks)
    found = spread(rooms, tasks)
    assert contents(found.rooms) == contents(places)
    assert found.left == left


@settings(max_examples=100)
@given(ROOMS, ROOMS, SHAPES, st.integers(0, 12), st.sampled_from(ZONES))
def test_places_are_the_rooms_that_they_were_made_of(rooms, more, shape, count, zone):
    places = Places.of(rooms).with_rooms(RoomCount(room=room, count=2) for room in more)
    every = [*rooms, *more, *more]
    assert contents(places.rooms()) == sorted(contents(every))
    assert places.have_slots(shape, count) == (total(every, shape) >= count)
    assert contents(places.without_zone(zone).rooms()) == sorted(contents(r for r in every if r.zone != zone))


@settings(max_examples=100)
@given(ROOMS, ROOMS, TASKS, st.lists(SHAPES, max_size=3), st.integers(0, 3), st.integers(0, 40), st.booleans())
def test_the_shortage_is_the_same(ready, away, demand, shapes, headroom, most, zone_loss):
    empty = Room(name="empty", zone="", instance_type="", cpu_units=2048, memory_mib=8000, interfaces=10)
    supply = Supply(ready=tuple(ready), away=tuple(away), starting=(), just_added=0, empty=empty, zones=ZONES)
    displaced = tuple((zone, tuple(demand[:2])) for zone in ZONES if zone_loss)
    needed = NeededRoom(demand=tuple(demand), shapes=tuple(shapes), headroom_tasks=headroom, displaced=displaced)
    least = plainly_short(supply, needed, most)
    assert shortage(supply, needed, most, exact=40) == least
    about = shortage(supply, needed, most, exact=0)
    assert (about.closes, about.instances) in {(least.closes, least.instances + more) for more in (0, 1)}
