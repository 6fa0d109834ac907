"""During a roll: drain the whole old generation as soon as the new one has room for its tasks.

A refresh replaces a few instances at a time, and the tasks of each are placed on any other, mostly on old ones that
go next: a task can move many times. When every old instance is DRAINING, a task moves once, to a new instance. It is
safe because ECS keeps tasks on draining instances until their replacements run (minimum healthy percent), because
there is room for all of them (CPU, memory, GPUs, task slots), and because it is undone when the refresh fails.

An instance is drained only after its mark is written; on the way back it is activated first, and loses its mark when
it is seen active. So a crash at any point leaves no draining instance that nobody would ever activate.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from ..cluster.instance_types import INSTANCE_TYPES
from ..cluster.packing import ShapeCount, pack, shape_counts
from ..cluster.room import Room
from ..cluster.shapes import Shape
from ..cluster.snapshot import ContainerInstance, Group, Template
from . import attributes
from .actions import Action, PutAttribute, SetStatus
from .rollout import matches
from .settings import Settings
from .snapshot import TERMINATING_WAIT, InstancesSnapshot


def plan_generations(snapshot: InstancesSnapshot, settings: Settings, _now: datetime) -> Iterator[Action]:
    """Drain the old generation, or activate again what a failed rollout has drained."""
    for group in snapshot.groups:
        if group.refreshes_known:
            yield from _drain_generation(group, snapshot, settings)


def _drain_generation(group: Group, snapshot: InstancesSnapshot, settings: Settings) -> Iterator[Action]:
    target = group.rolling.template if group.rolling and settings.rollout.drain_old_generation else None
    if group.deleting:
        target = None
    old, new = _generations(group, snapshot, target)
    if target is None:
        yield from _undo(old)
        return
    yield from _undo(new)
    leaving = _registered(group, snapshot, TERMINATING_WAIT)
    has_room = bool(old) and bool(new) and fits([*old, *leaving], new)
    for each in old:
        marked = attributes.text(each, attributes.OLD_GENERATION) == target.version
        if each.status != "ACTIVE" or not (marked or has_room):
            continue
        if not marked:
            yield _put(each, target.version, "the rollout drains it")
        yield SetStatus(
            container_instance_arn=each.arn,
            instance_id=each.instance_id,
            status="DRAINING",
            reason=f"version {target.version} is in service and has room for its tasks",
            needs=attributes.OLD_GENERATION,
        )


def fits(leaving: Sequence[ContainerInstance], staying: Sequence[ContainerInstance]) -> bool:
    """Whether the tasks of the leaving instances find places on those that stay.

    Only counts are known here: reading every task of the group in each pass would cost hundreds of calls. So the tasks
    of an instance count as equal parts of what they use, and each as one with an interface of its own. A sum would say
    yes to a task for which there is room only in pieces.
    """
    tasks = [each for instance in leaving for each in _tasks(instance)]
    return not pack((_room(each) for each in staying if each.accepts_tasks), tasks).left


def _tasks(instance: ContainerInstance) -> list[ShapeCount]:
    """What the tasks of an instance use, daemons among them, in equal parts; those with GPUs apart."""
    registered, remaining = instance.registered, instance.remaining
    cpu_units, memory_mib = registered.cpu_units - remaining.cpu_units, registered.memory_mib - remaining.memory_mib
    gpus = len(registered.gpus) - len(remaining.gpus)
    in_use = cpu_units > 0 or memory_mib > 0 or gpus > 0
    count = max(instance.running_tasks + instance.pending_tasks, int(in_use))
    if not count:
        return []
    part = Shape(
        cpu_units=math.ceil(max(0, cpu_units) / count), memory_mib=math.ceil(max(0, memory_mib) / count), interface=True
    )
    with_gpus = min(count, max(0, gpus))
    counts = {part: count - with_gpus}
    if with_gpus:
        counts[replace(part, gpus=math.ceil(gpus / with_gpus))] = with_gpus
    return [each for each in shape_counts(counts) if each.count]


def _room(instance: ContainerInstance) -> Room:
    """What is free on an instance. Task slots of an unknown type count as none."""
    known = INSTANCE_TYPES.get(instance.instance_type)
    places = known.task_slots(trunking=instance.trunked) if known else 0
    return Room(
        name=instance.instance_id,
        zone=instance.zone,
        instance_type=instance.instance_type,
        cpu_units=instance.remaining.cpu_units,
        memory_mib=instance.remaining.memory_mib,
        interfaces=max(0, places - instance.running_tasks - instance.pending_tasks),
        gpus=len(instance.remaining.gpus),
    )


def _registered(group: Group, snapshot: InstancesSnapshot, state: str) -> list[ContainerInstance]:
    found = (snapshot.registered.get(each.instance_id) for each in group.members(state))
    return [each for each in found if each is not None]


def _generations(
    group: Group, snapshot: InstancesSnapshot, target: Template | None
) -> tuple[list[ContainerInstance], list[ContainerInstance]]:
    """The registered instances in service that do not run the target, and those that do."""
    current = {each.instance_id for each in group.members("InService") if target and matches(each.template, target)}
    serving = _registered(group, snapshot, "InService")
    old = [each for each in serving if each.instance_id not in current]
    return old, [each for each in serving if each.instance_id in current]


def _undo(instances: Sequence[ContainerInstance]) -> Iterator[Action]:
    for each in instances:
        if attributes.text(each, attributes.OLD_GENERATION) is None:
            continue
        if each.status == "DRAINING":
            yield SetStatus(
                container_instance_arn=each.arn,
                instance_id=each.instance_id,
                status="ACTIVE",
                reason="no rollout replaces it any more",
            )
        elif each.status == "ACTIVE":
            yield _put(each, attributes.NOTHING, "no rollout replaces it any more")


def _put(instance: ContainerInstance, value: str, reason: str) -> PutAttribute:
    return PutAttribute(container_instance_arn=instance.arn, name=attributes.OLD_GENERATION, value=value, reason=reason)
