"""All resources of a stack, and how they refer to each other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import TypeVar, cast

from ecs_operations.facts.resource import NAMES, Resource
from ecs_operations.facts.values import UnknownInputError

Found = TypeVar("Found")


class Graph:
    """All resources of a stack, in the order of their URNs."""

    def __init__(self, resources: Iterable[Resource], today: date | None = None) -> None:
        self.today = today
        """The day on which the stack is judged; None leaves alone what only time tells."""
        self.resources = tuple(sorted(resources, key=lambda resource: resource.urn))
        self._by_urn = {resource.urn: resource for resource in self.resources}
        self._by_type: dict[str, list[Resource]] = {}
        for resource in self.resources:
            self._by_type.setdefault(resource.type, []).append(resource)
        self._of: dict[tuple[str, ...], tuple[Resource, ...]] = {}
        self._indices: dict[tuple[tuple[str, ...], tuple[str, ...]], dict[str, list[str]]] = {}
        self._once: dict[tuple[str, ...], object] = {}

    def without(self, urns: Collection[str]) -> Graph:
        """Return the graph of the other resources."""
        return Graph((one for one in self.resources if one.urn not in urns), self.today)

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
        found = self.referring(wanted, property_, target, *keys)
        lost = next((source for source in self.of(*wanted) if source.undecided(property_)), None) if not found else None
        if lost is not None:
            raise UnknownInputError(f"{property_} of {lost.name}")
        return found

    def referring(self, types: Iterable[str], property_: str, target: Resource, *keys: str) -> tuple[Resource, ...]:
        """Return what `sources` does, as far as it is known."""
        wanted = tuple(types)
        linked = self._index(wanted, lambda one: one.dependencies.get(property_, ()), ("linked", property_))
        texts = self._index(wanted, lambda one: one.texts(property_), ("texts", property_))
        urns = set(linked.get(target.urn, ()))
        return self._all(urns.union(*(texts.get(name, ()) for name in target.known(*(keys or NAMES)))))

    def once(self, key: tuple[str, ...], find: Callable[[], Found]) -> Found:
        """Return what `find` returns, and under the same key the same again: many rules ask what one group is."""
        if key not in self._once:
            self._once[key] = find()
        return cast("Found", self._once[key])

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
