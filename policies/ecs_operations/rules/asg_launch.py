"""What an Auto Scaling group launches from, and when a new instance enters service."""

from __future__ import annotations

from ecs_operations.engine.registry import Config, Results, Rule, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.ecs_groups import in_cluster
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.hooks import LAUNCHING, hook_resources, initial_hooks, name_of
from ecs_operations.facts.resource import Resource


@Rule(
    id="asg-launch-template",
    summary="An Auto Scaling group starts from a launch template.",
    fix="Replace launch_configuration by launch_template.",
    severity=Severity.MEDIUM,
    source="Amazon EC2 Auto Scaling user guide, Launch configurations (no new instance types or features since 2023)",
    anchors=("Security Hub AutoScaling.9", "checkov CKV_315"),
    types=(tokens.GROUP,),
    unknown=WhenUnknown.PRESENT,
    guards=("launchConfiguration",),
)
def asg_launch_template(group: Resource, _config: Config) -> Results:
    """Launch configurations have no versions, so nothing can be rolled back, and AWS no longer extends them."""
    if group.has("launchConfiguration"):
        yield "starts from a launch configuration"


@Rule(
    id="asg-launch-hook-continues",
    summary="A new container instance enters service when nothing completes its launching hook.",
    fix='Set default_result "CONTINUE" on the launching hook, and let its handler abandon an instance that failed.',
    severity=Severity.HIGH,
    source="Amazon EC2 Auto Scaling API reference, PutLifecycleHook (DefaultResult is ABANDON unless given)",
    types=(tokens.GROUP,),
    unknown=WhenUnknown.SKIP,
    guards=("initialLifecycleHooks",),
)
def asg_launch_hook_continues(group: Resource, graph: Graph, _config: Config) -> Results:
    """With ABANDON, a handler that is down terminates every new instance: a cluster that needs room gets none."""
    hooks = {str(hook.get("name")): hook.get("defaultResult") for hook in initial_hooks(group, LAUNCHING)}
    hooks |= {name_of(hook): hook.get("defaultResult") for hook in hook_resources(graph, group, LAUNCHING)}
    for name, result in sorted(hooks.items()):
        if result != "CONTINUE" and in_cluster(graph, group):
            yield f"terminates each new instance when nothing completes its hook {name} ({result or 'ABANDON'})"
