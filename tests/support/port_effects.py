"""For every input of a port at a Network Load Balancer, an effect that can be seen in a rendered resource."""

from typing import Any

import pulumi_aws as aws

from infra.services.caller import Caller
from infra.services.port import Port
from infra.services.port_health_check import PortHealthCheck
from tests.support.ports import CERTIFICATE, INNER, INNER_ARN
from tests.support.service_effects import GROUP, SERVICE, Effect

AT_EDGE, LISTENER = "cart-edge-5432", aws.lb.Listener
TLS: dict[str, Any] = {"protocol": "TLS", "certificate_arn": CERTIFICATE}
PORT_EFFECTS: dict[type, dict[str, Effect]] = {
    Port: {
        "port": Effect(given=5433, kind=SERVICE, at="loadBalancers.0.containerPort", is_=5433),
        "balancer": Effect(
            given=INNER, kind=LISTENER, name="cart-inner-5432-listener", at="loadBalancerArn", is_=INNER_ARN),
        "allow_from": Effect(
            given=[Caller("office", cidr="10.9.0.0/16")], kind=aws.vpc.SecurityGroupIngressRule,
            name=f"{AT_EDGE}-from-office-tcp", at="cidrIpv4", is_="10.9.0.0/16"),
        "listens_on": Effect(given=5000, kind=LISTENER, name="cart-edge-5000-listener", at="port", is_=5000),
        "protocol": Effect(given="TCP_UDP", kind=GROUP, at="protocol", is_="TCP_UDP"),
        "certificate_arn": Effect(
            given=CERTIFICATE, kind=LISTENER, at="certificateArn", is_=CERTIFICATE, base={"protocol": "TLS"},
            without={}),
        "tls_policy": Effect(
            given="ELBSecurityPolicy-TLS13-1-3-2021-06", kind=LISTENER, at="sslPolicy",
            is_="ELBSecurityPolicy-TLS13-1-3-2021-06", base=TLS),
        "alpn": Effect(given="HTTP2Only", kind=LISTENER, at="alpnPolicy", is_="HTTP2Only", base=TLS),
        "tls_to_tasks": Effect(given=True, kind=GROUP, at="protocol", is_="TLS", base=TLS),
        "proxy_protocol": Effect(given=True, kind=GROUP, at="proxyProtocolV2", is_=True),
        "preserve_client_ip": Effect(given=True, kind=GROUP, at="preserveClientIp", is_="true"),
        "stickiness": Effect(given=True, kind=GROUP, at="stickiness", is_={"type": "source_ip", "enabled": True}),
        "idle_timeout_s": Effect(given=600, kind=LISTENER, at="tcpIdleTimeoutSeconds", is_=600),
        "deregistration_delay_s": Effect(given=40, kind=GROUP, at="deregistrationDelay", is_=40),
        "health_check": Effect(
            given=PortHealthCheck(protocol="HTTP"), kind=GROUP, at="healthCheck.protocol", is_="HTTP"),
    },
    PortHealthCheck: {
        "protocol": Effect(given="HTTPS", kind=GROUP, at="healthCheck.protocol", is_="HTTPS"),
        "port": Effect(given=8080, kind=GROUP, at="healthCheck.port", is_="8080"),
        "path": Effect(
            given="/health", kind=GROUP, at="healthCheck.path", is_="/health", base={"protocol": "HTTP"}),
        "matcher": Effect(
            given="200-299", kind=GROUP, at="healthCheck.matcher", is_="200-299", base={"protocol": "HTTP"}),
        "interval_s": Effect(given=30, kind=GROUP, at="healthCheck.interval", is_=30),
        "timeout_s": Effect(given=4, kind=GROUP, at="healthCheck.timeout", is_=4),
        "healthy_count": Effect(given=5, kind=GROUP, at="healthCheck.healthyThreshold", is_=5),
        "unhealthy_count": Effect(given=6, kind=GROUP, at="healthCheck.unhealthyThreshold", is_=6),
    },
}  # fmt: skip
