"""The view of `explain`: why the size is what it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.console import Group as Screen
from rich.text import Text

from lambdas.capacity.actions import ScaleIn, ScaleOut
from lambdas.capacity.assess import Assessment
from lambdas.capacity.plan import Plan
from lambdas.capacity.proposals import Act
from lambdas.capacity.settings import Settings
from lambdas.cluster.room import UNLIMITED, Room, slots
from lambdas.cluster.shapes import Shape, shape_of

from .advice import advice_on
from .tables import GOOD, NOTED, WRONG, facts, stacked, styled, table
from .words import counted, joined

MOST = 12
"""Rows of shapes and of instances."""


@dataclass(frozen=True, kw_only=True)
class ShapeLine:
    """One of the shapes that are hardest to place."""

    shape: str
    fit: int
    """Tasks of it that fit at this moment."""
    limits: bool
    """Whether it is the one of which fewest fit."""
    services: tuple[str, ...]
    """Services with a deployment of this shape; empty for the floor."""


@dataclass(frozen=True, kw_only=True)
class RoomLine:
    """What is free on one instance."""

    instance_id: str
    zone: str
    instance_type: str
    cpu_units: int
    memory_mib: int
    interfaces: int | None
    """Task slots that are free; None for a type that is not in the table."""
    fit: int
    """Tasks of the limiting shape that fit."""
    missing: tuple[str, ...]
    """What one more of them lacks; empty where one fits."""


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What `explain` shows."""

    cluster: str
    at: datetime
    group: str
    minimum: int
    desired: int
    maximum: int
    action: str
    """What the controller does now, in words."""
    reason: str
    advice: str
    """What an operator can do where something is let wait; empty where the reason says all."""
    details: Mapping[str, Any]
    headroom: int
    """Tasks of every shape that are to fit at this moment: fewer than at other times while tasks are being moved."""
    schedulable: int
    """Tasks of the limiting shape that fit."""
    needed: int
    """Instances that are missing."""
    surplus: int
    """Instances that could go by the slots."""
    shapes: tuple[ShapeLine, ...]
    rooms: tuple[RoomLine, ...]
    starting: int
    waiting: tuple[str, ...]
    """Who waits for a place, and why."""
    stuck: tuple[str, ...]
    """Tasks that no instance is added for, and why."""
    unplaceable: tuple[str, ...]
    """Shapes that fit on no empty instance."""
    what_if: tuple[str, ...]
    """The answers to --type and --tasks."""


def explanation_of(
    cluster: str, at: datetime, plan: Plan, found: Assessment, settings: Settings, what_if: tuple[str, ...]
) -> Explanation:
    """The view of a plan."""
    limit = min(found.fitting, key=lambda each: (found.fitting[each], each.order), default=None)
    group = found.group
    return Explanation(
        cluster=cluster,
        at=at,
        group=group.name,
        minimum=group.min_size,
        desired=group.desired_capacity,
        maximum=group.max_size,
        action=_action(plan),
        reason=plan.proposal.reason.value,
        advice=advice_on(plan.proposal.reason, found, settings.disruption, at),
        details=plan.proposal.details,
        headroom=found.needed.headroom_tasks,
        schedulable=found.schedulable,
        needed=found.shortage.instances,
        surplus=found.surplus,
        shapes=tuple(
            ShapeLine(shape=shape.text(), fit=fit, limits=shape == limit, services=tuple(_services(found, shape)))
            for shape, fit in sorted(found.fitting.items(), key=lambda each: (each[1], each[0].order))
        ),
        rooms=tuple(_room(room, limit) for room in sorted(found.supply.ready, key=lambda each: each.name)),
        starting=len(found.supply.starting),
        waiting=tuple(each.text() for each in found.waits if not each.stuck),
        stuck=tuple(each.text() for each in found.stuck),
        unplaceable=tuple(f"{each.shape.text()}: {counted(each.count, 'task')}" for each in found.unplaceable),
        what_if=what_if,
    )


def missing(room: Room, shape: Shape) -> tuple[str, ...]:
    """What a room lacks for one task of the shape; empty where one fits."""
    lacks: list[str] = []
    for name, wanted, free in (
        ("CPU", shape.cpu_units, room.cpu_units),
        ("MiB", shape.memory_mib, room.memory_mib),
        ("GPU", shape.gpus, room.gpus),
        ("interface", int(shape.interface), room.interfaces),
    ):
        if wanted > free:
            lacks.append(f"{wanted - free} {name}")
    taken = sorted((room.tcp_ports & shape.tcp_ports) | (room.udp_ports & shape.udp_ports))
    lacks += [f"port {port} is taken" for port in taken]
    if shape.distinct and shape.distinct in room.holds:
        lacks.append(f"a task of {shape.distinct} is here already")
    if not lacks and not slots(room, shape):
        lacks.append("a placement constraint")
    return tuple(lacks)


def _action(plan: Plan) -> str:
    action = plan.proposal.action if isinstance(plan.proposal, Act) else None
    match action:
        case ScaleOut(desired=desired, observed=observed):
            return f"scale out from {observed} to {desired}"
        case ScaleIn(instance_ids=ids):
            return f"remove {', '.join(ids)}"
        case _:
            return "no change"


def _services(found: Assessment, shape: Shape) -> Iterator[str]:
    """Those whose tasks the shape stands for, ports and `distinctInstance` aside."""
    snapshot = found.snapshot
    for service in snapshot.local_services:
        definitions = [snapshot.definitions.get(each.definition_arn) for each in service.live_deployments]
        if any(each and shape.covers(_bare(shape_of(each, service))) for each in definitions):
            yield service.name


def _bare(shape: Shape) -> Shape:
    return Shape(
        cpu_units=shape.cpu_units, memory_mib=shape.memory_mib, interface=shape.interface, gpus=shape.gpus,
        conditions=shape.conditions,
    )  # fmt: skip


def _room(room: Room, limit: Shape | None) -> RoomLine:
    return RoomLine(
        instance_id=room.name,
        zone=room.zone,
        instance_type=room.instance_type,
        cpu_units=room.cpu_units,
        memory_mib=room.memory_mib,
        interfaces=None if room.interfaces > UNLIMITED // 2 else room.interfaces,
        fit=slots(room, limit) if limit else 0,
        missing=missing(room, limit) if limit else (),
    )


def drawn(view: Explanation) -> Screen:
    """The screen; rooms that are alike are one row, the fullest first."""
    enough = view.schedulable >= view.headroom and not view.needed
    numbers = joined([f"{key} {value}" for key, value in view.details.items()], 6)
    rows: list[tuple[str, str | Text]] = [
        (view.cluster, f"{view.desired} desired ({view.minimum} to {view.maximum}), {view.starting} starting"),
        ("decision", f"{view.action}: {view.reason}" + (f" ({numbers})" if numbers else "")),
        *([("advice", view.advice)] if view.advice else []),
        ("room", styled(f"{counted(view.schedulable, 'task')} more of the limiting shape fit, {view.headroom} have to",
                        GOOD if enough else WRONG)),
        ("instances", f"{view.needed} missing, {view.surplus} too many by their slots"),
    ]  # fmt: skip
    rows += [("waits", styled(each, NOTED)) for each in view.waiting[:MOST]]
    rows += [("stuck", styled(each, WRONG)) for each in view.stuck[:MOST]]
    rows += [("too large", styled(each, WRONG)) for each in view.unplaceable[:MOST]]
    return stacked(facts(rows), _shapes(view), _rooms(view), _what_if(view))


def _shapes(view: Explanation) -> Any:
    rows = [
        (str(each.fit), styled("limits", NOTED) if each.limits else "", each.shape, joined(each.services, 3) or "floor")
        for each in view.shapes[:MOST]
    ]
    return table(("fit", "", "shape", "services"), rows, right=("fit",))


def _rooms(view: Explanation) -> Any:
    alike: dict[tuple[Any, ...], list[RoomLine]] = {}
    for each in view.rooms:
        key = (each.fit, each.missing, each.cpu_units, each.memory_mib, each.interfaces, each.instance_type)
        alike.setdefault(key, []).append(each)
    groups = sorted(alike.items(), key=lambda each: each[0][0])
    rows: list[Sequence[str]] = [
        (_named(rooms), kind, str(cpu), str(memory), "?" if interfaces is None else str(interfaces), str(fit),
         joined(lacks, 3))
        for (fit, lacks, cpu, memory, interfaces, kind), rooms in groups[:MOST]
    ]  # fmt: skip
    if rest := groups[MOST:]:
        rows.append((f"and {counted(sum(len(rooms) for _, rooms in rest), 'instance')} more", *[""] * 6))
    numbers = ("CPU", "MiB", "slots", "fit")
    return table(("instances", "type", *numbers, "one more lacks"), rows, right=numbers)


def _named(rooms: list[RoomLine]) -> str:
    return rooms[0].instance_id if len(rooms) == 1 else counted(len(rooms), "instance")


def _what_if(view: Explanation) -> Any:
    return facts([("what if", each) for each in view.what_if]) if view.what_if else None
