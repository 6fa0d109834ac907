"""Packing: whether tasks find places, if each goes where it fits most tightly, or where there is most room.

Both controllers judge by it whether tasks fit: the one before it changes the group's size, the other before it drains
an old generation. Rooms of equal content are one place with a count, and places that no longer hold a task of the
shape are skipped in blocks: a cluster has thousands of rooms, and one decision packs them dozens of times.
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from operator import itemgetter
from typing import Final, NamedTuple

from .room import UNLIMITED, Content, Room, slots, take
from .shapes import Shape


@dataclass(frozen=True, kw_only=True)
class ShapeCount:
    """A number of tasks of one shape."""

    shape: Shape
    count: int


@dataclass(frozen=True, kw_only=True)
class RoomCount:
    """A number of rooms of one content."""

    room: Room
    count: int


class Place(NamedTuple):
    """Equal rooms."""

    content: Content
    """What is free there."""
    origin: Room
    """One of them before tasks were placed that take only what is counted: a new room for each would cost most time."""
    rooms: int
    """How many."""

    @property
    def room(self) -> Room:
        """One of them as it is now."""
        cpu_units, memory_mib, interfaces, gpus, *_ = self.content
        return replace(self.origin, cpu_units=cpu_units, memory_mib=memory_mib, interfaces=interfaces, gpus=gpus)

    def slots(self, shape: Shape) -> int:
        """How many tasks of the shape fit into each, as `room.slots` says."""
        cpu_units, memory_mib, interfaces, *_ = self.content
        if shape.once or shape.conditions or shape.gpus:
            return slots(self.room, shape)
        count = interfaces if shape.interface else UNLIMITED
        if shape.cpu_units:
            count = min(count, cpu_units // shape.cpu_units)
        if shape.memory_mib:
            count = min(count, memory_mib // shape.memory_mib)
        return max(count, 0)

    def filled(self, shape: Shape, tasks: int, count: int) -> "Place":
        """Some of them with tasks of the shape in each, as `room.take` says."""
        if shape.once:
            room = take(self.room, shape, tasks)
            return Place(room.content(), room, count)
        cpu_units, memory_mib, interfaces, gpus, zone, kind, used = self.content
        content = (
            cpu_units - tasks * shape.cpu_units,
            memory_mib - tasks * shape.memory_mib,
            interfaces - tasks * shape.interface,
            gpus - tasks * shape.gpus,
            *(zone, kind, used),
        )
        return Place(content, self.origin, count)


@dataclass(frozen=True, kw_only=True)
class Places:
    """Rooms in the order in which they are filled, the fullest first. Of the names of equal ones, one is kept."""

    places: tuple[Place, ...]

    @classmethod
    def of(cls, rooms: Iterable[Room]) -> "Places":
        found: list[Place] = []
        for content, room in sorted(((room.content(), room) for room in rooms), key=_CONTENT):
            if found and found[-1].content == content:
                found[-1] = Place(content, room, found[-1].rooms + 1)
            else:
                found.append(Place(content, room, 1))
        return cls(places=tuple(found))

    def with_rooms(self, more: Iterable[RoomCount]) -> "Places":
        """These and others."""
        others = [Place(each.room.content(), each.room, each.count) for each in more if each.count]
        return Places(places=tuple(sorted((*self.places, *others), key=_CONTENT))) if others else self

    def split(self, content: Content) -> "tuple[Places, Places]":
        """Those that are filled before rooms of the content are, and the others."""
        index = bisect_left(self.places, content, key=_CONTENT)
        return Places(places=self.places[:index]), Places(places=self.places[index:])

    def without_zone(self, zone: str) -> "Places":
        """Those of the other zones."""
        others = [place for place in self.places if place.origin.zone != zone]
        return Places(places=tuple(sorted(others, key=_CONTENT)))

    def have_slots(self, shape: Shape, count: int) -> bool:
        """Whether that many tasks of the shape fit, looked for where most is free."""
        found = 0
        for place in reversed(self.places):
            if found >= count:
                break
            found += place.rooms * place.slots(shape)
        return found >= count

    def rooms(self) -> Iterator[Room]:
        """Each room for itself."""
        return (place.room for place in self.places for _ in range(place.rooms))


@dataclass(frozen=True, kw_only=True)
class Packed:
    """Rooms after tasks were placed in them, and the tasks that found no place."""

    places: Places
    left: tuple[ShapeCount, ...]

    @property
    def rooms(self) -> tuple[Room, ...]:
        return tuple(self.places.rooms())


_CONTENT: Final = itemgetter(0)
_ANY: Final = -UNLIMITED
_BLOCK: Final = 64
"""Places that are skipped together: about the square root of a large cluster, so that blocks cost as much as places."""


def shape_counts(counts: Mapping[Shape, int]) -> tuple[ShapeCount, ...]:
    """The counts of a counter, in its order."""
    return tuple(ShapeCount(shape=shape, count=count) for shape, count in counts.items())


def merged(tasks: Iterable[ShapeCount]) -> tuple[ShapeCount, ...]:
    """The same tasks with each shape once."""
    counts: Counter[Shape] = Counter()
    for each in tasks:
        counts[each.shape] += each.count
    return shape_counts(counts)


def number(tasks: Iterable[ShapeCount]) -> int:
    """How many tasks of whatever shape."""
    return sum(each.count for each in tasks)


def pack(rooms: Iterable[Room] | Places, tasks: Iterable[ShapeCount]) -> Packed:
    """Place what is hardest to place first, in the fullest room that takes it.

    The answer depends on what the rooms offer, not on their names or order: an instance that was planned for counts
    the same once it is there.
    """
    blocks = _blocks(rooms)
    left = tuple(_unplaced(blocks, tasks))
    return Packed(places=_joined(blocks), left=left)


def pack_all(rooms: Places, tasks: Sequence[ShapeCount]) -> Places | None:
    """The places after `pack`, None when a task finds none: that is known as soon as one is left, and often before."""
    if exceed(rooms, tasks):
        return None
    blocks = _blocks(rooms)
    return _joined(blocks) if next(_unplaced(blocks, tasks), None) is None else None


def fits(rooms: Places, tasks: Sequence[ShapeCount]) -> bool:
    """Whether `pack` would place all of them. What takes none of them is not looked at: in a full cluster, the most."""
    if not tasks:
        return True
    cpu_units = min(each.shape.cpu_units or _ANY for each in tasks)
    memory_mib = min(each.shape.memory_mib or _ANY for each in tasks)
    places = [each for each in rooms.places if each.content[0] >= cpu_units and each.content[1] >= memory_mib]
    return pack_all(Places(places=tuple(places)), tasks) is not None


def spread(rooms: Iterable[Room] | Places, tasks: Iterable[ShapeCount]) -> Packed:
    """Place one task at a time in the emptiest room that takes it: the other extreme."""
    places = list(_places(rooms).places)
    left: list[ShapeCount] = []
    for wanted in _hardest_first(tasks):
        for done in range(wanted.count):
            index = next((i for i in range(len(places) - 1, -1, -1) if places[i].slots(wanted.shape)), None)
            if index is None:
                left.append(ShapeCount(shape=wanted.shape, count=wanted.count - done))
                break
            place = places.pop(index)
            if place.rooms > 1:
                places.insert(index, place._replace(rooms=place.rooms - 1))
            insort(places, place.filled(wanted.shape, 1, 1), key=_CONTENT)
    return Packed(places=Places(places=tuple(places)), left=tuple(left))


class _Block:
    """Neighbouring places, and the most that any of them may have of each resource."""

    def __init__(self, places: Sequence[Place]) -> None:
        self.places = list(places)
        self._measure()

    def takes(self, shape: Shape) -> bool:
        """False when surely none of them takes a task of the shape."""
        if shape.interface and self._interfaces <= 0:
            return False
        cpu_units, memory_mib = shape.cpu_units or _ANY, shape.memory_mib or _ANY
        for free in self._frontier:  # noqa: SIM110 - a generator takes longer than what it looks at
            if free[0] >= cpu_units and free[1] >= memory_mib:
                return True
        return False

    def fill(self, shape: Shape, count: int) -> int:
        """Place as many of the tasks as fit, one room after the other; how many are left."""
        least_cpu_units, least_memory_mib = shape.cpu_units or _ANY, shape.memory_mib or _ANY
        rest, changed = count, list[tuple[int, list[Place]]]()
        for index, place in enumerate(self.places):
            free = place.content
            if free[0] < least_cpu_units or free[1] < least_memory_mib:
                continue  # nearly all of them: this line is where the time goes
            if each := min(rest, place.slots(shape)):
                changed.append((index, _shared(place, shape, each, rest)))
                rest -= min(rest, each * place.rooms)
            if rest <= 0:
                break
        for index, filled in reversed(changed):
            self.places[index : index + 1] = filled
        self._filled |= bool(changed)
        if rest > 0 and self._filled:  # they take no more of this shape: look at what they have left
            self._measure()
        return rest

    def halves(self) -> "list[_Block]":
        """Two, where filling has made many places of few."""
        middle = len(self.places) // 2
        return [_Block(self.places[:middle]), _Block(self.places[middle:])] if middle > _BLOCK else [self]

    def _measure(self) -> None:
        self._filled = False
        self._interfaces = max([place.content[2] for place in self.places])
        self._frontier = list[tuple[int, int]]()
        most = _ANY
        for cpu_units, memory_mib in sorted([place.content[:2] for place in self.places], reverse=True):
            if memory_mib > most:
                most = memory_mib
                self._frontier.append((cpu_units, memory_mib))


def _shared(place: Place, shape: Shape, each: int, rest: int) -> list[Place]:
    """Equal rooms of which some are filled, one may be filled in part, and the others stay."""
    full = min(place.rooms, rest // each)
    over = int(full < place.rooms and rest % each > 0)
    found = [place.filled(shape, each, full)]
    if over:
        found.append(place.filled(shape, rest % each, 1))
    if place.rooms > full + over:
        found.append(place._replace(rooms=place.rooms - full - over))
    return found


def _unplaced(blocks: list[_Block], tasks: Iterable[ShapeCount]) -> Iterator[ShapeCount]:
    """Fill the blocks, and say of each shape how many found no place."""
    for wanted in _hardest_first(tasks):
        rest, index = wanted.count, 0
        while rest > 0 and index < len(blocks):
            block = blocks[index]
            if block.takes(wanted.shape):
                rest = block.fill(wanted.shape, rest)
                blocks[index : index + 1] = block.halves()
            index += 1
        if rest > 0:
            yield ShapeCount(shape=wanted.shape, count=rest)


def exceed(places: Places, tasks: Sequence[ShapeCount]) -> bool:
    """Whether the tasks are more than all that is free, wherever it is: no packing helps then."""
    cpu_units = sum(each.count * each.shape.cpu_units for each in tasks)
    memory_mib = sum(each.count * each.shape.memory_mib for each in tasks)
    free = [(place.content, place.rooms) for place in places.places]
    return cpu_units > sum([content[0] * count for content, count in free if content[0] > 0]) or (
        memory_mib > sum([content[1] * count for content, count in free if content[1] > 0])
    )


def _places(rooms: Iterable[Room] | Places) -> Places:
    return rooms if isinstance(rooms, Places) else Places.of(rooms)


def _blocks(rooms: Iterable[Room] | Places) -> list[_Block]:
    places = _places(rooms).places
    return [_Block(places[start : start + _BLOCK]) for start in range(0, len(places), _BLOCK)]


def _joined(blocks: Iterable[_Block]) -> Places:
    return Places(places=tuple(chain.from_iterable(block.places for block in blocks)))


def _hardest_first(tasks: Iterable[ShapeCount]) -> list[ShapeCount]:
    return sorted(tasks, key=lambda each: each.shape.order)
