"""Listeners with their certificates and rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.entries.lb_attributes import TAGS, pairs
from sandbox.resource import Call, Entry
from sandbox.steps import ID, IDS, among, fill, one_of, op, part, prop, upsert

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


def _tcp_idle_timeout(call: Call) -> None:
    wanted = pairs({"tcp.idle_timeout.seconds": call.new.get("tcpIdleTimeoutSeconds")})
    if wanted:
        call.send("modify_listener_attributes", ListenerArn=call.id, Attributes=wanted)


LISTENER: Final = Entry(
    service="elbv2",
    create=fill("create_listener", "Listeners[0].ListenerArn", Certificates=_certificates),
    read=one_of("describe_listeners", "Listeners", {"ListenerArn": ID}, ListenerArns=IDS),
    delete=op("delete_listener", ListenerArn=ID),
    settings={("tcpIdleTimeoutSeconds",): _tcp_idle_timeout},
    update=fill("modify_listener", ListenerArn=ID, Certificates=_certificates),
    replaces=among("loadBalancerArn"),
    names={"arn": "ListenerArn", **_ACTION_NAMES},
    facts={
        "certificateArn": lambda _call, found: next((c["CertificateArn"] for c in found.get("Certificates", [])), None),
    },
    blind=among("alpnPolicy", "mutualAuthentication", "tcpIdleTimeoutSeconds"),
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


def _actions_of(call: Call) -> Any:
    """Without the stickiness that AWS says of each weighted action: the provider keeps what a program gave."""
    shown: list[dict[str, Any]] = []
    for action in call.state.get("actions") or []:
        forward = dict(action.get("forward") or {})
        if not (forward.get("stickiness") or {}).get("duration"):
            forward.pop("stickiness", None)
        shown.append({**action, "forward": forward} if forward else action)
    return shown


LISTENER_RULE: Final = Entry(
    service="elbv2",
    create=fill("create_rule", "Rules[0].RuleArn", Conditions=_conditions, Priority=_priority),
    read=one_of("describe_rules", "Rules", {"RuleArn": ID}, RuleArns=IDS),
    delete=op("delete_rule", RuleArn=ID),
    changes={
        ("actions", "conditions"): fill("modify_rule", RuleArn=ID, Conditions=_conditions),
        ("priority",): _move,
    },
    names={"arn": "RuleArn", "conditions": "", **_ACTION_NAMES},
    facts={
        "actions": lambda call, _found: _actions_of(call),
        "conditions": lambda _call, found: _conditions_of(found),
    },
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
        "listener:Listener": LISTENER,
        "listenerRule:ListenerRule": LISTENER_RULE,
        "listenerCertificate:ListenerCertificate": LISTENER_CERTIFICATE,
    }.items()
}
