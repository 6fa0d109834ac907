"""New images and settings of instances roll out by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_operations import tokens
from ecs_operations.controllers import REFRESH, actors
from ecs_operations.registry import Config, Level, Results, Setting, Severity, WhenUnknown, stack_rule

if TYPE_CHECKING:
    from ecs_operations.model import Graph, Resource

TEMPLATES = ("launchTemplate", "mixedInstancesPolicy")
FULL_PERCENT = 100
DAY_S = 86_400
DEFAULT_HEALTHY_PERCENT = 90


@stack_rule(
    "asg-instance-refresh",
    summary="A new launch template version reaches the running instances, a few at a time.",
    fix="Set instance_refresh (min_healthy_percentage, scale_in_protected_instances Refresh, no auto_rollback), or let "
    "a controller start the refresh and ignore changes of the group's template.",
    severity=Severity.HIGH,
    source="Amazon EC2 Auto Scaling user guide, Use an instance refresh to update instances",
    types=(tokens.GROUP,),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="minimumHealthyPercent",
            default=90,
            minimum=0,
            maximum=100,
            description="Least share of instances in service during a refresh, unless it launches first.",
        ),
    ),
    guards=("instanceRefresh",),
)
def asg_instance_refresh(group: Resource, graph: Graph, config: Config) -> Results:
    """A template that nobody rolls out leaves old, unpatched images in service for months, and mixes two versions.

    One owner only: when the provider writes the new version into the group before the refresh starts, a rollback
    returns to the new version. So the provider's own refresh must not roll back, and a controller that starts
    refreshes needs a group whose template Pulumi leaves alone.
    """
    ignored = {path.split(".")[0] for path in group.ignore_changes}
    hidden = [name for name in TEMPLATES if group.has(name) and name in ignored]
    if group.has("instanceRefresh"):
        yield from _by_provider(group, config)
        if hidden:
            yield f"ignores changes of {hidden[0]}, so its instance refresh never starts"
        return
    controllers = actors(graph, REFRESH, group)
    if not controllers:
        yield "a new version of its template reaches no running instance"
    elif not hidden:
        names = ", ".join(function.name for function in controllers)
        yield f"{names} may start refreshes, but Pulumi changes the template of the group first"


def _by_provider(group: Resource, config: Config) -> Results:
    preferences = group.get("instanceRefresh", "preferences", default={})
    least = preferences.get("minHealthyPercentage")
    least = DEFAULT_HEALTHY_PERCENT if least is None else least
    most = preferences.get("maxHealthyPercentage") or FULL_PERCENT
    if least < config["minimumHealthyPercent"] and most <= FULL_PERCENT:
        yield f"a refresh may take {FULL_PERCENT - least} % of the instances away at once"
    if preferences.get("autoRollback"):
        yield "a refresh that rolls back returns to the new version, because the provider has already written it"
    if group.get("protectFromScaleIn") and preferences.get("scaleInProtectedInstances") != "Refresh":
        yield "a refresh leaves out instances that are protected from scale-in"
    for name in TEMPLATES:
        yield from _moving(group, name)


def _moving(group: Resource, name: str) -> Results:
    inner = ("launchTemplate", "launchTemplateSpecification") if name == "mixedInstancesPolicy" else ()
    path = (name, *inner, "version")
    if group.is_unknown(*path):  # made from the template's latest version, which is a number
        return
    if group.has(name) and str(group.get(*path, default="")) in ("", "$Latest", "$Default"):
        yield f"{name} follows a moving version, a change of which starts no refresh"


@stack_rule(
    "asg-max-instance-lifetime",
    summary="No instance grows old: a rollout of new images replaces it, or a maximum lifetime.",
    fix="Set max_instance_lifetime to some weeks, or let somebody roll out new versions of the template.",
    severity=Severity.LOW,
    source="Amazon EC2 Auto Scaling user guide, Replace Auto Scaling instances based on maximum instance lifetime",
    types=(tokens.GROUP,),
    level=Level.ADVISORY,
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="minimumDays",
            default=7,
            minimum=1,
            maximum=365,
            description="Shortest lifetime that may be set: each end drains a host, and AWS allows 1 day.",
        ),
        Setting(name="maximumDays", default=90, minimum=1, maximum=365, description="Longest; AWS allows 365 days."),
    ),
    guards=("maxInstanceLifetime",),
)
def asg_max_instance_lifetime(group: Resource, graph: Graph, config: Config) -> Results:
    """An instance that nobody replaces runs for years: full disks, leaked memory, an image without a patch.

    A lifetime of a day or two keeps the cluster in motion, and every task with it.
    """
    days = int(group.get("maxInstanceLifetime", default=0)) / DAY_S
    least, most = config["minimumDays"], config["maximumDays"]
    if days and not least <= days <= most:
        yield f"replaces each instance after {days:g} days, {least} to {most} are wanted"
    elif not days and not group.has("instanceRefresh") and not actors(graph, REFRESH, group):
        yield "keeps an instance for ever: it has no maximum lifetime, and nobody rolls out its template"
