"""The supply: the room that there is, that is starting, and that a further instance would bring."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from ..cluster.instance_types import INSTANCE_TYPES
from ..cluster.packing import RoomCount
from ..cluster.room import UNLIMITED, Room, slots, take
from ..cluster.shapes import Shape
from ..cluster.snapshot import ContainerInstance, Group, Instance
from .demand import daemon_shapes
from .settings import Hardware, Settings
from .snapshot import CapacitySnapshot


@dataclass(frozen=True, kw_only=True)
class Supply:
    """Every room of the cluster."""

    ready: tuple[Room, ...]
    """ACTIVE instances with a connected agent that are not on their way out."""
    away: tuple[Room, ...]
    """ACTIVE instances in service whose agent is disconnected."""
    starting: tuple[Room, ...]
    """Instances of the group that are launching, and those that it wants and that are not there yet."""
    just_added: int
    """Those of them that were added or launched within the last minute."""
    empty: Room
    """What is surely free on a new instance, in no zone yet."""
    zones: tuple[str, ...]

    @cached_property
    def per_zone(self) -> Counter[str]:
        """Instances in each zone of the group, as Auto Scaling counts them."""
        return _per_zone(self.zones, (*self.ready, *self.away, *self.starting))

    def new(self, count: int) -> tuple[RoomCount, ...]:
        """The rooms of further instances, each in the zone that then has fewest, as Auto Scaling does."""
        zones = _zones_of(count, self.per_zone)
        return tuple(RoomCount(room=room, count=zones[room.zone]) for room in self._empty_in_zones)

    def fits_empty(self, shape: Shape, zones: tuple[str, ...] | None = None) -> bool:
        """Whether a new instance, in at least one of the zones, has room for a task of the shape."""
        return self.slots_empty(shape, self.zones if zones is None else zones) > 0

    def slots_empty(self, shape: Shape, zones: tuple[str, ...]) -> int:
        """How many tasks of the shape fit on a new instance in the best of the zones; `distinctInstance` aside."""
        bare = replace(shape, distinct="") if shape.distinct else shape
        return max((slots(room, bare) for room in self._empty_in_zones if room.zone in zones), default=0)

    def is_busy(self, room: Room) -> bool:
        """Whether it surely holds tasks that a new instance does not: less is free there than on the smallest one."""
        free, empty = room.content(), self.empty.content()
        return any(one < other for one, other in zip(free[:3], empty[:3], strict=True))

    @cached_property
    def _empty_in_zones(self) -> tuple[Room, ...]:
        return tuple(replace(self.empty, zone=zone) for zone in self.zones)


def survey(snapshot: CapacitySnapshot, group: Group, settings: Settings, now: datetime) -> Supply:
    """Find every room."""
    share, bare_daemons = _interface_share(snapshot)
    seats = [(_room(each, snapshot, share, bare_daemons), each) for each in _usable(snapshot)]
    empty = _empty(snapshot, settings.hardware)
    coming = [each for each in group.instances if each.lifecycle_state.startswith("Pending")]
    serving = sum(_serves(each) for each in group.instances)
    missing = max(0, group.desired_capacity - len(coming) - serving)
    booting = [each for each in group.instances if _booting(each, snapshot, settings, now)]
    booting = _to_stay(booting, len(coming) + serving - group.desired_capacity)
    pending = tuple(
        replace(empty, name=each.instance_id, zone=each.zone, instance_type=each.instance_type or empty.instance_type)
        for each in booting
    )
    ready = tuple(room for room, each in seats if each.agent_connected)
    away = tuple(room for room, each in seats if not each.agent_connected)
    wanted = _spread(empty, missing, _per_zone(group.zones, (*ready, *away, *pending)))
    minute_ago = now - timedelta(seconds=60)
    launches = [snapshot.ec2_instances.get(each.instance_id) for each in booting]
    return Supply(
        ready=ready,
        away=away,
        starting=(*pending, *wanted),
        just_added=missing
        + sum(each is not None and bool(each.launched and each.launched > minute_ago) for each in launches),
        empty=empty,
        zones=group.zones,
    )


def _usable(snapshot: CapacitySnapshot) -> Iterator[ContainerInstance]:
    """What ECS may place tasks on now or, once its agent is back, again. An instance on its way out is neither."""
    for each in snapshot.registered.values():
        member = snapshot.members.get(each.instance_id)
        if each.status == "ACTIVE" and (_stays(member) if member else _runs_elsewhere(each, snapshot)):
            yield each


def _runs_elsewhere(instance: ContainerInstance, snapshot: CapacitySnapshot) -> bool:
    """Whether an instance of no group runs. ECS may show one as connected for a while after it was terminated."""
    running = snapshot.ec2_instances.get(instance.instance_id)
    return instance.agent_connected and running is not None and running.state == "running"


def _stays(member: Instance) -> bool:
    return member.healthy and (member.in_service or member.lifecycle_state.startswith("Pending"))


def _serves(member: Instance) -> bool:
    return member.in_service and member.healthy


def _booting(member: Instance, snapshot: CapacitySnapshot, settings: Settings, now: datetime) -> bool:
    """Whether tasks will find room there soon. One in service without registration is given the time to boot."""
    registration = snapshot.registered.get(member.instance_id)
    if not member.healthy or (registration is not None and registration.status == "ACTIVE"):
        return False
    if member.lifecycle_state.startswith("Pending"):
        return True
    found = snapshot.ec2_instances.get(member.instance_id)
    launched = found.launched if found else None
    return member.in_service and launched is not None and now - launched < timedelta(seconds=settings.grow.boot_s)


def _to_stay(booting: list[Instance], excess: int) -> list[Instance]:
    """Those that add room. One launched beyond the wanted size replaces one that leaves next, as in a refresh."""
    waiting = [each for each in booting if not each.in_service]
    others = [each for each in booting if each.in_service]
    return [*others, *waiting[max(0, excess) :]]


def _room(instance: ContainerInstance, snapshot: CapacitySnapshot, share: float, bare_daemons: int) -> Room:
    kind = INSTANCE_TYPES.get(instance.instance_type)
    tasks = max(0, instance.running_tasks + instance.pending_tasks - bare_daemons)
    slots_in_all = kind.task_slots(trunking=instance.trunked) if kind else UNLIMITED
    return Room(
        name=instance.instance_id,
        zone=instance.zone,
        instance_type=instance.instance_type,
        cpu_units=max(0, instance.remaining.cpu_units),
        memory_mib=max(0, instance.remaining.memory_mib),
        interfaces=max(0, slots_in_all - math.ceil(tasks * share)),
        gpus=len(instance.remaining.gpus),
        tcp_ports=instance.remaining.tcp_ports,
        udp_ports=instance.remaining.udp_ports,
        holds=frozenset(name for name, hosts in snapshot.hosts.items() if instance.arn in hosts),
        connected=instance.agent_connected,
    )


def _interface_share(snapshot: CapacitySnapshot) -> tuple[float, int]:
    """The share of tasks with an own interface, and how many daemons without one run on each instance.

    ECS does not tell the interfaces that are free. Where all services use awsvpc mode this is exact, elsewhere it is
    an estimate: reading every task would cost hundreds of calls a minute.
    """
    counts = {True: 0, False: 0}
    bare_daemons = 0
    for service in snapshot.local_services:
        for deployment in service.live_deployments:
            definition = snapshot.definitions.get(deployment.definition_arn)
            if definition is None:
                continue
            if service.daemon and not definition.has_interface:
                bare_daemons += deployment.status == "PRIMARY"
            else:
                counts[definition.has_interface] += deployment.running + deployment.pending
    every = sum(counts.values())
    return (counts[True] / every if every else 1.0), bare_daemons


def _empty(snapshot: CapacitySnapshot, hardware: Hardware) -> Room:
    """The least that any of the types offers, less the tasks that run on every instance."""
    offers = [_less_daemons(_offer(name, snapshot, hardware), snapshot) for name in hardware.instance_types]
    return Room(
        name="empty",
        zone="",
        instance_type=",".join(hardware.instance_types),
        cpu_units=min(each.cpu_units for each in offers),
        memory_mib=min(each.memory_mib for each in offers),
        interfaces=min(each.interfaces for each in offers),
        gpus=min(each.gpus for each in offers),
        tcp_ports=frozenset().union(*(each.tcp_ports for each in offers)),
        udp_ports=frozenset().union(*(each.udp_ports for each in offers)),
    )


def _less_daemons(offer: Room, snapshot: CapacitySnapshot) -> Room:
    """What is left beside the daemons that run on instances of its type; in which zone it will be, nobody knows."""
    for shape in daemon_shapes(snapshot):
        of_type = (each for each in shape.conditions if each.attribute == "instance_type")
        if all(each.allows("", offer.instance_type) for each in of_type):
            offer = take(offer, shape)
    return offer


def _offer(name: str, snapshot: CapacitySnapshot, hardware: Hardware) -> Room:
    """What an empty instance of one type registers: seen if there is one, else from the table."""
    kind = INSTANCE_TYPES[name]
    seen = [
        each.registered for each in snapshot.container_instances if each.instance_type == name and each.agent_connected
    ]
    memory = min((each.memory_mib for each in seen), default=kind.usable_memory_mib(hardware.reserved_memory_mib))
    return Room(
        name=name,
        zone="",
        instance_type=name,
        cpu_units=min((each.cpu_units for each in seen), default=kind.cpu_units),
        memory_mib=memory,
        interfaces=kind.task_slots(trunking=hardware.trunking),
        gpus=min((len(each.gpus) for each in seen), default=kind.gpus),
        tcp_ports=frozenset().union(*(each.tcp_ports for each in seen)),
        udp_ports=frozenset().union(*(each.udp_ports for each in seen)),
    )


def _per_zone(zones: tuple[str, ...], rooms: tuple[Room, ...]) -> Counter[str]:
    counts = Counter(room.zone for room in rooms)
    return Counter({zone: counts[zone] for zone in zones})


def _spread(empty: Room, count: int, per_zone: Counter[str]) -> Iterator[Room]:
    zones = sorted(_zones_of(count, per_zone).elements())
    return (replace(empty, name=f"wanted {index}", zone=zone) for index, zone in enumerate(zones, 1))


def _zones_of(count: int, per_zone: Counter[str]) -> Counter[str]:
    """How many of further instances each zone gets, one after the other in the zone that then has fewest."""
    counts, left = dict(per_zone), count if per_zone else 0
    while left:
        rounds = left // len(counts) if len(set(counts.values())) == 1 else 0
        for zone in counts if rounds else (min(counts, key=lambda each: (counts[each], each)),):
            counts[zone] += rounds or 1
            left -= rounds or 1
    return Counter({zone: number - per_zone[zone] for zone, number in counts.items()})
