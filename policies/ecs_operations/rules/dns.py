"""How long a DNS answer is kept, and how long its address answers."""

from __future__ import annotations

from typing import Any

from ecs_operations.engine.registry import Config, Level, Results, Rule, Setting, Severity, WhenUnknown, apart
from ecs_operations.facts import tokens
from ecs_operations.facts.documents import containers
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.quantities import number
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import entries

DEFAULT_STOP_S = 30
"""Of a container without stopTimeout (source: Amazon ECS developer guide, Task definition parameters)."""


@Rule(
    id="dns-ttl-bounds",
    summary="The ttl of a DNS record is short enough to follow what it names.",
    fix="Lower the ttl, or raise stopTimeout of the tasks; use an alias where the target is a load balancer.",
    severity=Severity.LOW,
    source="AWS Cloud Map developer guide, DNS configuration; Amazon Route 53 developer guide, Simple records",
    types=(tokens.DISCOVERY_SERVICE, tokens.RECORD),
    level=Level.ADVISORY,
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="discoverySeconds",
            default=60,
            minimum=1,
            maximum=3600,
            description="Longest ttl of a task's address; a task should serve that long after SIGTERM.",
        ),
        Setting(
            name="recordSeconds",
            default=300,
            minimum=1,
            maximum=604800,
            description="Longest ttl of a record that is no alias.",
        ),
    ),
    guards=("dnsConfig", "ttl"),
)
def dns_ttl_bounds(holder: Resource, graph: Graph, config: Config) -> Results:
    """ECS does not wait for the ttl when it stops a task: until then callers are sent to an address that is gone.

    So a task with a private name has to serve, after SIGTERM, for as long as an answer is kept.
    """
    if holder.type == tokens.DISCOVERY_SERVICE:
        yield from apart(
            entries(holder.get("dnsConfig", "dnsRecords")),
            lambda record: _kept(number(record.get("ttl")), holder, graph, config),
        )
    elif (kept := number(holder.get("ttl"))) > config["recordSeconds"]:
        yield f"a DNS answer is kept {kept} s, must be at most {config['recordSeconds']} s"


def _kept(ttl: float, registry: Resource, graph: Graph, config: Config) -> Results:
    if ttl > config["discoverySeconds"]:
        yield f"a DNS answer is kept {ttl} s, must be at most {config['discoverySeconds']} s"
        return
    for service in graph.sources((tokens.SERVICE,), "serviceRegistries", registry, "arn"):
        stop = min((_stop(container) for container in _serving(service, graph)), default=ttl)
        if stop < ttl:
            yield f"a DNS answer is kept {ttl} s, and tasks of {service.name} serve {stop} s after SIGTERM"


def _stop(container: dict[str, Any]) -> float:
    return number(container.get("stopTimeout"), DEFAULT_STOP_S)


def _serving(service: Resource, graph: Graph) -> list[dict[str, Any]]:
    """The containers that answer at a service's addresses: the one that it names, or those with ports, or all."""
    tasks = graph.targets(service, "taskDefinition", (tokens.TASK_DEFINITION,), "arn", "family")
    every = [container for task in tasks for container in containers(task)]
    name = service.get("serviceRegistries", "containerName")
    named = [one for one in every if name and one.get("name") == name]
    return named or [one for one in every if one.get("portMappings")] or every
