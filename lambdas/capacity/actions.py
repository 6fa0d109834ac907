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
    """Terminate instances through their hooks, one after the other, and lower the group's size with each."""

    group: str
    instance_ids: tuple[str, ...]
    observed: int
    """Desired capacity that this was decided on, as for ScaleOut."""


Action = ScaleOut | ScaleIn
