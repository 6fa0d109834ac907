"""Tags."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from ecs_operations.engine.registry import Config, Results, Rule, Setting, Severity, WhenUnknown
from ecs_operations.engine.sentences import counted
from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import blocks, is_true, known
from ecs_operations.facts.tags import TAGGABLE, default_tags
from ecs_operations.facts.values import Unknown, is_set


@Rule(
    id="required-tags",
    summary="Every resource carries the tags that say what it belongs to.",
    fix="Set them in default_tags of the aws provider; Auto Scaling groups need them in tags with propagate_at_launch.",
    severity=Severity.LOW,
    source="AWS Config rule required-tags; Terraform AWS provider, default_tags (groups do not inherit them)",
    anchors=("AWS Config required-tags", "checkov CKV_153 (groups only)"),
    types=TAGGABLE,
    unknown=WhenUnknown.PRESENT,
    counts_others=True,
    settings=(
        Setting(
            name="keys",
            default=["environment", "owner", "managed-by"],
            description="Tag keys that must be there, as they are spelled.",
        ),
    ),
)
def required_tags(resource: Resource, graph: Graph, config: Config) -> Results:
    """What has no owner is neither deleted nor charged to a team, and in an incident the tag says whom to ask.

    A key that several resources lack is one finding, at the first of them: default tags of the provider mend it. They
    do not reach the instances of an Auto Scaling group, so its own tags must propagate.
    """
    if resource.type == tokens.GROUP:
        yield from _group(resource, config)
        return
    alone: list[str] = []
    for key in (key for key in config["keys"] if _lacks(resource, key)):
        lacking = _lacking(graph, key)
        if len(lacking) <= 1 or _empties(resource, key):
            alone.append(key)
        elif lacking[0] is resource:
            yield f"{counted(len(lacking), 'resource')} lack the tag {key}; {_named(lacking)}"
    if alone:
        yield f"tags are missing: {', '.join(alone)}"


def _named(resources: Sequence[Resource]) -> str:
    names = list(dict.fromkeys(resource.name for resource in resources))
    more = len(names) - MENTIONED
    return f"they are {', '.join(names[:MENTIONED])}{f' and {more} more' if more > 0 else ''}"


MENTIONED = 5


@lru_cache(maxsize=8)
def _lacking(graph: Graph, key: str) -> tuple[Resource, ...]:
    """All that default tags would mend; found once for a graph."""
    every = (one for one in graph.of(*TAGGABLE) if one.type != tokens.GROUP)
    return tuple(one for one in every if _lacks(one, key) and not _empties(one, key))


def _empties(resource: Resource, key: str) -> bool:
    """Whether a resource itself gives an empty tag, which goes before the default one."""
    return key in _mapping(resource.peek("tags"))


def _lacks(resource: Resource, key: str) -> bool:
    """Whether a resource has no such tag, or an empty one. What is not known counts as given."""
    given, inherited = resource.peek("tags"), default_tags(resource)
    if isinstance(given, Unknown) or isinstance(inherited, Unknown):
        return False
    own, default = _mapping(given), _mapping(inherited)
    return not is_set(own[key] if key in own else default.get(key))


def _group(group: Resource, config: Config) -> Results:
    given = group.peek("tags")
    if isinstance(given, Unknown):
        return
    tags = {str(known(tag).get("key")): tag for tag in blocks(given)}
    if missing := [key for key in config["keys"] if not is_set(tags.get(key, {}).get("value"))]:
        yield f"tags are missing: {', '.join(missing)}"
    if kept := [key for key in config["keys"] if key in tags and not is_true(tags[key].get("propagateAtLaunch"))]:
        yield f"tags do not reach the instances (propagateAtLaunch is off): {', '.join(kept)}"


def _mapping(given: Any) -> dict[str, Any]:
    return given if isinstance(given, dict) else {}
