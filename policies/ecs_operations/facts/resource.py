"""One resource, as every rule reads it, whoever recorded it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ecs_operations.facts.values import Unknown, UnknownInputError, is_set, leaves, plain

NAMES = ("id", "name", "arn")
"""By which of its properties a resource is referred to, unless a rule says otherwise."""
_READ, _PASSED = ("read",), ("passed",)


@dataclass(frozen=True, eq=False, kw_only=True)
class Resource:
    """One resource, as the program registered it.

    `Resource(type=..., name=..., urn=..., inputs={...})` is enough; the other fields default to nothing. Inputs,
    outputs and the provider's inputs may be given as they come over the wire (floats, wrapped secrets, sentinel strings
    for unknown values) or as plain values with `UNKNOWN` in them: they are made plain here.
    """

    type: str
    """The type token, as `aws:autoscaling/group:Group`."""
    name: str
    """The logical name in the program."""
    urn: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    """Inputs with the provider's names (camelCase) at all depths."""
    dependencies: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Input property (camelCase) → URNs of the resources that its value was made from."""
    outputs: Mapping[str, Any] = field(default_factory=dict)
    """Outputs as far as they are known; only for links by a literal name, id or ARN. Rules read inputs."""
    ignore_changes: tuple[str, ...] = ()
    """The option ignoreChanges: property paths."""
    protect: bool = False
    delete_before_replace: bool = False
    depends_on: frozenset[str] = frozenset()
    """URNs of all that it waits for: the option dependsOn, and what its inputs were made from."""
    retain_on_delete: bool | None = None
    """None where the engine does not tell: it does in the state of a deployed stack."""
    parent: str | None = None
    """URN of the parent."""
    provider: Mapping[str, Any] = field(default_factory=dict)
    """Inputs of the explicit provider; structured ones are JSON text, as the engine keeps them."""

    _seen: dict[tuple[str, ...], Any] = field(default_factory=dict, init=False, repr=False)
    """What `known`, `texts` and `undecided` found before: stack rules ask each resource about each other."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", plain(self.inputs))
        object.__setattr__(self, "outputs", plain(self.outputs))
        object.__setattr__(self, "provider", plain(self.provider))

    def get(self, *path: str | int, default: Any = None) -> Any:
        """Return the input at a path; the default if a step is absent, null or of another structure.

        Raises UnknownInputError when the value or a step before it is not known.
        """
        found = self._at(path)
        if isinstance(found, Unknown):
            raise UnknownInputError(".".join(str(step) for step in path))
        return default if found is None else found

    def peek(self, *path: str | int) -> Any:
        """Return the input at a path, None if absent, or an Unknown, which may be a step before it.

        An Unknown that is returned here is noted: the engine reports it, unless the rule finds something.
        """
        found = self._at(path)
        if isinstance(found, Unknown):
            self._pass_over(path)
        return found

    def _pass_over(self, path: tuple[str | int, ...]) -> None:
        made_of_others = len(path) == 1 and self.dependencies.get(str(path[0]))
        if not made_of_others:  # what is made of other resources is a link, of which more is known than its value
            self._seen.setdefault(_PASSED, []).append(".".join(str(step) for step in path))

    def _at(self, path: tuple[str | int, ...]) -> Any:
        self._seen[_READ] = path
        value: Any = self.inputs
        for step in path:
            if isinstance(value, Unknown):
                return value
            value = _step(value, step)
        return value

    @property
    def last_read(self) -> str:
        """The path of the input that was asked for last; empty if none was."""
        return ".".join(str(step) for step in self._seen.get(_READ, ()))

    def passed_over(self) -> list[str]:
        """Return the paths of unknown inputs that were met without raising since the last call."""
        return self._seen.pop(_PASSED, [])

    def has(self, *path: str | int) -> bool:
        """Return whether an input is given, known or not."""
        return is_set(self._at(path))

    def is_unknown(self, *path: str | int, noted: bool = True) -> bool:
        """Return whether an input, or a step before it, is not known; noted as `peek` does.

        Not so with `noted=False`, for a rule that knows what an unknown value means.
        """
        return isinstance(self.peek(*path) if noted else self._at(path), Unknown)

    def known(self, *keys: str) -> frozenset[str]:
        """Return the known non-empty strings among these inputs and outputs."""
        found = self._seen.get(("known", *keys))
        if found is None:
            values = (source.get(key) for key in keys for source in (self.inputs, self.outputs))
            found = frozenset(value for value in values if isinstance(value, str) and value)
            self._seen["known", *keys] = found
        return found

    def texts(self, property_: str) -> frozenset[str]:
        """Return the known strings in an input, at any depth."""
        found = self._seen.get(("texts", property_))
        if found is None:
            found = frozenset(leaf for leaf in leaves(self.inputs.get(property_)) if isinstance(leaf, str))
            self._seen["texts", property_] = found
        return found

    def undecided(self, property_: str) -> bool:
        """Return whether an input holds an unknown value without a dependency: it may refer to anything."""
        found = self._seen.get(("undecided", property_))
        if found is None:
            found = not self.dependencies.get(property_) and any(
                isinstance(leaf, Unknown) for leaf in leaves(self.inputs.get(property_))
            )
            self._seen["undecided", property_] = found
        return found


def _step(value: Any, step: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int):
        return value[step] if step < len(value) else None
    return None


def refers(source: Resource, property_: str, target: Resource, *keys: str) -> bool:
    """Return whether a property of one resource refers to another, by dependency or by a known literal."""
    if target.urn in source.dependencies.get(property_, ()):
        return True
    wanted = target.known(*(keys or NAMES))
    return bool(wanted) and not wanted.isdisjoint(source.texts(property_))
