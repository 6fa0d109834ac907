"""The VPC over the zones: public subnets for the load balancer and NAT, private ones for everything that runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_aws as aws

from ..conventions import Conventions
from ..monitoring import AlarmTopics
from .addressing import AddressPlan, Zone
from .endpoints import Endpoints, EndpointsArgs
from .flow_logs import FlowLogs, FlowLogsArgs
from .nat_alarm import nat_alarm

MIN_ZONES = 2
"""Zones of an environment at least: the meaning of "multi-AZ"."""


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """A change of the range replaces the network; a further zone moves nothing."""

    conventions: Conventions
    alarm_topics: AlarmTopics
    cidr: str
    """Private IPv4 range, /16 to /20; AddressPlan says how it is cut."""
    zones: Sequence[Zone]
    """MIN_ZONES or more: a zone is what AWS lets fail."""
    nat: Literal["perZone", "single", "none"] = "perZone"
    """NAT gateways, by default one in each zone. `single` saves money, and the failure of its zone cuts off all of
    them; `none` needs `interface_endpoints`."""
    interface_endpoints: bool = False
    """Interface endpoints for the AWS APIs that ECS needs, in every zone (endpoints.py lists them). By default none."""
    flow_logs: Literal["all", "rejected", "none"] = "all"
    """Traffic that flow logs record. By default all of it."""
    flow_log_interval_s: Literal[60, 600] = FlowLogsArgs.interval_s
    """Seconds that a record of the flow logs sums up. By default 60."""

    def __post_init__(self) -> None:
        AddressPlan(self.cidr)
        if len({zone.id for zone in self.zones}) < MIN_ZONES:
            raise ValueError(
                f"zones: must be {MIN_ZONES} different zones or more, got {[zone.id for zone in self.zones]}"
            )
        if self.nat == "none" and not self.interface_endpoints:
            raise ValueError("nat: without NAT the instances reach no AWS API, set interface_endpoints")


class Network(pulumi.ComponentResource):
    """A VPC whose every zone can lose the others. Subnets and what belongs to them are named by zone id."""

    vpc_id: pulumi.Output[str]
    public_subnet_ids: list[pulumi.Output[str]]
    """One a zone, in the order of `args.zones`."""
    private_subnet_ids: list[pulumi.Output[str]]
    """One a zone, in the order of `args.zones`."""
    egress: list[pulumi.Resource]
    """What the private subnets' way out is made of. Whatever has to reach an AWS API while it is destroyed depends on
    it: subnet ids alone do not imply routes."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:Network", name, None, opts)
        self._name, self._args = name, args
        self._child_opts = pulumi.ResourceOptions(parent=self)
        vpc = self._vpc()
        self.vpc_id = vpc.id
        public, private = self._subnets(vpc, "public"), self._subnets(vpc, "private")
        self.egress = []
        public_table = self._public_routes(vpc, public)
        private_tables = self._private_routes(vpc, public, private)
        endpoints = Endpoints(
            f"{name}-endpoints",
            EndpointsArgs(
                conventions=args.conventions,
                vpc_id=vpc.id,
                cidr=args.cidr,
                route_table_ids=[table.id for table in (public_table, *private_tables.values())],
                interface_subnet_ids=[subnet.id for subnet in private.values()] if args.interface_endpoints else [],
            ),
            self._child_opts,
        )
        self.egress += endpoints.resources
        if args.flow_logs != "none":
            flow_logs_args = FlowLogsArgs(
                conventions=args.conventions,
                vpc_id=vpc.id,
                traffic=args.flow_logs,
                interval_s=args.flow_log_interval_s,
            )
            FlowLogs(f"{name}-flow-logs", flow_logs_args, self._child_opts)
        self.public_subnet_ids = [subnet.id for subnet in public.values()]
        self.private_subnet_ids = [subnet.id for subnet in private.values()]
        self.register_outputs(
            {
                "vpc_id": self.vpc_id,
                "public_subnet_ids": self.public_subnet_ids,
                "private_subnet_ids": self.private_subnet_ids,
            }
        )

    def _tags(self, what: str) -> dict[str, str]:
        return {"Name": f"{self._args.conventions.names.cluster}-{what}"}

    def _vpc(self) -> aws.ec2.Vpc:
        vpc = aws.ec2.Vpc(
            f"{self._name}-vpc",
            cidr_block=self._args.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,  # private DNS of endpoints and of the service discovery needs both
            tags=self._tags("vpc"),
            opts=pulumi.ResourceOptions(parent=self, protect=self._args.conventions.protect),
        )
        # AWS's own default group lets its members talk to each other: nothing may join it by mistake.
        aws.ec2.DefaultSecurityGroup(
            f"{self._name}-default-security-group",
            vpc_id=vpc.id,
            ingress=[],
            egress=[],
            tags=self._tags("default"),
            opts=self._child_opts,
        )
        return vpc

    def _subnets(self, vpc: aws.ec2.Vpc, tier: Literal["public", "private"]) -> dict[str, aws.ec2.Subnet]:
        plan = AddressPlan(self._args.cidr)
        cidr = {"public": plan.public, "private": plan.private}[tier]
        return {
            zone.id: aws.ec2.Subnet(
                f"{self._name}-{tier}-{zone.id}",
                vpc_id=vpc.id,
                cidr_block=cidr(zone),
                availability_zone=zone.name,
                map_public_ip_on_launch=False,
                tags=self._tags(f"{tier}-{zone.name}"),
                opts=self._child_opts,
            )
            for zone in self._args.zones
        }

    def _public_routes(self, vpc: aws.ec2.Vpc, public: Mapping[str, aws.ec2.Subnet]) -> aws.ec2.RouteTable:
        gateway = aws.ec2.InternetGateway(
            f"{self._name}-igw", vpc_id=vpc.id, tags=self._tags("igw"), opts=self._child_opts
        )
        table = aws.ec2.RouteTable(
            f"{self._name}-public", vpc_id=vpc.id, tags=self._tags("public"), opts=self._child_opts
        )
        self.egress.append(
            aws.ec2.Route(
                f"{self._name}-public-internet",
                route_table_id=table.id,
                destination_cidr_block="0.0.0.0/0",
                gateway_id=gateway.id,
                opts=self._child_opts,
            )
        )
        self.egress += [self._association(f"public-{zone_id}", table, subnet) for zone_id, subnet in public.items()]
        return table

    def _private_routes(
        self, vpc: aws.ec2.Vpc, public: Mapping[str, aws.ec2.Subnet], private: Mapping[str, aws.ec2.Subnet]
    ) -> dict[str, aws.ec2.RouteTable]:
        tables = {
            zone.id: aws.ec2.RouteTable(
                f"{self._name}-private-{zone.id}",
                vpc_id=vpc.id,
                tags=self._tags(f"private-{zone.name}"),
                opts=self._child_opts,
            )
            for zone in self._args.zones
        }
        self.egress += [
            self._association(f"private-{zone_id}", tables[zone_id], subnet) for zone_id, subnet in private.items()
        ]
        zones_with_nat = {"perZone": list(public), "single": list(public)[:1], "none": []}[self._args.nat]
        gateways = {zone_id: self._nat_gateway(zone_id, public[zone_id]) for zone_id in zones_with_nat}
        if gateways:
            self.egress += [
                aws.ec2.Route(
                    f"{self._name}-private-{zone_id}-internet",
                    route_table_id=table.id,
                    destination_cidr_block="0.0.0.0/0",
                    nat_gateway_id=gateways.get(zone_id, next(iter(gateways.values()))).id,
                    opts=self._child_opts,
                )
                for zone_id, table in tables.items()
            ]
        return tables

    def _association(
        self, what: str, table: aws.ec2.RouteTable, subnet: aws.ec2.Subnet
    ) -> aws.ec2.RouteTableAssociation:
        return aws.ec2.RouteTableAssociation(
            f"{self._name}-{what}", route_table_id=table.id, subnet_id=subnet.id, opts=self._child_opts
        )

    def _nat_gateway(self, zone_id: str, subnet: aws.ec2.Subnet) -> aws.ec2.NatGateway:
        address = aws.ec2.Eip(
            f"{self._name}-nat-{zone_id}", domain="vpc", tags=self._tags(f"nat-{zone_id}"), opts=self._child_opts
        )
        gateway = aws.ec2.NatGateway(
            f"{self._name}-nat-{zone_id}",
            allocation_id=address.id,
            subnet_id=subnet.id,
            tags=self._tags(f"nat-{zone_id}"),
            # A NAT gateway is born into a subnet that already leads to the internet (provider docs, NatGateway).
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(self.egress[:1])),
        )
        self._args.alarm_topics.alarm(f"{self._name}-nat-{zone_id}", nat_alarm(zone_id, gateway.id), self)
        return gateway
