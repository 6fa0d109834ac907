"""What an application says of a daemon, and what can be wrong with it before anything exists. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Final, Literal, TypeAlias

from ..common.args import inputs
from ..common.inputs import InputTexts, Texts, range_problem
from ..contract import Platform
from .egress import egress_problem
from .placement import constraints_problem
from .requirements import Requirements
from .task_content import TaskContent
from .task_inputs import TaskInputs
from .transform import Transform
from .volume import EfsVolume, HostPath, Scratch

MAXIMUM_PERCENT: Final = 100
"""Percent of the instances that run a task of a daemon: ECS takes no more (ECS developer guide, "Daemon scheduling
strategy"), so a task stops before the next one starts."""

DaemonVolume: TypeAlias = Scratch | EfsVolume | HostPath

DaemonChild: TypeAlias = Literal[
    "service", "task_definition", "task_role", "execution_role", "log_group", "security_group"
]
"""The attributes of a Daemon that show the same resource."""


@inputs
class DaemonArgs(TaskInputs):
    """What runs once on every instance. Only the platform and the image have no default.

    It takes its CPU, its memory and one network interface of each instance before services get theirs.
    """

    platform: Platform
    port: int | None = None
    """TCP port that its tasks listen on, 1 to 65535, for those whom `allow_from` names. By default none."""
    volumes: Mapping[str, DaemonVolume] = field(default_factory=dict[str, DaemonVolume])
    """Name → folder or file system that containers mount by that name: HostPath, Scratch, EfsVolume. By default
    none."""
    constraints: Texts = ()
    """Expressions of the cluster query language that an instance has to meet, for example
    `attribute:ecs.instance-type =~ g5.*`; 10 at most (ECS API, CreateService). By default it runs on every instance."""
    minimum_healthy_percent: int = 0
    """Percent of its tasks that run at any time in a deployment, 0 to 99: of four, 75 has one replaced after the other,
    and more has the deployment hang. By default 0, and all are replaced at once."""
    alarm_names: InputTexts = ()
    """CloudWatch alarms that stop a deployment and roll it back. By default none."""
    timeout_s: int = 1800
    """Seconds that `up` waits until it runs everywhere, 60 or more. By default half an hour."""
    transform: Mapping[DaemonChild, Transform] = field(default_factory=dict[DaemonChild, Transform])
    """What the inputs do not model: name of a child as the Daemon shows it → function that changes its arguments
    before it is made; a preview says what each has changed. By default they are made as described."""

    def problem(self) -> str | None:
        """What no platform can do, or contradicts itself."""
        return (
            (None if self.port is None else range_problem("port", self.port, 1, 65_535))
            or constraints_problem(self.constraints)
            or range_problem("minimum_healthy_percent", self.minimum_healthy_percent, 0, MAXIMUM_PERCENT - 1)
            or range_problem("timeout_s", self.timeout_s, 60)  # less than a task takes to start
            or egress_problem(self.egress, https=self.egress_https, volumes=self.volumes)
            or self.content.problem()
        )

    @property
    def content(self) -> TaskContent:
        """What its tasks consist of."""
        return self.content_of(self.volumes, [] if self.port is None else [self.port])

    @property
    def requirements(self) -> Requirements:
        """What it needs of its platform. It leaves with its instance, so no drain waits for its end."""
        return Requirements(
            cpu_units=self.cpu_units, memory_mib=self.memory_mib, stop_time_s=0, routes=[], on_every_instance=True
        )
