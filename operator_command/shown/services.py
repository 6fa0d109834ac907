"""The views of `services`, `tasks` and `events`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from lambdas.capacity.short_services import missing_daemons
from lambdas.cluster.services import Service

from .tables import GOOD, NOTED, WRONG, facts, stacked, styled, table
from .words import ago, short_arn

Raw = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ServiceRow:
    """One service."""

    name: str
    running: int
    desired: int
    pending: int
    state: str
    """steady, deploying, deployment failed, below its minimum, daemon, or of a daemon missing on instances."""
    definition: str
    """Task definition of its newest deployment, as `family:revision`."""
    updated: datetime | None
    """When that deployment changed last."""


@dataclass(frozen=True, kw_only=True)
class Services:
    """What `services` shows."""

    cluster: str
    at: datetime
    services: tuple[ServiceRow, ...]


@dataclass(frozen=True, kw_only=True)
class TaskRow:
    """One task."""

    task_id: str
    status: str
    wanted: bool
    """False for one that was told to stop."""
    health: str
    instance_id: str
    zone: str
    definition: str
    started: datetime | None
    why: str
    """Why it stopped; empty for one that runs."""


@dataclass(frozen=True, kw_only=True)
class Tasks:
    """What `tasks` shows."""

    service: str
    at: datetime
    tasks: tuple[TaskRow, ...]


@dataclass(frozen=True, kw_only=True)
class Event:
    """What ECS says of a service."""

    at: datetime
    message: str


@dataclass(frozen=True, kw_only=True)
class Events:
    """What `events` shows, the newest last."""

    service: str
    events: tuple[Event, ...]


def services_of(cluster: str, at: datetime, services: Iterable[Service], short: Mapping[str, int]) -> Services:
    """All services; those that something is wrong with come first."""
    rows = [_service(each, short) for each in services if each.status == "ACTIVE"]
    return Services(
        cluster=cluster, at=at, services=tuple(sorted(rows, key=lambda each: (_RANKS[each.state], each.name)))
    )


MISSING = "missing on instances"
"""State of a daemon that does not run everywhere."""

_RANKS = {"below its minimum": 0, "deployment failed": 1, MISSING: 2, "deploying": 3, "steady": 4, "daemon": 5}
_STYLES = {"below its minimum": WRONG, "deployment failed": WRONG, MISSING: WRONG, "deploying": NOTED}


def _service(service: Service, short: Mapping[str, int]) -> ServiceRow:
    states = {each.rollout_state for each in service.deployments}
    newest = next((each for each in service.deployments if each.status == "PRIMARY"), None)
    state = "daemon" if service.daemon else "steady"
    state = MISSING if missing_daemons([service]) else state
    state = "deploying" if "IN_PROGRESS" in states else state
    state = "deployment failed" if "FAILED" in states else state
    return ServiceRow(
        name=service.name,
        running=service.running,
        desired=service.desired,
        pending=sum(each.pending for each in service.deployments),
        state="below its minimum" if service.name in short else state,
        definition=short_arn(newest.definition_arn) if newest else "",
        updated=newest.updated if newest else None,
    )


def tasks_of(service: str, at: datetime, tasks: Iterable[Raw], hosts: Mapping[str, str]) -> Tasks:
    """The tasks of a service, those that run first, the oldest first."""
    rows = [_task(each, hosts) for each in tasks]
    oldest = at.timestamp()
    rows.sort(key=lambda each: (not each.wanted, each.started.timestamp() if each.started else oldest, each.task_id))
    return Tasks(service=service, at=at, tasks=tuple(rows))


def _task(raw: Raw, hosts: Mapping[str, str]) -> TaskRow:
    containers = [each for each in raw.get("containers", []) if each.get("reason") or each.get("exitCode")]
    causes = [f"{each['name']}: {each.get('reason') or 'exit code ' + str(each['exitCode'])}" for each in containers]
    stopped = raw.get("stoppedReason") or ""
    health = str(raw.get("healthStatus", ""))
    return TaskRow(
        task_id=short_arn(raw["taskArn"]),
        status=raw.get("lastStatus", ""),
        wanted=raw.get("desiredStatus") == "RUNNING",
        health="" if health == "UNKNOWN" else health,
        instance_id=hosts.get(raw.get("containerInstanceArn", ""), ""),
        zone=raw.get("availabilityZone", ""),
        definition=short_arn(raw.get("taskDefinitionArn", "")),
        started=raw.get("startedAt") or raw.get("createdAt"),
        why="; ".join(filter(None, [stopped, *causes])),
    )


def events_of(service: str, events: Sequence[Raw], last: int) -> Events:
    """The newest events, the newest last."""
    newest = sorted(events, key=lambda each: each["createdAt"])[-last:]
    return Events(
        service=service, events=tuple(Event(at=each["createdAt"], message=each["message"]) for each in newest)
    )


def services_drawn(view: Services) -> Table:
    """A row for each."""
    rows: list[tuple[str | Text, ...]] = []
    for each in view.services:
        state = styled(each.state, _STYLES.get(each.state, GOOD))
        count, age = f"{each.running}/{each.desired}", ago(each.updated, view.at)
        rows.append((each.name, count, str(each.pending), state, each.definition, age))
    return table(("service", "tasks", "pending", "state", "definition", "for"), rows, right=("tasks", "pending", "for"))


def tasks_drawn(view: Tasks) -> Group:
    """A row for each, and below why those that stopped did."""
    rows: list[tuple[str | Text, ...]] = []
    for each in view.tasks:
        style = GOOD if each.status == "RUNNING" and each.wanted else NOTED
        status = styled(
            f"{each.status}, to stop" if each.status == "RUNNING" and not each.wanted else each.status, style
        )
        zone, age = each.zone[-2:], ago(each.started, view.at)
        rows.append((each.task_id[:8], status, each.health.lower(), each.instance_id, zone, each.definition, age))
    columns = ("task", "status", "health", "instance", "zone", "definition", "age")
    whys = [(each.task_id[:8], styled(each.why, WRONG)) for each in view.tasks if each.why]
    return stacked(table(columns, rows, right=("age",)), facts(whys) if whys else None)


def events_drawn(view: Events) -> Table:
    """A line for each."""
    return table(("time (UTC)", "event"), [(f"{each.at:%m-%d %H:%M:%S}", each.message) for each in view.events])
