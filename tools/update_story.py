"""What a drill saw of one update, as a story: its phases, what moved, and when it is over."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

sys.path.insert(0, str(Path(__file__).parent.parent))

from lambdas.rebalancing.reasons import Reason
from tools.drill_frames import Frame, Moment, RefreshSeen, changes, logged, when

Kind = Literal["update", "bad-image", "zone-loss"]

EVENING_OUT_S: Final = 300
"""Seconds after the refresh in which the rebalancing controller has to be done."""

AT_REST: Final = (Reason.BALANCED, Reason.HELPED, Reason.COOLS_DOWN)
"""What the rebalancing controller says of a service whose tasks it need not move, or has moved."""

UNTOLD: Final = frozenset({"looked", "NoChange"})
"""Events of the rebalancing controller's lines that say that nothing was done."""


@dataclass(frozen=True, kw_only=True)
class Loss:
    """A zone that was lost."""

    at: float
    zone: str
    instances: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Phase:
    """A part of an update; times in seconds since 1970."""

    name: str
    begin: float
    end: float

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.end - self.begin


@dataclass(kw_only=True)
class UpdateStory:
    """All that was seen of an update."""

    kind: Kind
    desired: int
    """Tasks that the service wants."""
    began: float
    """When `pulumi up` was started, in seconds since 1970."""
    before: str
    """The version of the launch template that ran then."""
    frames: list[Frame]
    """Looks that showed something new; the first one is from before the update."""
    until: float = 0.0
    """The latest look, whether it showed something new or not."""
    wanted: str = ""
    """The version that the update wants; empty until `pulumi up` has ended."""
    wanted_at: float | None = None
    """When it had ended."""
    loss: Loss | None = None
    rebalances: bool = False
    """Whether a rebalancing controller is deployed."""
    blocked: float | None = None
    """The metric RolloutsBlocked after the end; None while nobody has measured it."""
    lines: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """The controllers' own log lines."""

    def see(self, frame: Frame) -> None:
        """Take a look up, if it shows anything new."""
        self.until = frame.at
        last = self.frames[-1]
        if _shown(last) != _shown(frame):
            self.frames.append(frame)

    @property
    def now(self) -> Frame:
        """The latest look that showed anything new."""
        return self.frames[-1]

    @property
    def marked(self) -> frozenset[str]:
        """The instances of the wanted version."""
        return frozenset(each.instance_id for each in self.now.machines if each.version == self.wanted)

    def timeline(self) -> list[Moment]:
        """What happened, in order."""
        seen = [moment for before, after in zip(self.frames, self.frames[1:], strict=False)
                for moment in changes(before, after)]  # fmt: skip
        told = [logged(line) for line in self.lines if not _tells_nothing(line)]
        return sorted([*seen, *told, *self._own()], key=lambda moment: moment.at)

    def _own(self) -> Iterator[Moment]:
        yield Moment(at=self.began, who="pulumi up", what="begins")
        if self.wanted_at is not None:
            yield Moment(at=self.wanted_at, who="pulumi up", what=f"has ended: version {self.wanted} is wanted")
        if self.loss is not None:
            yield Moment(
                at=self.loss.at, who=self.loss.zone, what=f"is lost, with {len(self.loss.instances)} instances"
            )

    def versions(self) -> dict[str, str]:
        """Instance → version of its launch template, of all that were seen."""
        return {each.instance_id: each.version for frame in self.frames for each in frame.machines}

    def refresh(self) -> RefreshSeen | None:
        """The update's refresh, as it was seen last."""
        return self.now.refresh

    def since(self, *statuses: str) -> float | None:
        """When the refresh was first seen in one of the statuses."""
        return next((each.at for each in self.frames if each.refresh and each.refresh.status in statuses), None)

    def refreshed_at(self) -> float | None:
        """When the refresh was first seen to be over."""
        return next((each.at for each in self.frames if each.refresh and each.refresh.ended), None)

    def phases(self) -> list[Phase]:
        """The parts of the update that have been seen, one after the other."""
        started = next((each.at for each in self.frames if each.refresh), None)
        tail = "tasks are evened out" if self.rebalances and self.kind != "bad-image" else "coming to rest"
        marks = [
            ("pulumi up", self.began),
            ("the controller notices", self.wanted_at),
            ("new instances are waited for" if self.kind == "bad-image" else "instances are replaced", started),
            ("bake time", self.since("Baking")),
            ("rollback", self.since("RollbackInProgress")),
            (tail, self.refreshed_at()),
        ]
        begun = [(name, at) for name, at in marks if at is not None]
        # the controller may start the refresh before `pulumi up` has ended
        begun = [(name, min([at, *(later for _, later in begun[index:])])) for index, (name, at) in enumerate(begun)]
        ends = [*(at for _, at in begun[1:]), self.until]
        return [Phase(name=name, begin=at, end=end) for (name, at), end in zip(begun, ends, strict=True)]

    def moved(self) -> list[Mapping[str, Any]]:
        """The rebalancing controller's lines about moves that it began or took back."""
        return [each for each in self.lines if each["event"] in ("Raise", "Lower") and each["outcome"] == "done"]

    def difference(self) -> int:
        """Most tasks that an instance runs more than another one of its zone."""
        counts: dict[str, list[int]] = {}
        for each in self.now.machines:
            if each.lifecycle == "InService":
                tasks = [one for one in self.now.tasks_on(each.instance_id) if one.status == "RUNNING"]
                counts.setdefault(each.zone, []).append(len(tasks))
        return max((max(each) - min(each) for each in counts.values()), default=0)

    def over(self) -> bool:
        """Whether everything has come to rest again, and what was to be seen afterwards was seen."""
        ended = self.refreshed_at()
        counts = self.now.counts
        if ended is None or not self.now.calm(self.desired) or counts is None or counts.desired != self.desired:
            return False
        if self.kind == "bad-image":
            return self.blocked is not None and any(_looked_again(each, ended) for each in self.lines)
        return not self.rebalances or self._evened_out(ended) or self.until - ended > EVENING_OUT_S

    def _evened_out(self, since: float) -> bool:
        """Whether the controller has found nothing more to move since the refresh."""
        looks = [each for each in self.lines if each["event"] == "looked" and when(each) > since]
        found = looks[-1].get("services", {}) if looks else {}
        return any(reason.value in found for reason in AT_REST) and self.difference() <= 1


def _shown(frame: Frame) -> tuple[Any, ...]:
    return frame.machines, frame.tasks, frame.counts, frame.refresh


def _tells_nothing(line: Mapping[str, Any]) -> bool:
    """Whether a line of the rebalancing controller says only that it has looked."""
    return line["event"] in UNTOLD or (line["event"] == "finished" and line.get("actions") == 0)


def _looked_again(line: Mapping[str, Any], since: float) -> bool:
    return line["event"] == "finished" and line.get("passes", 0) > 0 and when(line) > since
