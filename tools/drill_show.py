"""How the drill is shown: a live picture in a terminal, plain lines anywhere else, a table and a verdict at the end."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

sys.path.insert(0, str(Path(__file__).parent.parent))

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table

from tools.drill_frames import Check, Frame, Moment

SHOWN = 12
"""Moments below the live picture."""


class Told(Protocol):
    """A story, as far as it is shown."""

    @property
    def now(self) -> Frame:
        """The latest look."""
        ...

    @property
    def marked(self) -> frozenset[str]:
        """The instances that a reader looks for."""
        ...

    def timeline(self) -> list[Moment]:
        """What happened, in order."""
        ...


class Show:
    """Shows a story while it happens."""

    def __init__(self, console: Console, began: float) -> None:
        self._console, self._began = console, began
        self._told: set[Moment] = set()
        self._live = Live(console=console, auto_refresh=False) if console.is_terminal else None

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def update(self, story: Told) -> None:
        """Show the present, and what is new since the last call."""
        moments = story.timeline()
        if self._live:
            self._live.update(Group(picture(story, self._began), table(moments[-SHOWN:], self._began)), refresh=True)
            return
        for moment in moments:
            if moment not in self._told:
                self._told.add(moment)
                self._console.print(plain(moment, self._began), highlight=False, soft_wrap=True)


def picture(story: Told, began: float) -> Table:
    """The instances with their tasks, now."""
    frame = story.now
    made = Table(title=f"t+{time.time() - began:.0f} s", title_justify="left")
    for heading in ("instance", "zone", "Auto Scaling", "ECS", "tasks"):
        made.add_column(heading)
    for machine in frame.machines:
        tasks = [f"{each.task_id} {each.status}" for each in frame.tasks_on(machine.instance_id)]
        mark = " ←" if machine.instance_id in story.marked else ""
        made.add_row(
            machine.instance_id + mark, machine.zone, machine.lifecycle, machine.registration, "\n".join(tasks)
        )
    return made


def table(moments: Sequence[Moment], began: float, title: str = "") -> Table:
    """A timeline."""
    made = Table(title=title or None, title_justify="left")
    made.add_column("t+", justify="right")
    made.add_column("who")
    made.add_column("what", overflow="fold")
    for moment in moments:
        made.add_row(f"{moment.at - began:.1f} s", moment.who, moment.what)
    return made


def plain(moment: Moment, began: float) -> str:
    """A moment as one line."""
    return f"t+{moment.at - began:5.1f} s  {moment.who:<19}  {moment.what}"


def verdict(checks: Sequence[Check], what: str = "the drain") -> str:
    """The verdict on something as lines."""
    rows = [f"  {'✓' if check.holds else '✗'} {check.says}" for check in checks]
    ending = f"{what} {'kept' if all(check.holds for check in checks) else 'broke'} its promise"
    return "\n".join(["\nVerdict", *rows, f"  → {ending}"])
