"""Settings of how instances come, go and are renewed; sections of `Settings`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from lambdas.cluster import budgets
from lambdas.instances import settings as controller

from ..conflict import Conflict
from .section import Section


class ReadinessSettings(Section):
    """When a new instance enters service: its ECS agent is connected, and its interfaces are trunked."""

    deadline_s: int = Field(
        default=600,
        ge=60,
        le=7080,
        description="Seconds from launch until an instance without a connected agent is given up, 60 to 7080. A bad "
        "image or bad user data never enters service.",
    )

    def to_controller(self, *, trunked: bool) -> controller.Ready:
        """The same as the controller reads it."""
        return controller.Ready(deadline_s=self.deadline_s, trunked=trunked)


class DrainingSettings(Section):
    """How an instance leaves: its tasks first."""

    deadline_s: int = Field(
        default=900,
        ge=60,
        le=172680,
        description="Seconds that an instance has to empty, 60 to 172680 (48 hours less two missed minutes). "
        "Deregistration delay and stop timeout of every service have to fit.",
    )
    at_deadline: Literal["terminate", "keep"] = Field(
        default="terminate",
        description="What happens to an instance with tasks at the deadline: it is terminated, or kept for somebody "
        "to look at. A kept one costs money, does not count, and blocks a destroy; an alarm names it.",
    )
    standalone_wait_s: int = Field(
        default=300,
        ge=0,
        le=172680,
        description="Seconds that tasks without a service may go on before they are stopped; ECS leaves them alone.",
    )
    agent_gone_s: int = Field(
        default=300,
        ge=0,
        le=172680,
        description="Seconds without an agent after which nobody can say what still runs, and the instance goes.",
    )

    def conflicts(self) -> Iterator[Conflict]:
        """Waits that the deadline would cut off."""
        waits = {"standaloneWaitS": self.standalone_wait_s, "agentGoneS": self.agent_gone_s}
        for name, seconds in waits.items():
            if seconds > self.deadline_s:
                text = f"{seconds} is more than deadlineS, which is {self.deadline_s}; lower the one or raise the other"
                yield Conflict(name, text, ("deadlineS",))

    @property
    def retain_abandoned(self) -> bool:
        """Whether an instance that did not empty in time is retained, out of service."""
        return self.at_deadline == "keep"

    @property
    def task_exit_time_s(self) -> int:
        """Seconds that a task may take to leave: what the controller notices late is taken off."""
        return self.deadline_s - budgets.DRAIN_MARGIN_S

    def to_controller(self) -> controller.Drain:
        """The same as the controller reads it."""
        return controller.Drain(
            deadline_s=self.deadline_s,
            result="ABANDON" if self.retain_abandoned else "CONTINUE",
            standalone_wait_s=self.standalone_wait_s,
            agent_gone_s=self.agent_gone_s,
        )


class WatchSettings(Section):
    """When an instance in service is given up. Agents drop briefly all the time."""

    observations: int = Field(
        default=5, ge=2, le=60, description="Minutes in a row without an agent until an instance is replaced, 2 to 60."
    )
    budget_percent: int = Field(
        default=10,
        ge=1,
        le=100,
        description="Percent of the group, at least one instance, that may be given up at a time: an outage of ECS "
        "must not replace the fleet.",
    )

    def to_controller(self) -> controller.Watch:
        """The same as the controller reads it."""
        return controller.Watch(observations=self.observations, budget_percent=self.budget_percent)


class RolloutSettings(Section):
    """How a new image or template replaces what runs."""

    max_healthy_percent: int = Field(
        default=110,
        ge=101,
        le=200,
        description="Upper limit of the group during a rollout, in percent, 101 to 200; new instances come first.",
    )
    bake_s: int = Field(
        default=300,
        ge=0,
        le=172800,
        description="Seconds that the alarms are watched after the last replacement; one that rings rolls back.",
    )
    drain_old_generation: bool = Field(
        default=True,
        description="Drain all old instances as soon as the new ones have room, so that no task moves twice.",
    )

    def to_controller(self, alarms: tuple[str, ...]) -> controller.Rollout:
        """The same as the controller reads it, with the names of the alarms that roll back."""
        return controller.Rollout(
            max_healthy_percent=self.max_healthy_percent,
            bake_s=self.bake_s,
            drain_old_generation=self.drain_old_generation,
            alarms=alarms,
        )


class AlarmsSettings(Section):
    """Who hears alarms."""

    emails: tuple[Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")], ...] = Field(
        default=(),
        description="Mail addresses, like ops@example.com, that get every alarm, each after confirming once. For "
        "paging, subscribe your tool to the topic of the output alarmTopicArn.",
    )
