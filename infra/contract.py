"""The contract between this stack and the stacks of applications: what is exported, and how it is read back.

Names and meanings are stable within a contract version. A new output needs no new version; one that goes, or changes
its meaning, does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import Field, dataclass, fields
from functools import cached_property
from typing import Any, Self

import pulumi

from .services.routing import Claims

CONTRACT_VERSION = 1
"""Raised when an output goes or changes its meaning; docs/upgrading.md says what to do then."""


@dataclass(frozen=True, kw_only=True)
class Platform:
    """What an application stack needs to know of its platform. All values are Outputs on the reading side."""

    environment: pulumi.Input[str]
    region: pulumi.Input[str]
    account: pulumi.Input[str]
    partition: pulumi.Input[str]
    zone_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    vpc_id: pulumi.Input[str]
    vpc_cidr: pulumi.Input[str]
    public_subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """One a zone, in the order of zone_ids."""
    private_subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """One a zone, in the order of zone_ids; tasks run here."""
    cluster_name: pulumi.Input[str]
    cluster_arn: pulumi.Input[str]
    instance_types: pulumi.Input[Sequence[pulumi.Input[str]]]
    instance_cpu_units: pulumi.Input[int]
    """1/1024 vCPU that tasks find on an empty instance of the smallest type."""
    instance_memory_mib: pulumi.Input[int]
    """MiB that tasks find on an empty instance of the smallest type."""
    tasks_per_instance: pulumi.Input[int]
    """Tasks with an own network interface that an instance of the smallest type can run."""
    drain_time_s: pulumi.Input[int]
    """Seconds that an instance has to empty."""
    task_exit_time_s: pulumi.Input[int]
    """Seconds of them that the deregistration delay and the stop timeout of a task may take together."""
    log_retention_days: pulumi.Input[int]
    log_group_prefix: pulumi.Input[str]
    """Log groups of services are named below it."""
    load_balancer_arn_suffix: pulumi.Input[str]
    """The public load balancer in metrics' dimensions."""
    load_balancer_dns_name: pulumi.Input[str]
    load_balancer_zone_id: pulumi.Input[str]
    """The zone that aliases to the load balancer name."""
    load_balancer_security_group_id: pulumi.Input[str]
    http_listener_arn: pulumi.Input[str]
    namespace: pulumi.Input[str]
    """Domain that private names of services end in."""
    namespace_id: pulumi.Input[str]
    alarm_topic_arn: pulumi.Input[str]
    """Alarms of services go there."""
    https_listener_arn: pulumi.Input[str | None] = None
    """Listener that takes the rules of services; None where the environment has no domain and speaks HTTP."""
    domain: pulumi.Input[str | None] = None
    """Public domain of the environment: names directly below it lead to the load balancer. None for none."""
    key_arn: pulumi.Input[str | None] = None
    """KMS key of log groups and topics; None where the environment has no key of its own."""
    permissions_boundary_arn: pulumi.Input[str | None] = None
    """Every role of an application has it; None for no boundary."""

    def export(self) -> None:
        """Export every field, and the version of the contract, as outputs of this stack."""
        pulumi.export("contractVersion", CONTRACT_VERSION)
        for field in fields(self):
            pulumi.export(output_name(field.name), getattr(self, field.name))

    @classmethod
    def of(cls, stack: str) -> Self:
        """The platform that the stack `organization/project/stack` exported.

        Raises pulumi.RunError, when the outputs are known, for a stack without the contract, for one of another
        contract version, and for one that lacks an output that this release of the library reads.
        """
        outputs = pulumi.StackReference(stack).outputs
        return cls(**{field.name: _read(outputs, stack, field) for field in fields(cls)})

    @property
    def values(self) -> pulumi.Output[dict[str, Any]]:
        """All outputs at once, by the names of the fields."""
        return pulumi.Output.all(**{field.name: getattr(self, field.name) for field in fields(self)})

    @cached_property
    def routes(self) -> Claims:
        """The routes of the program that reads the platform; no output."""
        return Claims()


def output_name(field: str) -> str:
    """The stack output of a field: `vpc_id` is exported as `vpcId`."""
    first, *rest = field.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _read(outputs: pulumi.Output[Mapping[str, Any]], stack: str, field: Field[Any]) -> pulumi.Output[Any]:
    name, optional = output_name(field.name), field.default is None
    return outputs.apply(lambda values: value_of(values, stack, name, optional=optional))


def value_of(values: Mapping[str, Any], stack: str, name: str, *, optional: bool = False) -> Any:
    """One output of a platform stack. Raises pulumi.RunError with a sentence on what to upgrade.

    The engine keeps no output that is None, so an `optional` one that is missing is None. It keeps every number as a
    floating-point one, so whole numbers are made whole again.
    """
    version = _whole(values.get("contractVersion"))
    if version is None:
        raise pulumi.RunError(
            f"the stack {stack} exports no platform (no contractVersion among its {len(values)} outputs); "
            "name the platform's stack as organization/project/stack, and deploy it first"
        )
    if version != CONTRACT_VERSION:
        behind = isinstance(version, int) and version < CONTRACT_VERSION
        raise pulumi.RunError(
            f"the platform {stack} has contract version {version}, this project reads {CONTRACT_VERSION}; upgrade "
            f"{'the platform stack' if behind else 'the ecs-platform package of this project'} (docs/upgrading.md)"
        )
    if name not in values and not optional:
        raise pulumi.RunError(
            f"the platform {stack} exports no {name}, which this release of ecs-platform reads; "
            "upgrade and deploy the platform stack first"
        )
    return _whole(values.get(name))


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
