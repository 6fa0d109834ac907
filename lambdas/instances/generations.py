"""During a roll: drain the old generation as far as the new one has room for its tasks.

A refresh replaces a few instances at a time, and the tasks of each are placed on any other, mostly on old ones that
go next: a task can move many times. When old instances are DRAINING, their tasks move once, to new instances. It is
safe because ECS keeps tasks on draining instances until their replacements run (minimum healthy percent), because
there is room for each of them in its own shape, and because it is undone when the refresh fails. Where a service lets
tasks stop before their replacements run, no more of them stop at once than one step holds.

A refresh with a checkpoint lets its first new instances serve alone for a while. Until it goes on nothing is drained:
most tasks are to stay where the proven version runs. What counts is what the refresh was started with, whatever the
settings say today. Of a refresh that renews instances of the same version, those are old that were registered before
it started.

An instance is drained only after its mark is written; on the way back it is activated first, and loses its mark when
it is seen active. So a crash at any point leaves no draining instance that nobody would ever activate.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from ..cluster.packing import ShapeCount, merged, pack, shape_counts
from ..cluster.rooms import room_of
from ..cluster.shapes import Shape, shape_of
from ..cluster.snapshot import ContainerInstance, Group, Refresh
from ..cluster.wanted_version import matches
from . import attributes
from .actions import Action, PutAttribute, SetStatus
from .settings import Settings
from .snapshot import TERMINATING_WAIT, InstancesSnapshot

STEP: Final = 20
"""Instances that one pass may begin to drain: their tasks are read, two lists each, beside those of leaving ones."""


def plan_generations(snapshot: InstancesSnapshot, settings: Settings, now: datetime) -> Iterator[Action]:
    """Drain the old generation, or activate again what a failed rollout has drained."""
    for group in snapshot.groups:
        if group.refreshes_known:
            yield from _drain_generation(group, snapshot, settings, now)


def candidates(
    group: Group, snapshot: InstancesSnapshot, settings: Settings, now: datetime
) -> tuple[ContainerInstance, ...]:
    """The old instances that may be drained next, those with fewest tasks first; none while no new one takes tasks."""
    rolling = _draining(group, settings)
    if rolling is None:
        return ()
    old, new = _generations(group, snapshot, rolling)
    if not any(each.accepts_tasks for each in new) or _alone(group, rolling, new, now):
        return ()
    ready = [each for each in old if each.status == "ACTIVE" and not _marked(each, rolling)]
    ready.sort(key=lambda each: (each.running_tasks + each.pending_tasks, each.arn))
    return tuple(ready[:STEP])


def _draining(group: Group, settings: Settings) -> Refresh | None:
    """The refresh to a version that runs, if the old generation is to be drained."""
    wanted = settings.rollout.drain_old_generation and not group.deleting and group.refreshes_known
    return group.rolling if wanted and group.rolling and group.rolling.template else None


def _version(refresh: Refresh) -> str:
    return refresh.template.version if refresh.template else ""


def _marked(instance: ContainerInstance, rolling: Refresh) -> bool:
    return attributes.text(instance, attributes.OLD_GENERATION) == _version(rolling)


def _alone(group: Group, rolling: Refresh, new: Sequence[ContainerInstance], now: datetime) -> bool:
    """Whether the first new instances serve alone: the refresh waits at its checkpoint, or has not reached it.

    It goes on when the time is over, and is seen to when more are new. The time counts from the registration, a little
    before Auto Scaling counts it. More new instances alone prove nothing: a group that grows at the checkpoint gets new
    ones too. One that ran the version before the refresh may count for Auto Scaling or not, and counts from its start.
    """
    checkpoint = rolling.checkpoint
    if checkpoint is None:
        return False
    alone = checkpoint.instances(group.desired_capacity)
    began = sorted(max(each.registered_at, rolling.started) for each in new if each.registered_at and rolling.started)
    return len(began) <= alone or now - began[alone - 1] < timedelta(seconds=checkpoint.wait_s)


def _drain_generation(group: Group, snapshot: InstancesSnapshot, settings: Settings, now: datetime) -> Iterator[Action]:
    rolling = _draining(group, settings)
    old, new = _generations(group, snapshot, rolling)
    if rolling is None:
        yield from _undo(old)
        return
    yield from _undo(new)
    if _alone(group, rolling, new, now):
        return
    step = _step(candidates(group, snapshot, settings, now), _moving(group, snapshot, old), new, snapshot)
    for each in old:
        if each in step:
            yield _put(each, _version(rolling), "the rollout drains it")
        if each in step or (each.status == "ACTIVE" and _marked(each, rolling)):
            yield SetStatus(
                container_instance_arn=each.arn,
                instance_id=each.instance_id,
                status="DRAINING",
                reason=f"version {_version(rolling)} is in service and has room for its tasks",
                needs=attributes.OLD_GENERATION,
            )


def _moving(
    group: Group, snapshot: InstancesSnapshot, old: Sequence[ContainerInstance]
) -> tuple[ContainerInstance, ...]:
    """The instances whose tasks are on their way already, and need room first."""
    draining = [each for each in old if each.status == "DRAINING"]
    return (*draining, *_registered(group, snapshot, TERMINATING_WAIT))


def _step(
    found: Sequence[ContainerInstance],
    moving: Sequence[ContainerInstance],
    new: Sequence[ContainerInstance],
    snapshot: InstancesSnapshot,
) -> tuple[ContainerInstance, ...]:
    """As many of the candidates as the new instances surely have room for."""
    rooms = tuple(room_of(each) for each in new if each.accepts_tasks)
    tasks = [each for instance in moving for each in _tasks(instance)]
    step: list[ContainerInstance] = []
    for instance in found:
        more = _shapes(instance, snapshot)
        if more is None or pack(rooms, merged([*tasks, *more])).left:
            break
        tasks += more
        step.append(instance)
    return tuple(step)


def _shapes(instance: ContainerInstance, snapshot: InstancesSnapshot) -> tuple[ShapeCount, ...] | None:
    """The tasks of an instance that its services will want elsewhere; None when they are not known."""
    live = snapshot.live_tasks(instance.arn)
    if live is None:
        return None
    counts: Counter[Shape] = Counter()
    for task in live:
        if task.service is None:
            continue  # ECS leaves it where it is
        definition, service = snapshot.definitions.get(task.definition_arn), snapshot.services.get(task.service)
        if definition is None or service is None:
            return None
        counts[shape_of(definition, service)] += 1
    return shape_counts(counts)


def _tasks(instance: ContainerInstance) -> list[ShapeCount]:
    """What the tasks of an instance use, daemons among them, in equal parts; those with GPUs apart.

    Of instances that drain only counts are known: reading the tasks of each in every pass would cost hundreds of calls.
    """
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


def _registered(group: Group, snapshot: InstancesSnapshot, state: str) -> list[ContainerInstance]:
    found = (snapshot.registered.get(each.instance_id) for each in group.members(state))
    return [each for each in found if each is not None]


def _generations(
    group: Group, snapshot: InstancesSnapshot, rolling: Refresh | None
) -> tuple[list[ContainerInstance], list[ContainerInstance]]:
    """The registered instances in service that the refresh replaces, and those that it leaves."""
    target = rolling.template if rolling else None
    current = {each.instance_id for each in group.members("InService") if target and matches(each.template, target)}
    serving = _registered(group, snapshot, "InService")
    new = [each for each in serving if rolling and each.instance_id in current and not _renewed(each, rolling)]
    return [each for each in serving if each not in new], new


def _renewed(instance: ContainerInstance, rolling: Refresh) -> bool:
    """Whether the refresh replaces an instance although it runs the version."""
    began, registered = rolling.started, instance.registered_at
    return not rolling.skip_matching and began is not None and registered is not None and registered < began


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
