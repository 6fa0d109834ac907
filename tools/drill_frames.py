"""What drills see: looks at the group and the service, what differs between two, and the controllers' lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

HELD: Final = frozenset({"InService", "Terminating", "Terminating:Wait"})
"""States in which an instance still has its tasks' time: after them, Auto Scaling ends it."""

WHO: Final[Mapping[str, str]] = {"instances": "instance controller", "rebalancing": "rebalancing"}
"""How controllers are called in a timeline."""

REFRESHING: Final = frozenset({"Pending", "InProgress", "Baking", "Cancelling", "RollbackInProgress"})
"""Statuses of an instance refresh that is not over."""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """An instance of the group, and what ECS knows of it."""

    instance_id: str
    zone: str
    lifecycle: str
    registration: str
    """Status of its container instance, "-" without one."""
    version: str = ""
    """The version of the launch template that it was started from: its generation."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task of the drill's service."""

    task_id: str
    instance_id: str
    status: str
    """lastStatus: what the task is, not what it is meant to become."""
    stopped_at: float | None = None
    """When ECS saw it stopped, in seconds since 1970."""


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many tasks the service wants, and has."""

    desired: int
    running: int
    pending: int


@dataclass(frozen=True, kw_only=True)
class RefreshSeen:
    """The group's latest instance refresh."""

    refresh_id: str
    status: str
    percent: int
    version: str
    """The version of the launch template that it brings."""

    @property
    def ended(self) -> bool:
        """Whether it is over, well or not."""
        return self.status not in REFRESHING


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One look at the group and the service."""

    at: float
    """Seconds since 1970."""
    machines: tuple[Machine, ...]
    tasks: tuple[Task, ...]
    counts: Counts | None = None
    """None where nobody asked the service."""
    refresh: RefreshSeen | None = None
    """None where there was none since the drill began."""

    def machine(self, instance_id: str) -> Machine | None:
        """The instance, as long as it belongs to the group."""
        return next((each for each in self.machines if each.instance_id == instance_id), None)

    def in_service(self) -> set[str]:
        """Ids of the instances in service."""
        return {each.instance_id for each in self.machines if each.lifecycle == "InService"}

    def running(self) -> list[Task]:
        """The tasks that run."""
        return [each for each in self.tasks if each.status == "RUNNING"]

    def tasks_on(self, instance_id: str) -> list[Task]:
        """The tasks on an instance, stopped ones included."""
        return [each for each in self.tasks if each.instance_id == instance_id]

    def let_go(self, instance_id: str) -> bool:
        """Whether nothing holds an instance any more that had been held."""
        machine = self.machine(instance_id)
        return machine is None or machine.lifecycle not in HELD

    def busy(self, instance_id: str) -> list[str]:
        """Ids of the tasks on an instance that have not stopped."""
        return [each.task_id for each in self.tasks_on(instance_id) if each.status != "STOPPED"]

    def calm(self, desired: int) -> bool:
        """Whether nothing moves, and `desired` tasks run."""
        serve = all((each.lifecycle, each.registration) == ("InService", "ACTIVE") for each in self.machines)
        return serve and len(self.running()) == desired and self.rests()

    def rests(self) -> bool:
        """Whether no task starts or stops."""
        return all(each.status in ("RUNNING", "STOPPED") for each in self.tasks)


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Something that happened."""

    at: float
    who: str
    what: str


@dataclass(frozen=True, kw_only=True)
class Check:
    """One sentence of the verdict."""

    holds: bool
    says: str


def changes(before: Frame, after: Frame) -> Iterator[Moment]:
    """What differs between two looks."""
    machines = {each.instance_id: each for each in before.machines}
    for each in after.machines:
        old = machines.pop(each.instance_id, None)
        if old is None or old.lifecycle != each.lifecycle:
            yield Moment(at=after.at, who=each.instance_id, what=f"is {each.lifecycle}")
        if old is not None and old.registration != each.registration:
            yield Moment(at=after.at, who=each.instance_id, what=f"container instance is {each.registration}")
    for gone in machines:
        yield Moment(at=after.at, who=gone, what="has left the group")
    yield from _refreshed(before, after)
    statuses = {each.task_id: each.status for each in before.tasks}
    for each in after.tasks:
        if statuses.get(each.task_id) != each.status:
            yield Moment(
                at=each.stopped_at or after.at, who=f"task {each.task_id}", what=f"{each.status} on {each.instance_id}"
            )


def _refreshed(before: Frame, after: Frame) -> Iterator[Moment]:
    old, new = before.refresh, after.refresh
    if new is not None and (old is None or (old.refresh_id, old.status) != (new.refresh_id, new.status)):
        yield Moment(at=after.at, who="instance refresh", what=f"is {new.status} ({new.percent} %)")


def logged(line: Mapping[str, Any]) -> Moment:
    """A line of the controller as a moment."""
    who = WHO.get(line.get("controller", ""), "controller")
    if line["event"] == "finished":
        how = f"after {line['passes']} passes" if "passes" in line else f"with {line.get('actions', 0)} actions"
        return Moment(at=when(line), who=who, what=f"finished {how} ({line['hint']})")
    about = [str(line[key]) for key in ("instance_id", "name", "status", "result", "service") if line.get(key)]
    what = " ".join([line["event"], *about, f"{line.get('outcome', '')}:", str(line.get("reason", ""))])
    return Moment(at=when(line), who=who, what=what)


def when(line: Mapping[str, Any]) -> float:
    """The time of a log line, in seconds since 1970."""
    return datetime.fromisoformat(line["timestamp"]).timestamp()
