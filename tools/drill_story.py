"""What the drill saw, as a story: frames become moments of a timeline, and the whole becomes a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

HELD = frozenset({"InService", "Terminating", "Terminating:Wait"})
"""States in which an instance still has its tasks' time: after them, Auto Scaling ends it."""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """An instance of the group, and what ECS knows of it."""

    instance_id: str
    zone: str
    lifecycle: str
    registration: str
    """Status of its container instance, "-" without one."""


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
class Frame:
    """One look at the group and the service."""

    at: float
    """Seconds since 1970."""
    machines: tuple[Machine, ...]
    tasks: tuple[Task, ...]

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


@dataclass(kw_only=True)
class Story:
    """All that was seen since an instance was told to terminate."""

    victim: str
    desired: int
    """Tasks that the service wants."""
    frames: list[Frame]
    """The first one is from before that."""
    lines: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """The controller's own log lines."""

    @property
    def now(self) -> Frame:
        """The latest look."""
        return self.frames[-1]

    def release(self) -> Mapping[str, Any] | None:
        """The controller's line about the end of the victim's hook."""
        return next((each for each in self.lines if each["event"] == "Complete" and self._is_about(each)), None)

    def _is_about(self, line: Mapping[str, Any]) -> bool:
        return line.get("instance_id") == self.victim and line.get("hook") == "drain" and line["outcome"] == "done"

    def over(self) -> bool:
        """Whether everything has come to rest again: the instance is gone, another is there, the service is whole."""
        return (
            self.release() is not None
            and self.now.machine(self.victim) is None
            and len(self.now.in_service()) >= len(self.frames[0].in_service())
            and len(self.now.running()) == self.desired
            and all(each.status in ("RUNNING", "STOPPED") for each in self.now.tasks)
        )

    def timeline(self) -> list[Moment]:
        """What happened, in order."""
        seen = [moment for before, after in zip(self.frames, self.frames[1:], strict=False) for moment in
                changes(before, after)]  # fmt: skip
        return sorted([*seen, *map(logged, self.lines)], key=lambda moment: moment.at)

    def verdict(self) -> list[Check]:
        """What a drain owes, judged by what was seen."""
        return [self._released_last(), self._held(), self._replaced(), self._whole(), self._never_short()]

    def _released_last(self) -> Check:
        line, stops = self.release(), [each.stopped_at for each in self.now.tasks_on(self.victim)]
        if line is None:
            return Check(holds=False, says="the controller did not release the instance")
        last = max((each for each in stops if each is not None), default=None)
        if last is None or None in stops:
            return Check(holds=False, says="the instance was released, and not every task on it had stopped")
        after = when(line) - last
        return Check(
            holds=after >= 0,
            says=f"the instance was released {abs(after):.1f} s {'after' if after >= 0 else 'BEFORE'} its last task "
            f"had stopped ({len(stops)} tasks)",
        )

    def _held(self) -> Check:
        early = [frame for frame in self.frames if self._let_go(frame) and self._busy(frame)]
        says = "Auto Scaling held it in Terminating:Wait as long as a task was on it"
        return Check(holds=not early, says=says if not early else f"it left its hook with {self._busy(early[0])} on it")

    def _let_go(self, frame: Frame) -> bool:
        machine = frame.machine(self.victim)
        return machine is None or machine.lifecycle not in HELD

    def _busy(self, frame: Frame) -> list[str]:
        return [each.task_id for each in frame.tasks_on(self.victim) if each.status != "STOPPED"]

    def _replaced(self) -> Check:
        new = self.now.in_service() - self.frames[0].in_service()
        holds = bool(new) and len(self.now.in_service()) >= len(self.frames[0].in_service())
        return Check(holds=holds, says=f"in its place is in service: {', '.join(sorted(new)) or 'nothing'}")

    def _whole(self) -> Check:
        count = len(self.now.running())
        return Check(holds=count == self.desired, says=f"the service runs {count} of {self.desired} tasks")

    def _never_short(self) -> Check:
        least = min(len(frame.running()) for frame in self.frames)
        return Check(
            holds=least >= self.desired, says=f"at no look fewer than {least} of {self.desired} tasks were running"
        )


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
    statuses = {each.task_id: each.status for each in before.tasks}
    for each in after.tasks:
        if statuses.get(each.task_id) != each.status:
            yield Moment(
                at=each.stopped_at or after.at, who=f"task {each.task_id}", what=f"{each.status} on {each.instance_id}"
            )


def logged(line: Mapping[str, Any]) -> Moment:
    """A line of the controller as a moment."""
    if line["event"] == "finished":
        return Moment(at=when(line), who="controller", what=f"finished after {line['passes']} passes ({line['hint']})")
    about = [str(line[key]) for key in ("instance_id", "name", "status", "result") if line.get(key)]
    what = " ".join([line["event"], *about, f"{line.get('outcome', '')}:", str(line.get("reason", ""))])
    return Moment(at=when(line), who="controller", what=what)


def when(line: Mapping[str, Any]) -> float:
    """The time of a log line, in seconds since 1970."""
    return datetime.fromisoformat(line["timestamp"]).timestamp()
