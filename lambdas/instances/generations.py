"""During a roll: drain the whole old generation as soon as the new one has room for its tasks.

A refresh replaces a few instances at a time, and the tasks of each are placed on any other, mostly on old ones that
go next: a task can move many times. When every old instance is DRAINING, a task moves once, to a new instance. It is
safe because ECS keeps tasks on draining instances until their replacements run (minimum healthy percent), because
there is room for all of them (CPU, memory, GPUs, task slots), and because it is undone when the refresh fails.

An instance is drained only after its mark is written; on the way back it is activated first, and loses its mark when
it is seen active. So a crash at any point leaves no draining instance that nobody would ever activate.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..cluster.instance_types import INSTANCE_TYPES
from ..cluster.snapshot import ContainerInstance, Template
from . import memory
from .actions import Action, Remember, SetStatus
from .rollout import matches
from .settings import Settings
from .view import TERMINATING_WAIT, Fleet, Snapshot


@dataclass(frozen=True, kw_only=True)
class _Room:
    """An amount of room for tasks."""

    cpu_units: int
    memory_mib: int
    gpus: int
    tasks: int

    def holds(self, other: "_Room") -> bool:
        return (
            self.cpu_units >= other.cpu_units
            and self.memory_mib >= other.memory_mib
            and self.gpus >= other.gpus
            and self.tasks >= other.tasks
        )


def plan_generations(fleet: Fleet, snapshot: Snapshot, settings: Settings) -> Iterator[Action]:
    """Drain the old generation, or activate again what a failed rollout has drained."""
    target = fleet.rolling.template if fleet.rolling and settings.rollout.drain_old_generation else None
    if fleet.group.deleting:
        target = None
    old, new = _generations(fleet, snapshot, target)
    if target is None:
        yield from _undo(old)
        return
    yield from _undo(new)
    leaving = _registered(fleet, snapshot, TERMINATING_WAIT)
    fits = bool(old) and bool(new) and free(new).holds(used([*old, *leaving]))
    for each in old:
        marked = memory.text(each, memory.OLD_GENERATION) == target.version
        if each.status != "ACTIVE" or not (marked or fits):
            continue
        if not marked:
            yield _remember(each, target.version, "the rollout drains it")
        yield SetStatus(
            container_instance_arn=each.arn,
            instance_id=each.instance_id,
            status="DRAINING",
            reason=f"version {target.version} is in service and has room for its tasks",
            needs=memory.OLD_GENERATION,
        )


def free(instances: Sequence[ContainerInstance]) -> _Room:
    """What is free on instances that take tasks. Task slots of an unknown type count as none."""
    taking = [each for each in instances if each.accepts_tasks]
    return _Room(
        cpu_units=sum(each.remaining.cpu_units for each in taking),
        memory_mib=sum(each.remaining.memory_mib for each in taking),
        gpus=sum(len(each.remaining.gpus) for each in taking),
        tasks=sum(max(0, _slots(each) - each.running_tasks - each.pending_tasks) for each in taking),
    )


def used(instances: Sequence[ContainerInstance]) -> _Room:
    """What tasks, daemons among them, use now."""
    return _Room(
        cpu_units=sum(each.registered.cpu_units - each.remaining.cpu_units for each in instances),
        memory_mib=sum(each.registered.memory_mib - each.remaining.memory_mib for each in instances),
        gpus=sum(len(each.registered.gpus) - len(each.remaining.gpus) for each in instances),
        tasks=sum(each.running_tasks + each.pending_tasks for each in instances),
    )


def _slots(instance: ContainerInstance) -> int:
    known = INSTANCE_TYPES.get(instance.instance_type)
    return known.task_slots(trunking=instance.trunked) if known else 0


def _registered(fleet: Fleet, snapshot: Snapshot, state: str) -> list[ContainerInstance]:
    found = (snapshot.registered.get(each.instance_id) for each in fleet.members(state))
    return [each for each in found if each is not None]


def _generations(
    fleet: Fleet, snapshot: Snapshot, target: Template | None
) -> tuple[list[ContainerInstance], list[ContainerInstance]]:
    """The registered instances in service that do not run the target, and those that do."""
    current = {each.instance_id for each in fleet.members("InService") if target and matches(each.template, target)}
    serving = _registered(fleet, snapshot, "InService")
    old = [each for each in serving if each.instance_id not in current]
    return old, [each for each in serving if each.instance_id in current]


def _undo(instances: Sequence[ContainerInstance]) -> Iterator[Action]:
    for each in instances:
        if memory.text(each, memory.OLD_GENERATION) is None:
            continue
        if each.status == "DRAINING":
            yield SetStatus(
                container_instance_arn=each.arn,
                instance_id=each.instance_id,
                status="ACTIVE",
                reason="no rollout replaces it any more",
            )
        elif each.status == "ACTIVE":
            yield _remember(each, memory.NOTHING, "no rollout replaces it any more")


def _remember(instance: ContainerInstance, value: str, reason: str) -> Remember:
    return Remember(container_instance_arn=instance.arn, name=memory.OLD_GENERATION, value=value, reason=reason)
