"""Who publishes metrics of a stack's own: roles that may, and metric filters of logs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, cast

from ecs_operations.facts import tokens
from ecs_operations.facts.globs import covers
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.permissions import documents_of
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import blocks, known
from ecs_operations.facts.values import UnknownInputError

PUT = "cloudwatch:PutMetricData"

ALIKE = 0.85
"""Share of a name from which on one is taken for the other mistyped (difflib, SequenceMatcher.ratio)."""


@dataclass(frozen=True)
class MetricWriters:
    """Who publishes, and what."""

    allowed: frozenset[str]
    """Patterns of namespaces in which a role may publish."""
    filtered: Mapping[str, frozenset[str]]
    """Namespace → metrics that metric filters of logs publish."""
    lost: UnknownInputError | None
    speaks_for_all: bool
    """Whether other namespaces than these have no writer. Where services stand without their cluster, the stack of that
    writes some; and where metric filters alone write, anybody may."""
    transformations: Mapping[tuple[str, str], tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    """Namespace and metric → what metric filters publish of it; values may be unknown."""

    def allows(self, namespace: str) -> bool:
        """Return whether a role may publish in a namespace."""
        return any(covers(one, namespace) for one in self.allowed)

    def knows(self, namespace: str) -> bool:
        """Return whether nobody publishes in a namespace that has no writer here, as far as it can be known."""
        others = [one for one in (*self.filtered, *self.allowed) if not one.startswith(f"{namespace}/")]
        return self.speaks_for_all or bool(get_close_matches(namespace, others, n=1, cutoff=ALIKE))

    def units(self, namespace: str, metric: str) -> set[str]:
        """Return the units with which metric filters publish a metric."""
        return {str(known(one.get("unit")) or "None") for one in self.transformations.get((namespace, metric), ())}

    def dimensions(self, namespace: str, metric: str) -> set[frozenset[str]]:
        """Return the names of the dimensions with which metric filters publish a metric."""
        found = self.transformations.get((namespace, metric), ())
        return {frozenset(_names(known(one.get("dimensions")))) for one in found}


@lru_cache(maxsize=1)
def metric_writers(graph: Graph) -> MetricWriters:
    """Who publishes metrics in this stack; made once for all alarms of a graph."""
    allowed, filtered, lost = set[str](), dict[str, set[str]](), list[UnknownInputError]()
    transformations = dict[tuple[str, str], tuple[Mapping[str, Any], ...]]()
    for holder in graph.of(tokens.ROLE, tokens.ROLE_POLICY, tokens.MANAGED_POLICY, tokens.LOG_METRIC_FILTER):
        try:
            if holder.type == tokens.LOG_METRIC_FILTER:
                for block in blocks(holder.get("metricTransformation")):
                    key = str(known(block).get("namespace")), str(block.get("name"))
                    filtered.setdefault(key[0], set()).add(key[1])
                    transformations[key] = (*transformations.get(key, ()), block)
            else:
                allowed.update(_allowed(holder))
        except UnknownInputError as unknown:
            lost.append(UnknownInputError(f"{unknown.path} of {holder.name}"))
    names = {namespace: frozenset(metrics) for namespace, metrics in filtered.items()}
    guest = bool(graph.of(tokens.SERVICE)) and not graph.of(tokens.CLUSTER)
    return MetricWriters(
        allowed=frozenset(allowed),
        filtered=names,
        lost=lost[0] if lost else None,
        speaks_for_all=bool(allowed) and not guest,
        transformations=transformations,
    )


def _names(dimensions: Any) -> Iterable[str]:
    return cast("Mapping[str, Any]", dimensions) if isinstance(dimensions, dict) else ()


def _allowed(holder: Resource) -> Iterator[str]:
    for statement in (one for document in documents_of(holder) for one in document):
        if not statement.denies and statement.names(PUT):
            named = [condition.values for condition in statement.conditions if condition.key == "cloudwatch:namespace"]
            yield from (value for values in named or [("*",)] for value in values)
