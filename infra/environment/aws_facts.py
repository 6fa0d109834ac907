"""What AWS says of an account and a Region, asked before anything is described: five look-ups a preview."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, Self, TypeVar

import pulumi
import pulumi_aws as aws

from ..common.location import Location
from .network import Zone, choose_zones
from .settings import Settings

AMI_PARAMETERS = "/aws/service/ecs/optimized-ami/amazon-linux-2023/"
"""Public SSM parameters of the ECS-optimized AL2023 images (ECS developer guide, "Retrieving Amazon ECS-optimized
Linux AMI metadata"): each holds a JSON document with the image's id and name."""

_RELEASE_DAY = re.compile(r"\.(\d{8})(?:-|$)")
"""The day in the name of a release, like al2023-ami-ecs-hvm-2023.0.20241031-kernel-6.1-arm64."""

T = TypeVar("T")

_AROUND = re.compile(r"^(invocation of \S+ returned an error: )?(invoking \S+: )?")
"""What the engine and the bridge to the provider put before the provider's own sentence."""

_ONLY_A_HEADING = re.compile(r"\d+ errors? occurred:$")
"""A line of the provider that only announces the next."""

_NOT_FOUND = re.compile(r"couldn't find resource|ParameterNotFound|found nothing")
"""What the provider, SSM and the sandbox say of a parameter that does not exist."""


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image that instances start from."""

    id: str
    released: date | None = None
    """The day on which it was published. By default nobody knows: nothing watches its age."""


@dataclass(frozen=True, kw_only=True)
class AwsFacts:
    """What an environment needs to know of its account and Region."""

    location: Location
    zones: Sequence[Zone]
    """Availability Zones to use, one subnet of each tier in each."""
    image: Image

    @classmethod
    def look_up(cls, settings: Settings, opts: pulumi.InvokeOptions) -> Self:
        """Ask AWS. Raises pulumi.RunError where it does not answer, or does not have what the settings ask for."""
        wanted = settings.instances
        return cls(
            location=location(settings.region, opts),
            zones=zones(settings.network.zones, settings.network.zone_ids, wanted.types, opts),
            image=ami(wanted.ami_release, wanted.architecture, opts),
        )


def location(region: str, opts: pulumi.InvokeOptions) -> Location:
    """The account behind the credentials, in the partition aws.

    Raises pulumi.RunError where AWS does not answer, or answers from another partition.
    """
    identity = _ask("who the credentials belong to", lambda: aws.get_caller_identity(opts=opts))
    partition = _ask("the partition", lambda: aws.get_partition(opts=opts))
    if partition.partition != "aws":
        raise pulumi.RunError(
            f"aws:region: {region} is in the partition {partition.partition}, which nobody has tried; take one of aws"
        )
    return Location(partition=partition.partition, region=region, account=identity.account_id)


def zones(count: int, ids: Sequence[str], types: Sequence[str], opts: pulumi.InvokeOptions) -> list[Zone]:
    """The zones to use, of the Region's Availability Zones that need no opt-in (no Local or Wavelength Zones).

    Every one of them offers every instance type of `types`: in us-east-1 a zone lacks most. Raises pulumi.RunError
    where the Region has fewer than `count`, or one of `ids` is not there or lacks a type.
    """
    found = _ask(
        "the Availability Zones",
        lambda: aws.get_availability_zones(
            state="available", filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}], opts=opts
        ),
    )
    available = [Zone(id=zone_id, name=name) for zone_id, name in zip(found.zone_ids, found.names, strict=True)]
    offered = _ask(
        "which zones offer the instance types",
        lambda: aws.ec2.get_instance_type_offerings(
            location_type="availability-zone-id",
            filters=[{"name": "instance-type", "values": sorted(set(types))}],
            opts=opts,
        ),
    )
    offers = set(zip(offered.locations, offered.instance_types, strict=True))
    lacking = {
        zone.id: [kind for kind in sorted(set(types)) if (zone.id, kind) not in offers]
        for zone in available
        if any((zone.id, kind) not in offers for kind in types)
    }
    try:
        return choose_zones(available, count, ids, lacking)
    except ValueError as error:
        setting = "zoneIds" if ids else "zones"
        raise pulumi.RunError(f"ecs-platform:network.{setting}: {error}") from None


def ami(release: str, architecture: str, opts: pulumi.InvokeOptions) -> Image:
    """An ECS-optimized AL2023 image: of a release by its name, or the `latest` one.

    Raises pulumi.RunError where AWS publishes no such image in the Region.
    """
    family = AMI_PARAMETERS + ("arm64/" if architecture == "arm64" else "")
    name = f"{family}{'recommended' if release == 'latest' else release}"
    try:
        # insecure_value: an image id is public, and a secret would hide the change of image in every preview
        found = aws.ssm.get_parameter(name=name, opts=opts).insecure_value
    except Exception as error:  # noqa: BLE001  as below
        reason = _reason(error)
        problem = (
            f"this Region has no image {release}" if _NOT_FOUND.search(reason) else f"cannot read {name}, {reason}"
        )
        raise pulumi.RunError(
            f"ecs-platform:instances.amiRelease: {problem}; name a release that this Region has, or another Region: "
            f"aws ssm get-parameters-by-path --path {family.rstrip('/')} --query 'Parameters[].Name'"
        ) from None
    return _image(name, found)


def _image(parameter: str, text: str) -> Image:
    try:
        told: dict[str, Any] = json.loads(text)
        image_id = str(told["image_id"])
    except (ValueError, KeyError, TypeError):
        raise pulumi.RunError(
            f"ecs-platform:instances.amiRelease: {parameter} holds no image_id but {text!r}; AWS has changed what it "
            "publishes there: take a newer version of the platform"
        ) from None
    return Image(id=image_id, released=released(str(told.get("image_name", ""))))


def released(image_name: str) -> date | None:
    """The day in the name of an image, with a warning where it has none: then no alarm tells that the image is old."""
    day = _RELEASE_DAY.search(image_name)
    with suppress(ValueError):
        if day:
            return date.fromisoformat(day[1])
    pulumi.log.warn(f"the image {image_name!r} has no day in its name: the alarm on old images has nothing to judge")
    return None


def _ask(what: str, question: Callable[[], T]) -> T:
    try:
        return question()
    except Exception as error:  # noqa: BLE001  the SDK raises a bare Exception with the provider's sentence in it
        raise pulumi.RunError(f"cannot look up {what}: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    """The innermost cause: the engine and the provider each put their own words, and lines, before it."""
    lines = [line.strip(" \t*") for line in str(error).splitlines()]
    told = next((line for line in lines if line and not _ONLY_A_HEADING.search(line)), type(error).__name__)
    return _AROUND.sub("", told).rstrip(".")
