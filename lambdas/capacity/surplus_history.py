"""The history of the surplus: what the controller itself has published."""

from datetime import datetime, timedelta
from typing import Any

from ..cluster import metrics as common
from . import metrics
from .settings import Settings
from .snapshot import Sample


def read_surplus(cloudwatch: Any, settings: Settings, now: datetime) -> tuple[Sample, ...]:
    """The least surplus of each minute since it has to be there; one call."""
    dimensions = common.dimensions(settings.target.cluster, metrics.CONTROLLER)
    named = [{"Name": name, "Value": value} for name, value in sorted(dimensions.items())]
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
