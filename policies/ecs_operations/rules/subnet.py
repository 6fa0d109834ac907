"""Subnets."""

from __future__ import annotations

from ecs_operations.engine.registry import Config, Results, Rule, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import is_true


@Rule(
    id="subnet-no-auto-public-ip",
    summary="No subnet assigns public addresses by default.",
    fix="Remove map_public_ip_on_launch; a load balancer and a NAT gateway do not need it.",
    severity=Severity.MEDIUM,
    source="Amazon VPC user guide, IP addressing: modify the IP addressing attributes of your subnet",
    anchors=("Security Hub EC2.15", "checkov CKV_130"),
    types=(tokens.SUBNET,),
    unknown=WhenUnknown.FAIL,
    guards=("mapPublicIpOnLaunch",),
)
def subnet_no_auto_public_ip(subnet: Resource, _config: Config) -> Results:
    """An instance that is started in the wrong subnet is reachable from the Internet at once."""
    if is_true(subnet.get("mapPublicIpOnLaunch", default=False)):
        yield "gives every instance a public address (mapPublicIpOnLaunch)"
