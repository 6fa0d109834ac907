"""The next look: of many invocations one looks at the cluster, and the others know that it will.

Every event is an invocation, and a storm of terminations is hundreds of them. All want the same: that somebody looks
after their event. So whoever is going to look says when, in an SSM parameter beside the kill switch, and whoever finds
a look promised that comes after its own event has nothing to do. A promise is made some seconds ahead, so that one
look answers for all events until then. It is read again when the moment has come: of several that were written at
once the last one stands, and only its writer looks. A promise that is not kept costs a minute at most, because the
scheduled run looks without asking.

Weighed, and not taken: reserved concurrency (fails on new accounts, whose limit is 10, and throttles the schedule); a
FIFO queue (a failed run blocks its group for the whole visibility timeout); a table with conditional writes (one more
store to run, for a promise that may be broken); a tag of the group or an attribute of an instance (their calls come
out of the budget that a storm exhausts).
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from botocore.exceptions import ClientError

from . import journal
from .clock import Clock
from .errors import code_of, is_passing

GATHER: Final = timedelta(seconds=5)
"""From a promise by an event to its look: events until then are answered by it. A drain may start that much later."""

FARTHEST: Final = timedelta(seconds=60)
"""A promise farther ahead is none of ours: whatever text stands in the parameter, looks go on."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """A promise: when somebody looks, and who."""

    at: datetime
    by: str

    def text(self) -> str:
        """As the parameter holds it: milliseconds since 1970, and the name of the run."""
        return f"{round(self.at.timestamp() * 1000)}/{self.by}"


@dataclass(frozen=True, kw_only=True)
class NextLook:
    """The parameter, as one run uses it."""

    ssm: Any
    parameter: str
    run: str
    """A name that no other run has: Lambda's request id."""
    clock: Clock
    memory: dict[str, Look] = field(default_factory=dict[str, "Look"])
    """What this process has read or written, by parameter: a promise that still stands is not asked for again."""

    def mine(self) -> bool:
        """Whether it falls to this run to look, for an event that came before now; waits to find out."""
        now = self.clock.now()
        try:
            if answers(self.memory.get(self.parameter), now) or answers(self._read(), now):
                return False
            self.promise(now + GATHER)
            self.clock.sleep(GATHER.total_seconds())
            found = self._read()
        except ClientError as error:
            if not is_passing(error):
                raise
            # So many ask at this moment that somebody is going to look, the next scheduled run at the latest.
            journal.write("next look unknown", "WARN", error=str(error))
            return False
        return found is None or found.by == self.run or not answers(found, now)

    def promise(self, at: datetime) -> None:
        """Say that this run looks at that moment; events until then need nobody else."""
        look = Look(at=at, by=self.run)
        try:
            self.ssm.put_parameter(Name=self.parameter, Value=look.text(), Type="String", Overwrite=True)
            self.memory[self.parameter] = look
        except ClientError as error:  # a look that nobody knows of is a look
            journal.write("next look not promised", "WARN", error=str(error))

    def _read(self) -> Look | None:
        try:
            found = parse(self.ssm.get_parameter(Name=self.parameter)["Parameter"]["Value"])
        except ClientError as error:
            if code_of(error) != "ParameterNotFound":
                raise
            found = None
        if found is not None:
            self.memory[self.parameter] = found
        return found


def answers(look: Look | None, event: datetime) -> bool:
    """Whether a promised look comes after an event that was seen at this moment."""
    return look is not None and event <= look.at <= event + FARTHEST


def parse(text: str) -> Look | None:
    """The promise in a parameter; None when there is none, or when somebody else wrote there."""
    moment, _, run = text.partition("/")
    try:
        return Look(at=datetime.fromtimestamp(int(moment) / 1000, UTC), by=run)
    except (ValueError, OverflowError, OSError):
        return None
