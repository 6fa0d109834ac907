"""The stack's settings: the only reader of `pulumi.Config`.

Each key of the stack file, `ecs-platform:<section>`, is one section below. All that is wrong with them is reported
together, before any resource exists. The tables of docs/configuration.md are generated from this file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

import pulumi
import pulumi_aws as aws
from pydantic import AfterValidator, Field

from ..conflict import Conflict
from ..network import addressing
from . import reader as settings_reading
from . import report as settings_report
from .capacity import CapacitySettings
from .controllers import AlarmsSettings, DrainingSettings, ReadinessSettings, RolloutSettings, WatchSettings
from .instances import InstancesSettings
from .section import Section
from .traffic import DiscoverySettings, LoadBalancerSettings

NAMESPACE = "ecs-platform"
"""The namespace of the keys. It is fixed, so that a project of another name keeps its settings."""

STAND_INS = {"aws:region": "eu-central-1", "environment": "unnamed", "owner": "nobody"}
"""Valid values of what is required, for looking at the other settings where these are wrong."""

OWN_TAGS = ("environment", "owner", "managed-by")
"""What the platform says in tags of its own."""

_TAG = re.compile(r"[\w\s.:/=+@-]*")
"""What every service of AWS takes in a tag (IAM API reference, Tag): letters, digits, spaces and some signs."""

RetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]
"""The values that CloudWatch Logs accepts (PutRetentionPolicy), without 0, which means for ever."""


def _private_range(cidr: str) -> str:
    if problem := addressing.problem_with(cidr):
        raise ValueError(problem)
    return cidr


def _known_region(region: str) -> str:
    known = [member.value for member in aws.Region]
    if region not in known:
        raise ValueError(f"there is no Region {region!r}; {settings_report.nearest(region, known)}")
    return region


def _fit_for_a_tag(text: str) -> str:
    if not _TAG.fullmatch(text):
        raise ValueError(f"{text!r} cannot be a tag of AWS; use letters, digits, spaces and . : / = + @ - _")
    return text


class NetworkSettings(Section):
    """The VPC and its way out."""

    cidr: Annotated[str, AfterValidator(_private_range)] = Field(
        default="10.0.0.0/16",
        description="Private IPv4 range of the VPC, /16 to /20. Every task takes an address of it. Cannot be changed "
        "without replacing the network.",
    )
    zones: int = Field(
        default=3,
        ge=2,
        le=6,
        description="Number of Availability Zones, 2 to 6: the first ones by zone id that offer all instances.types.",
    )
    zone_ids: tuple[str, ...] = Field(
        default=(),
        description="Zone ids to use instead of the first ones, for example [use1-az1, use1-az4, use1-az6]: so that "
        "another instance type, or a zone that AWS adds, cannot change them.",
    )
    nat: Literal["perZone", "single", "none"] = Field(
        default="perZone",
        description="NAT gateways: one per zone, a single one (cheaper; a failing zone takes the way out of all of "
        "them), or none (needs interfaceEndpoints; images then come from ECR alone).",
    )
    interface_endpoints: bool = Field(
        default=False,
        description="Interface endpoints for every AWS API that ECS and its instances call, in each zone. Costs per "
        "hour and endpoint; traffic to these APIs then stays in the VPC.",
    )

    def conflicts(self) -> Iterator[Conflict]:
        """No way to the APIs of AWS, or zones that are counted otherwise than named."""
        if self.nat == "none" and not self.interface_endpoints:
            text = "none leaves instances no way to the ECS API; set interfaceEndpoints: true"
            yield Conflict("nat", text, ("interfaceEndpoints",))
        different = sorted(set(self.zone_ids))
        if different and len(different) != self.zones:
            named = f"{len(different)} different zones are named ({', '.join(different)})"
            yield Conflict("zoneIds", f"{named}, zones is {self.zones}; make them equal", ("zones",))


class ClusterSettings(Section):
    """The ECS cluster."""

    container_insights: Literal["enhanced", "enabled", "disabled"] = Field(
        default="enhanced",
        description="CloudWatch Container Insights: enhanced adds metrics per task and container. Costs per metric.",
    )


class LogSettings(Section):
    """The log groups of the platform."""

    retention_days: RetentionDays = Field(
        default=90, description="Days that log events are kept; one of the values that CloudWatch Logs accepts."
    )


class EncryptionSettings(Section):
    """Encryption of log groups and topics. Volumes and queues are encrypted always, with keys that AWS manages."""

    customer_key: bool = Field(
        default=True,
        description="A KMS key of this environment for log groups and topics, instead of keys that AWS owns. Costs "
        "per month and per request.",
    )


class Settings(Section):
    """All settings of a stack."""

    region: Annotated[str, AfterValidator(_known_region)] = Field(
        alias="aws:region", description="AWS Region of the environment; run: pulumi config set aws:region eu-central-1"
    )
    environment: str = Field(
        pattern=r"^[a-z][a-z0-9-]{1,19}$",
        description="Name of the environment, for example dev or prod: part of the cluster's and the log groups' "
        "names, so unique within an account and Region. Lower-case letters, digits and hyphens, 2 to 20.",
    )
    owner: Annotated[str, AfterValidator(_fit_for_a_tag)] = Field(
        min_length=1, max_length=256, description="Who is called when it breaks; a tag of everything."
    )
    tags: dict[str, Annotated[str, Field(max_length=256), AfterValidator(_fit_for_a_tag)]] = Field(
        default_factory=dict,
        description="Further tags of everything, for example {cost-center: '1234'}: keys of up to 128 characters, "
        "values of up to 256.",
    )
    permissions_boundary_arn: str | None = Field(
        default=None,
        pattern=r"^arn:aws[a-z-]*:iam::(\d{12}|aws):policy/.+$",
        description="ARN of the IAM policy that bounds every role of the platform and of its services, like "
        "arn:aws:iam::123456789012:policy/boundary.",
    )
    network: NetworkSettings = NetworkSettings()
    cluster: ClusterSettings = ClusterSettings()
    instances: InstancesSettings = InstancesSettings()
    readiness: ReadinessSettings = ReadinessSettings()
    draining: DrainingSettings = DrainingSettings()
    watch: WatchSettings = WatchSettings()
    rollout: RolloutSettings = RolloutSettings()
    load_balancer: LoadBalancerSettings = LoadBalancerSettings()
    discovery: DiscoverySettings = DiscoverySettings()
    capacity: CapacitySettings = CapacitySettings()
    alarms: AlarmsSettings = AlarmsSettings()
    logs: LogSettings = LogSettings()
    encryption: EncryptionSettings = EncryptionSettings()

    def conflicts(self) -> Iterator[Conflict]:
        """Those of the sections, a name that reads like another environment's group, and tags that others write."""
        yield from super().conflicts()
        if "-instances" in self.environment:  # `ecs-dev-instances-` begins what the controllers of dev may act on
            text = f"{self.environment} reads like the instances of another environment; take a name without -instances"
            yield Conflict("environment", text)
        for key in self.tags:
            if key in OWN_TAGS:
                text = "the platform sets this tag itself, from environment and owner; leave it out"
            elif key.lower().startswith("aws:"):
                text = "tags that begin with aws: belong to AWS; use another name"
            elif not 1 <= len(key) <= 128 or not _TAG.fullmatch(key):  # noqa: PLR2004  the range of AWS
                text = "not a name for a tag; use 1 to 128 letters, digits, spaces and . : / = + @ - _"
            else:
                continue
            yield Conflict(f"tags.{key}", text)

    @property
    def all_tags(self) -> dict[str, str]:
        """The tags of every resource: those of the platform, and the further ones."""
        return self.tags | {"environment": self.environment, "owner": self.owner, "managed-by": "ecs-platform"}


def load() -> Settings:
    """Read the stack's settings. Raises pulumi.RunError that names everything wrong with them, each with a remedy."""
    return parse(dict(pulumi.runtime.config.get_config_env()), project=pulumi.get_project())


def parse(values: Mapping[str, str], project: str = NAMESPACE) -> Settings:
    """Settings from `namespace:key` → text as the engine passes them; `project` finds keys of the wrong namespace."""
    meant = settings_report.strangers(list(values), Settings, NAMESPACE, project)
    report = [f"{key}: not read; keys of this program start with {NAMESPACE}:, write {meant[key]}" for key in meant]
    read = {meant.get(key, key): text for key, text in values.items()}
    texts = {key.removeprefix(f"{NAMESPACE}:"): text for key, text in read.items() if _is_read(key)}
    settings, errors, conflicts = settings_reading.read(Settings, texts, STAND_INS)
    report += [settings_report.sentence(error, Settings, NAMESPACE) for error in errors]
    report += [f"{NAMESPACE}:{conflict.path}: {conflict.text}" for conflict in conflicts]
    if report or settings is None:
        lines = "".join(f"\n  - {problem}" for problem in report)
        raise pulumi.RunError(f"the settings of this stack need {len(report)} change{'s' * (len(report) > 1)}:{lines}")
    return settings


def _is_read(key: str) -> bool:
    return key.startswith(f"{NAMESPACE}:") or key == "aws:region"
