"""Ports at Network Load Balancers of another stack; a test changes only what it is about."""

from typing import Any

from infra.services.network_load_balancer import ExistingNetworkLoadBalancer
from infra.services.port import Port
from tests.support.graph import ACCOUNT, REGION

EDGE_ARN = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/net/edge/0123456789abcdef"
INNER_ARN = EDGE_ARN.replace("edge", "inner")
EDGE_GROUP = "sg-0ed9e"
EDGE = ExistingNetworkLoadBalancer(name="edge", arn=EDGE_ARN, security_group_id=EDGE_GROUP)
INNER = ExistingNetworkLoadBalancer(name="inner", arn=INNER_ARN, security_group_id="sg-01")
CERTIFICATE = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/0123"


def a_port(**changes: Any) -> Port:
    return Port(**({"port": 5432, "balancer": EDGE} | changes))


def a_tls_port(**changes: Any) -> Port:
    return a_port(**({"protocol": "TLS", "certificate_arn": CERTIFICATE} | changes))
