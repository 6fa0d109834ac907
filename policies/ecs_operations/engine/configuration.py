"""The configuration of the pack: levels and settings of rules, and what is wrong with given ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from ecs_operations.engine import exemptions
from ecs_operations.engine.exemptions import EXEMPT
from ecs_operations.engine.registry import Config, Rule, Setting
from ecs_operations.facts.values import plain

LEVEL = "enforcementLevel"
LEVELS = ("advisory", "mandatory", "disabled")
ALL = "all"
"""Stands for every rule in a configuration; what is said of one rule goes before it."""
NOT_JUDGED = "notJudged"
"""What it is that a rule cannot judge something before the deployment: an advisory, or a violation of the rule."""
NOT_JUDGED_LEVELS = ("advisory", "mandatory")
OF_EVERY_RULE = (EXEMPT, NOT_JUDGED)
"""Settings that every rule has, and that `all` may have."""

PACK_CONFIGURATION = "pack-configuration"
"""Id of the policy that judges the configuration of the pack itself."""
PACK_EXEMPTIONS = "pack-exemptions"
"""Id of the policy that names exemptions which matched nothing in this stack."""
PACK_NOT_JUDGED = "pack-not-judged"
"""Id of the policy that names what no rule could judge before the deployment."""
OF_THE_PACK = (PACK_NOT_JUDGED, PACK_EXEMPTIONS, PACK_CONFIGURATION)

DOCUMENTATION = "documentation"
"""Setting of the pack itself: where docs/policies.md is to be read."""
PAGE = "docs/policies.md"
OF_THE_CONFIGURATION = {
    DOCUMENTATION: {
        "type": "string",
        "default": PAGE,
        "description": "Address of the page that describes the rules; each finding links to its section there.",
    }
}

_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}


def unknown_names(named: Iterable[str], rules: Iterable[Rule]) -> Iterator[str]:
    """Yield what is wrong with the names in a configuration: those of no rule, which the engine would ignore."""
    known = [*(rule.id for rule in rules), *OF_THE_PACK]
    for name in sorted(set(named) - {*known, ALL}):
        yield f"there is no rule {name}; {_meant(name, known) or f'{PAGE} lists them'}"


def _meant(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, tuple(known), n=1)
    return f"did you mean {close[0]}?" if close else ""


def malformed(settings: Mapping[str, Any]) -> list[str]:
    """Return what keeps a configuration from being read: values that are no level and no object of settings."""
    found: list[str] = []
    for name, value in settings.items():
        if not isinstance(value, (str, dict)):
            found.append(f"{name}: got {value!r}, must be a level or an object of settings")
            continue
        level = value if isinstance(value, str) else value.get(LEVEL, LEVELS[0])
        if level not in LEVELS:
            path = name if isinstance(value, str) else f"{name}.{LEVEL}"
            found.append(f"{path}: got {level!r}, must be {', '.join(LEVELS[:-1])} or {LEVELS[-1]}")
    return found


def level_and_settings(settings: Mapping[str, Any], name: str, default: str) -> tuple[str, Mapping[str, Any]]:
    """Return the level of a rule, its own before that of all, and the settings given to it."""
    given, every = _object(settings.get(name)), _object(settings.get(ALL))
    return given.get(LEVEL) or every.get(LEVEL) or default, given


def _object(value: Any) -> Mapping[str, Any]:
    return {LEVEL: value} if isinstance(value, str) else value or {}


def shared(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a configuration gives to all rules."""
    return _object(settings.get(ALL))


def must_judge(given: Mapping[str, Any] | None, of_all: Mapping[str, Any] | None = None) -> bool:
    """Return whether what a rule cannot judge is a violation: its own setting, else that of all."""
    own = (given or {}).get(NOT_JUDGED)
    return (own or (of_all or {}).get(NOT_JUDGED)) == NOT_JUDGED_LEVELS[1]


def schema(rule: Rule) -> dict[str, dict[str, Any]]:
    """Return the JSON schema of a rule's settings, by name."""
    return {
        **{setting.name: _property(setting) for setting in rule.settings},
        EXEMPT: exemptions.SCHEMA,
        NOT_JUDGED: {
            "type": "string",
            "enum": list(NOT_JUDGED_LEVELS),
            "description": "What it is that this rule cannot judge something before the deployment.",
        },
    }


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
        if setting.name in values and _right(setting, values[setting.name])
        else setting.default
        for setting in rule.settings
    }


def mistakes(rule: Rule, given: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield what is wrong with the settings given to a rule: unknown names, wrong types, values out of range."""
    settings = {setting.name: setting for setting in rule.settings}
    for name, value in plain(given or {}).items():
        if name in settings and not _right(settings[name], value):
            yield f"{rule.id}.{name}: got {value!r}, must be {_wanted(settings[name])}"
        elif name not in (*settings, LEVEL):
            yield from _of_every_rule(rule.id, name, value, settings)


def mistakes_of_the_pack(settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the settings of all rules, and with those of the pack itself."""
    for name, value in plain(shared(settings)).items():
        if name != LEVEL:
            yield from _of_every_rule(ALL, name, value, ())
    for policy in OF_THE_PACK:
        for name in _object(settings.get(policy)):
            if name != LEVEL and (policy, name) != (PACK_CONFIGURATION, DOCUMENTATION):
                yield f"{policy}.{name}: there is no such setting"


def documentation(settings: Mapping[str, Any]) -> str:
    """Return where the rules are described."""
    return str(_object(settings.get(PACK_CONFIGURATION)).get(DOCUMENTATION) or PAGE)


def _of_every_rule(where: str, name: str, value: object, others: Iterable[str]) -> Iterator[str]:
    if name == EXEMPT:
        if not isinstance(value, list):
            yield f"{where}.{name}: got {value!r}, must be a list of objects with match, reason and expires"
    elif name == NOT_JUDGED:
        if value not in NOT_JUDGED_LEVELS:
            yield f"{where}.{name}: got {value!r}, must be {' or '.join(NOT_JUDGED_LEVELS)}"
    else:
        known = sorted((*others, *OF_EVERY_RULE))
        meant = _meant(name, known)
        yield f"{where}.{name}: there is no such setting; {meant and f'{meant} '}The settings are {', '.join(known)}"


def _wanted(setting: Setting) -> str:
    kind = {bool: "true or false", int: "an integer", float: "a number", str: "a text", list: "a list of texts"}
    found = " or ".join(setting.choices) if setting.choices else kind[type(setting.default)]
    if setting.minimum is not None:
        found += f" of at least {setting.minimum}"
    if setting.maximum is not None:
        found += f"{' and' if setting.minimum is not None else ' of'} at most {setting.maximum}"
    return found


def _right(setting: Setting, value: object) -> bool:
    if not _fits(setting.default, value) or (setting.choices and value not in setting.choices):
        return False
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        too_low = setting.minimum is not None and value < setting.minimum
        return not too_low and (setting.maximum is None or value <= setting.maximum)
    return True


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
