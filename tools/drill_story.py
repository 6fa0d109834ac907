"""What the drill saw of one drain, as a story: frames become moments of a timeline, and the whole becomes a verdict."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from tools.drill_frames import Check, Frame, Moment, changes, logged, when


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
    def marked(self) -> frozenset[str]:
        """The instances that a reader looks for."""
        return frozenset({self.victim})

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
            and self.now.rests()
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
        early = [frame for frame in self.frames if frame.let_go(self.victim) and frame.busy(self.victim)]
        says = "Auto Scaling held it in Terminating:Wait as long as a task was on it"
        return Check(
            holds=not early, says=says if not early else f"it left its hook with {early[0].busy(self.victim)} on it"
        )

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
