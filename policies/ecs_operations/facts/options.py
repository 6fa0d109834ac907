"""Options of a resource, as far as rules read them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource

EVERYTHING = "*"
_FIRST_STEP = re.compile(r"""\s*(?:\[\s*["']([^"']+)["']\s*\]|([^.\[\s]+))""")


def ignored(resource: Resource) -> frozenset[str]:
    """Return the input properties whose changes are ignored, wholly or in part; EVERYTHING stands for all.

    A path is `a.b`, `a[0]` or `["a"]` (source: Pulumi documentation, property paths).
    """
    steps = (_FIRST_STEP.match(path) for path in resource.ignore_changes)
    return frozenset(step[1] or step[2] for step in steps if step)


def ignores(resource: Resource, property_: str) -> bool:
    """Return whether changes of a property are ignored, wholly or in part."""
    return not ignored(resource).isdisjoint((property_, EVERYTHING))


def made_before(graph: Graph, resources: Iterable[Resource]) -> frozenset[str]:
    """Return the URNs of all that these resources wait for, which is deleted after them; of themselves, too."""
    found, open_ = set[str](), [one.urn for one in resources]
    while open_:
        urn = open_.pop()
        one = graph.get(urn)
        if urn in found or one is None:
            continue
        found.add(urn)
        open_ += [*one.depends_on, *(other for others in one.dependencies.values() for other in others)]
    return frozenset(found)
