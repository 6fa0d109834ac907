"""Metrics of the controllers: their namespace and dimensions, the metrics that every controller has, and the call.

PutMetricData instead of the embedded metric format: its permission can be limited to one namespace, and a metric that
could not be written is an error here instead of a line that nobody turns into a metric.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

COMPLETED_PASSES: Final = "CompletedPasses"
"""Liveness: one for each completed pass that found a group. Its absence is an alarm."""

PAUSED: Final = "Paused"
"""1 while the kill switch pauses the controller."""

SWITCH_UNKNOWN: Final = "SwitchUnknown"
"""1 while the kill switch holds a word that means neither running nor paused."""

FAILED_ACTIONS: Final = "FailedActions"
"""Actions that AWS refused."""

UNREAD_PARTS: Final = "UnreadParts"
"""Reads that AWS refused: nothing is concluded from what they would have told."""

BATCH: Final = 1000
"""Metrics per PutMetricData call (CloudWatch API reference)."""


def namespace(cluster: str) -> str:
    """CloudWatch namespace of what a cluster's controllers measure.

    Each cluster has its own: IAM limits a role to namespaces and not to dimensions, and no environment shall write what
    the alarms of another one look at.
    """
    return f"EcsPlatform/{cluster}"


def dimensions(cluster: str, controller: str) -> dict[str, str]:
    """The dimensions of what a controller says of itself: the ECS cluster's name, and its own (its folder's)."""
    return {"Cluster": cluster, "Controller": controller}


def service_dimensions(cluster: str, service: str) -> dict[str, str]:
    """The dimensions of what is measured of one service."""
    return {"Cluster": cluster, "Service": service}


@dataclass(frozen=True, kw_only=True)
class Count:
    """One measurement."""

    metric: str
    value: float
    dimensions: Mapping[str, str]


def counts(values: Mapping[str, float], dimensions: Mapping[str, str]) -> list[Count]:
    """Measurements with the same dimensions."""
    return [Count(metric=name, value=value, dimensions=dimensions) for name, value in sorted(values.items())]


def publish(cloudwatch: Any, namespace: str, measured: Iterable[Count]) -> None:
    """Write measurements of this moment; one call for up to 1,000."""
    data = [
        {
            "MetricName": each.metric,
            "Dimensions": [{"Name": name, "Value": value} for name, value in sorted(each.dimensions.items())],
            "Value": each.value,
            "Unit": "Count",
        }
        for each in measured
    ]
    for start in range(0, len(data), BATCH):
        cloudwatch.put_metric_data(Namespace=namespace, MetricData=data[start : start + BATCH])
