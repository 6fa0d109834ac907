"""Settings of the capacity controller: written by the program as environment variables, read once by the function."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..cluster import environment
from ..cluster.disruption import BUDGET, Disruption
from ..cluster.instance_types import instance_type
from ..cluster.target import Target


@dataclass(frozen=True, kw_only=True)
class Hardware:
    """What the group launches."""

    instance_types: tuple[str, ...]
    """EC2 instance types, all in the table. Which one comes is not known: the least of them counts."""
    trunking: bool = False
    """Whether instances get a trunk interface, on types that can have one."""
    reserved_memory_mib: int = 256
    """ECS_RESERVED_MEMORY in MiB: what tasks cannot have of an instance that was not seen yet."""


@dataclass(frozen=True, kw_only=True)
class Floor:
    """The least task that there must be room for, also in a cluster without services."""

    cpu_units: int = 256
    """1/1024 vCPU."""
    memory_mib: int = 512
    interface: bool = True


@dataclass(frozen=True, kw_only=True)
class Grow:
    """When and how fast instances are added."""

    headroom_tasks: int = 2
    """Tasks of every shape that fit at any time, beside all that are wanted; 0 or more."""
    zone_loss: bool = False
    """Whether the tasks of any one zone must fit into the others."""
    per_minute: int = 50
    """Instances added within a minute at most: a mistake costs that much until it is noticed; at least 1."""
    boot_s: int = 600
    """Seconds from launch during which an instance that is not registered counts as starting."""
    deployment_timeout_s: int = 3600
    """Seconds without a change after which an unfinished deployment counts as hung, and asks for nothing any more."""


@dataclass(frozen=True, kw_only=True)
class Shrink:
    """When instances are removed; how many at once, the disruption budget says."""

    margin_tasks: int = 1
    """Tasks of every shape that must fit beyond the headroom once the instance is gone; at least 1."""
    hold_s: int = 900
    """Seconds during which an instance must have been too many at every measurement; 0 to 82,800."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings; raises ValueError with every problem."""

    target: Target
    hardware: Hardware
    floor: Floor = Floor()
    grow: Grow = Grow()
    shrink: Shrink = Shrink()
    disruption: Disruption = BUDGET

    def __post_init__(self) -> None:
        problems = [*self._hardware_problems(), *self._range_problems(), *self.disruption.problems()]
        if problems:
            raise ValueError("; ".join(problems))

    def environment(self) -> dict[str, str]:
        """The environment variables of the function; the program renders them."""
        return environment.render(self)

    @classmethod
    def from_environment(cls, variables: Mapping[str, str]) -> "Settings":
        """Read them back; raises ValueError that names the variable."""
        return environment.parse(cls, variables)

    def out_below(self) -> int:
        """Schedulable tasks below which instances are added."""
        return self.grow.headroom_tasks

    def in_from(self, slots_per_instance: int) -> int:
        """Schedulable tasks from which an instance may go: without it and its tasks, headroom and margin are left."""
        return self.grow.headroom_tasks + self.shrink.margin_tasks + slots_per_instance

    def _hardware_problems(self) -> list[str]:
        problems: list[str] = []
        if not self.hardware.instance_types:
            problems.append("hardware instance types: name at least one, got none")
        for name in self.hardware.instance_types:
            try:
                instance_type(name)
            except ValueError as error:
                problems.append(str(error))
        return problems

    def _range_problems(self) -> list[str]:
        checks = (
            ("hardware reserved memory", self.hardware.reserved_memory_mib, 0, 65_536),
            ("floor CPU units", self.floor.cpu_units, 0, 196_608),
            ("floor memory", self.floor.memory_mib, 6, 1_048_576),  # 6 MiB: the least that Docker accepts
            ("grow headroom", self.grow.headroom_tasks, 0, 10_000),
            ("grow per minute", self.grow.per_minute, 1, 10_000),
            ("grow boot", self.grow.boot_s, 60, 7200),
            ("grow deployment timeout", self.grow.deployment_timeout_s, 60, 86_400),
            ("shrink margin", self.shrink.margin_tasks, 1, 10_000),
            ("shrink hold", self.shrink.hold_s, 0, 82_800),  # CloudWatch answers with 1,440 minutes at most
        )
        return [
            f"{name}: must be {low} to {high}, got {got}" for name, got, low, high in checks if not low <= got <= high
        ]


def flapping_problems(*, out_below: int, in_from: int, slots_per_instance: int) -> list[str]:
    """Check that removing an instance cannot call for one: what it takes away must lie between the two thresholds."""
    if in_from > out_below + slots_per_instance:
        return []
    problem = (
        f"scale-in threshold: {in_from} schedulable tasks is not above the scale-out threshold {out_below} + "
        f"{slots_per_instance} slots of an instance, so instances would come and go for ever, "
        f"raise it to {out_below + slots_per_instance + 1}"
    )
    return [problem]
