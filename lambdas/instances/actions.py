"""What the controller can do. Each action is idempotent and says why; `act` turns it into one API call."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..cluster.snapshot import Template

Ending = Literal["ready", "not ready", "drained", "deadline", "agent gone", "unknown to ECS", "terminated"]


@dataclass(frozen=True, kw_only=True)
class PutAttribute:
    """Write an attribute of a container instance."""

    container_instance_arn: str
    name: str
    value: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class SetStatus:
    """Drain a container instance, or let it take tasks again."""

    container_instance_arn: str
    instance_id: str
    status: Literal["ACTIVE", "DRAINING"]
    reason: str
    needs: str | None = None
    """Name of an attribute without which it must not happen: if it could not be written, the status stays."""


@dataclass(frozen=True, kw_only=True)
class Complete:
    """End the wait of an instance in a lifecycle hook."""

    group: str
    hook: str
    instance_id: str
    result: Literal["CONTINUE", "ABANDON"]
    ending: Ending
    reason: str
    remaining: tuple[str, ...] = ()
    """ARNs of the tasks that are left."""
    protected: tuple[str, ...] = ()
    """Those of them that protect themselves."""
    container_instance_arn: str | None = None
    """Where it is noted that the wait was over already; None when the instance is not registered."""


@dataclass(frozen=True, kw_only=True)
class Heartbeat:
    """Extend the wait by the hook's own timeout."""

    group: str
    hook: str
    instance_id: str
    container_instance_arn: str
    """Where it is noted, once it is done: until then it is tried at every pass."""
    reason: str


@dataclass(frozen=True, kw_only=True)
class Stop:
    """Stop a task that belongs to no service."""

    task_arn: str
    instance_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class MarkUnhealthy:
    """Have Auto Scaling replace an instance."""

    instance_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class StartRefresh:
    """Roll a template version out, or renew the instances that run it."""

    group: str
    template: Template
    mixed_policy: Mapping[str, Any] | None
    reason: str
    skip_matching: bool = True
    """False for a renewal: instances that run this version already are replaced too."""
    canary_s: int = 0
    """Seconds that the first new instance serves before the others follow; 0 to follow at once."""


@dataclass(frozen=True, kw_only=True)
class EnableMetrics:
    """Have a group publish its sizes."""

    group: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Deregister:
    """Take a terminated instance off the cluster."""

    container_instance_arn: str
    instance_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Unplanned:
    """Nothing: what is known of the instance cannot be understood, and it is left as it is."""

    instance_id: str
    """Id of the instance, or name of the group or planner that it happened in."""
    reason: str


Action = (
    PutAttribute | SetStatus | Complete | Heartbeat | Stop | MarkUnhealthy | StartRefresh | EnableMetrics | Deregister
    | Unplanned
)  # fmt: skip
