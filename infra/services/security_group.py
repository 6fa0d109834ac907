"""Who reaches the tasks of a service, and whom they reach: a security group of their own, a rule for each path."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ..contract import Platform


@dataclass(frozen=True)
class Caller:
    """A service of another stack, which exports its security group: `Caller("frontend", stack.get_output("group"))`."""

    name: str
    """A word of its own for each caller: it is part of the rules' names."""
    security_group_id: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class ServiceSecurityGroupArgs:
    """Inputs of ServiceSecurityGroup."""

    platform: Platform
    service_name: str
    port: int | None
    """TCP port that callers reach; None for a service that nobody calls."""
    egress_https: bool
    """Whether tasks may call everybody by HTTPS. The VPC's DNS needs no rule: no security group filters it."""


class ServiceSecurityGroup(pulumi.ComponentResource):
    """A security group without a rule but those that are asked for."""

    security_group_id: pulumi.Output[str]
    resources: list[pulumi.Resource]
    """The ways out of the tasks."""

    def __init__(self, name: str, args: ServiceSecurityGroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register the group, and the way out if there is one."""
        super().__init__("ecs-platform:index:ServiceSecurityGroup", name, None, opts)
        self._name, self._args = name, args
        self._child_opts = pulumi.ResourceOptions(parent=self)
        group = aws.ec2.SecurityGroup(
            f"{name}-security",
            vpc_id=args.platform.vpc_id,
            description=f"Tasks of {args.service_name}",
            tags={"Name": args.service_name},
            opts=self._child_opts,
        )
        self.security_group_id, self.resources = group.id, []
        if args.egress_https:
            self.resources.append(
                aws.vpc.SecurityGroupEgressRule(
                    f"{name}-https",
                    security_group_id=group.id,
                    description="HTTPS to AWS and other APIs",
                    cidr_ipv4="0.0.0.0/0",
                    ip_protocol="tcp",
                    from_port=443,
                    to_port=443,
                    opts=self._child_opts,
                )
            )
        self.register_outputs({"security_group_id": self.security_group_id})

    def allow_from(self, caller: str, caller_group_id: pulumi.Input[str]) -> list[pulumi.Resource]:
        """Let the members of a security group call the port: a way out of theirs, and a way into this one.

        Raises ValueError without a port.
        """
        if self._args.port is None:
            raise ValueError(f"port: {self._args.service_name} listens on none, so nobody can call it; name one")
        way_out = aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-from-{caller}",
            security_group_id=caller_group_id,
            referenced_security_group_id=self.security_group_id,
            description=f"{caller} calls {self._args.service_name}",
            ip_protocol="tcp",
            from_port=self._args.port,
            to_port=self._args.port,
            opts=self._child_opts,
        )
        way_in = aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-from-{caller}",
            security_group_id=self.security_group_id,
            referenced_security_group_id=caller_group_id,
            description=f"{caller} calls {self._args.service_name}",
            ip_protocol="tcp",
            from_port=self._args.port,
            to_port=self._args.port,
            opts=self._child_opts,
        )
        return [way_out, way_in]
