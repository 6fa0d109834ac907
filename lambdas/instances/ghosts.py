"""Clean up: terminated instances that are still registered.

ECS does not deregister an instance whose agent was gone when it terminated; such ghosts block the deletion of the
cluster. Only EC2's word counts, and an instance of no group that EC2 still knows is left alone.
"""

from collections.abc import Iterator
from datetime import datetime

from ..cluster.snapshot import ContainerInstance
from .actions import Deregister
from .settings import Settings
from .snapshot import InstancesSnapshot


def suspects(snapshot: InstancesSnapshot) -> list[ContainerInstance]:
    """Registrations without agent and group: EC2 is asked about them. External instances (`mi-`) are none of ours."""
    return [
        each
        for each in snapshot.container_instances
        if not each.agent_connected
        and each.instance_id.startswith("i-")
        and each.instance_id not in snapshot.member_ids
        and each.status not in ("DEREGISTERING", "INACTIVE")
    ]


def plan_ghosts(snapshot: InstancesSnapshot, _settings: Settings, _now: datetime) -> Iterator[Deregister]:
    """Deregister what EC2 has terminated or forgotten."""
    for each in suspects(snapshot):
        if snapshot.gone(each.instance_id):
            yield Deregister(
                container_instance_arn=each.arn,
                instance_id=each.instance_id,
                reason="EC2 has terminated it and its group has let it go",
            )
