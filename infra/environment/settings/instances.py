"""The key `instances`: the container instances, and what the platform promises of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from lambdas.cluster.instance_types import INSTANCE_TYPES
from lambdas.instances.settings import LARGEST_AGE_DAYS, Renewal

from ..conflict import Conflict
from ..controllers import InstanceControllerArgs
from ..instances import AMI_VOLUME_GIB, InstancesArgs, Promise, fit
from .section import Section


class LargestTaskSettings(Section):
    """The largest task that the platform promises to place on an empty instance."""

    cpu_units: int = Field(default=1024, ge=128, le=65536, description="CPU units of 1/1024 vCPU, 128 to 65536.")
    memory_mib: int = Field(default=2048, ge=128, le=524288, description="Memory in MiB, 128 to 524288.")


class InstancesSettings(Section):
    """The container instances: one Auto Scaling group over the zones."""

    architecture: Literal["arm64", "x86_64"] = Field(
        default="arm64", description="Processor architecture of the AMI and of every instance type."
    )
    types: tuple[str, ...] = Field(
        default=("m7g.large",),
        min_length=1,
        max_length=20,
        description="Instance types, the preferred one first; several make capacity easier to find, above all Spot. "
        "data/instance_types.csv of this repository lists the known ones.",
        json_schema_extra={"items": {"type": "string", "enum": [*sorted(INSTANCE_TYPES)]}},
    )
    ami_release: str = Field(
        default="latest",
        pattern=r"^(latest|al2023-ami-ecs-hvm-[A-Za-z0-9._-]+)$",
        description="latest, or the name of an ECS-optimized AL2023 image, for example "
        "al2023-ami-ecs-hvm-2023.0.20241031-kernel-6.1-arm64. With latest, the next deployment moves to the newest "
        "image, visibly in the preview.",
    )
    max_image_age_days: int = Field(
        default=InstanceControllerArgs.max_image_age_days,
        ge=1,
        le=3650,
        description="Days since the image was published, 1 to 3650, from which an alarm says so: AWS publishes a "
        "new one with security fixes every few weeks, and one that nobody deploys fixes nothing.",
    )
    max_age_days: int = Field(
        default=Renewal.max_age_days,
        ge=0,
        le=LARGEST_AGE_DAYS,
        description="Days after which instances are replaced by new ones of the same image, up to a day later, 1 to "
        "365; not in the quiet times of the disruption budget. 0: never.",
    )
    min_size: int = Field(
        default=3, ge=1, le=1000, description="Least number of instances; one in each zone survives its loss."
    )
    max_size: int = Field(
        default=30, ge=1, le=1000, description="Largest number of instances: what a mistake in scaling can cost."
    )
    volume_gib: int = Field(
        default=InstancesArgs.volume_gib,
        ge=AMI_VOLUME_GIB,
        le=16384,
        description="Root volume in GiB, for the images and layers of all tasks; 30 at least, the size of the AMI.",
    )
    trunking: bool = Field(
        default=InstancesArgs.trunking,
        description="Branch network interfaces, for 10 tasks on a large instance instead of 2. A setting of the "
        "account and Region that stays in force when the stack goes.",
    )
    tasks_per_instance: int = Field(
        default=10,
        ge=1,
        le=120,
        description="Tasks with a network interface of their own that every type must take; checked in a preview.",
    )
    largest_task: LargestTaskSettings = LargestTaskSettings()
    on_demand_base: int = Field(
        default=InstancesArgs.on_demand_base, ge=0, le=1000, description="Instances that are never Spot."
    )
    on_demand_percent: int = Field(
        default=InstancesArgs.on_demand_percent,
        ge=0,
        le=100,
        description="Percent of the instances above the base that are on demand, not Spot.",
    )

    @property
    def renewal(self) -> Renewal:
        """When instances are replaced although nothing is to be rolled out."""
        return Renewal(max_age_days=self.max_age_days)

    @property
    def promise(self) -> Promise:
        """What the platform promises to application teams."""
        return Promise(
            largest_task_cpu_units=self.largest_task.cpu_units,
            largest_task_memory_mib=self.largest_task.memory_mib,
            tasks_per_instance=self.tasks_per_instance,
        )

    def conflicts(self) -> Iterator[Conflict]:
        """Sizes, types and image that do not fit together."""
        if self.min_size > self.max_size:
            text = f"{self.min_size} is more than maxSize, which is {self.max_size}; lower the one or raise the other"
            yield Conflict("minSize", text, ("maxSize",))
        if self.ami_release != "latest" and not self.ami_release.endswith(self.architecture):
            text = f"{self.ami_release} is not of the architecture {self.architecture}; name an image that ends in it"
            yield Conflict("amiRelease", text, ("architecture",))
        yield from fit.problems(self.types, self.architecture, self.promise, trunking=self.trunking)
