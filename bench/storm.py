"""Storms on the model: how many of a thousand instances leave at once, and what the instance controller does then.

Nothing is measured with a clock: the model has the token buckets of AWS, and the same storm gives the same numbers.
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import page as benchmark_page
from tests.model.runs import CALL_S
from tests.model.storm import DELIVERY_S, SIZE, SPREAD_S, TASKS, Storm

LEAVING = (10, 100, 300)
MINUTES = 6
HEAD = (
    *("Leave", "Events", "Passes", "Calls", "Throttled"),
    *("Seconds to drain asked, half", "all", "Seconds to release, half", "all"),
)
HEADING = "Storms"
ABOUT = """Instances of {size:,} leave within {spread} seconds, each with {tasks} tasks that take 30 s to stop, and the
instance controller runs as Lambda runs it: a scheduled run a minute and one for each event, {delivery} s after it;
without events only the schedule is left. The model has the token buckets that AWS documents, tries throttled calls
again as botocore does, and takes {call_ms} ms for a call (`tests/model`): no clock, so the numbers are the same
everywhere. Calls and throttled ones are those of {minutes} minutes; seconds count from an instance's leaving to the
moment when the controller asks ECS to drain it, and to the moment when it lets it go.
"""


@dataclass(frozen=True)
class Row:
    """What one storm took."""

    leave: int
    events: bool
    passes: int
    calls: int
    throttled: int
    told_s: tuple[float, ...]
    """Seconds until each instance was told to drain."""
    released_s: tuple[float, ...]


def main() -> None:
    """Play every storm, and write the page's section."""
    storms = [(leave, True) for leave in LEAVING] + [(LEAVING[-1], False)]
    benchmark_page.write(HEADING, page([played(*each) for each in storms]))


def played(leave: int, events: bool, minutes: int = MINUTES) -> Row:
    """One storm. What the controller logs is of no interest here."""
    with contextlib.redirect_stdout(io.StringIO()):
        seen = Storm(leave, events=events, minutes=minutes)
    return Row(
        leave,
        events,
        passes=len(seen.api.passes),
        calls=len(seen.api.calls),
        throttled=seen.runs.buckets.refused.total(),
        told_s=tuple(seen.api.told.values()),
        released_s=tuple(seen.released.values()),
    )


def page(rows: Sequence[Row]) -> str:
    """The section."""
    about = ABOUT.format(
        size=SIZE, spread=SPREAD_S, tasks=TASKS, delivery=DELIVERY_S, call_ms=round(1000 * CALL_S), minutes=MINUTES
    )
    return "\n".join((about, benchmark_page.table(HEAD, [_cells(each) for each in rows]).rstrip()))


def _cells(row: Row) -> list[object]:
    numbers = [f"{each:,}" for each in (row.passes, row.calls, row.throttled)]
    times = [*_half_and_all(row.told_s, row.leave), *_half_and_all(row.released_s, row.leave)]
    return [row.leave, "yes" if row.events else "all lost", *numbers, *times]


def _half_and_all(seconds: Iterable[float], number: int) -> tuple[str, str]:
    """When half of them were done and when the last one was; "never" where some were not."""
    done = sorted(seconds)
    at = (number // 2 - 1, number - 1)
    half, last = (f"{done[max(0, each)]:.1f}" if each < len(done) else "never" for each in at)
    return half, last


if __name__ == "__main__":
    main()
