"""What holds data outlives a mistake."""

from __future__ import annotations

from ecs_operations.engine.registry import Config, Level, Results, Rule, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource

OWN_PROTECTION = {
    tokens.DATABASE: "deletionProtection",
    tokens.DATABASE_CLUSTER: "deletionProtection",
    tokens.TABLE: "deletionProtectionEnabled",
}
"""Type → the property with which AWS refuses to delete it."""


FORCED = {tokens.BUCKET: "forceDestroy", tokens.REPOSITORY: "forceDelete"}
"""Type → the property with which it is emptied first; AWS refuses to delete what is not empty."""


@Rule(
    id="prod-protect",
    summary="What holds data cannot be deleted by accident.",
    fix="Set the option protect, or the deletion protection that the type has; do not empty a bucket by force.",
    severity=Severity.HIGH,
    source="Pulumi documentation, resource option protect; Amazon RDS user guide, Deletion protection",
    types=(*OWN_PROTECTION, *FORCED, tokens.FILE_SYSTEM),
    level=Level.ADVISORY,
    unknown=WhenUnknown.PRESENT,
    guards=(*sorted({*OWN_PROTECTION.values()}), *FORCED.values()),
)
def prod_protect(store: Resource, _config: Config) -> Results:
    """A renamed resource is a new one and the end of the old one: a preview shows it in one line among a hundred."""
    if store.protect:
        return
    if store.type in FORCED:
        forced = FORCED[store.type]
        if not store.is_unknown(forced) and store.get(forced, default=False) is True:
            yield f"is emptied and deleted ({forced} is true)"
        return
    own = OWN_PROTECTION.get(store.type)
    if own is None:
        yield "can be deleted with its data: it lacks the option protect"
    elif not store.is_unknown(own) and store.get(own, default=False) is not True:
        yield f"can be deleted with its data: it has neither {own} nor the option protect"
