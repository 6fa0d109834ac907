"""What a controller looks after, and where it reports."""

from dataclasses import dataclass

from . import metrics


@dataclass(frozen=True, kw_only=True)
class Target:
    """The same part of the settings of every controller."""

    cluster: str
    """Name of the ECS cluster; the groups are those whose tag names it."""
    switch_parameter: str
    """Name of the SSM parameter with the kill switch."""

    @property
    def namespace(self) -> str:
        """Namespace of the metrics."""
        return metrics.namespace(self.cluster)
