from __future__ import annotations

from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.balanced import balancer
from tests.policies.cases.build import a, bad, good, other, unknown

GROUP, ZONES = "nlb-security-group", "nlb-cross-zone"
ELSEWHERE = a(tokens.CLUSTER)


def network(token: str = tokens.LOAD_BALANCER, **changes: Any) -> Resource:
    return balancer(token=token, loadBalancerType="network", **changes)


CASES = (
    good(GROUP, "one", network(securityGroups=["sg-1"])),
    good(GROUP, "one, by the older token", network(tokens.LOAD_BALANCERS[1], securityGroups=["sg-1"])),
    good(GROUP, "one of this stack", a(tokens.LOAD_BALANCER, depends={"securityGroups": [a(tokens.SECURITY_GROUP)]},
         loadBalancerType="network")),
    bad(GROUP, "silent", "is open to the world at every listener", network()),
    bad(GROUP, "an empty list, by the older token", "is open to the world",
        network(tokens.LOAD_BALANCERS[1], securityGroups=[])),
    bad(GROUP, "an internal one", "is open to everybody in its networks", network(internal=True)),
    unknown(GROUP, "the groups", network(securityGroups=UNKNOWN)),
    bad(GROUP, "silent, and unknown whether it is internal", "everybody in its networks", network(internal=UNKNOWN)),
    other(GROUP, "an application load balancer", balancer()),
    other(GROUP, "a Gateway Load Balancer", balancer(loadBalancerType="gateway")),
    other(GROUP, "no balancer", ELSEWHERE),
    good(ZONES, "on", network(enableCrossZoneLoadBalancing=True)),
    good(ZONES, "on, as text, by the older token", network(
        tokens.LOAD_BALANCERS[1], enableCrossZoneLoadBalancing="true")),
    bad(ZONES, "silent", "targets of the client's zone alone", network()),
    bad(ZONES, "off", "targets of the client's zone alone", network(enableCrossZoneLoadBalancing=False)),
    unknown(ZONES, "the flag", network(enableCrossZoneLoadBalancing=UNKNOWN)),
    other(ZONES, "an application load balancer, which always does", balancer()),
    other(ZONES, "no balancer", ELSEWHERE),
)  # fmt: skip
