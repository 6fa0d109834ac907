"""What this stack has deployed so far: read from its own state, not from AWS, and true after a failed `up`, too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import pulumi

from ..common import stack_state
from .instances import DeployedGroup

_VPC = "ecs-platform:index:Network$aws:ec2/vpc:Vpc"
_NAMESPACE = "ecs-platform:index:Discovery$aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace"
_GROUP = "ecs-platform:index:Instances$aws:autoscaling/group:Group"
_VPC_NAME_END = "-network-vpc"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What settings make an environment this one. Another value of any of them is another environment."""

    region: str
    environment: str
    cidr: str
    namespace: str

    def changes(self, wanted: Identity) -> list[str]:
        """One sentence for each value that is wanted and differs from this, in the words of a stack file."""
        settings = {
            "region": "aws:region",
            "environment": "ecs-platform:environment",
            "cidr": "ecs-platform:network.cidr",
            "namespace": "ecs-platform:discovery.namespace",
        }
        pairs = {name: (getattr(self, name), getattr(wanted, name)) for name in settings}
        return [_change(settings[name], old, new) for name, (old, new) in pairs.items() if old and old != new]


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """The part of the stack's state that decides what a deployment may do; empty before the first one."""

    identity: Identity | None = None
    account: str = ""
    group: DeployedGroup | None = None

    @classmethod
    def read(cls) -> Self:
        """Of the stack that runs."""
        return cls.of(stack_state.resources())

    @classmethod
    def of(cls, resources: Mapping[str, Mapping[str, Any]]) -> Self:
        """The same from URN → `{"outputs": ...}` of every resource of the state."""
        name, vpc = _first(resources, _VPC)
        _, namespace = _first(resources, _NAMESPACE)
        _, group = _first(resources, _GROUP)
        return cls(
            identity=_identity(name, vpc, namespace) if name else None,
            account=_arn(vpc)[4],
            group=DeployedGroup.of(group) if group else None,
        )

    def refuse_another(self, wanted: Identity) -> None:
        """Raises pulumi.RunError where `wanted` is another environment than what this stack has deployed."""
        _refuse(self.identity.changes(wanted) if self.identity else [])

    def refuse_another_account(self, account: str) -> None:
        """Raises pulumi.RunError where the credentials belong to another account than what this stack has deployed."""
        _refuse([_change("the credentials", self.account, account)] if self.account not in ("", account) else [])


def _refuse(changes: Sequence[str]) -> None:
    if not changes:
        return
    lines = "".join(f"\n  - {change}" for change in changes)
    raise pulumi.RunError(
        f"this would replace the whole environment, with all that runs in it:{lines}\n"
        "Set it back; or deploy the new one beside, as a stack of its own (pulumi stack init), move the "
        "applications over, and destroy this one. docs/operations.md#a-setting-that-replaces-the-environment"
    )


def _change(what: str, old: str, new: str) -> str:
    return f"{what}: {new} is wanted, this stack is {old}"


def _first(resources: Mapping[str, Mapping[str, Any]], kind: str) -> tuple[str, Mapping[str, Any]]:
    """Logical name and outputs of the only resource of a type; nothing where there is none."""
    return next(iter(stack_state.outputs_of(resources, kind).items()), ("", {}))


def _identity(name: str, vpc: Mapping[str, Any], namespace: Mapping[str, Any]) -> Identity:
    """By the network: the first thing of an environment that others stand on."""
    return Identity(
        region=_arn(vpc)[3],
        environment=name.removesuffix(_VPC_NAME_END).removeprefix("ecs-"),
        cidr=str(vpc.get("cidrBlock") or ""),
        namespace=str(namespace.get("name") or ""),
    )


def _arn(outputs: Mapping[str, Any]) -> list[str]:
    """The parts of a resource's ARN, five at least."""
    return [*str(outputs.get("arn") or "").split(":"), *[""] * 5]
