"""Reads a deployed stack, as `pulumi stack export` prints it, into the resources that rules look at.

A state knows what a preview does not: every name, ARN and document. It lacks one thing that some rules need: engines
do not record which changes the program ignores.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from ecs_operations.engine.registry import Rule
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import SECRET, SIGNATURE, UNKNOWN

_DEFAULTS = "__defaults"
"""A note of the provider bridge among the inputs, which is no property."""


class NoStateError(ValueError):
    """The text is not what `pulumi stack export` prints."""


@dataclass(frozen=True)
class State:
    """A deployed stack."""

    resources: tuple[Resource, ...]
    ignored_changes_recorded: bool
    """Whether a resource of the state carries the option ignoreChanges."""

    def judgeable(self, rules: Iterable[Rule]) -> tuple[Rule, ...]:
        """The rules that this state can judge: some need to know what the program ignores."""
        return tuple(rule for rule in rules if self.ignored_changes_recorded or not rule.reads_ignore_changes)


def read(text: str) -> State:
    """Return the stack in an export; raise NoStateError when the text is none, or holds no resource."""
    try:
        exported: Any = json.loads(text)
        entries = [_Entry(item) for item in exported["deployment"].get("resources") or ()]
        providers = {entry.urn: entry.inputs for entry in entries if entry.type.startswith("pulumi:providers:")}
        resources = tuple(entry.resource(providers) for entry in entries if entry.exists)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoStateError("this is not the JSON that `pulumi stack export` prints") from error
    if not entries:
        raise NoStateError("the exported stack holds no resource")
    return State(
        resources=resources,
        ignored_changes_recorded=any("ignoreChanges" in entry.fields for entry in entries),
    )


@dataclass(frozen=True)
class _Entry:
    """One resource of the export."""

    fields: Mapping[str, Any]

    @property
    def urn(self) -> str:
        return str(self.fields["urn"])

    @property
    def type(self) -> str:
        return str(self.fields["type"])

    @property
    def exists(self) -> bool:
        """Whether it is there and the stack's own.

        Not so: what waits for its deletion, what was deleted and waits for its replacement, what was only looked up.
        """
        return not any(self.fields.get(name) for name in ("delete", "pendingReplacement", "external"))

    @property
    def inputs(self) -> dict[str, Any]:
        return {key: value for key, value in self._values("inputs").items() if key != _DEFAULTS}

    def _values(self, name: str) -> dict[str, Any]:
        return {key: _opened(value) for key, value in (self.fields.get(name) or {}).items()}

    def resource(self, providers: Mapping[str, Mapping[str, Any]]) -> Resource:
        provider = str(self.fields.get("provider") or "").rpartition("::")[0]
        dependencies: Mapping[str, Iterable[str]] = self.fields.get("propertyDependencies") or {}
        return Resource(
            type=self.type,
            name=self.urn.rpartition("::")[2],
            urn=self.urn,
            inputs=self.inputs,
            outputs={"id": self.fields.get("id"), **self._values("outputs")},
            dependencies={key: frozenset(urns or ()) for key, urns in dependencies.items()},
            ignore_changes=tuple(self.fields.get("ignoreChanges") or ()),
            protect=bool(self.fields.get("protect")),
            delete_before_replace=bool(self.fields.get("deleteBeforeReplace")),
            depends_on=frozenset(self.fields.get("dependencies") or ()),
            retain_on_delete=bool(self.fields.get("retainOnDelete")),
            parent=self.fields.get("parent"),
            provider=providers.get(provider, {}),
        )


def _opened(value: Any) -> Any:
    """Return a value without its secrets' wrapping; one that the export holds only encrypted is unknown."""
    if isinstance(value, list):
        return [_opened(item) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    fields = cast("dict[str, Any]", value)
    if fields.get(SIGNATURE) != SECRET:
        return {key: _opened(item) for key, item in fields.items()}
    return _opened(json.loads(fields["plaintext"])) if "plaintext" in fields else UNKNOWN
