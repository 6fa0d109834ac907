"""The worst placement: how many slots tasks can cost at most, wherever ECS puts them.

Placement strategies belong to the services: one spreads, one packs. A decision that must not be regretted is made for
the worst of all placements, not for the tightest.
"""

from collections.abc import Iterable, Sequence

from ..cluster.packing import ShapeCount, number
from ..cluster.room import Room, slots
from ..cluster.shapes import Shape


def slots_lost_at_worst(rooms: Iterable[Room], shape: Shape, tasks: Sequence[ShapeCount]) -> int:
    """An upper limit of the slots for the shape that placing the tasks in the rooms takes away."""
    count = number(tasks)
    if not count:
        return 0
    if shape.once:
        return count
    largest = tuple(max(part) for part in zip(*(_parts(each.shape) for each in tasks), strict=True))
    steps = sorted(step for room in rooms for step in _steps(room, shape, largest, count))
    lost = spent = 0
    for step in steps:
        spent += step
        if spent > count:
            break
        lost += 1
    return lost


def _steps(room: Room, shape: Shape, largest: tuple[int, ...], count: int) -> Iterable[int]:
    """How many tasks it takes to lose the first slot of a room, then the next one, and so on."""
    before = 0
    here = slots(room, shape)
    free = (room.cpu_units, room.memory_mib, room.interfaces, room.gpus)
    wanted = _parts(shape)
    for left in range(here, 0, -1):
        # The slot is lost with the first task that leaves less than `left` times the shape in any resource.
        tasks = min((f - left * n) // d + 1 for f, n, d in zip(free, wanted, largest, strict=True) if n and d)
        if tasks > count:
            return
        yield tasks - before
        before = tasks


def _parts(shape: Shape) -> tuple[int, int, int, int]:
    return (shape.cpu_units, shape.memory_mib, int(shape.interface), shape.gpus)
