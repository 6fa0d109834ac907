"""Whether there is an instance on which a task fits."""

from __future__ import annotations

from functools import partial
from typing import Any

from ecs_operations.engine.registry import Config, NotEvaluated, Results, Rule, Setting, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.documents import containers, inner
from ecs_operations.facts.ecs_groups import groups_of_host, in_cluster
from ecs_operations.facts.fargate import made_for_instances
from ecs_operations.facts.graph import Graph, any_true
from ecs_operations.facts.instance_types import REGISTERED_SHARE, SIZES
from ecs_operations.facts.quantities import number
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import listed
from ecs_operations.facts.user_data import runs_agent, user_data
from ecs_operations.facts.values import Unknown, UnknownInputError


@Rule(
    id="taskdef-fits-instance",
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
            description="MiB that ECS_RESERVED_MEMORY keeps for the system, of the 93 % that an instance registers.",
        ),
    ),
)
def taskdef_fits_instance(task: Resource, graph: Graph, config: Config) -> Results:
    """A task that fits on no instance stays unplaced for ever, and a scaler that counts it grows to its limit."""
    if not made_for_instances(graph, task):
        return
    cpu, memory = _needs(task)

    def judged(name: str) -> Results:
        if name not in SIZES:
            yield NotEvaluated(f"size of the instance type {name}")
            return
        usable = int(SIZES[name].memory_mib * REGISTERED_SHARE) - config["reservedMemoryMib"]
        if cpu > SIZES[name].cpu_units:
            yield f"needs {cpu} CPU units, {name} has {SIZES[name].cpu_units}"
        if memory > usable:
            yield f"needs {memory} MiB, {name} has {usable} MiB for tasks"

    sources = [one for one in graph.of(tokens.LAUNCH_TEMPLATE, tokens.GROUP) if _may_run_tasks(one, graph)]
    given = {source.name: _types(source) for source in sources}
    yield from (
        NotEvaluated(f"instanceType of {name}")
        for name, types in given.items()
        if any(isinstance(one, Unknown) for one in types)
    )
    known = {str(one) for types in given.values() for one in types if not isinstance(one, Unknown)}
    yield from (result for name in sorted(known) for result in judged(name))


def _may_run_tasks(source: Resource, graph: Graph) -> bool:
    """Whether instances of a group, or of a template, may join a cluster; what is not known may."""
    groups = [source] if source.type == tokens.GROUP else groups_of_host(graph, source)
    try:
        if groups:
            return any_true(*(partial(in_cluster, graph, group) for group in groups))
        text = user_data(source)
    except UnknownInputError:
        return True
    return not text or runs_agent(text)


def _types(source: Resource) -> list[Any]:
    if source.type == tokens.LAUNCH_TEMPLATE:
        return [source.peek("instanceType")] if source.has("instanceType") else []
    overrides = source.peek("mixedInstancesPolicy", "launchTemplate", "overrides")
    if isinstance(overrides, Unknown):
        return [overrides]
    items = [inner(item, "instanceType") for item in listed(overrides)]
    return [item for item in items if item is not None]


def _needs(task: Resource) -> tuple[float, float]:
    cpu, memory = number(task.get("cpu")), number(task.get("memory"))
    if cpu and memory:
        return cpu, memory
    each = list(containers(task))
    reserved = sum(number(item.get("memoryReservation")) or number(item.get("memory")) for item in each)
    return cpu or sum(number(item.get("cpu")) for item in each), memory or reserved
