"""An update drill as a file: all that was seen, from which its picture is drawn and its verdict can be given again.

A look is written as what it changes: the instances and tasks that are new or other than before, and null for those
that are gone. So a record of some minutes has some 30 kB.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, TypeVar

sys.path.insert(0, str(Path(__file__).parent.parent))

from tools.drill_frames import Counts, Frame, Machine, RefreshSeen, Task
from tools.update_story import Loss, UpdateStory

T = TypeVar("T", Machine, Task)

FORMAT: Final = 1
"""Number of the format; a record of another one is refused."""

KEPT: Final = (
    "timestamp", "controller", "event", "outcome", "reason", "instance_id", "name", "status", "result", "hook",
    "ending", "remaining", "service", "services", "misplaced", "obstacle", "passes", "actions", "hint",
)  # fmt: skip
"""What of a log line is told again."""


def to_text(story: UpdateStory) -> str:
    """The story as JSON, a look a line."""
    about = {
        "format": FORMAT,
        "kind": story.kind,
        "desired": story.desired,
        "began": story.began,
        "before": story.before,
        "until": story.until,
        "wanted": story.wanted,
        "wanted_at": story.wanted_at,
        "loss": story.loss and {**asdict(story.loss), "instances": sorted(story.loss.instances)},
        "rebalances": story.rebalances,
        "blocked": story.blocked,
    }
    lines = [{key: line[key] for key in KEPT if line.get(key) not in (None, "", [])} for line in story.lines]
    parts = [json.dumps(about)[1:-1], _listed("lines", lines), _listed("looks", _packed(story.frames))]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _listed(name: str, rows: Iterable[Any]) -> str:
    return f'"{name}": [\n' + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n]"


def _packed(frames: Sequence[Frame]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    before = Frame(at=0, machines=(), tasks=())
    for frame in frames:
        row: dict[str, Any] = {"at": frame.at}
        if changed := _changed(
            {each.instance_id: each for each in before.machines}, {each.instance_id: each for each in frame.machines}
        ):
            row["machines"] = changed
        if changed := _changed(
            {each.task_id: each for each in before.tasks}, {each.task_id: each for each in frame.tasks}
        ):
            row["tasks"] = changed
        if frame.counts != before.counts:
            row["counts"] = frame.counts and asdict(frame.counts)
        if frame.refresh != before.refresh:
            row["refresh"] = frame.refresh and asdict(frame.refresh)
        rows.append(row)
        before = frame
    return rows


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    new = {name: list(asdict(each).values())[1:] for name, each in after.items() if before.get(name) != each}
    return new | dict.fromkeys(before.keys() - after.keys())


def from_text(text: str) -> UpdateStory:
    """The story of a record. Raises ValueError for one of another format."""
    told: dict[str, Any] = json.loads(text)
    if told.pop("format", None) != FORMAT:
        raise ValueError(f"not a record of format {FORMAT}")
    looks = told.pop("looks")
    lost: dict[str, Any] | None = told.pop("loss")
    loss = Loss(at=lost["at"], zone=lost["zone"], instances=frozenset(lost["instances"])) if lost else None
    return UpdateStory(**told, loss=loss, frames=_unpacked(looks))


def _unpacked(rows: Sequence[Mapping[str, Any]]) -> list[Frame]:
    frames: list[Frame] = []
    machines: dict[str, Machine] = {}
    tasks: dict[str, Task] = {}
    counts: Counts | None = None
    refresh: RefreshSeen | None = None
    for row in rows:
        machines = _applied(machines, row.get("machines", {}), _machine)
        tasks = _applied(tasks, row.get("tasks", {}), _task)
        if "counts" in row:
            counts = row["counts"] and Counts(**row["counts"])
        if "refresh" in row:
            refresh = row["refresh"] and RefreshSeen(**row["refresh"])
        frames.append(
            Frame(
                at=row["at"],
                machines=tuple(machines.values()),
                tasks=tuple(tasks.values()),
                counts=counts,
                refresh=refresh,
            )
        )
    return frames


def _applied(before: dict[str, T], changed: Mapping[str, Any], made: Callable[[str, Sequence[Any]], T]) -> dict[str, T]:
    new = {name: made(name, values) for name, values in changed.items() if values is not None}
    return {name: each for name, each in (before | new).items() if name not in changed or name in new}


def _machine(name: str, values: Sequence[Any]) -> Machine:
    zone, lifecycle, registration, version = values
    return Machine(instance_id=name, zone=zone, lifecycle=lifecycle, registration=registration, version=version)


def _task(name: str, values: Sequence[Any]) -> Task:
    instance_id, status, stopped_at = values
    return Task(task_id=name, instance_id=instance_id, status=status, stopped_at=stopped_at)
