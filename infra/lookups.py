"""What the program asks AWS before it describes anything: three look-ups a preview."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import pulumi
import pulumi_aws as aws

from .addressing import Zone, choose_zones
from .location import Location

T = TypeVar("T")


def location(region: str, opts: pulumi.InvokeOptions) -> Location:
    """The account and the partition behind the credentials. Raises pulumi.RunError where AWS does not answer."""
    identity = _ask("who the credentials belong to", lambda: aws.get_caller_identity(opts=opts))
    partition = _ask("the partition", lambda: aws.get_partition(opts=opts))
    return Location(partition=partition.partition, region=region, account=identity.account_id)


def zones(count: int, ids: Sequence[str], opts: pulumi.InvokeOptions) -> list[Zone]:
    """The zones to use, of the Region's Availability Zones that need no opt-in (no Local or Wavelength Zones).

    Raises pulumi.RunError where the Region has fewer than `count` or lacks one of `ids`.
    """
    found = _ask(
        "the Availability Zones",
        lambda: aws.get_availability_zones(
            state="available", filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}], opts=opts
        ),
    )
    available = [Zone(id=zone_id, name=name) for zone_id, name in zip(found.zone_ids, found.names, strict=True)]
    try:
        return choose_zones(available, count, ids)
    except ValueError as error:
        raise pulumi.RunError(str(error)) from None


def _ask(what: str, question: Callable[[], T]) -> T:
    try:
        return question()
    except Exception as error:  # noqa: BLE001  the SDK raises a bare Exception with the provider's sentence in it
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise pulumi.RunError(f"cannot look up {what}: {reason}") from None
