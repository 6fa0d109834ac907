"""The pack over the recorded graph of the program and of the shop."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from ecs_operations import Report, Resource, evaluate
from ecs_operations.facts.values import UNKNOWN
from tests.support.graph import Graph, Node
from tests.support.program import graph_for
from tests.support.shop import CONFIG
from tests.support.stack_files import ROOT

DEFAULT_PROVIDER = {"defaultTags": CONFIG["aws:defaultTags"]}
"""Of the shop's stack file."""


@cache
def recorded(stack: str, *, preview: bool = True) -> Graph:
    """The program's graph with one stack file's configuration, run once; not to be changed."""
    return graph_for(stack, preview=preview)


def profile(name: str) -> dict[str, Any]:
    return json.loads((ROOT / "policies" / "config" / f"{name}.json").read_text())


def resources(graph: Graph) -> list[Resource]:
    """The graph as the pack sees it."""
    nodes = {node.urn: node for node in graph.nodes}
    # The engine sends what the program makes: a stack reference is read, and nothing that the pack sees leads there.
    sent = {node.urn for node in graph.nodes if node.type != "pulumi:pulumi:StackReference"}

    def provider_of(node: Node) -> dict[str, Any]:
        provider = nodes.get(node.provider.rpartition("::")[0])
        return dict(provider.inputs) if provider else {}

    return [
        Resource(
            type=node.type,
            name=node.name,
            urn=node.urn,
            inputs=known(node.inputs),
            dependencies={name: urns & sent for name, urns in node.property_dependencies.items()},
            ignore_changes=node.ignore_changes,
            protect=node.protect,
            delete_before_replace=node.delete_before_replace,
            depends_on=node.depends_on.union(*node.property_dependencies.values()) & sent,
            parent=node.parent,
            provider=provider_of(node),
        )
        for node in graph.nodes
    ]


def known(value: Any) -> Any:
    if type(value).__name__ == "Unknown":
        return UNKNOWN
    if isinstance(value, dict):
        return {key: known(item) for key, item in value.items()}
    return [known(item) for item in value] if isinstance(value, list) else value


def report_of(found: Sequence[Resource], profile_name: str = "production") -> Report:
    return evaluate(found, profile(profile_name))


def shop_resources(graph: Graph) -> list[Resource]:
    """The shop's graph as the pack sees it; the engine makes its provider, no program registers it."""
    return [replace(one, provider=DEFAULT_PROVIDER) for one in resources(graph)]


def shop_report(graph: Graph, profile_name: str = "production") -> Report:
    return report_of(shop_resources(graph), profile_name)


def broken(report: Report) -> set[str]:
    """Ids of the rules with a finding."""
    return {finding.rule for finding in report.findings}
