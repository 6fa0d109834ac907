"""The option ignoreChanges, which would hide what the other rules guard. The rule is derived from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ecs_operations.engine.registry import Config, Results, Rule, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.options import EVERYTHING, ignored
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.services import deployed_by_ecs, scheduled_actions, shifting


def _has_hook_resource(group: Resource, graph: Graph) -> bool:
    return bool(graph.sources((tokens.LIFECYCLE_HOOK,), "autoscalingGroupName", group, "name", "id"))


def _only_its_template(group: Resource, _graph: Graph) -> bool:
    """Whether its template alone is ignored, whose versions a controller may roll out.

    That all of it is ignored is what asg-instance-refresh says.
    """
    paths = [path for path in group.ignore_changes if "mixedInstancesPolicy" in path]
    whole = [path for path in paths if path.strip("[]\"' ") == "mixedInstancesPolicy"]
    return bool(whole) or (bool(paths) and all("launchTemplateSpecification" in path for path in paths))


def _ecs_weighs(rule: Resource, graph: Graph) -> bool:
    """Whether it is a rule of a service whose traffic ECS shifts: its weights are ECS's."""
    return any(map(shifting, graph.sources((tokens.SERVICE,), "loadBalancers", rule, "arn", "id")))


UNLESS: dict[tuple[str, str], Callable[[Resource, Graph], bool]] = {
    (tokens.GROUP, "initialLifecycleHooks"): _has_hook_resource,
    (tokens.GROUP, "mixedInstancesPolicy"): _only_its_template,
    **{
        (tokens.SERVICE, name): lambda service, _graph: not deployed_by_ecs(service)
        for name in ("capacityProviderStrategies", "networkConfiguration")
    },
    (tokens.SERVICE, "taskDefinition"): lambda service, _graph: not deployed_by_ecs(service),
    (tokens.SERVICE, "loadBalancers"): lambda service, _graph: not deployed_by_ecs(service),
    **dict.fromkeys(((token, "actions") for token in tokens.LISTENER_RULES), _ecs_weighs),
    (tokens.SCALING_TARGET, "minCapacity"): lambda target, graph: bool(scheduled_actions(graph, target)),
    (tokens.SCALING_TARGET, "maxCapacity"): lambda target, graph: bool(scheduled_actions(graph, target)),
}
"""What may be ignored although it is guarded: hooks at creation, when a LifecycleHook resource owns the settings; the
task definition and the target groups that CodeDeploy chose; weights that ECS sets; bounds that a schedule sets.

A group's launchTemplate and a service's desiredCount have owners of their own; asg-instance-refresh and
service-desired-count-ignored judge them.
"""


_RULE_PARTS = ("cidrIpv4", "cidrIpv6", "fromPort", "ipProtocol", "prefixListId", "referencedSecurityGroupId", "toPort")
IMPORTANT: dict[str, tuple[str, ...]] = {
    **dict.fromkeys((tokens.INGRESS_RULE, tokens.EGRESS_RULE), _RULE_PARTS),
    tokens.SECURITY_GROUP_RULE: ("cidrBlocks", "fromPort", "protocol", "sourceSecurityGroupId", "toPort"),
    tokens.SECURITY_GROUP: ("egress", "ingress"),
    tokens.ROUTE: ("destinationCidrBlock", "gatewayId", "natGatewayId"),
    tokens.VPC_ENDPOINT: ("policy", "securityGroupIds"),
    **dict.fromkeys(tokens.LOAD_BALANCERS, ("securityGroups",)),
    **dict.fromkeys(tokens.LISTENERS, ("certificateArn", "port", "protocol")),
    tokens.GROUP: ("mixedInstancesPolicy",),
    tokens.LIFECYCLE_HOOK: ("lifecycleTransition", "notificationTargetArn"),
    tokens.CAPACITY_PROVIDER: ("autoScalingGroupProvider",),
    tokens.SERVICE: ("capacityProviderStrategies", "networkConfiguration"),
    tokens.PARAMETER: ("type",),
    tokens.TASK_DEFINITION: ("containerDefinitions", "executionRoleArn", "taskRoleArn"),
    tokens.SCALING_POLICY: ("targetTrackingScalingPolicyConfiguration",),
    tokens.FUNCTION: ("environment", "reservedConcurrentExecutions", "role", "timeout", "vpcConfig"),
    tokens.PERMISSION: ("principal", "sourceArn"),
    tokens.EVENT_RULE: ("eventPattern", "scheduleExpression", "state"),
    tokens.EVENT_TARGET: ("arn", "deadLetterConfig", "roleArn"),
    tokens.SCHEDULE: ("scheduleExpression", "state", "target"),
    tokens.METRIC_ALARM: ("datapointsToAlarm", "period"),
    tokens.SUBSCRIPTION: ("endpoint", "filterPolicy"),
    tokens.ROLE: ("permissionsBoundary",),
}
"""What no rule guards by itself, though several rules read it as the truth."""


def guarded_rule(rules: Iterable[Rule]) -> Rule:
    """Return the rule that forbids to ignore changes of anything that one of these rules guards."""
    guarded: dict[str, set[str]] = {}
    for rule in rules:
        for token in rule.types if rule.guards else ():
            guarded.setdefault(token, set()).update(rule.guards)
    for token, names in IMPORTANT.items():
        guarded.setdefault(token, set()).update(names)

    @Rule(
        id="no-ignore-changes-on-guarded",
        summary="No option ignoreChanges hides a property that a rule of this pack guards.",
        fix="Remove the property from ignore_changes, or exempt the resource and say who owns the property.",
        severity=Severity.HIGH,
        source="Pulumi documentation, resource option ignoreChanges",
        types=tuple(sorted(guarded)),
        unknown=WhenUnknown.SKIP,
        reads_ignore_changes=True,
    )
    def no_ignore_changes_on_guarded(resource: Resource, graph: Graph, _config: Config) -> Results:
        """An ignored property keeps its old value for ever, while program, review and policies see the new one."""
        names = ignored(resource)
        hidden = guarded[resource.type] if EVERYTHING in names else guarded[resource.type] & names
        for name in sorted(hidden):
            owner = UNLESS.get((resource.type, name))
            if owner is None or not owner(resource, graph):
                yield f"ignores changes of {name}"

    return no_ignore_changes_on_guarded
