"""What has to hold between the numbers of a service, and between them and its platform. Pure; problems are sentences.

Numbers of the platform are known to an application when the engine runs, so these checks run there, in every preview.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

from .routing import Route

DNS_TTL_S = 10
"""Seconds that a private name's answer is believed. ECS does not wait for them when it stops a task, so a task serves
that long after SIGTERM; shorter would ask Route 53 for every request."""

TASK_CPU_UNITS = range(128, 196_609)
"""What a task on EC2 may ask for (ECS API, RegisterTaskDefinition)."""

LEAST_MEMORY_MIB = 6
"""What Docker reserves for a container at least (ECS API, ContainerDefinition)."""


@dataclass(frozen=True, kw_only=True)
class Requirements:
    """What a service asks of its platform."""

    cpu_units: int
    memory_mib: int
    stop_timeout_s: int
    discoverable: bool
    route: Route | None


def platform_problems(asked: Requirements, offered: Mapping[str, Any]) -> list[str]:
    """What the platform cannot do. `offered` holds its outputs by the names of the fields of Platform."""
    found: list[str] = []
    for name, wanted in {"cpu_units": asked.cpu_units, "memory_mib": asked.memory_mib}.items():
        limit = int(offered[f"instance_{name}"])
        if wanted > limit:
            found.append(
                f"{name}: a task of {wanted} fits no instance, they have {limit} for tasks; "
                "ask for less, or for larger instance types of the platform"
            )
    delay = asked.route.deregistration_delay_s if asked.route else 0
    limit = int(offered["task_exit_time_s"])
    if delay + asked.stop_timeout_s > limit:
        found.append(
            f"stop_timeout_s: deregistration delay {delay} s and stop timeout {asked.stop_timeout_s} s are more than "
            f"the {limit} s in which a task has to leave a draining instance; lower them, or raise draining.deadlineS "
            "of the platform"
        )
    if asked.route and (problem := _host_problem(asked.route.host, offered.get("domain"))):
        found.append(problem)
    return found


def _host_problem(host: str | None, domain: str | None) -> str | None:
    if host is None or domain is None or host == domain:
        return None
    name, _, above = host.partition(".")
    if name and above == domain:
        return None
    return (
        f"route.host: {host} is neither {domain} nor a name directly below it, so neither its certificate nor its "
        "record covers it; take such a name"
    )


def own_problem(asked: Requirements) -> str | None:
    """What no platform can do, or contradicts itself."""
    if asked.cpu_units not in TASK_CPU_UNITS:
        return f"cpu_units: {TASK_CPU_UNITS[0]} to {TASK_CPU_UNITS[-1]} is possible, got {asked.cpu_units}"
    if asked.memory_mib < LEAST_MEMORY_MIB:
        return f"memory_mib: {LEAST_MEMORY_MIB} or more is possible, got {asked.memory_mib}"
    if asked.discoverable and asked.stop_timeout_s < DNS_TTL_S:
        return (
            f"stop_timeout_s: callers believe a private name for {DNS_TTL_S} s, so a task has to serve that long after "
            f"SIGTERM, got {asked.stop_timeout_s}; give it {DNS_TTL_S} or more"
        )
    return None


def room_problem(*, minimum: int, maximum: int, least_percent: int, most_percent: int) -> str | None:
    """Whether a deployment and a drain can move a task, at every number of tasks that scaling may choose.

    One task has to be able to start or to stop: floor(tasks × most / 100) > ceil(tasks × least / 100).
    """
    for tasks in range(minimum, maximum + 1):
        if floor(tasks * most_percent / 100) <= ceil(tasks * least_percent / 100):
            return (
                f"maximum_percent: with {tasks} tasks, {least_percent} to {most_percent} % leave no room to start or "
                "stop one, so that deployments and drains would hang; raise it"
            )
    return None
