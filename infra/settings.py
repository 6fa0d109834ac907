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
from pydantic import AfterValidator, Field, ValidationError, model_validator

from . import addressing, instance_fit
from .instance_fit import Promise
from .settings_controllers import AlertsSettings, DrainingSettings, ReadinessSettings, RolloutSettings, WatchSettings
from .settings_report import keys, nearest, sentence
from .settings_scaling import ScalingSettings
from .settings_section import Section
from .settings_traffic import DiscoverySettings, LoadBalancerSettings

_TEXT: tuple[Any, ...] = (str, str | None)

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


class NetworkSettings(Section):
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


class LargestTaskSettings(Section):
    """The largest task that the platform promises to place on an empty instance."""

    cpu_units: int = Field(default=1024, ge=128, le=65536, description="CPU units of 1/1024 vCPU, 128 to 65536.")
    memory_mib: int = Field(default=2048, ge=128, le=524288, description="Memory in MiB, 128 to 524288.")


class InstancesSettings(Section):
    """The cluster's machines: one Auto Scaling group over the zones."""

    architecture: Literal["arm64", "x86_64"] = Field(
        default="arm64", description="Processor architecture of the AMI and of every instance type."
    )
    types: tuple[str, ...] = Field(
        default=("m7g.large",),
        min_length=1,
        max_length=20,
        description="Instance types, the preferred one first; several make capacity easier to find, above all Spot. "
        "lambdas/cluster/instance_types.py lists the known ones.",
    )
    ami_release: str = Field(
        default="latest",
        pattern=r"^(latest|al2023-ami-ecs-hvm-[A-Za-z0-9._-]+)$",
        description="latest, or the name of an ECS-optimized AL2023 image, for example "
        "al2023-ami-ecs-hvm-2023.0.20241031-kernel-6.1-arm64. With latest, the next deployment moves to the newest "
        "image, visibly in the preview.",
    )
    min_size: int = Field(default=3, ge=1, le=1000, description="Instances at least; one a zone survives its loss.")
    max_size: int = Field(
        default=30, ge=1, le=1000, description="Instances at most: what a mistake in scaling can cost."
    )
    volume_gib: int = Field(
        default=50,
        ge=30,
        le=16384,
        description="Root volume in GiB, for the images and layers of all tasks; 30 at least, the size of the AMI.",
    )
    trunking: bool = Field(
        default=True,
        description="Branch network interfaces, for 10 tasks on a large instance instead of 2. A setting of the "
        "account and Region that stays in force when the stack goes.",
    )
    tasks_per_instance: int = Field(
        default=10,
        ge=1,
        le=120,
        description="Tasks with an own network interface that every instance type has to take; checked in a preview.",
    )
    largest_task: LargestTaskSettings = LargestTaskSettings()
    on_demand_base: int = Field(default=0, ge=0, le=1000, description="Instances that are never Spot.")
    on_demand_percent: int = Field(
        default=100, ge=0, le=100, description="Percent of the instances above the base that are on demand, not Spot."
    )

    @property
    def promise(self) -> Promise:
        """What the platform promises to application teams."""
        return Promise(
            largest_task_cpu_units=self.largest_task.cpu_units,
            largest_task_memory_mib=self.largest_task.memory_mib,
            tasks_per_instance=self.tasks_per_instance,
        )

    @model_validator(mode="after")
    def _consistent(self) -> InstancesSettings:
        found = instance_fit.problems(self.types, self.architecture, self.promise, trunking=self.trunking)
        if self.min_size > self.max_size:
            found.insert(0, f"minSize is {self.min_size}, maxSize is {self.max_size}; minSize has to be the lower one")
        if self.ami_release != "latest" and not self.ami_release.endswith(self.architecture):
            found.append(f"amiRelease {self.ami_release} is not of the architecture {self.architecture}")
        if found:
            raise ValueError("; ".join(found))
        return self


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
    instances: InstancesSettings = InstancesSettings()
    readiness: ReadinessSettings = ReadinessSettings()
    draining: DrainingSettings = DrainingSettings()
    watch: WatchSettings = WatchSettings()
    rollout: RolloutSettings = RolloutSettings()
    load_balancer: LoadBalancerSettings = LoadBalancerSettings()
    discovery: DiscoverySettings = DiscoverySettings()
    scaling: ScalingSettings = ScalingSettings()
    alerts: AlertsSettings = AlertsSettings()
    logs: LogSettings = LogSettings()
    encryption: EncryptionSettings = EncryptionSettings()

    @model_validator(mode="after")
    def _consistent(self) -> Settings:
        deadline = self.draining.deadline_s
        waits = {"standaloneWaitS": self.draining.standalone_wait_s, "agentGoneS": self.draining.agent_gone_s}
        for name, seconds in waits.items():
            if seconds > deadline:
                raise ValueError(
                    f"draining.{name} is {seconds}, draining.deadlineS is {deadline}; make it the lower one"
                )
        return self

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
    if field is None or field.annotation in _TEXT:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
