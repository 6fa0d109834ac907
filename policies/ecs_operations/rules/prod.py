"""What holds data or all tasks outlives a mistake."""

from __future__ import annotations

from ecs_operations.engine.registry import Config, Level, Results, Rule, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.ecs_groups import in_cluster
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import is_true

OWN_PROTECTION = {
    tokens.DATABASE: "deletionProtection",
    tokens.DATABASE_CLUSTER: "deletionProtection",
    tokens.TABLE: "deletionProtectionEnabled",
}
"""Type → the property with which AWS refuses to delete it."""


FORCED = {tokens.BUCKET: "forceDestroy", tokens.REPOSITORY: "forceDelete"}
"""Type → the property with which it is emptied first; AWS refuses to delete what is not empty."""


LOST = {
    tokens.FILE_SYSTEM: "its data",
    tokens.KEY: "all that it encrypts",
    tokens.VPC: "everything in it",
    tokens.CLUSTER: "its services",
    tokens.GROUP: "the tasks on its instances",
}
"""Type that nothing but the option protects → what goes with it."""


@Rule(
    id="prod-protect",
    summary="What holds data, or runs every task of a cluster, cannot be deleted by accident.",
    fix="Set the option protect, or the deletion protection that the type has; do not empty a bucket by force.",
    severity=Severity.HIGH,
    source="Pulumi documentation, resource option protect; Amazon RDS user guide, Deletion protection",
    types=(*OWN_PROTECTION, *FORCED, *LOST),
    level=Level.ADVISORY,
    unknown=WhenUnknown.PRESENT,
    guards=(*sorted({*OWN_PROTECTION.values()}), *FORCED.values()),
)
def prod_protect(store: Resource, graph: Graph, _config: Config) -> Results:
    """A renamed resource is a new one and the end of the old one: a preview shows it in one line among a hundred."""
    if store.protect or (store.type == tokens.GROUP and not in_cluster(graph, store)):
        return
    if store.type in FORCED:
        forced = FORCED[store.type]
        if not store.is_unknown(forced) and is_true(store.get(forced)):
            yield f"is emptied and deleted ({forced} is true)"
        return
    own = OWN_PROTECTION.get(store.type)
    if own is None:
        yield f"can be deleted with {LOST[store.type]}: it lacks the option protect"
    elif not store.is_unknown(own) and not is_true(store.get(own)):
        yield f"can be deleted with its data: it has neither {own} nor the option protect"


@Rule(
    id="prod-successor-first",
    summary="What runs tasks, or what they need, is replaced by a successor that exists before it goes.",
    fix="Remove the option delete_before_replace, and a fixed name that would need it.",
    severity=Severity.HIGH,
    source="Pulumi documentation, resource option deleteBeforeReplace",
    types=(
        tokens.GROUP, tokens.SERVICE, tokens.CLUSTER, *tokens.LOAD_BALANCERS, *tokens.TARGET_GROUPS, tokens.NAT_GATEWAY,
        tokens.FUNCTION,
    ),
    unknown=WhenUnknown.PRESENT,
)  # fmt: skip
def prod_successor_first(runner: Resource, _config: Config) -> Results:
    """A change that replaces it stops every task first, and starts the new ones only when the last is gone.

    Without its balancer, target group or NAT gateway a task runs on and serves nobody; a controller that is gone drains
    nothing.
    """
    if runner.delete_before_replace:
        yield "is deleted before its successor exists (delete_before_replace)"
