"""What is free on an instance, as ECS reports it."""

from .instance_types import INSTANCE_TYPES
from .room import Room
from .snapshot import ContainerInstance


def room_of(instance: ContainerInstance) -> Room:
    """What is free on an instance. Task slots of an unknown type count as none: nothing is moved there."""
    known = INSTANCE_TYPES.get(instance.instance_type)
    places = known.task_slots(trunking=instance.trunked) if known else 0
    return Room(
        name=instance.instance_id,
        zone=instance.zone,
        instance_type=instance.instance_type,
        cpu_units=instance.remaining.cpu_units,
        memory_mib=instance.remaining.memory_mib,
        interfaces=max(0, places - instance.running_tasks - instance.pending_tasks),
        gpus=len(instance.remaining.gpus),
        tcp_ports=instance.remaining.tcp_ports,
        udp_ports=instance.remaining.udp_ports,
    )
