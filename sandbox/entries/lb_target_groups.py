"""Target groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.entries.lb_attributes import TAGS, attributes, pairs
from sandbox.resource import Call, Entry, Naming, Step
from sandbox.steps import ID, IDS, among, fill, one_of, op

_GROUP_ATTRIBUTES: Final = {
    "connectionTermination": "deregistration_delay.connection_termination.enabled",
    "deregistrationDelay": "deregistration_delay.timeout_seconds",
    "lambdaMultiValueHeadersEnabled": "lambda.multi_value_headers.enabled",
    "loadBalancingAlgorithmType": "load_balancing.algorithm.type",
    "loadBalancingAnomalyMitigation": "load_balancing.algorithm.anomaly_mitigation",
    "loadBalancingCrossZoneEnabled": "load_balancing.cross_zone.enabled",
    "preserveClientIp": "preserve_client_ip.enabled",
    "proxyProtocolV2": "proxy_protocol_v2.enabled",
    "slowStart": "slow_start.duration_seconds",
}


_HEALTH: Final = {
    "enabled": "HealthCheckEnabled",
    "interval": "HealthCheckIntervalSeconds",
    "path": "HealthCheckPath",
    "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
    "timeout": "HealthCheckTimeoutSeconds",
    "healthyThreshold": "HealthyThresholdCount",
    "unhealthyThreshold": "UnhealthyThresholdCount",
}


def _health(call: Call) -> dict[str, Any]:
    given = call.new.get("healthCheck") or {}
    found = {api: given[name] for name, api in _HEALTH.items() if given.get(name) is not None}
    code = "GrpcCode" if call.get("protocolVersion") == "GRPC" else "HttpCode"
    return {**found, "Matcher": {code: given["matcher"]}} if given.get("matcher") else found


def _health_of(found: Any) -> dict[str, Any]:
    held = {name: found[api] for name, api in _HEALTH.items() if api in found}
    matcher = found.get("Matcher", {})
    return {**held, "matcher": matcher.get("GrpcCode") or matcher.get("HttpCode")}


def _sticky(call: Call) -> dict[str, Any]:
    given = call.new.get("stickiness")
    if not given:
        return {}
    found = {"stickiness.enabled": given.get("enabled", True), "stickiness.type": given["type"]}
    if given["type"] == "lb_cookie":
        found["stickiness.lb_cookie.duration_seconds"] = given.get("cookieDuration", 86400)
    elif given["type"] == "app_cookie":
        found["stickiness.app_cookie.cookie_name"] = given.get("cookieName")
        found["stickiness.app_cookie.duration_seconds"] = given.get("cookieDuration", 86400)
    return found


_UNHEALTHY: Final = "target_health_state.unhealthy"


def _unhealthy(call: Call) -> dict[str, Any]:
    """What becomes of connections to unhealthy targets."""
    if not call.changed("targetHealthStates"):
        return {}
    (given,) = call.new.get("targetHealthStates") or [{"enableUnhealthyConnectionTermination": True}]
    ends = given["enableUnhealthyConnectionTermination"]
    interval = {} if ends else {f"{_UNHEALTHY}.draining_interval_seconds": given.get("unhealthyDrainingInterval", 0)}
    return {f"{_UNHEALTHY}.connection_termination.enabled": ends, **interval}


def _group_attributes(call: Call) -> None:
    wanted = {api: call.new.get(name) for name, api in _GROUP_ATTRIBUTES.items() if call.changed(name)}
    attributes = pairs({**wanted, **_sticky(call), **_unhealthy(call)})
    call.send("modify_target_group_attributes", TargetGroupArn=call.id, Attributes=attributes)


def _target_group(call: Call) -> Any:
    found = one_of("describe_target_groups", "TargetGroups", {"TargetGroupArn": ID}, TargetGroupArns=IDS)(call)
    if found is None:
        return None
    held = attributes(call, "describe_target_group_attributes", "TargetGroupArn")
    return {**found, **{name: held[api] for name, api in _GROUP_ATTRIBUTES.items() if api in held}}


def _with_health(operation: str, at: str = "", **fixed: Any) -> Step:
    return lambda call: fill(operation, at, **fixed, **_health(call))(call)


TARGET_GROUP: Final = Entry(
    service="elbv2",
    create=_with_health("create_target_group", "TargetGroups[0].TargetGroupArn"),
    read=_target_group,
    delete=op("delete_target_group", TargetGroupArn=ID),
    settings={(*_GROUP_ATTRIBUTES, "stickiness", "targetHealthStates"): _group_attributes},
    changes={("healthCheck",): _with_health("modify_target_group", TargetGroupArn=ID)},
    names={"name": "Name", "arn": "TargetGroupArn", "healthCheck": "", "stickiness": "", "targetHealthStates": ""},
    facts={
        "name": lambda _call, found: found["TargetGroupName"],
        "healthCheck": lambda _call, found: _health_of(found),
        "arnSuffix": lambda _call, found: found["TargetGroupArn"].rsplit(":", 1)[-1],
    },
    blind=among("ipAddressType", "protocolVersion"),
    naming=Naming(longest=32),
    tagging=TAGS,
)


ENTRIES: Final[Mapping[str, Entry]] = {f"aws:{area}/targetGroup:TargetGroup": TARGET_GROUP for area in ("lb", "alb")}
