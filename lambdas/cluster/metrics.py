"""Metrics of the controllers: their namespace and dimensions, the metrics that every controller has, and the call.

PutMetricData instead of the embedded metric format: its permission can be limited to one namespace, and a metric that
could not be written is an error here instead of a line that nobody turns into a metric.
"""

from collections.abc import Mapping
from typing import Any, Final

NAMESPACE: Final = "EcsPlatform"
"""CloudWatch namespace of all metrics; the controllers' roles may publish to no other."""

COMPLETED_PASSES: Final = "CompletedPasses"
"""Liveness: one for each completed pass of a controller. Its absence is an alarm."""

PAUSED: Final = "Paused"
"""1 while the kill switch pauses the controller."""

FAILED_ACTIONS: Final = "FailedActions"
"""Actions that AWS refused."""

BATCH: Final = 1000
"""Metrics per PutMetricData call (CloudWatch API reference)."""


def dimensions(cluster: str, controller: str) -> dict[str, str]:
    """The dimensions of every metric: the ECS cluster's name, and the controller's (its folder's name)."""
    return {"Cluster": cluster, "Controller": controller}


def publish(cloudwatch: Any, *, namespace: str, dimensions: Mapping[str, str], values: Mapping[str, float]) -> None:
    """Write counts at this moment; one call for up to 1,000 metrics."""
    named = [{"Name": name, "Value": value} for name, value in sorted(dimensions.items())]
    data = [
        {"MetricName": name, "Dimensions": named, "Value": value, "Unit": "Count"}
        for name, value in sorted(values.items())
    ]
    for start in range(0, len(data), BATCH):
        cloudwatch.put_metric_data(Namespace=namespace, MetricData=data[start : start + BATCH])
