"""What the controller keeps between two passes: attributes of the container instance, where the truth is.

Auto Scaling does not tell when a lifecycle action began, nor ECS since when an agent is gone. So the controller writes
the moment when it first saw either, and judges deadlines by that. If the attribute cannot be written, the hook's own
timeout still ends the wait. An attribute of value `none` is no attribute: forgetting is a write like any other, and
needs no further permission.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from ..cluster.snapshot import ContainerInstance

DRAINING_SINCE: Final = "ecs-platform.draining-since"
"""When the terminating hook was first seen, in seconds since 1970."""

HEARTBEAT_AT: Final = "ecs-platform.heartbeat-at"
"""When the hook was last extended."""

AGENT_MISSING: Final = "ecs-platform.agent-missing"
"""How often in a row the agent was missing, since when, and when it last counted: `3/1700000000/1700000120`."""

OLD_GENERATION: Final = "ecs-platform.old-generation"
"""The template version for which a rollout drains this instance: it is ours to activate if the rollout fails."""

NOTHING: Final = "none"


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


def moment(instance: ContainerInstance, name: str) -> datetime | None:
    """The moment that an attribute holds; None when there is none, or when somebody else wrote there."""
    value = text(instance, name)
    return _moment(value) if value else None


def missed_observations(instance: ContainerInstance) -> MissedObservations | None:
    """The consecutive missed observations; None when there is none, or when somebody else wrote there."""
    parts = (text(instance, AGENT_MISSING) or "").split("/")
    if len(parts) != len(("count", "first", "last")) or not parts[0].isdigit():
        return None
    first, last = _moment(parts[1]), _moment(parts[2])
    return MissedObservations(count=int(parts[0]), first=first, last=last) if first and last else None


def moment_text(value: datetime) -> str:
    return str(int(value.timestamp()))


def _moment(value: str) -> datetime | None:
    return datetime.fromtimestamp(int(value), UTC) if value.isdigit() else None
