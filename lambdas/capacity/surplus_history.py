"""The controller's memory of its surplus: its own metric."""

from datetime import datetime, timedelta
from typing import Any

from . import metrics
from .settings import Settings
from .snapshot import Sample


def dimensions(settings: Settings) -> dict[str, str]:
    """Dimensions of all metrics of the controller."""
    return {"Cluster": settings.target.cluster, "Controller": metrics.CONTROLLER}


def read_surplus(cloudwatch: Any, settings: Settings, now: datetime) -> tuple[Sample, ...]:
    """The least surplus of each minute since it has to be there; one call."""
    named = [{"Name": name, "Value": value} for name, value in sorted(dimensions(settings).items())]
    answer = cloudwatch.get_metric_statistics(
        Namespace=settings.target.namespace,
        MetricName=metrics.SURPLUS_INSTANCES,
        Dimensions=named,
        StartTime=now - timedelta(seconds=settings.shrink.hold_s + 60),
        EndTime=now,
        Period=60,
        Statistics=["Minimum"],
    )
    return tuple(Sample(at=each["Timestamp"], value=each["Minimum"]) for each in answer["Datapoints"])
