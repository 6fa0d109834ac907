"""How fast the emulated AWS moves."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

ACCOUNT = "123456789012"
"""The account of every resource; moto's own default."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Delays of the emulator, in seconds. They are far below AWS's own, so that a person can watch a roll.

    Hook heartbeats are not shortened: a function that drains an instance measures real time.
    """

    boot_s: float = 2.0
    """From the launch of an instance to its launching hook (AWS: 20-40 s)."""
    agent_s: float = 2.0
    """From the end of the boot to the registration of the ECS agent."""
    deregister_s: float = 2.0
    """From the end of an instance to the end of its container instance."""
    phase_s: float = 0.5
    """Each step of a task's life: PROVISIONING, PENDING, ACTIVATING, DEPROVISIONING."""
    job_s: float = 5.0
    """How long a container runs that ends by itself, such as that of a task without a service (`containers`)."""
    stop_scale: float = 0.05
    """Share of deregistration delay and stop timeout that a stopping task takes (1 = as configured)."""
    placement_event_s: float = 15.0
    """Least time between two "unable to place a task" events of a service."""
    schedule_scale: float = 1.0
    """Share of its interval after which a schedule or a scheduled rule fires again."""
    retry_s: float = 5.0
    """From an invocation of a schedule that failed to the next one."""
    schedules: bool = True
    """Whether schedules fire at all."""
    tick_s: float = 0.2
    """Pause of the control loop between two passes."""

    def __post_init__(self) -> None:
        """Refuse negative durations."""
        for name, value in vars(self).items():
            if value < 0:
                raise ValueError(f"{name}: give zero or more, got {value}")

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read EMULATOR_SPEED (default 1; divides delays), EMULATOR_STOP_SCALE and EMULATOR_SCHEDULES (on or off)."""
        speed = float(environment.get("EMULATOR_SPEED", "1"))
        if speed <= 0:
            raise ValueError(f"EMULATOR_SPEED: give a number above 0, got {speed}")
        return cls(
            boot_s=cls.boot_s / speed,
            agent_s=cls.agent_s / speed,
            deregister_s=cls.deregister_s / speed,
            phase_s=cls.phase_s / speed,
            job_s=cls.job_s / speed,
            placement_event_s=cls.placement_event_s / speed,
            stop_scale=float(environment.get("EMULATOR_STOP_SCALE", str(cls.stop_scale))) / speed,
            retry_s=cls.retry_s / speed,
            schedule_scale=cls.schedule_scale / speed,
            schedules=environment.get("EMULATOR_SCHEDULES", "on") != "off",
        )
