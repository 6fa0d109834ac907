"""The pack over the recorded graph of the program, and ways to take one safeguard out of that graph."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from ecs_operations import Report, evaluate
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.support.graph import Graph, Node, graph_of
from tests.support.shop import CONFIG
from tests.support.stack_files import ROOT, config_of

Change = Callable[[Node], Node | None]


def program() -> None:
    runpy.run_path(str(ROOT / "__main__.py"))


def recorded(stack: str, *, preview: bool = True) -> Graph:
    """The program's graph with one stack file's configuration."""
    return graph_of(program, config=config_of(stack), preview=preview)


def profile(name: str) -> dict[str, Any]:
    return json.loads((ROOT / "policies" / "config" / f"{name}.json").read_text())


def resources(graph: Graph) -> list[Resource]:
    """The graph as the pack sees it."""
    nodes = {node.urn: node for node in graph.nodes}

    def provider_of(node: Node) -> dict[str, Any]:
        provider = nodes.get(node.provider.rpartition("::")[0])
        return dict(provider.inputs) if provider else {}

    return [
        Resource(
            type=node.type,
            name=node.name,
            urn=node.urn,
            inputs=known(node.inputs),
            dependencies=dict(node.property_dependencies),
            ignore_changes=node.ignore_changes,
            protect=node.protect,
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


def report_of(graph: Graph, profile_name: str = "production") -> Report:
    return evaluate(resources(graph), profile(profile_name))


def shop_report(graph: Graph, profile_name: str = "production", *platform: Resource) -> Report:
    """With the default provider of the shop's stack file, which the engine makes and no program registers.

    `platform`: resources of the platform's stack, to judge both together.
    """
    provider = {"defaultTags": CONFIG["aws:defaultTags"]}
    return evaluate([replace(one, provider=provider) for one in (*resources(graph), *platform)], profile(profile_name))


def broken(report: Report) -> set[str]:
    """Ids of the rules with a finding."""
    return {finding.rule for finding in report.findings}


def detuned(graph: Graph, *changes: Change) -> Graph:
    """The graph with `change(node)` in place of each node; None takes it away."""
    nodes: Iterable[Node] = graph.nodes
    for change in changes:
        nodes = [node for node in map(change, nodes) if node is not None]
    return Graph(nodes=list(nodes), preview=graph.preview)


def _is(node: Node, kind: type | str, name: str) -> bool:
    return node.type == (kind if isinstance(kind, str) else kind.pulumi_type) and node.name.endswith(name)


def without(kind: type | str, name: str = "") -> Change:
    """Take away the resources of a type whose name has this end."""
    return lambda node: None if _is(node, kind, name) else node


def edited(kind: type | str, name: str, edit: Callable[[dict[str, Any]], dict[str, Any]]) -> Change:
    """Put `edit(inputs)` in place of the inputs."""
    return lambda node: replace(node, inputs=edit(dict(node.inputs))) if _is(node, kind, name) else node


def changed(kind: type | str, name: str = "", **inputs: Any) -> Change:
    """Set some inputs; None takes one away, with what it depended on."""

    def change(node: Node) -> Node:
        if not _is(node, kind, name):
            return node
        gone = {key for key, value in inputs.items() if value is None}
        return replace(
            node,
            inputs={key: value for key, value in {**node.inputs, **inputs}.items() if key not in gone},
            property_dependencies={key: urns for key, urns in node.property_dependencies.items() if key not in inputs},
        )

    return change


def unlinked(kind: type | str, name: str, property_: str, end: str) -> Change:
    """Take what a property depends on, and whose URN has this end, out of it."""

    def change(node: Node) -> Node:
        if not _is(node, kind, name):
            return node
        left = frozenset(urn for urn in node.property_dependencies[property_] if not urn.endswith(end))
        return replace(node, property_dependencies={**node.property_dependencies, property_: left})

    return change


def optioned(kind: type | str, name: str = "", **options: Any) -> Change:
    """Set options of the resources, as `ignore_changes=(...)`."""
    return lambda node: replace(node, **options) if _is(node, kind, name) else node
