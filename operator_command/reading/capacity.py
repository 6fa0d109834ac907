"""The capacity controller's own plan, made again from what its own readers say; nothing is acted on."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime

from lambdas.capacity.observe import Reader, observe
from lambdas.capacity.plan import Plan, plan
from lambdas.capacity.proposals import Question
from lambdas.capacity.settings import Settings
from lambdas.capacity.snapshot import CapacitySnapshot
from lambdas.cluster.services import TaskDefinition

from ..connection import Connection


@dataclass(kw_only=True)
class Planner:
    """Plans on what is seen, and on what could be; what was read once is not read again."""

    connection: Connection
    settings: Settings
    now: datetime
    known: dict[str, TaskDefinition] = field(default_factory=dict[str, TaskDefinition])

    def see(self) -> CapacitySnapshot:
        """What every run of the controller reads."""
        return observe(self.connection.aws, self.settings)

    def plan(self, snapshot: CapacitySnapshot) -> tuple[Plan, CapacitySnapshot]:
        """The plan, and the snapshot with all that it asked for."""
        seen = snapshot

        def answer(asking: CapacitySnapshot, questions: tuple[Question, ...]) -> CapacitySnapshot:
            nonlocal seen
            seen = self._read(asking, questions)
            return seen

        return plan(snapshot, self.settings, self.now, answer), seen

    def _read(self, snapshot: CapacitySnapshot, questions: Iterable[Question]) -> CapacitySnapshot:
        reader = Reader(aws=self.connection.aws, settings=self.settings, now=self.now, known=self.known)
        with redirect_stdout(sys.stderr):  # where the function writes its log
            return reader(snapshot, questions)
