"""What fails at a person's order: a zone with all that stands in it, or an image whose agent never comes up.

A zone that is lost takes its instances at once, with their tasks; in AWS their agents fall silent first. Groups launch
in their other zones meanwhile (Auto Scaling user guide, "availability zone distribution": balanced best effort).
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models import ec2_backends

from . import world


def image(identity: str, order: dict[str, Any]) -> None:
    """Keep the agents of an image's instances from registering ({"muted": true}), or let them come up."""
    if not identity.startswith("ami-"):
        raise ValueError(f"name an image, got {identity!r}")
    _mark(world.current().muted_images, identity, on=bool(order["muted"]))


def zone(name: str, order: dict[str, Any]) -> None:
    """End all instances of a zone and launch none there ({"lost": true}), or let groups launch there again.

    ValueError where no VPC has a subnet in such a zone.
    """
    lost = bool(order["lost"])
    found = [backend for _, _, backend in list(ec2_backends.iter_backends()) if _reaches(backend, name)]
    if not found:
        raise ValueError(f"no subnet is in the zone {name!r}")
    _mark(world.current().lost_zones, name, on=lost)
    for backend in found if lost else ():
        _end_all(backend, name)


def _reaches(backend: Any, name: str) -> bool:
    return any(name in {each.availability_zone for each in shelf.values()} for shelf in backend.subnets.values())


def _end_all(backend: Any, name: str) -> None:
    for reservation in list(backend.reservations.values()):
        for instance in reservation.instances:
            if instance.state == "running" and instance.availability_zone == name:
                instance.disable_api_termination = False
                backend.terminate_instances([instance.id])


def _mark(marked: set[str], name: str, *, on: bool) -> None:
    if on:
        marked.add(name)
    else:
        marked.discard(name)


def usable(subnets: list[Any]) -> list[Any]:
    """The subnets in which instances can be launched; RuntimeError when there is none."""
    found = [each for each in subnets if each.availability_zone not in world.current().lost_zones]
    if not found:
        raise RuntimeError("We currently do not have sufficient capacity in the Availability Zones of the group.")
    return found
