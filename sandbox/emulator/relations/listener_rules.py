"""Elastic Load Balancing: conditions and actions of rules, and default actions of listeners."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any, Final

from .relation import Params, Problems, Relation, between, matches, values

_API: Final = "Elastic Load Balancing API (2015-12-01)"
_GUIDE: Final = "User Guide for Application Load Balancers"
_MOST_VALUES: Final = 5
_MOST_WILDCARDS: Final = 5
_LONGEST: Final = 128
_ONCE: Final = {"host-header", "http-request-method", "path-pattern", "source-ip"}
_LAST: Final = {"forward", "redirect", "fixed-response"}
_GROUPS: Final = 5
_ACTIONS: Final = "[Actions[], DefaultActions[]][]"
_DAYS_7_S: Final = 604800


def _conditions(params: Params) -> list[dict[str, Any]]:
    return params.get("Conditions") or []


def _texts(condition: dict[str, Any], name: str = "Values") -> list[str]:
    deep = [each.get(name) or [] for key, each in condition.items() if key.endswith("Config")]
    found = [item for items in (condition.get(name) or [], *deep) for item in items]
    return [str(item.get("Value", "")) if isinstance(item, dict) else str(item) for item in found]


def _number(params: Params) -> Iterator[str]:
    held = [text for each in _conditions(params) for text in [*_texts(each), *_texts(each, "RegexValues")]]
    if len(held) > _MOST_VALUES:
        yield f"A rule can have at most '{_MOST_VALUES}' condition values"
    yield from (
        f"Condition value '{text}' must have at most {_LONGEST} characters" for text in held if len(text) > _LONGEST
    )


def _wildcards(params: Params) -> Iterator[str]:
    number = sum(text.count("*") + text.count("?") for each in _conditions(params) for text in _texts(each))
    if number > _MOST_WILDCARDS:
        yield f"A rule can have at most '{_MOST_WILDCARDS}' condition wildcards, got {number}"


def _kinds(params: Params) -> Iterator[str]:
    counted = Counter(str(each.get("Field")) for each in _conditions(params))
    yield from (
        f"A rule can have at most one condition of type '{field}'"
        for field, number in counted.items()
        if number > 1 and field in _ONCE
    )
    for each in _conditions(params):
        plain, regular = _texts(each), _texts(each, "RegexValues")
        if bool(plain) == bool(regular):
            yield f"A condition of type '{each.get('Field')}' must have either Values or RegexValues"


def _regular(params: Params) -> Iterator[str]:
    for each in _conditions(params):
        for text in _texts(each, "RegexValues"):
            try:
                re.compile(text)
            except re.error:
                yield f"Condition value '{text}' is not a regular expression"


def _is_network(text: Any) -> bool:
    try:
        ip_network(str(text))
    except ValueError:
        return False
    return "/" in str(text)


def _all_actions(params: Params) -> list[dict[str, Any]]:
    return [*(params.get("Actions") or []), *(params.get("DefaultActions") or [])]


def _last(params: Params) -> Iterator[str]:
    actions = sorted(_all_actions(params), key=lambda action: action.get("Order") or 0)
    if not actions:
        return
    last = [action.get("Type") in _LAST for action in actions]
    if last.count(True) != 1 or not last[-1]:
        yield "A rule must end with its only one of the actions forward, redirect and fixed-response"
    orders = [action.get("Order") for action in actions]
    if len(actions) > 1 and (None in orders or len({*orders}) < len(orders)):
        yield "Each of several actions must have an order of its own"


def _forward(params: Params) -> Iterator[str]:
    for action in _all_actions(params):
        settings: dict[str, Any] = action.get("ForwardConfig") or {}
        groups: list[dict[str, Any]] = settings.get("TargetGroups") or []
        sticky = settings.get("TargetGroupStickinessConfig") or {}
        if len(groups) > _GROUPS:
            yield f"A forward action can have at most '{_GROUPS}' target groups"
        if len({group.get("TargetGroupArn") for group in groups}) < len(groups):
            yield "Target groups of a forward action must be different"
        if sticky.get("Enabled") and not sticky.get("DurationSeconds"):
            yield "Stickiness of a forward action must have a duration"
        if action.get("Type") == "forward" and not groups and not action.get("TargetGroupArn"):
            yield "A forward action must have a target group"


def _redirect(params: Params) -> Iterator[str]:
    kept = {"Host": "#{host}", "Path": "/#{path}", "Port": "#{port}", "Protocol": "#{protocol}", "Query": "#{query}"}
    for action in _all_actions(params):
        settings: dict[str, Any] = action.get("RedirectConfig") or {}
        if action.get("Type") != "redirect":
            continue
        if all(settings.get(name, value) == value for name, value in kept.items()):
            yield "A redirect must change the protocol, host, port, path or query"
        if not str(settings.get("Path", "/")).startswith("/"):
            yield "The path of a redirect must begin with '/'"


def _secure(params: Params) -> Iterator[str]:
    if params.get("Protocol") == "HTTP" and any(
        str(action.get("Type")).startswith("authenticate-") for action in _all_actions(params)
    ):
        yield "Authentication actions are only supported on HTTPS listeners"


def _line(problems: Problems, source: str, operations: tuple[str, ...] = ("CreateRule", "ModifyRule")) -> Relation:
    return Relation(service="elbv2", operations=operations, problems=problems, source=source)


def _action(problems: Problems, source: str) -> Relation:
    return _line(problems, f"{_API}, {source}", ("CreateRule", "ModifyRule", "CreateListener", "ModifyListener"))


RELATIONS: Final = (
    _line(_number, f"{_GUIDE}, quotas and condition types for listener rules"),
    _line(_wildcards, f"{_GUIDE}, quotas, condition wildcards per rule"),
    _line(_kinds, f"{_GUIDE}, condition types for listener rules"),
    _line(_regular, f"{_API}, RuleCondition, RegexValues"),
    _line(
        values(
            "Conditions[].HttpHeaderConfig.HttpHeaderName",
            matches(r"(?!(?i:host)$)[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}"),
            "The header name '{value}' must have up to 40 characters of RFC 7230, and must not be host",
        ),
        f"{_API}, HttpHeaderConditionConfig",
    ),
    _line(
        values(
            "Conditions[].HttpRequestMethodConfig.Values[]",
            matches(r"[A-Z_-]{1,40}"),
            "The request method '{value}' must have up to 40 characters A-Z, hyphen and underscore",
        ),
        f"{_API}, HttpRequestMethodConditionConfig",
    ),
    _line(
        values("Conditions[].SourceIpConfig.Values[]", _is_network, "The source IP '{value}' must be a CIDR block"),
        f"{_API}, SourceIpConditionConfig",
    ),
    _line(
        values(
            "Conditions[?Field=='host-header'].[HostHeaderConfig.Values, Values][][]",
            matches(r"[A-Za-z0-9.*?_-]+"),
            "The host '{value}' must have letters, numbers, hyphens, dots and wildcards only",
        ),
        f"{_API}, HostHeaderConditionConfig",
    ),
    _action(_last, "Action, Order"),
    _action(_forward, "ForwardActionConfig"),
    _action(_redirect, "RedirectActionConfig"),
    _action(_secure, "Action, Type: HTTPS listeners"),
    _action(
        values(
            f"{_ACTIONS}.ForwardConfig.TargetGroups[].Weight",
            between(0, 999),
            "The weight of a target group must be 0 to 999, got {value}",
        ),
        "TargetGroupTuple, Weight",
    ),
    _action(
        values(
            f"{_ACTIONS}.ForwardConfig.TargetGroupStickinessConfig.DurationSeconds",
            between(1, _DAYS_7_S),
            "Stickiness must last 1 to 604800 seconds, got {value}",
        ),
        "TargetGroupStickinessConfig",
    ),
    _action(
        values(
            f"{_ACTIONS}.FixedResponseConfig.ContentType",
            matches(r"text/plain|text/css|text/html|application/javascript|application/json"),
            "Content type '{value}' is not supported",
        ),
        "FixedResponseActionConfig, ContentType",
    ),
)
