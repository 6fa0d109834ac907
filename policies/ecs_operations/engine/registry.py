"""What a rule is: facts for its readers, and a pure function that yields what is wrong."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from types import ModuleType
from typing import Any, TypeVar, cast

from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import ElsewhereError, UnknownInputError

Config = Mapping[str, Any]
"""The settings of one rule, defaults merged in."""


@dataclass(frozen=True)
class NotEvaluated:
    """What a rule yields for a part that it cannot judge before the deployment."""

    path: str
    """The property that is not known, as `loadBalancers[0].targetGroupArn`."""
    decisive: bool = True
    """Whether the setting notJudged extends to it. Not so: one value among others that most likely keeps the rule."""
    elsewhere: bool = False
    """Whether it is no part of this stack, so that only AWS knows it, after the deployment, too."""

    @classmethod
    def by(cls, unknown: UnknownInputError) -> NotEvaluated:
        """Return what an unknown value kept from being judged."""
        return cls(unknown.path, elsewhere=isinstance(unknown, ElsewhereError))


Results = Iterator[str | NotEvaluated]
"""What a rule yields: sentences about the resource, without its name, or parts that it cannot judge."""
Check = Callable[[Resource, Graph, Config], Results]
"""Judges a resource within its stack."""
CheckAlone = Callable[[Resource, Config], Results]
"""Judges a resource alone."""


Item = TypeVar("Item")


def apart(items: Iterable[Item], judge: Callable[[Item], Results]) -> Results:
    """Yield what `judge` says of each item; one with an unknown value is reported, and the others are judged."""
    for item in items:
        try:
            yield from judge(item)
        except UnknownInputError as unknown:
            yield NotEvaluated.by(unknown)


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
    """An unknown value counts as given; one that the rule asks about and lets be is reported as not evaluated."""
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


def _judges_nothing(_resource: Resource, _graph: Graph, _config: Config) -> Results:
    yield from ()


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One operating rule. Written as a decorator, `@Rule(id=..., ...)`, of the function that judges.

    A function of (resource, config) sees one resource alone; one of (resource, graph, config) sees its stack, too. The
    function's docstring becomes the reason, `why`.
    """

    id: str
    """Two or more words in kebab-case; the first ones are the name of the rule's file."""
    summary: str
    """One sentence: what must be true."""
    fix: str
    """What to change."""
    severity: Severity
    source: str
    """Where the rule comes from: title of a document and its chapter."""
    types: tuple[str, ...]
    """Type tokens of the resources that it judges."""
    unknown: WhenUnknown
    anchors: tuple[str, ...] = ()
    """The same demand in other catalogues, as `Security Hub AutoScaling.2`, `checkov CKV_66`; often there is none."""
    level: Level = Level.MANDATORY
    settings: tuple[Setting, ...] = ()
    guards: tuple[str, ...] = ()
    """Input properties of `types` that must not be hidden by ignoreChanges."""
    reads_ignore_changes: bool = False
    """Whether it reads the option ignoreChanges, which the state of a deployed stack need not record."""
    counts_others: bool = False
    """Whether a finding speaks of other resources of its types, too: those that an exemption covers are not seen."""
    why: str = ""
    """The failure that it prevents."""
    stack: bool = False
    """Whether it looks at the whole stack; otherwise it sees one resource alone."""
    check: Check = _judges_nothing

    def __call__(self, function: Check | CheckAlone) -> Rule:
        """Return this rule with a function that judges. Raises ValueError when a fact is missing."""
        stack = len(inspect.signature(function).parameters) > len(("resource", "config"))
        check = cast("Check", function) if stack else _in_any_stack(cast("CheckAlone", function))
        why = " ".join((inspect.getdoc(function) or "").split())
        return checked(replace(self, why=why, stack=stack, check=check))


def _in_any_stack(function: CheckAlone) -> Check:
    @functools.wraps(function)
    def check(resource: Resource, _graph: Graph, config: Config) -> Results:
        return function(resource, config)

    return check


_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")


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
