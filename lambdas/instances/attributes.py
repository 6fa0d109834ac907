"""What the controller keeps between two passes: attributes of the container instance, where the truth is.

Auto Scaling tells only for a while when a lifecycle action began, and ECS never since when an agent is gone. So the
controller writes both moments down, and judges deadlines by them. If the attribute cannot be written, the hook's own
timeout still ends the wait. An attribute of value `none` is no attribute: forgetting is a write like any other, and
needs no further permission. Whoever is root on an instance can write its attributes: any text is read, and what makes
no sense counts as no attribute.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from ..cluster.snapshot import ContainerInstance

DRAINING_SINCE: Final = "ecs-platform.draining-since"
"""When the terminating hook began, or was first seen where nobody knows that any more, in seconds since 1970."""

HEARTBEAT_AT: Final = "ecs-platform.heartbeat-at"
"""When the hook was last extended."""

AGENT_MISSING: Final = "ecs-platform.agent-missing"
"""How often in a row the agent was missing, since when, and when it last counted: `3/1700000000/1700000120`."""

OLD_GENERATION: Final = "ecs-platform.old-generation"
"""The template version for which a rollout or renewal drains this instance: it is ours to activate if that fails."""

RELEASED: Final = "ecs-platform.released"
"""The hook whose wait was over already, and when: `drain/1700000000`. Another hook may still hold the instance."""

NOTHING: Final = "none"

FUTURE: Final = timedelta(seconds=120)
"""How far clocks may differ: a later moment was written by somebody else."""


@dataclass(frozen=True, kw_only=True)
class MissedObservations:
    """Consecutive observations without a connected agent."""

    count: int
    first: datetime
    last: datetime

    def text(self) -> str:
        return f"{self.count}/{moment_text(self.first)}/{moment_text(self.last)}"


def text(instance: ContainerInstance, name: str) -> str | None:
    """The value of an attribute, None when there is none."""
    value = instance.attributes.get(name, NOTHING)
    return None if value == NOTHING else value


def moment(instance: ContainerInstance, name: str, now: datetime) -> datetime | None:
    """The moment that an attribute holds; None when there is none, or when somebody else wrote there."""
    return _moment(text(instance, name) or "", now)


def missed_observations(instance: ContainerInstance, now: datetime) -> MissedObservations | None:
    """The consecutive missed observations; None when there is none, or when somebody else wrote there."""
    found = _MISSED.fullmatch(text(instance, AGENT_MISSING) or "")
    if found is None:
        return None
    first, last = _moment(found["first"], now), _moment(found["last"], now)
    return MissedObservations(count=int(found["count"]), first=first, last=last) if first and last else None


def released(instance: ContainerInstance, hook: str, now: datetime) -> datetime | None:
    """When the wait in a hook was found to be over; None when it was not."""
    name, _, when = (text(instance, RELEASED) or "").rpartition("/")
    return _moment(when, now) if name == hook else None


def released_text(hook: str, now: datetime) -> str:
    return f"{hook}/{moment_text(now)}"


def moment_text(value: datetime) -> str:
    return str(int(value.timestamp()))


def _moment(value: str, now: datetime) -> datetime | None:
    if not _SECONDS.fullmatch(value):
        return None
    found = datetime.fromtimestamp(int(value), UTC)
    return found if found <= now + FUTURE else None


_SECONDS: Final = re.compile(r"[0-9]{1,11}")  # until the year 5138: datetime takes no more than four digits of it
_MISSED: Final = re.compile(r"(?P<count>[0-9]{1,6})/(?P<first>[0-9]{1,11})/(?P<last>[0-9]{1,11})")
