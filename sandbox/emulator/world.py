"""What all parts of the emulator share: the time, the settings, the lock and the queue of function calls.

moto's backends are global to the process, so there is one world. The state of the emulated resources lives on
moto's own objects and goes away with them when moto is reset.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .settings import Settings


@dataclass
class World:
    """The running emulator, as its parts see it."""

    settings: Settings = field(default_factory=Settings)
    now: float = 0.0
    """Seconds since 1970 of the last tick."""
    endpoint: str | None = None
    """Where deployed functions reach the emulator; none while it is used inside a process, without a server."""
    key: str = "emulated"
    """What clients of the server present as their access key id."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    """Held by every request and by every tick: moto's models are not safe between threads."""
    calls: deque[Any] = field(default_factory=deque[Any])
    """Asynchronous function calls that wait for their turn."""
    running: set[str] = field(default_factory=set[str])
    """Functions that run now because of an asynchronous call."""
    task_orders: deque[Any] = field(default_factory=deque[Any])
    """What rules want of clusters: account, Region, target and payload, for the next step."""
    schedule_runs: list[Any] = field(default_factory=list[Any])
    """Invocations of schedules that have not succeeded yet."""
    muted_images: set[str] = field(default_factory=set[str])
    """Ids of images whose instances never register with ECS."""
    lost_zones: set[str] = field(default_factory=set[str])
    """Names of zones in which nothing is launched."""
    log: deque[str] = field(default_factory=lambda: deque[str](maxlen=200))
    """What went wrong inside the emulator, newest last."""

    _scratch: Path | None = None

    def scratch(self) -> Path:
        """Give the folder of what functions need on the disk: of a name that nobody can guess, for this user alone."""
        with self.lock:
            if self._scratch is None:
                self._scratch = Path(tempfile.mkdtemp(prefix="emulator-"))
            return self._scratch

    def clear(self) -> None:
        """Remove that folder."""
        with self.lock:
            if self._scratch is not None:
                shutil.rmtree(self._scratch, ignore_errors=True)
                self._scratch = None

    def when(self) -> datetime:
        """Give the time of the last tick as AWS APIs carry it."""
        return datetime.fromtimestamp(self.now, UTC)


_worlds: list[World] = []


def current() -> World:
    """Give the world of the emulator that is installed; RuntimeError if none is."""
    if not _worlds:
        raise RuntimeError("no emulator is installed in this process")
    return _worlds[-1]


def enter(world: World) -> None:
    """Make this the world of the process."""
    _worlds.append(world)


def leave(world: World) -> None:
    """Undo `enter`."""
    _worlds.remove(world)
