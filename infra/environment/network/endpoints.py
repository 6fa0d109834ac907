"""VPC endpoints: ways to AWS APIs that do not leave the VPC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ..conventions import Conventions

INTERFACE_SERVICES = (
    "ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs", "ssm", "ssmmessages", "secretsmanager", "kms",
    "monitoring", "ec2",
)  # fmt: skip
"""What ECS, its instances and Session Manager call (ECS developer guide, "Amazon ECS interface VPC endpoints")."""


@dataclass(frozen=True, kw_only=True)
class EndpointsArgs:
    """Gateway endpoints belong to route tables, interface endpoints to subnets."""

    conventions: Conventions
    vpc_id: pulumi.Input[str]
    cidr: str
    """The VPC's range: who may call the interface endpoints."""
    route_table_ids: Sequence[pulumi.Input[str]]
    """The tables that get a route to S3: image layers and package repositories come from there, free of charge."""
    interface_subnet_ids: Sequence[pulumi.Input[str]] = ()
    """Subnets, one a zone, for an interface endpoint of each of INTERFACE_SERVICES. By default no
    interface endpoints."""


class Endpoints(pulumi.ComponentResource):
    """The S3 gateway endpoint, and interface endpoints where the network wants them."""

    resources: list[pulumi.Resource]

    def __init__(self, name: str, args: EndpointsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:Endpoints", name, None, opts)
        self._child_opts = pulumi.ResourceOptions(parent=self)
        self.resources = [
            aws.ec2.VpcEndpoint(
                f"{name}-s3",
                vpc_id=args.vpc_id,
                service_name=f"com.amazonaws.{args.conventions.location.region}.s3",
                vpc_endpoint_type="Gateway",
                route_table_ids=list(args.route_table_ids),
                tags={"Name": f"{args.conventions.names.cluster}-s3"},
                opts=self._child_opts,
            )
        ]
        if args.interface_subnet_ids:
            self._interfaces(name, args)
        self.register_outputs({})

    def _interfaces(self, name: str, args: EndpointsArgs) -> None:
        security_group = aws.ec2.SecurityGroup(
            f"{name}-security-group",
            vpc_id=args.vpc_id,
            description="AWS APIs inside the VPC",
            tags={"Name": f"{args.conventions.names.cluster}-endpoints"},
            opts=self._child_opts,
        )
        https = aws.vpc.SecurityGroupIngressRule(
            f"{name}-https",
            security_group_id=security_group.id,
            description="HTTPS from the VPC",
            cidr_ipv4=args.cidr,
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            opts=self._child_opts,
        )
        interfaces = [
            aws.ec2.VpcEndpoint(
                f"{name}-{service.replace('.', '-')}",
                vpc_id=args.vpc_id,
                service_name=f"com.amazonaws.{args.conventions.location.region}.{service}",
                vpc_endpoint_type="Interface",
                private_dns_enabled=True,
                subnet_ids=list(args.interface_subnet_ids),
                security_group_ids=[security_group.id],
                tags={"Name": f"{args.conventions.names.cluster}-{service}"},
                opts=self._child_opts,
            )
            for service in INTERFACE_SERVICES
        ]
        self.resources += [https, *interfaces]
