"""What runs once and ends: the task of a schedule, or one before a deployment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

import pulumi

from ..common.args import example, inputs
from ..common.late import previewed
from ..contract import Platform, PlatformLimits
from .container import Container, image_problem
from .container_definitions import UNKNOWN_IMAGE
from .egress import Egress, egress_problem
from .placement import Placement
from .requirements import Requirements, platform_problems
from .sidecar import Sidecar
from .task_content import TaskContent
from .volume import EbsVolume, Volume


@inputs
class Job:
    """A task that does its work and ends: with 0 when it is done, with anything else when it has failed."""

    image: pulumi.Input[str]
    """Reference with a digest: a tag can move between two runs. A text, or the Output of one."""
    cpu_units: int = 256
    """1/1024 vCPU that a run is sure of, 128 to 196608; where the instance has more to give, it takes more. By default
    a quarter of a vCPU."""
    memory_mib: int = 512
    """MiB that a run may use, 6 or more; it is killed when it uses more. By default 512."""
    container: Container = field(default_factory=Container)
    """How the image is run: command, environment, secrets, user. By default as the image says, but as a user without
    rights, with a read-only root file system."""
    containers: Sequence[Sidecar] = ()
    """Containers beside it in each run; they are stopped when it has ended. By default none."""
    volumes: Mapping[str, Volume] = field(default_factory=dict[str, Volume])
    """Name → folder or file system that containers mount by that name: Scratch, EfsVolume. By default none."""
    egress_https: bool = True
    """Whether it may call everybody by HTTPS: AWS APIs, others' APIs, ECS Exec. Images, secrets and logs take the
    instance's way. By default it may."""
    egress: Sequence[Egress] = ()
    """Whom it may call besides: a database, a cache, a network. By default nobody."""
    statements: Sequence[Mapping[str, Any]] = field(default=(), metadata=example("[allow([...], [...])]"))
    """IAM statements of what it may do, as `allow` makes them. By default nothing."""
    execution_statements: Sequence[Mapping[str, Any]] = field(default=(), metadata=example("[allow([...], [...])]"))
    """IAM statements of what ECS may do besides to start it, for example decrypt with a key of another account. By
    default it may pull the image, read the secrets and write the logs."""
    placement: Placement = field(default_factory=Placement)
    """On which instances it runs. By default over all zones, then over all instances."""

    def problem(self) -> str | None:
        """What no platform can do, or contradicts itself."""
        if ebs := sorted(self.content.volumes_of(EbsVolume)):
            return (
                f"volumes: {ebs[0]} is an EbsVolume, which ECS makes for services alone here; "
                "take a Scratch or an EfsVolume"
            )
        return egress_problem(self.egress, https=self.egress_https, volumes=self.volumes) or self.content.problem()

    @property
    def content(self) -> TaskContent:
        """What its task consists of; nobody calls it, so it has no port."""
        return TaskContent(
            image=self.image,
            cpu_units=self.cpu_units,
            memory_mib=self.memory_mib,
            container=self.container,
            sidecars=self.containers,
            volumes=self.volumes,
            ports=[],
            statements=self.statements,
            execution_statements=self.execution_statements,
        )

    def requirements(self, name: str) -> Requirements:
        """What the job `name` needs of its platform."""
        return Requirements(
            cpu_units=self.cpu_units,
            memory_mib=self.memory_mib,
            stop_time_s=self.content.stop_time_s(name),
            routes=[],
        )


def checked_job(name: str, job: Job, platform: Platform) -> pulumi.Output[None]:
    """Fails with a sentence where the platform cannot run the job `name`."""
    return pulumi.Output.all(platform.limits, previewed(job.image, UNKNOWN_IMAGE)).apply(
        lambda known: _check(name, job, *known)
    )


def _check(name: str, job: Job, platform: PlatformLimits, image: Any) -> None:
    if problem := image_problem(image):
        raise pulumi.RunError(f"{name}: {problem}")
    if problems := platform_problems(job.requirements(name), platform):
        lines = "".join(f"\n  - {problem}" for problem in problems)
        raise pulumi.RunError(f"the platform cannot run {name}:{lines}")
