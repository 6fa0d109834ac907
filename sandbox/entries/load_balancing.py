"""Load balancers, listeners, rules and target groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.resource import ID, IDS, Call, Entry, Naming, Tagging, among, fill, op, part, prop, upsert

TAGS: Final = Tagging(
    add="add_tags",
    remove="remove_tags",
    target={"ResourceArns": IDS},
    look="describe_tags",
)

_BALANCER_ATTRIBUTES: Final = {
    "clientKeepAlive": "client_keep_alive.seconds",
    "desyncMitigationMode": "routing.http.desync_mitigation_mode",
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


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def pairs(values: Mapping[str, Any]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": _text(value)} for key, value in values.items() if value is not None]


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


def attributes(call: Call, operation: str, key: str) -> dict[str, str]:
    return {item["Key"]: item["Value"] for item in call.send(operation, **{key: call.id})["Attributes"]}


def _balancer(call: Call) -> Any:
    found = call.send("describe_load_balancers", LoadBalancerArns=[call.id])["LoadBalancers"][0]
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

_ACTION_NAMES: Final = {
    ".fixedResponse": "FixedResponseConfig",
    ".forward": "ForwardConfig",
    ".redirect": "RedirectConfig",
    ".authenticateCognito": "AuthenticateCognitoConfig",
    ".authenticateOidc": "AuthenticateOidcConfig",
    ".arn": "TargetGroupArn",
    ".stickiness": "TargetGroupStickinessConfig",
    ".duration": "DurationSeconds",
}


def _certificates(call: Call) -> Any:
    arn = call.new.get("certificateArn")
    return [{"CertificateArn": arn}] if arn else None


LISTENER: Final = Entry(
    service="elbv2",
    create=fill("create_listener", "Listeners[0].ListenerArn", Certificates=_certificates),
    read=op("describe_listeners", "Listeners[0]", ListenerArns=lambda call: [call.id]),
    delete=op("delete_listener", ListenerArn=ID),
    update=fill("modify_listener", ListenerArn=ID, Certificates=_certificates),
    replaces=among("loadBalancerArn"),
    names={"arn": "ListenerArn", **_ACTION_NAMES},
    facts={
        "certificateArn": lambda _call, found: next((c["CertificateArn"] for c in found.get("Certificates", [])), None),
    },
    blind=among("alpnPolicy", "mutualAuthentication"),
    tagging=TAGS,
)

_FIELDS: Final = {
    "hostHeader": ("host-header", "HostHeaderConfig"),
    "httpHeader": ("http-header", "HttpHeaderConfig"),
    "httpRequestMethod": ("http-request-method", "HttpRequestMethodConfig"),
    "pathPattern": ("path-pattern", "PathPatternConfig"),
    "queryStrings": ("query-string", "QueryStringConfig"),
    "sourceIp": ("source-ip", "SourceIpConfig"),
}


def _conditions(call: Call) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for condition in call.new.get("conditions") or []:
        for name, value in condition.items():
            field, config = _FIELDS[name]
            found.append({"Field": field, config: _condition(name, value)})
    return found


def _condition(name: str, value: Any) -> dict[str, Any]:
    if name == "queryStrings":
        return {"Values": [{key.title(): text for key, text in item.items()} for item in value]}
    return {key[0].upper() + key[1:]: item for key, item in value.items() if item}


def _conditions_of(found: Any) -> list[dict[str, Any]]:
    names = {field: (name, config) for name, (field, config) in _FIELDS.items()}
    shown: list[dict[str, Any]] = []
    for condition in found["Conditions"]:
        name, config = names[condition["Field"]]
        held = condition.get(config) or {"Values": condition.get("Values", [])}
        if name == "queryStrings":
            shown.append({name: [{key.lower(): text for key, text in item.items()} for item in held["Values"]]})
        else:
            shown.append({name: {key[0].lower() + key[1:]: value for key, value in held.items()}})
    return shown


def _priority(call: Call) -> int:
    """As the real provider: a rule without a priority goes behind the last one."""
    if call.new.get("priority"):
        return int(call.new["priority"])
    rules = call.send("describe_rules", ListenerArn=call.get("listenerArn"))["Rules"]
    return 1 + max((int(rule["Priority"]) for rule in rules if rule["Priority"] != "default"), default=0)


def _move(call: Call) -> None:
    if call.new.get("priority"):
        order = {"RuleArn": call.id, "Priority": int(call.new["priority"])}
        call.send("set_rule_priorities", RulePriorities=[order])


LISTENER_RULE: Final = Entry(
    service="elbv2",
    create=fill("create_rule", "Rules[0].RuleArn", Conditions=_conditions, Priority=_priority),
    read=op("describe_rules", "Rules[0]", RuleArns=lambda call: [call.id]),
    delete=op("delete_rule", RuleArn=ID),
    changes={
        ("actions", "conditions"): fill("modify_rule", RuleArn=ID, Conditions=_conditions),
        ("priority",): _move,
    },
    names={"arn": "RuleArn", "conditions": "", **_ACTION_NAMES},
    facts={"conditions": lambda _call, found: _conditions_of(found)},
    tagging=TAGS,
)


def _attached(call: Call) -> Any:
    listener, certificate = call.get("listenerArn"), call.get("certificateArn")
    held = call.send("describe_listener_certificates", ListenerArn=listener)["Certificates"]
    return next((item for item in held if item["CertificateArn"] == certificate), None)


def _certificate_of(call: Call) -> list[dict[str, str]]:
    return [{"CertificateArn": call.id.split("_", 1)[1]}]


LISTENER_CERTIFICATE: Final = Entry(
    service="elbv2",
    create=upsert(
        op("add_listener_certificates", ListenerArn=prop("listenerArn"), Certificates=_certificates),
        lambda call: f"{call.get('listenerArn')}_{call.get('certificateArn')}",
    ),
    read=_attached,
    delete=op("remove_listener_certificates", ListenerArn=part(0, "_"), Certificates=_certificate_of),
)

ENTRIES: Final[Mapping[str, Entry]] = {
    f"aws:{area}/{token}": entry
    for area in ("lb", "alb")
    for token, entry in {
        "loadBalancer:LoadBalancer": LOAD_BALANCER,
        "listener:Listener": LISTENER,
        "listenerRule:ListenerRule": LISTENER_RULE,
        "listenerCertificate:ListenerCertificate": LISTENER_CERTIFICATE,
    }.items()
}
