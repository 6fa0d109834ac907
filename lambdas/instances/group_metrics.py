"""Group metrics: a group publishes its sizes, so that alarms on them have something to look at.

The program asks for them when it makes the group, and the provider carries that out last, after it has waited for the
first instances. Where they did not come in time, the group stays without, and no later deployment sees it.
"""

from collections.abc import Iterator
from datetime import datetime

from .actions import EnableMetrics
from .settings import Settings
from .snapshot import InstancesSnapshot


def plan_group_metrics(snapshot: InstancesSnapshot, _settings: Settings, _now: datetime) -> Iterator[EnableMetrics]:
    """Switch the metrics of a group on where none is."""
    for group in snapshot.groups:
        if not group.measured and not group.deleting:
            yield EnableMetrics(group=group.name, reason="it publishes no sizes")
