"""The settings of a rule: their schema for the engine, their defaults, and what is wrong with given ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from ecs_operations.engine.registry import Config, Rule, Setting
from ecs_operations.facts.values import plain

LEVEL = "enforcementLevel"
LEVELS = ("advisory", "mandatory", "disabled")
EXEMPT = "exempt"
ALL = "all"
"""Stands for every rule in a configuration; what is said of one rule goes before it."""
PACK_CONFIGURATION = "pack-configuration"
"""Id of the policy that judges the configuration of the pack itself."""

EXEMPT_SCHEMA: dict[str, Any] = {
    "type": "array",
    "default": [],
    "description": "Resources that the rule leaves alone: a regular expression on the URN, the reason, the last day.",
    "items": {
        "type": "object",
        "properties": {"match": {"type": "string"}, "reason": {"type": "string"}, "expires": {"type": "string"}},
    },
}
"""All fields are optional here: a missing one becomes a finding that names the entry."""

_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}


def unknown_names(named: Iterable[str], rules: Iterable[Rule]) -> Iterator[str]:
    """Yield what is wrong with the names in a configuration: those of no rule, which the engine would ignore."""
    known = [*(rule.id for rule in rules), PACK_CONFIGURATION]
    for name in sorted(set(named) - {*known, ALL}):
        close = get_close_matches(name, known, n=1)
        yield f"there is no rule {name}; " + (f"did you mean {close[0]}?" if close else "docs/policies.md lists them")


def malformed(settings: Mapping[str, Any]) -> str:
    """Return what keeps a configuration from being read: a value that is no level and no object; empty if nothing."""
    for name, value in settings.items():
        if not isinstance(value, (str, dict)):
            return f"{name}: must be a level or an object of settings, got {value!r}"
        level = value if isinstance(value, str) else value.get(LEVEL, LEVELS[0])
        if level not in LEVELS:
            return f"{name}: must be {', '.join(LEVELS[:-1])} or {LEVELS[-1]}, got {level!r}"
    return ""


def level_and_settings(settings: Mapping[str, Any], name: str, default: str) -> tuple[str, Mapping[str, Any]]:
    """Return the level of a rule, its own before that of all, and the settings given to it."""
    value = settings.get(name, {})
    given: Mapping[str, Any] = {LEVEL: value} if isinstance(value, str) else value
    every = settings.get(ALL, default)
    return given.get(LEVEL) or (every if isinstance(every, str) else every.get(LEVEL, default)), given


def schema(rule: Rule) -> dict[str, dict[str, Any]]:
    """Return the JSON schema of a rule's settings, by name."""
    return {**{setting.name: _property(setting) for setting in rule.settings}, EXEMPT: EXEMPT_SCHEMA}


def _property(setting: Setting) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": _TYPES[type(setting.default)],
        "default": setting.default,
        "description": setting.description,
    }
    if isinstance(setting.default, list):
        found["items"] = {"type": "string"}
    if setting.minimum is not None:
        found["minimum"] = setting.minimum
    if setting.maximum is not None:
        found["maximum"] = setting.maximum
    if setting.choices:
        found["enum"] = list(setting.choices)
    return found


def merged(rule: Rule, given: Mapping[str, Any] | None) -> Config:
    """Return the settings of a rule: what is given and fits, else the default."""
    values = plain(given or {})
    return {
        setting.name: values[setting.name]
        if setting.name in values and not _wrong(setting, values[setting.name])
        else setting.default
        for setting in rule.settings
    }


def mistakes(rule: Rule, given: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield what is wrong with the settings given to a rule: unknown names, wrong types, values out of range."""
    settings = {setting.name: setting for setting in rule.settings}
    for name, value in plain(given or {}).items():
        if name in (EXEMPT, LEVEL):
            continue
        if name not in settings:
            known = ", ".join(sorted((*settings, EXEMPT)))
            yield f"{rule.id}: there is no setting {name}; the settings are {known}"
        elif problem := _wrong(settings[name], value):
            yield f"{rule.id}: {name} {problem}"


def _wrong(setting: Setting, value: object) -> str:
    if not _fits(setting.default, value):
        return f"must be of type {_TYPES[type(setting.default)]}, got {value!r}"
    if setting.choices and value not in setting.choices:
        return f"must be one of {', '.join(setting.choices)}, got {value!r}"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if setting.minimum is not None and value < setting.minimum:
            return f"must be at least {setting.minimum}, got {value}"
        if setting.maximum is not None and value > setting.maximum:
            return f"must be at most {setting.maximum}, got {value}"
    return ""


def _fits(default: object, value: object) -> bool:
    if isinstance(default, bool):
        return isinstance(value, bool)
    if isinstance(default, float):
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if isinstance(default, int):
        return isinstance(value, int) and not isinstance(value, bool)
    if isinstance(default, list):
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return isinstance(value, str)
