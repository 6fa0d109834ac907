"""What an EC2 instance type offers to ECS."""

from __future__ import annotations

from dataclasses import dataclass

from moto.ec2.models.instance_types import INSTANCE_TYPES

_KEPT_BY_KERNEL = 0.03
"""Share of the nominal memory that the agent does not see: m4.large registers 7,985 of 8,192 MiB (ECS guide)."""
_TRUNKED_TASKS = {"medium": 4, "large": 10, "xlarge": 20, "2xlarge": 40, "4xlarge": 60, "8xlarge": 60, "9xlarge": 60}
"""awsvpc tasks with ENI trunking by size (ECS guide, supported instance types); larger sizes: `_TRUNKED_LARGE`."""
_TRUNKED_TASKS_MIDDLE = {"12xlarge": 60, "16xlarge": 120, "18xlarge": 120, "24xlarge": 120, "metal": 120}
_CANNOT_TRUNK = ("t2.", "t3.", "t3a.", "t4g.")


@dataclass(frozen=True)
class Machine:
    """The resources that the ECS agent registers."""

    cpu: int
    """Units of 1/1024 vCPU."""
    memory: int
    """MiB."""
    interfaces: int
    """Network interfaces, the primary one included."""
    trunked_tasks: int
    """awsvpc tasks with trunking; 0 where the type cannot."""
    architecture: str

    def slots(self, *, trunked: bool) -> int:
        """Give how many awsvpc tasks the instance can hold."""
        return self.trunked_tasks if trunked and self.trunked_tasks else self.interfaces - 1


def machine(instance_type: str) -> Machine:
    """Look an instance type up in moto's copy of DescribeInstanceTypes; KeyError for an unknown one."""
    facts = INSTANCE_TYPES[instance_type]
    size = instance_type.split(".")[1]
    trunked = {**_TRUNKED_TASKS, **_TRUNKED_TASKS_MIDDLE}.get(size, 0)
    return Machine(
        cpu=facts["VCpuInfo"]["DefaultVCpus"] * 1024,
        memory=int(facts["MemoryInfo"]["SizeInMiB"] * (1 - _KEPT_BY_KERNEL)),
        interfaces=facts["NetworkInfo"]["MaximumNetworkInterfaces"],
        trunked_tasks=0 if instance_type.startswith(_CANNOT_TRUNK) else trunked,
        architecture=facts["ProcessorInfo"]["SupportedArchitectures"][0],
    )
