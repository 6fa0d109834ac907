"""What an instance is made of, read the same way from a launch template, a launch configuration or an instance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import fields, rows

HOSTS = (tokens.LAUNCH_TEMPLATE, tokens.LAUNCH_CONFIGURATION, tokens.INSTANCE)
ROOT_DEVICES = ("/dev/xvda", "/dev/sda1")
"""Root device names (source: Amazon EC2 user guide, Device names for volumes)."""


@dataclass(frozen=True)
class Volume:
    """A volume that an instance starts with."""

    device: str
    settings: Mapping[str, Any]
    is_root: bool


def volumes(host: Resource) -> list[Volume]:
    """Return the volumes that are mapped, without devices that are left out."""
    if host.type == tokens.LAUNCH_TEMPLATE:
        mapped = [item for item in rows(host.get("blockDeviceMappings")) if item.get("ebs") is not None]
        return [_volume(item.get("deviceName"), fields(item["ebs"])) for item in mapped]
    root = [Volume("its root volume", item, is_root=True) for item in rows(host.get("rootBlockDevice", default=[]))]
    further = [item for item in rows(host.get("ebsBlockDevices", default=[])) if not item.get("noDevice")]
    return [*root, *(_volume(item.get("deviceName"), item) for item in further)]


def _volume(device: object, settings: Mapping[str, Any]) -> Volume:
    return Volume(str(device or "a volume"), settings, is_root=device in ROOT_DEVICES)


def interfaces(host: Resource) -> list[dict[str, Any]]:
    """Return the network interfaces that it describes."""
    return rows(host.get("networkInterfaces", default=[]))


def inherits(host: Resource) -> bool:
    """Return whether an instance takes what it does not say from a launch template."""
    return host.type == tokens.INSTANCE and host.has("launchTemplate")
