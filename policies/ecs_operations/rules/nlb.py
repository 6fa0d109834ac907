"""Network Load Balancers."""

from __future__ import annotations

from ecs_operations.engine.registry import Config, Level, Results, Rule, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import is_true, listed


def _network(balancer: Resource) -> bool:
    return balancer.get("loadBalancerType", default="application") == "network"


@Rule(
    id="nlb-security-group",
    summary="A Network Load Balancer has a security group.",
    fix="Set security_groups before it is made: one that was made without can never get one, and has to be replaced.",
    severity=Severity.HIGH,
    source="Network Load Balancers, Security groups for your Network Load Balancer",
    types=tokens.LOAD_BALANCERS,
    unknown=WhenUnknown.PRESENT,
    guards=("securityGroups",),
)
def nlb_security_group(balancer: Resource, _config: Config) -> Results:
    """Without, everybody who has a way to it reaches every listener, and targets cannot tell it from its clients."""
    if not _network(balancer) or balancer.is_unknown("securityGroups") or listed(balancer.get("securityGroups")):
        return
    internal = balancer.is_unknown("internal") or is_true(balancer.get("internal", default=False))
    yield f"is open to {'everybody in its networks' if internal else 'the world'} at every listener"


@Rule(
    id="nlb-cross-zone",
    summary="A Network Load Balancer sends to the targets of all zones.",
    fix="Set enable_cross_zone_load_balancing, or keep tasks of every service behind it in each zone and exempt it.",
    severity=Severity.LOW,
    source="Network Load Balancers, Cross-zone load balancing; DNS failover",
    anchors=("checkov CKV_152",),
    types=tokens.LOAD_BALANCERS,
    level=Level.ADVISORY,
    unknown=WhenUnknown.PRESENT,
    guards=("enableCrossZoneLoadBalancing",),
)
def nlb_cross_zone(balancer: Resource, _config: Config) -> Results:
    """It is off where a program is silent: a zone without a healthy task of one service leaves the DNS for all others.

    Between zones AWS bills the data, which is the reason to do without.
    """
    flag = "enableCrossZoneLoadBalancing"
    if _network(balancer) and not balancer.is_unknown(flag) and not is_true(balancer.get(flag, default=False)):
        yield "sends to targets of the client's zone alone"
