"""What has to hold between the numbers of a service, and between them and its platform. Pure; problems are sentences.

Numbers of the platform are known to an application when the engine runs, so these checks run there, in every preview.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from ..contract import PlatformLimits
from .routing import Route

DNS_TTL_S = 10
"""Seconds for which callers use a private name's answer. ECS does not wait for them when it stops a task, so a task
serves that long after SIGTERM; with a shorter time every request would ask Route 53."""

LEAST_TASKS = 2
"""Tasks of an instance that a daemon may take one of."""


@dataclass(frozen=True, kw_only=True)
class Requirements:
    """What a service needs of its platform; ServiceArgs says what the fields mean."""

    cpu_units: int
    memory_mib: int
    stop_time_s: int
    """Seconds that all containers of a task take to stop, one after another where they depend on each other."""
    routes: Sequence[Route]
    domains: Sequence[str] = ()
    """Domains besides the platform's whose certificates its listener has. By default none."""
    port_delays_s: Sequence[int] = ()
    """Deregistration delays of its ports at Network Load Balancers. By default it has none."""
    on_every_instance: bool = False
    """Whether a task of it takes a part of every instance. By default it does not."""


def platform_problems(requirements: Requirements, platform: PlatformLimits) -> list[str]:
    """What the platform cannot do."""
    found = [
        f"{name}: a task of {wanted} fits no instance, they have {limit} for tasks; "
        "take less, or larger instance types of the platform"
        for name, wanted, limit in (
            ("cpu_units", requirements.cpu_units, platform.instance_cpu_units),
            ("memory_mib", requirements.memory_mib, platform.instance_memory_mib),
        )
        if wanted > limit
    ]
    if requirements.on_every_instance and platform.tasks_per_instance < LEAST_TASKS:
        found.append(
            f"tasks_per_instance: instances have network interfaces for {platform.tasks_per_instance} task, and a "
            "daemon leaves none of them to services; take larger instance types of the platform"
        )
    delays = [route.deregistration_delay_s for route in requirements.routes if not route.redirect]
    delay = max([*delays, *requirements.port_delays_s], default=0)
    if delay + requirements.stop_time_s > platform.task_exit_time_s:
        found.append(
            f"stop_timeout_s: deregistration delay {delay} s and stop timeout {requirements.stop_time_s} s are more "
            f"than the {platform.task_exit_time_s} s in which a task has to leave a draining instance; lower them, or "
            "raise draining.deadlineS of the platform"
        )
    domains = [platform.domain, *requirements.domains] if platform.domain else []
    every = [_host_problem(one.host, domains) or _https_problem(one, platform) for one in requirements.routes]
    return found + [problem for problem in every if problem]


def _https_problem(route: Route, platform: PlatformLimits) -> str | None:
    """What a listener without TLS does not do (ALB user guide, "Protocol version", "Authenticate users")."""
    if platform.domain is not None:
        return None
    if route.login:
        return "route.login: needs HTTPS, and the platform has no domain; give it one, or leave the login out"
    if route.protocol != "HTTP1":
        return (
            f"route.protocol: {route.protocol} needs HTTPS, and the platform has no domain; give it one, or take HTTP1"
        )
    return None


def _host_problem(host: str | None, domains: Sequence[str]) -> str | None:
    """A certificate and a record of `*.domain` cover one label. Without a domain, every host comes by HTTP."""
    if host is None or not domains or host in domains or host.partition(".")[2] in domains:
        return None
    return (
        f"route.host: must be {' or '.join(domains)} or a name directly below it, which its certificate and its record "
        f"cover, got {host}; of a Domain, name it in domains"
    )


def stop_problem(stop_timeout_s: int, *, discoverable: bool) -> str | None:
    """Whether callers of a private name would meet a task that has stopped."""
    if not discoverable or stop_timeout_s >= DNS_TTL_S:
        return None
    return (
        f"stop_timeout_s: callers use a private name's answer for {DNS_TTL_S} s, so a task has to serve that long "
        f"after SIGTERM: must be {DNS_TTL_S} or more, got {stop_timeout_s}"
    )


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
