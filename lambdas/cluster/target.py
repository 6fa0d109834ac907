"""What a controller looks after, and where it reports."""

from dataclasses import dataclass

from . import metrics


@dataclass(frozen=True, kw_only=True)
class Target:
    """The same part of the settings of every controller."""

    cluster: str
    """Name of the ECS cluster; the groups are those whose tag names it."""
    group_prefix: str
    """Start of the groups' names: a group with the cluster's tag and another name is somebody else's."""
    switch_parameter: str
    """Name of the SSM parameter with the kill switch."""
    next_look_parameter: str
    """Name of the SSM parameter in which the controller's runs agree on who looks next (next_look.py)."""

    @property
    def namespace(self) -> str:
        """Namespace of the metrics."""
        return metrics.namespace(self.cluster)
