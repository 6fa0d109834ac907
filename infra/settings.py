"""The stack's settings: the only reader of `pulumi.Config`.

Each key of the stack file, `ecs-platform:<section>`, is one section below. All that is wrong with them is reported
together, before any resource exists. The tables of docs/configuration.md are generated from this file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import pulumi
import pulumi_aws as aws
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from . import addressing
from .settings_report import keys, nearest, sentence

NAMESPACE = "ecs-platform"
"""The namespace of the keys. It is fixed, so that a project of another name keeps its settings."""

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
        raise ValueError(f"there is no Region {region!r}; {nearest(region, known)}")
    return region


class _Section(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=to_camel,
        validate_by_alias=True,
        validate_by_name=False,
    )


class NetworkSettings(_Section):
    """The VPC and its way out."""

    cidr: Annotated[str, AfterValidator(_private_range)] = Field(
        default="10.0.0.0/16",
        description="Private IPv4 range of the VPC, /16 to /20. Every task takes an address of it. Cannot be changed "
        "without replacing the network.",
    )
    zones: int = Field(
        default=3, ge=2, le=6, description="Number of Availability Zones, the first ones by zone id, 2 to 6."
    )
    zone_ids: tuple[str, ...] = Field(
        default=(),
        description="Zone ids to use instead of the first ones, for example [use1-az1, use1-az4, use1-az6]: where an "
        "instance type is not offered everywhere, or before AWS adds a zone.",
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

    @model_validator(mode="after")
    def _consistent(self) -> NetworkSettings:
        if self.nat == "none" and not self.interface_endpoints:
            raise ValueError("nat: none leaves instances no way to the ECS API; set interfaceEndpoints: true")
        if self.zone_ids and len(set(self.zone_ids)) != self.zones:
            raise ValueError(
                f"zoneIds: {len(set(self.zone_ids))} different zones named, zones is {self.zones}; make them equal"
            )
        return self


class ClusterSettings(_Section):
    """The ECS cluster."""

    container_insights: Literal["enhanced", "enabled", "disabled"] = Field(
        default="enhanced",
        description="CloudWatch Container Insights: enhanced adds metrics per task and container. Costs per metric.",
    )


class LogSettings(_Section):
    """The log groups of the platform."""

    retention_days: RetentionDays = Field(
        default=90, description="Days that log events are kept; one of the values that CloudWatch Logs accepts."
    )


class EncryptionSettings(_Section):
    """Encryption of log groups and topics. Volumes and queues are encrypted always, with keys that AWS manages."""

    customer_key: bool = Field(
        default=True,
        description="A KMS key of this environment for log groups and topics, instead of keys that AWS owns. Costs "
        "per month and per request.",
    )


class Settings(_Section):
    """All settings of a stack."""

    region: Annotated[str, AfterValidator(_known_region)] = Field(
        alias="aws:region", description="AWS Region of the environment; run: pulumi config set aws:region eu-central-1"
    )
    environment: str = Field(
        pattern=r"^[a-z][a-z0-9-]{1,19}$",
        description="Name of the environment, for example dev or prod: part of the cluster's and the log groups' "
        "names, so unique within an account and Region. Lower-case letters, digits and hyphens, 2 to 20.",
    )
    owner: str = Field(min_length=1, max_length=256, description="Who is called when it breaks; a tag of everything.")
    tags: dict[str, str] = Field(
        default_factory=dict, description="Further tags of everything, for example {cost-center: '1234'}."
    )
    permissions_boundary_arn: str | None = Field(
        default=None,
        pattern=r"^arn:aws[a-z-]*:iam::(\d{12}|aws):policy/.+$",
        description="ARN of the IAM policy that bounds every role of the platform and of its services.",
    )
    network: NetworkSettings = NetworkSettings()
    cluster: ClusterSettings = ClusterSettings()
    logs: LogSettings = LogSettings()
    encryption: EncryptionSettings = EncryptionSettings()

    @property
    def all_tags(self) -> dict[str, str]:
        """The tags of every resource. The three of the platform come last: nobody can lose them by accident."""
        return self.tags | {"environment": self.environment, "owner": self.owner, "managed-by": "ecs-platform"}


def load() -> Settings:
    """Read the stack's settings. Raises pulumi.RunError that names everything wrong with them, each with a remedy."""
    return parse(dict(pulumi.runtime.config.get_config_env()), project=pulumi.get_project())


def parse(values: Mapping[str, str], project: str = NAMESPACE) -> Settings:
    """Settings from `namespace:key` → text as the engine passes them; `project` finds keys of the wrong namespace."""
    own = {key.removeprefix(f"{NAMESPACE}:"): text for key, text in values.items() if _is_read(key)}
    problems = [
        f"{key}: not read; this program's keys start with {NAMESPACE}:, write {NAMESPACE}:{key.partition(':')[2]}"
        for key in values
        if project != NAMESPACE and key.partition(":")[0] == project and key.partition(":")[2] in keys(Settings)
    ]
    settings = None
    try:
        settings = Settings.model_validate_json(json.dumps({key: _value(key, text) for key, text in own.items()}))
    except ValidationError as error:
        problems += [sentence(item, Settings, NAMESPACE) for item in error.errors()]
    if problems or settings is None:
        lines = "".join(f"\n  - {problem}" for problem in problems)
        raise pulumi.RunError(
            f"the settings of this stack need {len(problems)} change{'s' * (len(problems) > 1)}:{lines}"
        )
    return settings


def _is_read(key: str) -> bool:
    return key.startswith(f"{NAMESPACE}:") or key == "aws:region"


def _value(key: str, text: str) -> Any:
    field = next((f for f in Settings.model_fields.values() if f.alias == key), None)
    if field is None or field.annotation in (str, str | None):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
