"""What the controller can do; `act` turns each into one API call."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ScaleOut:
    """Set the group's size to a larger one."""

    group: str
    desired: int
    observed: int
    """Desired capacity that this was decided on. If it is another one by now, the action is stale and dropped."""


@dataclass(frozen=True, kw_only=True)
class ScaleIn:
    """Terminate one instance through its hooks, and lower the group's size by it."""

    group: str
    instance_id: str
    observed: int
    """Desired capacity that this was decided on, as for ScaleOut."""


Action = ScaleOut | ScaleIn
