"""Runs side by side: every run of a function is a thread, of which one at a time goes on, in the time of the world.

A call takes a moment, a throttled one is tried again as botocore does, and a run that lasts too long is cut off. The
order of what happens depends on these times alone, so that a test gives the same each time.
"""

import heapq
import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lambdas.cluster.clock import Clock
from tests.lambdas.transport import AwsError
from tests.model.api import Api
from tests.model.buckets import ATTEMPTS, Buckets, pause_s
from tests.model.world import World

CALL_S = 0.03
"""Seconds that a call takes."""
TIMEOUT_S = 90
"""The timeout of the controllers' functions."""
CONCURRENCY = 10
"""Functions that run at a time in a new account (Lambda quotas)."""


class TimedOut(BaseException):
    """Lambda ends the run; no handler of errors sees it."""


@dataclass
class Run:
    """One invocation: when it was asked for and began, and how it ended."""

    name: str
    asked: datetime
    work: Callable[["Run"], None]
    began: datetime | None = None
    ended: datetime | None = None
    error: BaseException | None = None
    go: threading.Event = field(default_factory=threading.Event)
    memory: dict = field(default_factory=dict)
    """What its process remembers of earlier runs."""


class Runs:
    """All invocations of a function, and the time that passes between them."""

    def __init__(self, world: World, api: Api):
        self.world, self.api = world, api
        self.buckets = Buckets(world.now)
        self.all: list[Run] = []
        self.given_up = 0
        self._queue: list[tuple[datetime, int, Callable[[], None]]] = []
        self._number = itertools.count()
        self._current: Run | None = None
        self._back = threading.Event()
        self._processes: list[dict] = [{} for _ in range(CONCURRENCY)]

    @property
    def failed(self) -> list[Run]:
        return [each for each in self.all if each.error is not None]

    def at(self, when: datetime, work: Callable[[], None]) -> None:
        """Have something happen at a moment of the world."""
        heapq.heappush(self._queue, (when, next(self._number), work))

    def invoke(self, when: datetime, name: str, work: Callable[[Run], None]) -> None:
        """Have a function run at a moment, or as soon as one of the running ones has ended."""
        run = Run(name, when, work)
        self.at(when, lambda: self._begin(run))

    def until(self, end: datetime) -> None:
        """Let everything happen until a moment."""
        while self._queue and self._queue[0][0] <= end:
            when, _, work = heapq.heappop(self._queue)
            if when > self.world.now:
                self.world.advance((when - self.world.now).total_seconds())
            work()
        self.world.advance(max(0.0, (end - self.world.now).total_seconds()))

    def clock(self) -> Clock:
        return Clock(now=self._now, monotonic=self._seconds, sleep=self._pause)

    def _now(self) -> datetime:
        return self.world.now

    def _seconds(self) -> float:
        return self.world.now.timestamp()

    def remaining_s(self, run: Run) -> float:
        assert run.began is not None
        return TIMEOUT_S - (self.world.now - run.began).total_seconds()

    def respond(self, service, operation, params):
        """What AWS answers, once it takes the call."""
        for attempt in range(ATTEMPTS):
            self._pause(CALL_S)
            if self.buckets.take(service, operation, self.world.now):
                return self.api(service, operation, params)
            if attempt + 1 < ATTEMPTS:
                self._pause(pause_s(attempt))
        self.given_up += 1
        raise AwsError("ThrottlingException", "Rate exceeded")

    def _begin(self, run: Run) -> None:
        if sum(each.ended is None for each in self.all) >= CONCURRENCY:
            self.at(self.world.now + timedelta(seconds=1), lambda: self._begin(run))
            return
        run.began = self.world.now
        busy = [each.memory for each in self.all if each.ended is None]
        run.memory = next(each for each in self._processes if not any(each is other for other in busy))
        self.all.append(run)
        threading.Thread(target=self._live, args=(run,), daemon=True).start()
        self._resume(run)

    def _live(self, run: Run) -> None:
        run.go.wait()
        try:
            run.work(run)
        except BaseException as error:  # noqa: BLE001 - whatever ends a run is what the test asks about
            run.error = error
        run.ended = self.world.now
        self._back.set()

    def _resume(self, run: Run) -> None:
        self._current = run
        self._back.clear()
        run.go.set()
        self._back.wait()

    def _pause(self, seconds: float) -> None:
        run = self._current
        assert run is not None, "only a run waits"
        run.go.clear()
        self.at(self.world.now + timedelta(seconds=seconds), lambda: self._resume(run))
        self._back.set()
        run.go.wait()
        if self.remaining_s(run) <= 0:
            raise TimedOut
