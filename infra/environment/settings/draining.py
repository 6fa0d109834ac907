"""The key `draining`: how an instance leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from lambdas.cluster import budgets
from lambdas.instances.settings import Drain

from ..conflict import Conflict
from .section import Section

LONGEST_DEADLINE_S = budgets.GLOBAL_LIMIT_S - budgets.LATENESS_S
"""172,680 s: 48 hours, after which a lifecycle action ends by itself, less two missed minutes."""


class DrainingSettings(Section):
    """How an instance leaves: its tasks first."""

    deadline_s: int = Field(
        default=Drain.deadline_s,
        ge=budgets.DRAIN_MARGIN_S,
        le=LONGEST_DEADLINE_S,
        description="Seconds that an instance has to empty, 60 to 172680 (48 hours less two missed minutes). "
        "Deregistration delay and stop timeout of every service have to fit.",
    )
    at_deadline: Literal["terminate", "keep"] = Field(
        default="terminate",
        description="What happens to an instance with tasks at the deadline: it is terminated, or retained for "
        "inspection (keep). It costs money, does not count, and blocks a destroy; an alarm names it.",
    )
    standalone_wait_s: int = Field(
        default=Drain.standalone_wait_s,
        ge=0,
        le=LONGEST_DEADLINE_S,
        description="Seconds that tasks without a service may go on before they are stopped; ECS leaves them alone.",
    )
    agent_gone_s: int = Field(
        default=Drain.agent_gone_s,
        ge=0,
        le=LONGEST_DEADLINE_S,
        description="Seconds without an agent after which it is unknown what still runs, and the instance goes.",
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

    def to_controller(self) -> Drain:
        """The same as the controller reads it."""
        return Drain(
            deadline_s=self.deadline_s,
            result="ABANDON" if self.retain_abandoned else "CONTINUE",
            standalone_wait_s=self.standalone_wait_s,
            agent_gone_s=self.agent_gone_s,
        )
