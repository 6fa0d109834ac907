"""ECS clusters, and what an account sets for all of them."""

from __future__ import annotations

from collections.abc import Iterator

from ecs_operations.engine.registry import Config, Level, Results, Rule, Severity, WhenUnknown
from ecs_operations.engine.sentences import counted
from ecs_operations.facts import tokens
from ecs_operations.facts.documents import containers
from ecs_operations.facts.ecs_groups import hosts_of, in_cluster
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.instance_types import REGISTERED_SHARE, SIZES, Size
from ecs_operations.facts.options import made_before
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import number, rows
from ecs_operations.facts.user_data import agent_variables, user_data
from ecs_operations.facts.values import Unknown

INSIGHTS = ("enabled", "enhanced")


@Rule(
    id="cluster-container-insights",
    summary="A cluster has Container Insights.",
    fix='Add the setting containerInsights with the value "enabled" or "enhanced".',
    severity=Severity.LOW,
    source="Amazon CloudWatch user guide, Container Insights",
    anchors=("Security Hub ECS.12", "checkov CKV_65", "cdk-nag AwsSolutions-ECS4"),
    types=(tokens.CLUSTER,),
    level=Level.ADVISORY,
    unknown=WhenUnknown.PRESENT,
    guards=("settings",),
)
def cluster_container_insights(cluster: Resource, _config: Config) -> Results:
    """Memory of a task, restarts and the number of running tasks are measured by nothing else. It costs by metric."""
    if cluster.is_unknown("settings"):
        return
    found = [item.get("value") for item in rows(cluster.get("settings")) if item.get("name") == "containerInsights"]
    if not any(isinstance(value, Unknown) or value in INSIGHTS for value in found):
        yield "Container Insights is off, must be enabled or enhanced"


@Rule(
    id="cluster-exec-audited",
    summary="Sessions of ECS Exec are logged.",
    fix='Set configuration.execute_command_configuration: logging "OVERRIDE" with a log group or a bucket.',
    severity=Severity.MEDIUM,
    source="Amazon ECS developer guide, Monitor Amazon ECS containers with ECS Exec",
    anchors=("checkov CKV_223", "checkov CKV_224"),
    types=(tokens.CLUSTER,),
    unknown=WhenUnknown.PRESENT,
    guards=("configuration",),
)
def cluster_exec_audited(cluster: Resource, _config: Config) -> Results:
    """After an incident nobody can tell who opened a shell in production, and what they did there."""
    path = ("configuration", "executeCommandConfiguration")
    if not cluster.has(*path) or cluster.is_unknown(*path, "logging"):
        return
    logging = cluster.get(*path, "logging", default="DEFAULT")
    if logging == "NONE":
        yield "does not log the sessions of ECS Exec (logging NONE)"
    elif logging == "OVERRIDE" and not cluster.has(*path, "logConfiguration"):
        yield "logs the sessions of ECS Exec nowhere (OVERRIDE without logConfiguration)"


TRUNKING = "awsvpcTrunking"


@Rule(
    id="cluster-eni-trunking",
    summary="Where tasks have a network interface each, an instance trunks them.",
    fix='Add ecs.AccountSettingDefault(name="awsvpcTrunking", value="enabled") with the option retain_on_delete, and '
    "depends_on it from the group.",
    severity=Severity.MEDIUM,
    source="Amazon ECS developer guide, Increasing Amazon ECS Linux container instance network interfaces",
    types=(tokens.GROUP, tokens.ACCOUNT_SETTING),
    level=Level.ADVISORY,
    unknown=WhenUnknown.SKIP,
)
def cluster_eni_trunking(holder: Resource, graph: Graph, _config: Config) -> Results:
    """Without it an m7g.large takes two tasks instead of ten: the others wait for room on instances that are idle.

    An instance trunks only if the setting was there when it registered. It belongs to the account and the Region, so
    deleting it with a stack takes the interfaces from all other clusters.
    """
    if holder.type == tokens.ACCOUNT_SETTING:
        if holder.get("name") == TRUNKING and holder.retain_on_delete is False:
            yield "goes with its stack, for all clusters of the Region: it lacks the option retain_on_delete"
        return
    settings = [one for one in graph.of(tokens.ACCOUNT_SETTING) if one.get("name") == TRUNKING]
    on = [one for one in settings if one.get("value") == "enabled"]
    if on and made_before(graph, [holder]).isdisjoint(one.urn for one in on):
        yield f"its instances may register before {on[0].name} switches trunking on: it does not depend on it"
    if in_cluster(graph, holder):
        yield from _with_trunks(holder, graph) if on or _trunks_itself(holder, graph) else _without(holder, graph)


def _with_trunks(group: Resource, graph: Graph) -> Results:
    for name, size in _sizes(group, graph):
        if size.trunk_tasks is None and _for_interfaces(group, graph):
            yield f"{name} cannot trunk: it takes {counted(size.tasks, 'task')} with an interface each"


def _without(group: Resource, graph: Graph) -> Results:
    for name, size in _sizes(group, graph):
        if (size.trunk_tasks or 0) > size.tasks and size.tasks < _wanted(size, group, graph):
            yield f"{name} takes {size.tasks} tasks with an interface each, {size.trunk_tasks} with {TRUNKING}"


def _trunks_itself(group: Resource, graph: Graph) -> bool:
    return any(TRUNKING in user_data(host) for host in hosts_of(graph, group))


def _sizes(group: Resource, graph: Graph) -> list[tuple[str, Size]]:
    return [(name, SIZES[name]) for name in _instance_types(group, graph) if name in SIZES]


def _instance_types(group: Resource, graph: Graph) -> list[str]:
    overrides = rows(group.get("mixedInstancesPolicy", "launchTemplate", "overrides", default=[]))
    named = [override.get("instanceType") for override in overrides]
    found = [str(name) for name in named if name] or [str(host.get("instanceType")) for host in hosts_of(graph, group)]
    return list(dict.fromkeys(found))


def _wanted(size: Size, group: Resource, graph: Graph) -> float:
    """Return how many tasks with an interface of their own an instance has room for.

    A stack without task definitions tells by its agent: ECS_AWSVPC_BLOCK_IMDS is for such tasks alone.
    """
    tasks = [task for task in graph.of(tokens.TASK_DEFINITION) if task.get("requiresCompatibilities") != ["FARGATE"]]
    if not tasks:
        return size.trunk_tasks or 0 if _for_interfaces(group, graph) else 0
    return max((min(_fits(task, size)) for task in tasks if task.get("networkMode") == "awsvpc"), default=0)


def _for_interfaces(group: Resource, graph: Graph) -> bool:
    return any("ECS_AWSVPC_BLOCK_IMDS" in agent_variables(user_data(host)) for host in hosts_of(graph, group))


def _fits(task: Resource, size: Size) -> Iterator[float]:
    """Yield how many of a task fit, by interfaces, CPU and memory as far as they are given."""
    yield size.trunk_tasks or 0
    offered = {"cpu": size.cpu_units, "memory": int(size.memory_mib * REGISTERED_SHARE)}
    for name, offer in offered.items():
        each = number(task.get(name)) or sum(number(container.get(name)) or 0 for container in containers(task))
        if each:
            yield offer // each
