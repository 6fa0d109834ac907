"""The contract between this stack and the stacks of applications: what is exported, and how it is read back.

Names and meanings are stable within a contract version. A new output needs no new version; one that goes, or changes
its meaning, does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import Field, dataclass, fields
from typing import Any

import pulumi

from .common.alarms import Notified
from .common.program import PerProgram

CONTRACT_VERSION = 1
"""Raised when an output goes or changes its meaning; docs/upgrading.md says what to do then."""


@dataclass(frozen=True, kw_only=True)
class PlatformLimits:
    """The outputs that requirements of services are checked against, as plain values; Platform says what they mean."""

    instance_cpu_units: int
    instance_memory_mib: int
    tasks_per_instance: int
    task_exit_time_s: int
    domain: str | None


@dataclass(frozen=True, kw_only=True)
class Platform:
    """What an environment offers to applications. Applications read Outputs; the environment and tests give values."""

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
    """Alarms of services that wake somebody go there."""
    metric_namespace: pulumi.Input[str]
    """CloudWatch namespace of what the controllers measure, of services too."""
    https_listener_arn: pulumi.Input[str | None] = None
    """Listener that takes the rules of services. By default None: without a domain, the HTTP listener takes them."""
    domain: pulumi.Input[str | None] = None
    """Public domain of the environment: it and names directly below it lead to the load balancer. By default none, and
    routes may have any host."""
    ticket_topic_arn: pulumi.Input[str | None] = None
    """Alarms for the next working day go there. By default None, and all go to alarm_topic_arn."""
    at_maximum_alarm_arn: pulumi.Input[str | None] = None
    """The alarm of a cluster that may not grow: while it lasts, services that run too few tasks say nothing. By default
    None, and they do."""
    runbook_url: pulumi.Input[str | None] = None
    """Address of the page with the runbooks. By default None: its path in the platform's repository."""
    key_arn: pulumi.Input[str | None] = None
    """KMS key of log groups and topics, and of the repositories and secrets of applications that name the platform. By
    default none: AWS encrypts with keys of its own."""
    permissions_boundary_arn: pulumi.Input[str | None] = None
    """Permissions boundary of every role of an application. By default they have none."""

    @property
    def outputs(self) -> dict[str, pulumi.Input[Any]]:
        """Name of the stack output → value: every field, and the version of the contract."""
        values = {output_name(field.name): getattr(self, field.name) for field in fields(self)}
        return {"contractVersion": CONTRACT_VERSION} | values

    def export(self) -> None:
        """Export the contract as outputs of this stack."""
        for name, value in self.outputs.items():
            pulumi.export(name, value)

    @staticmethod
    def written_for(text: str) -> str:
        """What somebody meant who wrote a text."""
        return f"Platform.of({text!r})"

    @classmethod
    def of(cls, stack: str) -> Platform:
        """The platform that the stack `organization/project/stack` exported; one object a program and stack.

        Raises pulumi.RunError, when the outputs are known, for a stack without the contract, for one of another
        contract version, and for one that lacks an output that this release of the library reads.
        """
        platforms = _PLATFORMS.get()
        if stack not in platforms:
            # A name that no stack has, so that the author may have a StackReference to the same stack.
            outputs = pulumi.StackReference(f"platform/{stack}", stack_name=stack).outputs
            platforms[stack] = cls(**{field.name: _read(outputs, stack, field) for field in fields(cls)})
        return platforms[stack]

    @property
    def notified(self) -> Notified:
        """Whom the alarms of services tell."""
        tickets = pulumi.Output.all(self.ticket_topic_arn, self.alarm_topic_arn).apply(lambda arns: arns[0] or arns[1])
        return Notified(page_topic_arn=self.alarm_topic_arn, ticket_topic_arn=tickets, runbook_url=self.runbook_url)

    @property
    def limits(self) -> pulumi.Output[PlatformLimits]:
        """What requirements of services are checked against."""
        names = [field.name for field in fields(PlatformLimits)]
        return pulumi.Output.all(**{name: getattr(self, name) for name in names}).apply(
            lambda known: PlatformLimits(**known)
        )


_PLATFORMS: PerProgram[dict[str, Platform]] = PerProgram(dict[str, Platform])
"""Stack → the platform that it exported."""


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
