"""The size of the cluster follows what its tasks need."""

from __future__ import annotations

import re

from ecs_operations import tokens
from ecs_operations.controllers import SET_SIZE, actors
from ecs_operations.documents import containers
from ecs_operations.model import Graph, NotEvaluated, Resource, leaves
from ecs_operations.registry import Config, Results, Setting, Severity, WhenUnknown, stack_rule
from ecs_operations.sizes import REGISTERED_SHARE, SIZES

MOST_PERCENT = 100


@stack_rule(
    "capacity-scaling-present",
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


@stack_rule(
    "taskdef-fits-instance",
    summary="Every task fits on the smallest instance of the cluster.",
    fix="Lower the task's cpu or memory, or choose a larger instance type.",
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Task size; Amazon EC2 instance types",
    types=(tokens.TASK_DEFINITION,),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="reservedMemoryMib",
            default=256,
            minimum=0,
            maximum=16384,
            description="MiB that ECS_RESERVED_MEMORY keeps for the system, of the 95 % that an instance registers.",
        ),
    ),
)
def taskdef_fits_instance(task: Resource, graph: Graph, config: Config) -> Results:
    """A task that fits on no instance stays unplaced for ever, and a scaler that counts it grows to its limit."""
    if task.get("requiresCompatibilities") == ["FARGATE"]:
        return
    types = sorted({name for template in graph.of(tokens.LAUNCH_TEMPLATE, tokens.GROUP) for name in _types(template)})
    cpu, memory = _needs(task)
    for name in types:
        if name not in SIZES:
            yield NotEvaluated(f"size of the instance type {name}")
            continue
        usable = int(SIZES[name].memory_mib * REGISTERED_SHARE) - config["reservedMemoryMib"]
        if cpu > SIZES[name].cpu_units:
            yield f"needs {cpu} CPU units, and {name} has {SIZES[name].cpu_units}"
        if memory > usable:
            yield f"needs {memory} MiB, and {name} has {usable} MiB for tasks"


def _types(source: Resource) -> list[str]:
    if source.type == tokens.LAUNCH_TEMPLATE:
        return [source.get("instanceType")] if source.has("instanceType") else []
    overrides = source.get("mixedInstancesPolicy", "launchTemplate", "overrides", default=[])
    return [item["instanceType"] for item in overrides if item.get("instanceType")]


def _needs(task: Resource) -> tuple[int, int]:
    if task.has("cpu") and task.has("memory"):
        return int(task.get("cpu")), int(task.get("memory"))
    each = containers(task)
    cpu = int(task.get("cpu", default=0)) or sum(int(item.get("cpu") or 0) for item in each)
    reserved = sum(int(item.get("memoryReservation") or item.get("memory") or 0) for item in each)
    return cpu, int(task.get("memory", default=0)) or reserved
