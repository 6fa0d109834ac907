"""The number of instances follows what the tasks need."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ecs_operations.engine.registry import Config, Results, Rule, Setting, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.controllers import SET_SIZE, actors
from ecs_operations.facts.ecs_groups import in_cluster
from ecs_operations.facts.environment import other_cluster
from ecs_operations.facts.graph import Graph, any_true
from ecs_operations.facts.hooks import providers_of
from ecs_operations.facts.options import ignores
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import is_false, number
from ecs_operations.facts.universal_targets import sizing_schedules
from ecs_operations.facts.values import leaves
from ecs_operations.facts.wiring import longest_wait_s

MOST_PERCENT = 100


AS_IT_IS = -1
"""A size that a scheduled action leaves alone; one that it leaves out becomes 0 (source: the provider's schema)."""


@Rule(
    id="capacity-scaling-present",
    summary="One mechanism sets the size of an ECS cluster, by what its tasks need.",
    fix="Use managed scaling of a capacity provider, a scaling policy on a capacity metric, or a controller that may "
    "set the group's desired capacity and runs on a schedule; one of them, and neither an autoscaling.Schedule nor a "
    "scheduler.Schedule that calls Auto Scaling beside it.",
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
        Setting(
            name="minimumTargetPercent",
            default=50,
            minimum=1,
            maximum=100,
            description="Least targetCapacity of managed scaling: at 50, half of the instances are spare.",
        ),
        Setting(
            name="maximumWaitSeconds",
            default=900,
            minimum=60,
            maximum=86400,
            description="Seconds between two looks of a function that sets the size; meanwhile tasks wait for room.",
        ),
    ),
)
def capacity_scaling_present(group: Resource, graph: Graph, config: Config) -> Results:
    """A cluster that scales on CPU use does not notice a task that finds no room: the hosts are idle, and it waits.

    Two mechanisms on one group undo each other's decisions.
    """
    if not in_cluster(graph, group):
        return
    managed = _managed(group, graph)
    owners = [f"managed scaling of {provider.name}" for provider in managed]
    for provider in managed:
        yield from _spare(provider, config)
    for policy in graph.sources((tokens.GROUP_POLICY,), "autoscalingGroupName", group, "name", "id"):
        if fault := _fault(policy, graph, config):
            yield f"{policy.name} {fault}"
        else:
            owners.append(f"the policy {policy.name}")
    for function in actors(graph, SET_SIZE, group):
        owners.append(f"the function {function.name}")
        yield from _judged(function, graph, config)
    if not owners:
        yield "nothing adjusts its size to what the tasks need"
    owners += [f"the scheduled action {action.name}" for action in _scheduled(group, graph)]
    owners += [f"the schedule {schedule.name}" for schedule in sizing_schedules(graph, group)]
    if len(owners) > 1:
        yield f"its size is set by {' and by '.join(owners)}"


def _managed(group: Resource, graph: Graph) -> list[Resource]:
    path = ("autoScalingGroupProvider", "managedScaling", "status")
    return [provider for provider in providers_of(graph, group) if provider.get(*path) == "ENABLED"]


def _spare(provider: Resource, config: Config) -> Results:
    target = number(provider.get("autoScalingGroupProvider", "managedScaling", "targetCapacity", default=MOST_PERCENT))
    if target is not None and not config["minimumTargetPercent"] <= target <= MOST_PERCENT:
        allowed = f"{config['minimumTargetPercent']} to {MOST_PERCENT}"
        yield f"managed scaling of {provider.name} aims at {target} % use (targetCapacity), must be {allowed}"


def _judged(function: Resource, graph: Graph, config: Config) -> Results:
    if cluster := other_cluster(graph, function):
        yield f"{function.name} counts the tasks of the cluster {cluster} instead of this stack's"
    gap = longest_wait_s(graph, function)
    if gap is not None and gap > config["maximumWaitSeconds"]:
        yield f"{function.name} looks every {gap:g} s, must be at least every {config['maximumWaitSeconds']} s"


def _fault(policy: Resource, graph: Graph, config: Config) -> str:
    """Return why a policy does not make room for tasks, nothing if it does."""
    forecasts = policy.get("predictiveScalingConfiguration", "mode", default="ForecastOnly") == "ForecastOnly"
    if is_false(policy.get("enabled")) or (policy.has("predictiveScalingConfiguration") and forecasts):
        return "is switched off"
    metrics = _metrics(policy, graph)
    if any(re.fullmatch(pattern, name) for pattern in config["capacityMetrics"] for name in metrics):
        return ""
    return f"scales on {', '.join(metrics) or 'no metric'}, not on room for tasks"


def _scheduled(group: Resource, graph: Graph) -> list[Resource]:
    actions = graph.sources((tokens.GROUP_SCHEDULED_ACTION,), "autoscalingGroupName", group, "name", "id")
    sizes = ("minSize", "maxSize", "desiredCapacity")
    return [one for one in actions if any(number(one.get(size, default=0)) != AS_IT_IS for size in sizes)]


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


@Rule(
    id="capacity-size-left-alone",
    summary="The program does not set the size of a group of an ECS cluster that something else sizes.",
    fix="Remove desired_capacity; the group starts with min_size, or ignore its changes.",
    severity=Severity.HIGH,
    source="Pulumi AWS provider, autoscaling.Group: desired_capacity and scaling policies",
    types=(tokens.GROUP,),
    unknown=WhenUnknown.SKIP,
    reads_ignore_changes=True,
)
def capacity_size_left_alone(group: Resource, graph: Graph, _config: Config) -> Results:
    """Each `up` that follows a change of the size sets it back, and takes away the instances that tasks run on."""
    if not group.has("desiredCapacity") or ignores(group, "desiredCapacity") or not in_cluster(graph, group):
        return
    if any_true(
        lambda: _managed(group, graph),
        lambda: graph.sources((tokens.GROUP_POLICY,), "autoscalingGroupName", group, "name", "id"),
        lambda: actors(graph, SET_SIZE, group),
    ):
        yield "sets its size at each up (desiredCapacity), against what scales it"


@Rule(
    id="capacity-provider-in-use",
    summary="A capacity provider is one of a cluster, and the tasks that it makes room for are started through it.",
    fix="Name the provider in ecs.ClusterCapacityProviders, also in its default_capacity_provider_strategies; on "
    "services replace launch_type by capacity_provider_strategies.",
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Amazon ECS capacity providers for EC2 workloads",
    types=(tokens.CAPACITY_PROVIDER, tokens.SERVICE),
    unknown=WhenUnknown.SKIP,
)
def capacity_provider_in_use(holder: Resource, graph: Graph, _config: Config) -> Results:
    """A provider without a cluster neither scales nor drains, and two of one group are refused by AWS.

    Managed scaling counts tasks that start through its provider: one with launch type EC2 waits for room for ever.
    """
    if holder.type == tokens.SERVICE:
        yield from _bypassing(holder, graph)
        return
    if graph.of(tokens.CLUSTER) and not graph.sources(_LISTS, "capacityProviders", holder, "name", "id", "arn"):
        yield "no cluster uses it, so it scales and drains nothing"
    for group in graph.targets(holder, "autoScalingGroupProvider", (tokens.GROUP,), "arn"):
        if first := next((one.name for one in providers_of(graph, group) if one.urn < holder.urn), None):
            yield f"its group {group.name} has the capacity provider {first} already"


_LISTS = (tokens.CLUSTER_CAPACITY_PROVIDERS,)


def _bypassing(service: Resource, graph: Graph) -> Results:
    if service.has("capacityProviderStrategies") or service.get("schedulingStrategy") == "DAEMON":
        return
    kind = service.get("launchType")
    for listed in _providers_lists(service, graph):
        if kind not in (None, "EC2") or (kind is None and listed.has("defaultCapacityProviderStrategies")):
            continue
        for provider in graph.targets(listed, "capacityProviders", (tokens.CAPACITY_PROVIDER,), "name", "id", "arn"):
            if provider.get("autoScalingGroupProvider", "managedScaling", "status") == "ENABLED":
                yield f"starts its tasks beside {provider.name}, whose managed scaling does not count them"


def _providers_lists(service: Resource, graph: Graph) -> Iterator[Resource]:
    for cluster in graph.targets(service, "cluster", (tokens.CLUSTER,), "arn", "id", "name"):
        yield from graph.sources(_LISTS, "clusterName", cluster, "name", "id")
