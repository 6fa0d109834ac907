"""What a task is attached to: a network interface in its instance's zone, and target groups.

Traps of moto: the interface of a task lies in the first subnet with an address outside of it, needs DNS host names
in the VPC, and stays when the task stops.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any

from moto.ec2.models import ec2_backends
from moto.elbv2.models import elbv2_backends

_DEREGISTRATION_S = 300
"""Default deregistration delay of a target group (Elastic Load Balancing guide)."""


def connect(task: Any, account: str, network: dict[str, Any]) -> None:
    """Give an awsvpc task its interface, in a subnet of its zone where the service has one."""
    settings = network["awsvpcConfiguration"]
    ec2: Any = ec2_backends[account][task.region_name]
    known = [ec2.get_subnet(name) for name in settings["subnets"]]
    subnet = min(known, key=lambda s: s.availability_zone != task.availability_zone)
    address = subnet.get_available_subnet_ip(task)
    groups = settings.get("securityGroups") or []
    interface = ec2.create_network_interface(subnet, address, group_ids=groups, description=f"task {task.id}")
    interface.status, interface.device_index = "in-use", 1
    task.interface = interface
    task.attachments = [
        {
            "id": str(uuid.uuid4()),
            "type": "ElasticNetworkInterface",
            "status": "ATTACHED",
            "details": [
                {"name": "subnetId", "value": subnet.id},
                {"name": "networkInterfaceId", "value": interface.id},
                {"name": "macAddress", "value": interface.mac_address},
                {"name": "privateIPv4Address", "value": address},
            ],
        }
    ]


def volume(configuration: dict[str, Any]) -> dict[str, Any]:
    """Show a volume that ECS makes for a task; there is none in EC2."""
    settings = configuration["managedEBSVolume"]
    shown = {
        "volumeName": configuration["name"],
        "sizeInGiB": settings.get("sizeInGiB"),
        "roleArn": settings["roleArn"],
    }
    return {
        "id": str(uuid.uuid4()),
        "type": "AmazonElasticBlockStorage",
        "status": "ATTACHED",
        "details": [{"name": name, "value": str(value)} for name, value in shown.items() if value],
    }


def disconnect(task: Any, account: str) -> None:
    """Take a task's interface away."""
    for attachment in task.attachments:
        attachment["status"] = "DELETED"
    interface = getattr(task, "interface", None)
    if interface is None:
        return
    ec2: Any = ec2_backends[account][task.region_name]
    ec2.enis.pop(interface.id, None)
    interface.subnet.del_subnet_ip(interface.private_ip_address)


def address_of(task: Any) -> str | None:
    """Give the private address of an awsvpc task."""
    interface = getattr(task, "interface", None)
    return interface.private_ip_address if interface else None


def register(task: Any, account: str) -> None:
    """Add a task to the target groups of its service."""
    _targets(task, account, "register_targets")


def deregister(task: Any, account: str) -> None:
    """Take a task out of the target groups of its service."""
    _targets(task, account, "deregister_targets")


def _targets(task: Any, account: str, action: str) -> None:
    backend: Any = elbv2_backends[account][task.region_name]
    for balancer in task.load_balancers:
        if (arn := balancer.get("targetGroupArn")) and (address := address_of(task)):
            with suppress(Exception):  # the target group may be gone before its tasks
                getattr(backend, action)(arn, [{"Id": address, "Port": balancer.get("containerPort")}])


def deregistration_s(task: Any, account: str) -> float:
    """Give the longest deregistration delay of a task's target groups, in seconds; 0 without any."""
    groups: Any = elbv2_backends[account][task.region_name].target_groups
    arns = [b.get("targetGroupArn") for b in task.load_balancers if b.get("targetGroupArn") in groups]
    key = "deregistration_delay.timeout_seconds"
    return max((float(groups[arn].attributes.get(key, _DEREGISTRATION_S)) for arn in arns), default=0.0)
