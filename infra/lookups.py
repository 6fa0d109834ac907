"""What the program asks AWS before it describes anything: four look-ups a preview."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import pulumi
import pulumi_aws as aws

from .addressing import Zone, choose_zones
from .location import Location

AMI_PARAMETERS = "/aws/service/ecs/optimized-ami/amazon-linux-2023/"
"""Public SSM parameters of the ECS-optimized AL2023 images (ECS developer guide, "Retrieving Amazon ECS-optimized
Linux AMI metadata")."""

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


def ami(release: str, architecture: str, opts: pulumi.InvokeOptions) -> str:
    """The id of an ECS-optimized AL2023 image: of a release by its name, or of the `latest` one.

    Raises pulumi.RunError where AWS publishes no such image in the Region.
    """
    family = AMI_PARAMETERS + ("arm64/" if architecture == "arm64" else "")
    name = f"{family}{'recommended' if release == 'latest' else release}/image_id"
    try:
        # insecure_value: an image id is public, and a secret would hide the change of image in every preview
        found = aws.ssm.get_parameter(name=name, opts=opts).insecure_value
    except Exception as error:  # noqa: BLE001  as below
        raise pulumi.RunError(
            f"ecs-platform:instances.amiRelease: cannot read the parameter {name} ({_reason(error)}); "
            "name a release that this Region has, or another Region: aws ssm get-parameters-by-path --path "
            f"{family.rstrip('/')} --query 'Parameters[].Name'"
        ) from None
    return str(found)


def _ask(what: str, question: Callable[[], T]) -> T:
    try:
        return question()
    except Exception as error:  # noqa: BLE001  the SDK raises a bare Exception with the provider's sentence in it
        raise pulumi.RunError(f"cannot look up {what}: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
