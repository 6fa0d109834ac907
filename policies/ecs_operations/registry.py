"""What a rule is: data, and a pure function that yields what is wrong."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from ecs_operations import tokens
from ecs_operations.model import Graph, NotEvaluated, Resource

if TYPE_CHECKING:
    from types import ModuleType

Config = Mapping[str, Any]
"""The settings of one rule, defaults merged in."""
Results = Iterator[str | NotEvaluated]
"""What a rule yields: sentences about the resource, without its name, or parts that it cannot judge."""
Check = Callable[[Resource, Graph, Config], Results]


class Severity(Enum):
    """How bad it is when the rule is broken."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Level(Enum):
    """What the engine does with a finding, unless the configuration says otherwise."""

    ADVISORY = "advisory"
    MANDATORY = "mandatory"


class WhenUnknown(Enum):
    """What a rule makes of a value that is not known before the deployment."""

    FAIL = "fail"
    """A finding: the value must be known at preview, because an unknown one could not be checked in time."""
    PRESENT = "present"
    """An unknown value counts as given."""
    SKIP = "skip"
    """Not evaluated: an advisory names the property, and the same rule judges it after the deployment."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting of a rule."""

    name: str
    default: bool | float | str | list[str]
    description: str
    """What it means, with its unit and the source of the default."""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One operating rule."""

    id: str
    summary: str
    """One sentence: what must be true."""
    why: str
    """The failure that it prevents."""
    fix: str
    """What to change."""
    severity: Severity
    source: str
    """Where the rule comes from: title of a document and its chapter."""
    anchors: tuple[str, ...]
    """The same demand in other catalogues, as `Security Hub AutoScaling.2`, `checkov CKV_66`; often there is none."""
    types: tuple[str, ...]
    """Type tokens of the resources that it judges."""
    stack: bool
    """Whether it looks at the whole stack; otherwise it sees one resource alone."""
    level: Level
    unknown: WhenUnknown
    settings: tuple[Setting, ...]
    guards: tuple[str, ...]
    """Input properties of `types` that must not be hidden by ignoreChanges."""
    check: Check


_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")


def resource_rule(  # noqa: PLR0913  a rule has that many facts, and each is named where it is given
    id: str,  # noqa: A002  the name of the field
    *,
    summary: str,
    fix: str,
    severity: Severity,
    source: str,
    types: Iterable[str],
    unknown: WhenUnknown,
    anchors: tuple[str, ...] = (),
    level: Level = Level.MANDATORY,
    settings: tuple[Setting, ...] = (),
    guards: tuple[str, ...] = (),
) -> Callable[[Callable[[Resource, Config], Results]], Rule]:
    """Make a rule of a function that looks at one resource alone; its docstring is the rule's reason."""

    def made(function: Callable[[Resource, Config], Results]) -> Rule:
        def check(resource: Resource, _graph: Graph, config: Config) -> Results:
            return function(resource, config)

        return checked(
            Rule(
                id=id, summary=summary, why=_reason(function), fix=fix, severity=severity, source=source,
                anchors=anchors, types=tuple(types), stack=False, level=level, unknown=unknown, settings=settings,
                guards=guards, check=check,
            )
        )  # fmt: skip

    return made


def stack_rule(  # noqa: PLR0913  as above
    id: str,  # noqa: A002  as above
    *,
    summary: str,
    fix: str,
    severity: Severity,
    source: str,
    types: Iterable[str],
    unknown: WhenUnknown,
    anchors: tuple[str, ...] = (),
    level: Level = Level.MANDATORY,
    settings: tuple[Setting, ...] = (),
    guards: tuple[str, ...] = (),
) -> Callable[[Check], Rule]:
    """Make a rule of a function that looks at a resource within its stack; its docstring is the rule's reason."""

    def made(function: Check) -> Rule:
        return checked(
            Rule(
                id=id, summary=summary, why=_reason(function), fix=fix, severity=severity, source=source,
                anchors=anchors, types=tuple(types), stack=True, level=level, unknown=unknown, settings=settings,
                guards=guards, check=function,
            )
        )  # fmt: skip

    return made


def _reason(function: Callable[..., object]) -> str:
    return " ".join((inspect.getdoc(function) or "").split())


def checked(rule: Rule) -> Rule:
    """Return the rule, or raise ValueError when it lacks what a reader of a finding needs."""
    if not _ID.fullmatch(rule.id):
        raise ValueError(f"{rule.id}: an id is two or more words in kebab-case")
    for name in ("summary", "why", "fix", "source", "types"):
        if not getattr(rule, name):
            raise ValueError(f"{rule.id}: {name} is missing")
    if unknown := [token for token in rule.types if token not in tokens.ALL]:
        raise ValueError(f"{rule.id}: type tokens that tokens.py does not list: {', '.join(unknown)}")
    if len({setting.name for setting in rule.settings}) < len(rule.settings):
        raise ValueError(f"{rule.id}: a setting is given twice")
    return rule


def collected(modules: Iterable[ModuleType]) -> tuple[Rule, ...]:
    """Return the rules of these modules in the order in which they are written; raise ValueError on a duplicate id."""
    rules = [value for module in modules for value in vars(module).values() if isinstance(value, Rule)]
    return unique(rules)


def unique(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return the rules as a tuple; raise ValueError when two have one id."""
    seen: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in seen:
            raise ValueError(f"{rule.id}: two rules have this id")
        seen[rule.id] = rule
    return tuple(seen.values())
