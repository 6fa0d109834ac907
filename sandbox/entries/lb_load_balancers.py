"""Load balancers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.entries.lb_attributes import TAGS, attributes, pairs
from sandbox.resource import Call, Entry, Naming
from sandbox.steps import ID, IDS, fill, one_of, op, prop

_BALANCER_ATTRIBUTES: Final = {
    "clientKeepAlive": "client_keep_alive.seconds",
    "desyncMitigationMode": "routing.http.desync_mitigation_mode",
    "dnsRecordClientRoutingPolicy": "dns_record.client_routing_policy",
    "dropInvalidHeaderFields": "routing.http.drop_invalid_header_fields.enabled",
    "enableCrossZoneLoadBalancing": "load_balancing.cross_zone.enabled",
    "enableDeletionProtection": "deletion_protection.enabled",
    "enableHttp2": "routing.http2.enabled",
    "enableTlsVersionAndCipherSuiteHeaders": "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
    "enableWafFailOpen": "waf.fail_open.enabled",
    "enableXffClientPort": "routing.http.xff_client_port.enabled",
    "enableZonalShift": "zonal_shift.config.enabled",
    "idleTimeout": "idle_timeout.timeout_seconds",
    "preserveHostHeader": "routing.http.preserve_host_header.enabled",
    "xffHeaderProcessingMode": "routing.http.xff_header_processing.mode",
}


_LOGS: Final = {"accessLogs": "access_logs.s3", "connectionLogs": "connection_logs.s3"}


def _balancer_attributes(call: Call) -> None:
    wanted = {api: call.new.get(name) for name, api in _BALANCER_ATTRIBUTES.items() if call.changed(name)}
    for name, prefix in _LOGS.items():
        logs = call.new.get(name)
        if call.changed(name) and logs:
            enabled = logs.get("enabled", True)
            wanted |= {f"{prefix}.enabled": enabled, f"{prefix}.bucket": logs["bucket"]}
            wanted |= {f"{prefix}.prefix": logs.get("prefix")}
        elif call.changed(name):
            wanted |= {f"{prefix}.enabled": False}
    call.send("modify_load_balancer_attributes", LoadBalancerArn=call.id, Attributes=pairs(wanted))


def _balancer(call: Call) -> Any:
    found = one_of("describe_load_balancers", "LoadBalancers", {"LoadBalancerArn": ID}, LoadBalancerArns=IDS)(call)
    if found is None:
        return None
    held = attributes(call, "describe_load_balancer_attributes", "LoadBalancerArn")
    known: dict[str, Any] = {name: held[api] for name, api in _BALANCER_ATTRIBUTES.items() if api in held}
    for name, prefix in _LOGS.items():
        if held.get(f"{prefix}.enabled") == "true":
            known[name] = {key: held.get(f"{prefix}.{key}") for key in ("enabled", "bucket", "prefix")}
    return {**found, **known}


LOAD_BALANCER: Final = Entry(
    service="elbv2",
    create=fill(
        "create_load_balancer",
        "LoadBalancers[0].LoadBalancerArn",
        Scheme=lambda call: "internal" if call.new.get("internal") else "internet-facing",
    ),
    read=_balancer,
    delete=op("delete_load_balancer", LoadBalancerArn=ID),
    settings={(*_BALANCER_ATTRIBUTES, *_LOGS): _balancer_attributes},
    changes={
        ("subnets",): op("set_subnets", LoadBalancerArn=ID, Subnets=prop("subnets")),
        ("securityGroups",): op("set_security_groups", LoadBalancerArn=ID, SecurityGroups=prop("securityGroups")),
        ("ipAddressType",): op("set_ip_address_type", LoadBalancerArn=ID, IpAddressType=prop("ipAddressType")),
    },
    names={
        "name": "Name",
        "arn": "LoadBalancerArn",
        "loadBalancerType": "Type",
        "zoneId": "CanonicalHostedZoneId",
        "subnetMappings": "SubnetMappings",
    },
    facts={
        "name": lambda _call, found: found["LoadBalancerName"],
        "internal": lambda _call, found: found.get("Scheme") == "internal",
        "subnets": lambda _call, found: [zone["SubnetId"] for zone in found["AvailabilityZones"]],
        "arnSuffix": lambda _call, found: found["LoadBalancerArn"].split(":loadbalancer/")[-1],
    },
    naming=Naming(longest=32),
    tagging=TAGS,
)


ENTRIES: Final[Mapping[str, Entry]] = {f"aws:{area}/loadBalancer:LoadBalancer": LOAD_BALANCER for area in ("lb", "alb")}
