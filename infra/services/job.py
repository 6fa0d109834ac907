"""What runs once and ends: the task of a schedule, or one before a deployment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

import pulumi

from ..common.args import inputs
from ..contract import Platform
from .checked_task import checked_task
from .egress import egress_problem
from .placement import Placement
from .requirements import Requirements
from .task_content import TaskContent
from .task_inputs import TaskInputs
from .volume import EbsVolume, Volume


@inputs
class Job(TaskInputs):
    """A task that does its work and ends: with 0 when it is done, with anything else when it has failed."""

    volumes: Mapping[str, Volume] = field(default_factory=dict[str, Volume])
    """Name → folder or file system that containers mount by that name: Scratch, EfsVolume. By default none."""
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
        return self.content_of(self.volumes, [])

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
    return checked_task(name, job.image, job.requirements(name), platform)
