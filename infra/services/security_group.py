"""The security group of a service: which callers reach its tasks, and whom the tasks reach. A rule for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import pulumi
import pulumi_aws as aws

from ..common.args import refused
from ..contract import Platform
from .caller import EVERYBODY, Caller
from .egress import Egress

DESTINATION: Final = [
    "securityGroupId", "referencedSecurityGroupId", "cidrIpv4", "prefixListId", "fromPort", "toPort", "ipProtocol",
]  # fmt: skip
"""What a rule leads to."""


@dataclass(frozen=True, kw_only=True)
class ServiceSecurityGroupArgs:
    """Whose tasks are members, what they listen on, and whether they call HTTPS."""

    platform: Platform
    service_name: str
    port: int | None
    """TCP port that callers reach; None for a service that nobody calls."""
    egress_https: bool
    """Whether tasks may call everybody by HTTPS. The VPC's DNS needs no rule: no security group filters it."""
    egress: Sequence[Egress]
    """Whom they may call besides."""


class ServiceSecurityGroup(pulumi.ComponentResource):
    """A security group that has no rule but the ones that its service and its callers need."""

    security_group: aws.ec2.SecurityGroup
    egress: list[pulumi.Resource]
    """Rules by which the tasks reach others."""

    def __init__(self, name: str, args: ServiceSecurityGroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:ServiceSecurityGroup", name, None, opts)
        self._name, self._args = name, args
        self._allowed: dict[str, Caller] = {}
        self._opened: set[tuple[str, int, str]] = set()
        self._child_opts = pulumi.ResourceOptions(parent=self)
        self.security_group = aws.ec2.SecurityGroup(
            name,
            vpc_id=args.platform.vpc_id,
            description=f"Tasks of {args.service_name}",
            tags={"Name": args.service_name},
            opts=self._child_opts,
        )
        self.egress = [self._https()] if args.egress_https else []
        for one in args.egress:
            self.egress += self._allow_to(one)
        self.register_outputs({"security_group_id": self.security_group.id})

    def allow_from(
        self, caller: Caller, port: int | None = None, protocol: Literal["tcp", "udp"] = "tcp"
    ) -> list[pulumi.Resource]:
        """Allow a caller to reach a port: an egress rule at its security group, an ingress rule at this one.

        By default the service's port. A caller that is allowed already needs none. Raises pulumi.RunError without a
        port, for two callers of one name, and for everybody, who comes by a load balancer.
        """
        port = port or self._args.port
        if port is None:
            raise refused(f"port: {self._args.service_name} listens on none, so nobody can call it; name one")
        if caller != self._allowed.setdefault(caller.name, caller):
            raise refused(f"name: two callers of {self._args.service_name} are called {caller.name}; rename one")
        if caller.is_everybody:
            raise refused(
                f"cidr: {EVERYBODY} is everybody, who reaches {self._args.service_name} by a load balancer alone"
            )
        if (caller.name, port, protocol) in self._opened:
            return []
        self._opened.add((caller.name, port, protocol))
        # With the port in their names the rules of another port are others, and the old ones stay until the tasks run.
        end = "" if protocol == "tcp" else f"-{protocol}"
        return way_in(
            f"{self._name}-from-{caller.name}-{port}{end}",
            caller,
            security_group_id=self.security_group.id,
            description=f"{caller.name} calls {self._args.service_name}",
            protocol=protocol,
            port=port,
            opts=self._child_opts,
        )

    def _allow_to(self, egress: Egress) -> list[pulumi.Resource]:
        name = f"{self._name}-to-{egress.rule_name}"
        rule: dict[str, Any] = {
            "description": f"{self._args.service_name} calls {egress.rule_name}",
            "ip_protocol": egress.protocol,
            "from_port": egress.port,
            "to_port": egress.port,
        }
        # Another destination is another rule, and the old one stays until the new tasks run, and after a rollback.
        opts = pulumi.ResourceOptions(parent=self, replace_on_changes=DESTINATION)
        out = aws.vpc.SecurityGroupEgressRule(
            name,
            security_group_id=self.security_group.id,
            referenced_security_group_id=egress.security_group_id,
            cidr_ipv4=egress.cidr,
            prefix_list_id=egress.prefix_list_id,
            **rule,
            opts=opts,
        )
        if egress.security_group_id is None or not egress.lets_in:
            return [out]
        into = aws.vpc.SecurityGroupIngressRule(
            name,
            security_group_id=egress.security_group_id,
            referenced_security_group_id=self.security_group.id,
            **rule,
            opts=opts,
        )
        return [out, into]

    def _https(self) -> aws.vpc.SecurityGroupEgressRule:
        return aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-https",
            security_group_id=self.security_group.id,
            description="HTTPS to AWS and other APIs",
            cidr_ipv4="0.0.0.0/0",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            opts=self._child_opts,
        )


def way_in(
    name: str,
    caller: Caller,
    *,
    security_group_id: pulumi.Input[str],
    description: str,
    protocol: str,
    port: int,
    opts: pulumi.ResourceOptions,
) -> list[pulumi.Resource]:
    """The rules by which a caller reaches a port of a group's members: one there, and one at its own group, if any."""
    rule: dict[str, Any] = {"description": description, "ip_protocol": protocol, "from_port": port, "to_port": port}
    ingress = aws.vpc.SecurityGroupIngressRule(
        name,
        security_group_id=security_group_id,
        referenced_security_group_id=caller.security_group_id,
        cidr_ipv4=caller.known_cidr,
        prefix_list_id=caller.prefix_list_id,
        **rule,
        opts=opts,
    )
    if caller.security_group_id is None:
        return [ingress]
    egress = aws.vpc.SecurityGroupEgressRule(
        name,
        security_group_id=caller.security_group_id,
        referenced_security_group_id=security_group_id,
        **rule,
        opts=opts,
    )
    return [egress, ingress]
