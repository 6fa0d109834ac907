"""Elastic Load Balancing: names, target groups, listeners, attributes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from .relation import Keeps, Params, Relation, between, matches, one_of, values

_API: Final = "Elastic Load Balancing API (2015-12-01)"
_NAME: Final = r"(?!-)[A-Za-z0-9-]{1,32}(?<!-)"
_CODES: Final = re.compile(r"\d{3}(-\d{3})?(,\d{3}(-\d{3})?)*")
_SWITCH: Final = one_of({"true", "false"})
_GROUP_OPERATIONS: Final = ("CreateTargetGroup", "ModifyTargetGroup")

_GROUP_ATTRIBUTES: Final[Mapping[str, Keeps]] = {
    "deregistration_delay.timeout_seconds": between(0, 3600),
    "slow_start.duration_seconds": lambda value: str(value) == "0" or between(30, 900)(value),
    "deregistration_delay.connection_termination.enabled": _SWITCH,
    "preserve_client_ip.enabled": _SWITCH,
    "proxy_protocol_v2.enabled": _SWITCH,
    "target_health_state.unhealthy.connection_termination.enabled": _SWITCH,
    "target_health_state.unhealthy.draining_interval_seconds": between(0, 360_000),
    "stickiness.enabled": _SWITCH,
    "stickiness.app_cookie.duration_seconds": between(1, 604800),
    "stickiness.type": one_of({"lb_cookie", "app_cookie", "source_ip", "source_ip_dest_ip", "source_ip_dest_ip_proto"}),
    "stickiness.lb_cookie.duration_seconds": between(1, 604800),
    "load_balancing.algorithm.type": one_of({"round_robin", "least_outstanding_requests", "weighted_random"}),
    "load_balancing.algorithm.anomaly_mitigation": one_of({"on", "off"}),
    "load_balancing.cross_zone.enabled": one_of({"true", "false", "use_load_balancer_configuration"}),
}
_BALANCER_ATTRIBUTES: Final[Mapping[str, Keeps]] = {
    "deletion_protection.enabled": _SWITCH,
    "access_logs.s3.enabled": _SWITCH,
    "dns_record.client_routing_policy": one_of(
        {"availability_zone_affinity", "partial_availability_zone_affinity", "any_availability_zone"}
    ),
    "load_balancing.cross_zone.enabled": _SWITCH,
    "idle_timeout.timeout_seconds": between(1, 4000),
    "client_keep_alive.seconds": between(60, 604800),
    "routing.http.desync_mitigation_mode": one_of({"monitor", "defensive", "strictest"}),
    "routing.http.drop_invalid_header_fields.enabled": _SWITCH,
    "routing.http.xff_header_processing.mode": one_of({"append", "preserve", "remove"}),
}


def _codes(params: Params) -> Iterator[str]:
    text = (params.get("Matcher") or {}).get("HttpCode")
    if text is None:
        return
    highest = 599 if params.get("Protocol") in {"TCP", "UDP", "TCP_UDP", "TLS"} else 499
    ranges = [[int(code) for code in part.split("-")] for part in text.split(",")] if _CODES.fullmatch(text) else []
    if not ranges or not all(200 <= codes[0] <= codes[-1] <= highest for codes in ranges):  # noqa: PLR2004 - HTTP
        yield f"Health check matcher HTTP code '{text}' must be within '200-{highest}' inclusive"


def _interval(params: Params) -> Iterator[str]:
    interval, timeout = params.get("HealthCheckIntervalSeconds"), params.get("HealthCheckTimeoutSeconds")
    if interval is not None and timeout is not None and timeout >= interval:
        yield f"Health check timeout '{timeout}' must be smaller than the interval '{interval}'"


def _kind(params: Params) -> Iterator[str]:
    if params.get("TargetType", "instance") in {"instance", "ip"}:
        words = {"Protocol": "A protocol", "Port": "A port", "VpcId": "A VPC ID"}
        yield from (f"{word} must be specified" for name, word in words.items() if params.get(name) is None)


def _certificate(params: Params) -> Iterator[str]:
    if params.get("Protocol") in {"HTTPS", "TLS"} and not params.get("Certificates"):
        yield f"A certificate must be specified for {params['Protocol']} listeners"


def _listener(params: Params) -> Iterator[str]:
    protocol = params.get("Protocol")
    if params.get("AlpnPolicy") and protocol != "TLS":
        yield "An ALPN policy is only supported on TLS listeners"
    if params.get("SslPolicy") and protocol not in {"HTTPS", "TLS"}:
        yield f"A security policy is not supported on {protocol} listeners"


def _version(params: Params) -> Iterator[str]:
    if params.get("ProtocolVersion") and params.get("Protocol") not in {"HTTP", "HTTPS"}:
        yield f"A protocol version is not supported for the protocol {params.get('Protocol')}"


def _grpc(params: Params) -> Iterator[str]:
    text = (params.get("Matcher") or {}).get("GrpcCode")
    if text is None:
        return
    found = re.fullmatch(r"\d{1,2}(-\d{1,2})?(,\d{1,2}(-\d{1,2})?)*", text)
    if not found or params.get("ProtocolVersion") != "GRPC":
        yield f"Health check matcher gRPC code '{text}' must be within '0-99', for the protocol version GRPC"


def _check_protocol(params: Params) -> Iterator[str]:
    protocol, check = params.get("Protocol"), params.get("HealthCheckProtocol")
    layer_7 = protocol in {"HTTP", "HTTPS"}
    if check and check not in ({"HTTP", "HTTPS"} if layer_7 else {"HTTP", "HTTPS", "TCP"}):
        yield f"Health check protocol '{check}' is not supported for target groups with the protocol '{protocol}'"
    elif check == "TCP" and (params.get("HealthCheckPath") or (params.get("Matcher") or {}).get("HttpCode")):
        yield "Health check path and matcher are not supported for health checks with the protocol TCP"


def _attributes(known: Mapping[str, Keeps]) -> Callable[[Params], Iterator[str]]:
    def problems(params: Params) -> Iterator[str]:
        for pair in params.get("Attributes") or []:
            keeps = known.get(pair["Key"])
            if keeps and not keeps(pair.get("Value", "")):
                yield f"Attribute value '{pair.get('Value')}' for key '{pair['Key']}' is not valid"

    return problems


RELATIONS: Final = (
    Relation(
        service="elbv2",
        operations=("CreateLoadBalancer",),
        problems=values(
            "Name",
            matches(rf"(?!internal-){_NAME}"),
            "The load balancer name '{value}' must have up to 32 alphanumeric characters or hyphens, must not begin or "
            "end with a hyphen and must not begin with 'internal-'",
        ),
        source=f"{_API}, CreateLoadBalancer, Name",
    ),
    Relation(
        service="elbv2",
        operations=("CreateTargetGroup",),
        problems=values(
            "Name",
            matches(_NAME),
            "Target group name '{value}' must have up to 32 alphanumeric characters or hyphens, and must not begin or "
            "end with a hyphen",
        ),
        source=f"{_API}, CreateTargetGroup, Name",
    ),
    Relation(service="elbv2", operations=("CreateTargetGroup",), problems=_kind, source=f"{_API}, CreateTargetGroup"),
    Relation(service="elbv2", operations=_GROUP_OPERATIONS, problems=_codes, source=f"{_API}, Matcher, HttpCode"),
    Relation(
        service="elbv2",
        operations=_GROUP_OPERATIONS,
        problems=values(
            "HealthCheckPath",
            matches(r"/[!-~]*"),
            "Health check path '{value}' must begin with a '/' character, and can only contain printable ASCII "
            "characters, without spaces",
        ),
        source="User Guide for Application Load Balancers, health checks for target groups, HealthCheckPath",
    ),
    Relation(
        service="elbv2",
        operations=_GROUP_OPERATIONS,
        problems=_interval,
        source="User Guide for Application Load Balancers, health checks for target groups",
    ),
    Relation(
        service="elbv2",
        operations=("CreateListener",),
        problems=_certificate,
        source=f"{_API}, CreateListener, Certificates",
    ),
    Relation(
        service="elbv2",
        operations=("CreateListener",),
        problems=_listener,
        source=f"{_API}, CreateListener, AlpnPolicy and SslPolicy",
    ),
    Relation(
        service="elbv2",
        operations=("CreateTargetGroup",),
        problems=_version,
        source=f"{_API}, CreateTargetGroup, ProtocolVersion",
    ),
    Relation(service="elbv2", operations=("CreateTargetGroup",), problems=_grpc, source=f"{_API}, Matcher, GrpcCode"),
    Relation(
        service="elbv2",
        operations=("CreateTargetGroup",),
        problems=_check_protocol,
        source=f"{_API}, CreateTargetGroup, HealthCheckProtocol; User Guide for Network Load Balancers, health checks",
    ),
    Relation(
        service="elbv2",
        operations=("ModifyTargetGroupAttributes",),
        problems=_attributes(_GROUP_ATTRIBUTES),
        source=f"{_API}, TargetGroupAttribute, Key",
    ),
    Relation(
        service="elbv2",
        operations=("ModifyLoadBalancerAttributes",),
        problems=_attributes(_BALANCER_ATTRIBUTES),
        source=f"{_API}, LoadBalancerAttribute, Key",
    ),
)
