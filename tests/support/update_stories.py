"""Update stories that somebody made up: two instances and two tasks of an old version, replaced by a new one's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tools.drill_frames import Counts, Frame, Machine, RefreshSeen, Task
from tools.update_story import Loss, UpdateStory

OLD, OTHER, NEW, NEWER = "i-old", "i-other", "i-new", "i-newer"
ZONES = {OLD: "za", OTHER: "zb", NEW: "za", NEWER: "zb"}
VERSIONS = {OLD: "1", OTHER: "1", NEW: "2", NEWER: "2"}


def a_machine(instance_id: str, lifecycle: str = "InService", registration: str = "ACTIVE") -> Machine:
    return Machine(
        instance_id=instance_id,
        zone=ZONES[instance_id],
        lifecycle=lifecycle,
        registration=registration,
        version=VERSIONS[instance_id],
    )


def a_task(task_id: str, instance_id: str, status: str = "RUNNING") -> Task:
    return Task(task_id=task_id, instance_id=instance_id, status=status)


def a_frame(at: float, machines: Any, tasks: Any, status: str = "", percent: int = 0) -> Frame:
    running = sum(each.status == "RUNNING" for each in tasks)
    refresh = RefreshSeen(refresh_id="r", status=status, percent=percent, version="2") if status else None
    return Frame(
        at=at,
        machines=tuple(machines),
        tasks=tuple(tasks),
        counts=Counts(desired=2, running=running, pending=0),
        refresh=refresh,
    )


def a_line(at: float, event: str, **more: Any) -> dict[str, Any]:
    moment = datetime.fromtimestamp(at, UTC).isoformat()
    return {"timestamp": moment, "controller": "instances", "event": event, "outcome": "done", **more}


BEFORE = a_frame(0, [a_machine(OLD), a_machine(OTHER)], [a_task("a", OLD), a_task("b", OTHER)])
STARTS = a_frame(30, [*BEFORE.machines, a_machine(NEW, "Pending:Wait", "-")], BEFORE.tasks, "InProgress")
MOVES = a_frame(
    40,
    [a_machine(OLD, registration="DRAINING"), a_machine(OTHER), a_machine(NEW), a_machine(NEWER)],
    [a_task("a", OLD, "STOPPING"), a_task("b", OTHER), a_task("c", NEW)],
    "InProgress",
    50,
)
BOTH = (a_machine(NEW), a_machine(NEWER))
GONE = (a_task("a", OLD, "STOPPED"), a_task("b", OTHER, "STOPPED"))
TASKS = (*GONE, a_task("c", NEW), a_task("d", NEWER))
BAKES = a_frame(60, BOTH, TASKS, "Baking", 100)
AFTER = a_frame(80, BOTH, TASKS, "Successful", 100)
LINES = (
    a_line(29, "StartRefresh"),
    a_line(38, "Complete", hook="ready", result="CONTINUE", instance_id=NEW),
    a_line(39, "SetStatus", status="DRAINING", instance_id=OLD),
    a_line(59, "Complete", hook="drain", result="CONTINUE", instance_id=OLD),
)
BALANCED = {"its tasks are balanced as far as there is room": 1}
LOOKED = {**a_line(90, "looked", services=BALANCED), "controller": "rebalancing"}


def an_update(*frames: Frame, lines: Any = LINES, **more: Any) -> UpdateStory:
    """An update that keeps its promises, unless other frames, lines or facts are given."""
    given = frames or (STARTS, MOVES, BAKES, AFTER)
    about: dict[str, Any] = {"kind": "update", "desired": 2, "began": 1.0, "before": "1", "wanted": "2"}
    about |= {"wanted_at": 11.0, "until": given[-1].at + 5, **more}
    return UpdateStory(frames=[BEFORE, *given], lines=list(lines), **about)


ABANDONED = a_frame(90, [*BEFORE.machines, a_machine(NEW, "Terminating:Wait", "-")], BEFORE.tasks, "RollbackInProgress")
BACK = a_frame(95, BEFORE.machines, BEFORE.tasks, "RollbackSuccessful", 100)
TURNED = (a_line(29, "StartRefresh"), a_line(89, "Complete", hook="ready", result="ABANDON", instance_id=NEW))
RAN = a_line(110, "finished", passes=1, hint="schedule")


def a_bad_image(*frames: Frame, lines: Any = (*TURNED, RAN), **more: Any) -> UpdateStory:
    """An update that ends where it began, as it has to."""
    return an_update(
        *(frames or (STARTS, ABANDONED, BACK)), lines=lines, **{"kind": "bad-image", "blocked": 1.0, **more}
    )


LOSS = Loss(at=41.0, zone="zb", instances=frozenset({OTHER, NEWER}))
SHORT = a_frame(
    42,
    [a_machine(OLD, registration="DRAINING"), a_machine(NEW)],
    [a_task("a", OLD, "STOPPING"), a_task("b", OTHER, "STOPPED"), a_task("c", NEW)],
    "InProgress",
    50,
)
IN_ONE = a_frame(80, [a_machine(NEW)], [*GONE, a_task("c", NEW), a_task("d", NEW)], "Successful", 100)


def a_zone_loss(*frames: Frame, **more: Any) -> UpdateStory:
    """An update that ends well although a zone was lost."""
    return an_update(*(frames or (STARTS, MOVES, SHORT, IN_ONE)), **{"kind": "zone-loss", "loss": LOSS, **more})
