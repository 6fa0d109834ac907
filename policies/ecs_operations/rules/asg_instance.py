"""How instances of a group are replaced: by a new version of what they are made of, and when they failed."""

from __future__ import annotations

from ecs_operations.engine.registry import Config, Results, Rule, Setting, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.controllers import REFRESH, actors
from ecs_operations.facts.ecs_groups import in_cluster
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.hooks import LAUNCHING, hook_resources, initial_hooks
from ecs_operations.facts.options import ignores
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import fields, is_true, number

MIXED = "mixedInstancesPolicy"


TEMPLATES = ("launchTemplate", MIXED)


FULL_PERCENT = 100


DEFAULT_HEALTHY_PERCENT = 90


LEAST_WHEN_LAUNCHED_FIRST = 50
"""Percent that must stay although new instances are launched at the same time."""


HEALTHY_PERCENT = Setting(
    name="minimumHealthyPercent",
    default=90,
    minimum=0,
    maximum=100,
    description="Least share of instances in service meanwhile, unless new ones are launched first.",
)


@Rule(
    id="asg-instance-refresh",
    summary="A new launch template version reaches the running instances of an ECS cluster, a few at a time.",
    fix="Set instance_refresh (min_healthy_percentage, scale_in_protected_instances Refresh, no auto_rollback, a "
    "last checkpoint of 100), or let a controller start the refresh and ignore changes of the group's template.",
    severity=Severity.HIGH,
    source="Amazon EC2 Auto Scaling user guide, Use an instance refresh to update instances",
    types=(tokens.GROUP,),
    unknown=WhenUnknown.SKIP,
    reads_ignore_changes=True,
    settings=(HEALTHY_PERCENT,),
    guards=("instanceRefresh",),
)
def asg_instance_refresh(group: Resource, graph: Graph, config: Config) -> Results:
    """A template that nothing rolls out leaves old, unpatched images in service for months, and mixes two versions.

    One owner only: when the provider writes the new version into the group before the refresh starts, a rollback
    returns to the new version. So the provider's own refresh must not roll back, and a controller that starts
    refreshes needs a group whose template Pulumi leaves alone.
    """
    if not in_cluster(graph, group):
        return
    hidden = [name for name in TEMPLATES if group.has(name) and ignores(group, name)]
    if MIXED in hidden and not {MIXED, f'["{MIXED}"]'}.isdisjoint(group.ignore_changes):
        yield f"ignores all of {MIXED}, so new instance types are never launched"
    if group.has("instanceRefresh"):
        yield from _by_provider(group, graph, config)
        if hidden:
            yield f"ignores changes of {hidden[0]}, so its instance refresh never starts"
        return
    controllers = actors(graph, REFRESH, group)
    if not controllers:
        yield "a new version of its template reaches no running instance"
    elif not hidden:
        names = ", ".join(function.name for function in controllers)
        yield f"{names} may start refreshes, but Pulumi changes the template of the group first"


def _by_provider(group: Resource, graph: Graph, config: Config) -> Results:
    preferences = fields(group.get("instanceRefresh", "preferences"))
    least = number(preferences.get("minHealthyPercentage"))
    most = number(preferences.get("maxHealthyPercentage"))
    taken = _taken(DEFAULT_HEALTHY_PERCENT if least is None else least, most or FULL_PERCENT, config)
    if taken:
        yield f"a refresh may take {taken} % of the instances away at once"
    if is_true(preferences.get("autoRollback")):
        yield "a refresh that rolls back returns to the new version, because the provider has already written it"
    if is_true(group.get("protectFromScaleIn")) and preferences.get("scaleInProtectedInstances") != "Refresh":
        yield "a refresh leaves out instances that are protected from scale-in"
    checkpoints = group.get("instanceRefresh", "preferences", "checkpointPercentages")
    if isinstance(checkpoints, list) and checkpoints and number(checkpoints[-1]) != FULL_PERCENT:
        yield f"a refresh ends at its last checkpoint, with {checkpoints[-1]} % of the instances replaced"
    if number(preferences.get("instanceWarmup")) == 0 and not _awaited(group, graph):
        yield "a refresh goes on before a new instance can run tasks (instanceWarmup 0, and no launching hook)"
    for name in TEMPLATES:
        yield from _moving(group, name)


def _taken(least: float, most: float, config: Config) -> float:
    """Return the percentage of instances that may be away at once, 0 if that is allowed."""
    first = most > FULL_PERCENT
    enough = (
        min(LEAST_WHEN_LAUNCHED_FIRST, config["minimumHealthyPercent"]) if first else config["minimumHealthyPercent"]
    )
    return 0 if least >= enough else FULL_PERCENT - least


def _awaited(group: Resource, graph: Graph) -> bool:
    return bool(initial_hooks(group, LAUNCHING) or hook_resources(graph, group, LAUNCHING))


def _moving(group: Resource, name: str) -> Results:
    inner = ("launchTemplate", "launchTemplateSpecification") if name == MIXED else ()
    path = (name, *inner, "version")
    if group.is_unknown(*path, noted=False):  # made from the template's latest version, which is a number
        return
    if group.has(name) and str(group.get(*path, default="")) in ("", "$Latest", "$Default"):
        yield f"{name} follows a moving version, a change of which starts no refresh"


@Rule(
    id="asg-instance-maintenance",
    summary="Instances of an ECS cluster that failed or are in the wrong zone are replaced a few at a time.",
    fix="Set instance_maintenance_policy: min_healthy_percentage 100, max_healthy_percentage 110.",
    severity=Severity.HIGH,
    source="Amazon EC2 Auto Scaling user guide, Instance maintenance policies",
    types=(tokens.GROUP,),
    unknown=WhenUnknown.SKIP,
    settings=(HEALTHY_PERCENT,),
    guards=("instanceMaintenancePolicy",),
)
def asg_instance_maintenance(group: Resource, graph: Graph, config: Config) -> Results:
    """At 0 % healthy, one failed health check of a zone may terminate every instance before another has started.

    A policy that is not given launches first where a zone is balanced, and replaces one by one what failed.
    """
    path = "instanceMaintenancePolicy"
    least = number(group.get(path, "minHealthyPercentage"))
    most = number(group.get(path, "maxHealthyPercentage"))
    if least is None or least < 0 or not in_cluster(graph, group):
        return
    if taken := _taken(least, most or FULL_PERCENT, config):
        yield f"replacing instances may take {taken} % of them away at once ({path})"
