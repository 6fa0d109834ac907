"""The number of instances follows what the tasks need."""

from __future__ import annotations

import re

from ecs_operations.engine.registry import Config, Results, Rule, Setting, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.controllers import SET_SIZE, actors
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import leaves

MOST_PERCENT = 100


@Rule(
    id="capacity-scaling-present",
    summary="One mechanism sets the size of an ECS cluster, by what its tasks need.",
    fix="Use managed scaling of a capacity provider, a scaling policy on a capacity metric, or a controller that may "
    "set the group's desired capacity; one of them.",
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Cluster auto scaling",
    types=(tokens.GROUP,),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="capacityMetrics",
            default=["CapacityProviderReservation", ".*Schedulable.*", "(CPU|Memory)Reservation"],
            description="Regular expressions on whole names of metrics that tell how much room there is for tasks.",
        ),
    ),
)
def capacity_scaling_present(group: Resource, graph: Graph, config: Config) -> Results:
    """A cluster that scales on CPU use does not notice a task that finds no room: the hosts are idle, and it waits.

    Two mechanisms on one group undo each other's decisions.
    """
    owners = [f"managed scaling of {provider.name}" for provider in _managed(group, graph)]
    for policy in graph.sources((tokens.GROUP_POLICY,), "autoscalingGroupName", group, "name", "id"):
        metrics = _metrics(policy, graph)
        if any(re.fullmatch(pattern, name) for pattern in config["capacityMetrics"] for name in metrics):
            owners.append(f"the policy {policy.name}")
        else:
            yield f"{policy.name} scales on {', '.join(metrics) or 'no metric'}, not on room for tasks"
    owners += [f"the function {function.name}" for function in actors(graph, SET_SIZE, group)]
    if not owners:
        yield "nothing adjusts its size to what the tasks need"
    elif len(owners) > 1:
        yield f"its size is set by {' and by '.join(owners)}"


def _managed(group: Resource, graph: Graph) -> list[Resource]:
    providers = graph.sources((tokens.CAPACITY_PROVIDER,), "autoScalingGroupProvider", group, "arn")
    path = ("autoScalingGroupProvider", "managedScaling")
    return [
        provider
        for provider in providers
        if provider.get(*path, "status") == "ENABLED"
        and provider.get(*path, "targetCapacity", default=MOST_PERCENT) <= MOST_PERCENT
    ]


def _metrics(policy: Resource, graph: Graph) -> list[str]:
    tracking = policy.get("targetTrackingConfiguration", default={})
    found = _named(tracking, ("predefinedMetricType", "metricName"))
    for alarm in graph.sources((tokens.METRIC_ALARM,), "alarmActions", policy, "arn") if not tracking else ():
        found += _named(alarm.inputs, ("metricName",))
    return sorted(set(found))


def _named(value: object, keys: tuple[str, ...]) -> list[str]:
    """Return the texts under these keys at any depth."""
    if isinstance(value, dict):
        here = [str(leaf) for key in keys for leaf in leaves(value.get(key))]
        return here + [name for key, item in value.items() if key not in keys for name in _named(item, keys)]
    return [name for item in value for name in _named(item, keys)] if isinstance(value, list) else []
