"""The network configuration of an awsvpc task or service, as ECS checks it when it is given.

Source: ECS API (2014-11-13), AwsVpcConfiguration: subnets and security groups of one VPC, no public address on EC2.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models import ec2_backends
from moto.ecs.exceptions import InvalidParameterException


def check_network(backend: Any, definition: Any, network: dict[str, Any] | None, launch_type: str = "EC2") -> None:
    """Refuse a configuration that does not fit the network mode, or that names what is not there."""
    settings = (network or {}).get("awsvpcConfiguration")
    if definition.network_mode != "awsvpc":
        if settings:
            text = "Network Configuration is not valid for the given networkMode of this task definition."
            raise InvalidParameterException(text)
        return
    if not settings:
        text = "Network Configuration must be provided when networkMode 'awsvpc' is specified."
        raise InvalidParameterException(text)
    if settings.get("assignPublicIp") == "ENABLED" and launch_type == "EC2":
        raise InvalidParameterException("Assign public IP is not supported for this launch type.")
    networks = {*_of_subnets(backend, settings), *_of_groups(backend, settings)}
    if len(networks) > 1:
        raise InvalidParameterException("subnets and security groups must be of one VPC.")


def _of_subnets(backend: Any, settings: dict[str, Any]) -> set[str]:
    known = _ec2(backend).subnets
    found = {name: each for zone in known.values() for name, each in zone.items()}
    for name in settings["subnets"]:
        if name not in found:
            text = f"Error retrieving subnet information for [{name}]: The subnet ID '{name}' does not exist"
            raise InvalidParameterException(f"{text} (ErrorCode: InvalidSubnetID.NotFound)")
    return {found[name].vpc_id for name in settings["subnets"]}


def _of_groups(backend: Any, settings: dict[str, Any]) -> set[str]:
    ec2 = _ec2(backend)
    found = {name: each for groups in ec2.groups.values() for name, each in groups.items()}
    for name in settings.get("securityGroups") or []:
        if name not in found:
            text = (
                f"Error retrieving security group information for [{name}]: The security group '{name}' does not exist"
            )
            raise InvalidParameterException(f"{text} (ErrorCode: InvalidGroup.NotFound)")
    return {found[name].vpc_id for name in settings.get("securityGroups") or []}


def _ec2(backend: Any) -> Any:
    return ec2_backends[backend.account_id][backend.region_name]
