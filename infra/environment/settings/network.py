"""The key `network`: the VPC, its zones and its ways to the internet and to AWS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from ..conflict import Conflict
from ..network import MIN_ZONES, NetworkArgs, range_problem
from .section import Section


def _private_range(cidr: str) -> str:
    if problem := range_problem(cidr):
        raise ValueError(problem)
    return cidr


class NetworkSettings(Section):
    """The VPC and its ways to the internet and to AWS."""

    cidr: Annotated[str, AfterValidator(_private_range)] = Field(
        default="10.0.0.0/16",
        description="Private IPv4 range of the VPC, /16 to /20. Every task takes an address of it. Cannot be changed "
        "without replacing the network.",
    )
    zones: int = Field(
        default=3,
        ge=MIN_ZONES,
        le=6,
        description="Number of Availability Zones, 2 to 6: the first ones by zone id that offer all instances.types.",
    )
    zone_ids: tuple[str, ...] = Field(
        default=(),
        description="Zone ids to use instead of the first ones, for example [use1-az1, use1-az4, use1-az6]: so that "
        "another instance type, or a zone that AWS adds, cannot change them.",
    )
    nat: Literal["perZone", "single", "none"] = Field(
        default=NetworkArgs.nat,
        description="NAT gateways: one per zone, a single one (cheaper; a failing zone cuts all of them "
        "off), or none (needs interfaceEndpoints; images then come from ECR alone).",
    )
    interface_endpoints: bool = Field(
        default=NetworkArgs.interface_endpoints,
        description="Interface endpoints for every AWS API that ECS and its instances call, in each zone. Costs per "
        "hour and endpoint; traffic to these APIs then stays in the VPC.",
    )
    flow_logs: Literal["all", "rejected", "none"] = Field(
        default=NetworkArgs.flow_logs,
        description="Traffic that flow logs record: all, what was rejected alone (cheaper; what left in an incident "
        "stays unknown), or none. The policy pack's profile for production accepts all alone.",
    )
    flow_log_interval_s: Literal[60, 600] = Field(
        default=NetworkArgs.flow_log_interval_s,
        description="Seconds of traffic that one record of the flow logs sums up, 60 or 600. 600 makes fewer records "
        "where connections last, and shows them up to ten minutes later.",
    )

    def conflicts(self) -> Iterator[Conflict]:
        """No way to the APIs of AWS, or another number of zones than are named."""
        if self.nat == "none" and not self.interface_endpoints:
            text = "none leaves instances no way to the ECS API; set interfaceEndpoints: true"
            yield Conflict("nat", text, ("interfaceEndpoints",))
        different = sorted(set(self.zone_ids))
        if different and len(different) != self.zones:
            count = "1 zone is" if len(different) == 1 else f"{len(different)} different zones are"
            text = f"{count} named ({', '.join(different)}), zones is {self.zones}; make them equal"
            yield Conflict("zoneIds", text, ("zones",))
