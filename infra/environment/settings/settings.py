"""All settings of a stack: one key `ecs-platform:<key>` of the stack file each, with a module of that name beside this.

docs/configuration.md and settings.schema.json, by which editors check a stack file, are generated from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from math import ceil
from typing import Annotated

import pulumi_aws as aws
from pydantic import AfterValidator, Field

from ...common.names import MANAGED_BY
from ..conflict import Conflict
from ..instances import fit
from .alarms import AlarmsSettings
from .capacity import CapacitySettings
from .cluster import ClusterSettings
from .discovery import DiscoverySettings
from .disruption import DisruptionSettings
from .draining import DrainingSettings
from .encryption import EncryptionSettings
from .instances import InstancesSettings
from .load_balancer import LoadBalancerSettings
from .logs import LogsSettings
from .network import NetworkSettings
from .readiness import ReadinessSettings
from .rebalancing import RebalancingSettings
from .rollout import RolloutSettings
from .section import Section
from .shadowing import shadowing_problem
from .watch import WatchSettings
from .words import nearest

OTHER_PARTITIONS = re.compile(r"(cn|us-gov|us-iso|us-isob|us-isof|eu-isoe|eusc)-")
"""How the names of Regions begin that are not of the partition aws (botocore, partitions)."""

REGIONS = tuple(member.value for member in aws.Region if not OTHER_PARTITIONS.match(member.value))
"""The Regions that the provider knows, of the partition aws."""

GRANTED = ("instances", "events")
"""What policies of the environment `dev` grant as `ecs-dev-<word>-*`: no other environment's name may begin so. The
controllers' words are longer than a name may be."""

OWN_TAGS = ("environment", "owner", "managed-by")
"""The keys of the tags that the platform sets itself."""

LONGEST_TAG_KEY, LONGEST_TAG_VALUE = 128, 256
"""Characters (IAM API reference, Tag)."""

_TAG = re.compile(r"[\w\s.:/=+@-]*")
"""What every service of AWS takes in a tag (IAM API reference, Tag): letters, digits, spaces and some signs."""


def _known_region(region: str) -> str:
    if partition := OTHER_PARTITIONS.match(region):
        raise ValueError(
            f"{region} is in another partition than aws ({partition[1]}); names of services and the ARNs of managed "
            "policies differ there, and nobody has tried it; take a Region of aws"
        )
    if region not in REGIONS:
        raise ValueError(f"there is no Region {region!r}; {nearest(region, REGIONS)}")
    return region


def _fit_for_a_tag(text: str) -> str:
    if not _TAG.fullmatch(text):
        raise ValueError(f"{text!r} cannot be a tag of AWS; use letters, digits, spaces and . : / = + @ - _")
    return text


def _tag_problem(key: str, others: Iterable[str]) -> str | None:
    if key.lower() in OWN_TAGS:  # IAM compares without regard to case
        return "the platform sets this tag itself, from environment and owner; leave it out"
    if twins := [other for other in others if other != key and other.lower() == key.lower()]:
        return f"IAM takes it for the same tag as {twins[0]}; leave one of them out"
    if key.lower().startswith("aws:"):
        return "tags that begin with aws: belong to AWS; use another name"
    if not 1 <= len(key) <= LONGEST_TAG_KEY or not _TAG.fullmatch(key):
        return f"not a name for a tag; use 1 to {LONGEST_TAG_KEY} letters, digits, spaces and . : / = + @ - _"
    return None


class Settings(Section):
    """The keys of a stack file. `load` of stack_file.py reads them, and says all that is wrong with them at once."""

    region: Annotated[str, AfterValidator(_known_region)] = Field(
        alias="aws:region",
        description="AWS Region of the environment; run: pulumi config set aws:region eu-central-1",
        json_schema_extra={"enum": [*REGIONS]},
    )
    environment: str = Field(
        pattern=r"^[a-z][a-z0-9-]{0,18}[a-z0-9]$",
        description="Name of the environment, for example dev or prod: part of the cluster's and the log groups' "
        "names, so unique within an account and Region. Lower-case letters, digits and hyphens, 2 to 20, no hyphen at "
        "the end.",
    )
    owner: Annotated[str, AfterValidator(_fit_for_a_tag)] = Field(
        min_length=1, max_length=LONGEST_TAG_VALUE, description="Who is responsible for it; a tag of everything."
    )
    tags: dict[str, Annotated[str, Field(max_length=LONGEST_TAG_VALUE), AfterValidator(_fit_for_a_tag)]] = Field(
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
    protect: bool = Field(
        default=True,
        description="Whether the engine refuses to delete the Auto Scaling group, the cluster, the VPC, the load "
        "balancer, the key and the bucket of access logs: a destroy then fails in its preview, before anything is "
        "touched. To destroy on purpose: false, pulumi up, pulumi destroy.",
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
    disruption: DisruptionSettings = DisruptionSettings()
    rebalancing: RebalancingSettings = RebalancingSettings()
    alarms: AlarmsSettings = AlarmsSettings()
    logs: LogsSettings = LogsSettings()
    encryption: EncryptionSettings = EncryptionSettings()

    def conflicts(self) -> Iterator[Conflict]:
        """Those of the sections, a name that reads like another environment's group, and tags that others write."""
        yield from super().conflicts()
        for word in (each for each in GRANTED if f"-{each}" in self.environment):
            text = f"{self.environment} reads like the {word} of another environment; take a name without -{word}"
            yield Conflict("environment", text)
        namespace = self.discovery.name_in(self.environment)
        if problem := shadowing_problem(namespace, self.load_balancer.domain):
            path = "discovery.namespace" if self.discovery.namespace else "environment"
            yield Conflict(path, problem, ("loadBalancer.domain",))
        yield from self._room_conflicts()
        for key in self.tags:
            if problem := _tag_problem(key, self.tags):
                yield Conflict(f"tags.{key}", problem)

    def _room_conflicts(self) -> Iterator[Conflict]:
        """Headroom for which there will never be room, whatever the capacity controller does."""
        instances, capacity, zones = self.instances, self.capacity, self.network.zones
        if any(fit.problems(instances.types, instances.architecture, instances.promise, trunking=instances.trunking)):
            return
        slots = min(fit.slots(kind, instances.promise, trunking=instances.trunking) for kind in instances.types)
        left = instances.max_size - (ceil(instances.max_size / zones) if capacity.zone_loss else 0)
        if capacity.headroom_tasks > left * slots:
            lost = " after the loss of a zone" if capacity.zone_loss else ""
            text = (
                f"{capacity.headroom_tasks}, but {instances.max_size} instances (instances.maxSize) have room for "
                f"{left * slots} tasks of the size of instances.largestTask{lost}; lower it or raise maxSize"
            )
            others = ("maxSize", "types", "largestTask", "trunking")
            paths = (*(f"instances.{one}" for one in others), "capacity.zoneLoss", "network.zones")
            yield Conflict("capacity.headroomTasks", text, paths)

    @property
    def all_tags(self) -> dict[str, str]:
        """The tags of every resource: those of the platform, and the further ones."""
        return self.tags | {"environment": self.environment, "owner": self.owner, "managed-by": MANAGED_BY}
