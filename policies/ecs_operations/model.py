"""The resources that rules look at, and the graph that they form. Pure: nothing of Pulumi is imported here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ecs_operations.values import UNKNOWN, Unknown, UnknownInputError, is_set, leaves, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = [
    "UNKNOWN",
    "Graph",
    "NotEvaluated",
    "Resource",
    "Unknown",
    "UnknownInputError",
    "any_true",
    "is_set",
    "leaves",
]


NAMES = ("id", "name", "arn")
"""By which of its properties a resource is referred to, unless a rule says otherwise."""


@dataclass(frozen=True)
class NotEvaluated:
    """What a rule yields for a part that it cannot judge before the deployment."""

    path: str
    """The property that is not known, as `loadBalancers[0].targetGroupArn`."""


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
        found = self.peek(*path)
        if isinstance(found, Unknown):
            raise UnknownInputError(".".join(str(step) for step in path))
        return default if found is None else found

    def peek(self, *path: str | int) -> Any:
        """Return the input at a path, None if absent, or an Unknown, which may be a step before it."""
        value: Any = self.inputs
        for step in path:
            if isinstance(value, Unknown):
                return value
            value = _step(value, step)
        return value

    def has(self, *path: str | int) -> bool:
        """Return whether an input is given, known or not."""
        return is_set(self.peek(*path))

    def is_unknown(self, *path: str | int) -> bool:
        """Return whether an input, or a step before it, is not known."""
        return isinstance(self.peek(*path), Unknown)

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


class Graph:
    """All resources of a stack, in the order of their URNs."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self.resources = tuple(sorted(resources, key=lambda resource: resource.urn))
        self._by_urn = {resource.urn: resource for resource in self.resources}
        self._by_type: dict[str, list[Resource]] = {}
        for resource in self.resources:
            self._by_type.setdefault(resource.type, []).append(resource)
        self._of: dict[tuple[str, ...], tuple[Resource, ...]] = {}
        self._indices: dict[tuple[tuple[str, ...], tuple[str, ...]], dict[str, list[str]]] = {}

    def get(self, urn: str) -> Resource | None:
        """Return the resource with this URN."""
        return self._by_urn.get(urn)

    def of(self, *types: str) -> tuple[Resource, ...]:
        """Return the resources of these types, in the order of their URNs."""
        found = self._of.get(types)
        if found is None:
            unsorted = [resource for token in dict.fromkeys(types) for resource in self._by_type.get(token, ())]
            found = self._of[types] = tuple(sorted(unsorted, key=lambda resource: resource.urn))
        return found

    def targets(self, source: Resource, property_: str, types: Iterable[str], *keys: str) -> tuple[Resource, ...]:
        """Return the resources of these types that a property of `source` refers to.

        A link is a property dependency, or a literal equal to one of the target's `keys` (default id, name, arn).
        Raises UnknownInputError when there is none and the property holds a value of which nothing is known.
        """
        wanted = tuple(types)
        named = self._index(wanted, lambda target: target.known(*(keys or NAMES)), ("named", *keys))
        urns = {urn for urn in source.dependencies.get(property_, ()) if self._is_of(urn, wanted)}
        found = self._all(urns.union(*(named.get(text, ()) for text in source.texts(property_))))
        if not found and source.undecided(property_):
            raise UnknownInputError(property_)
        return found

    def sources(self, types: Iterable[str], property_: str, target: Resource, *keys: str) -> tuple[Resource, ...]:
        """Return the resources of these types whose property refers to `target`; the mirror image of `targets`."""
        wanted = tuple(types)
        linked = self._index(wanted, lambda one: one.dependencies.get(property_, ()), ("linked", property_))
        texts = self._index(wanted, lambda one: one.texts(property_), ("texts", property_))
        urns = set(linked.get(target.urn, ()))
        found = self._all(urns.union(*(texts.get(name, ()) for name in target.known(*(keys or NAMES)))))
        lost = next((source for source in self.of(*wanted) if source.undecided(property_)), None) if not found else None
        if lost is not None:
            raise UnknownInputError(f"{property_} of {lost.name}")
        return found

    def _is_of(self, urn: str, types: tuple[str, ...]) -> bool:
        return urn in self._by_urn and self._by_urn[urn].type in types

    def _all(self, urns: Iterable[str]) -> tuple[Resource, ...]:
        return tuple(self._by_urn[urn] for urn in sorted(urns))

    def _index(
        self, types: tuple[str, ...], keys_of: Callable[[Resource], Iterable[str]], name: tuple[str, ...]
    ) -> Mapping[str, list[str]]:
        """Return key → URNs of the resources of these types, made once: rules ask each resource about each other."""
        found = self._indices.get((types, name))
        if found is None:
            found = self._indices[types, name] = {}
            for resource in self.of(*types):
                for key in keys_of(resource):
                    found.setdefault(key, []).append(resource.urn)
        return found


def any_true(*questions: Callable[[], object]) -> bool:
    """Return whether one of these questions has a true answer.

    Raises UnknownInputError when none has, but one of them meets a value that is not known.
    """
    lost: UnknownInputError | None = None
    for question in questions:
        try:
            if question():
                return True
        except UnknownInputError as unknown:
            lost = lost or unknown
    if lost is not None:
        raise lost
    return False


def refers(source: Resource, property_: str, target: Resource, *keys: str) -> bool:
    """Return whether a property of one resource refers to another, by dependency or by a known literal."""
    if target.urn in source.dependencies.get(property_, ()):
        return True
    wanted = target.known(*(keys or NAMES))
    return bool(wanted) and not wanted.isdisjoint(source.texts(property_))
