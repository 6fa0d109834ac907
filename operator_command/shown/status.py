"""The view of `status`: what stands, as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from lambdas.capacity.short_services import missing_daemons
from lambdas.cluster.instance_types import INSTANCE_TYPES
from lambdas.cluster.services import Service
from lambdas.cluster.snapshot import RETAINED, ContainerInstance, Group, Instance
from lambdas.cluster.wanted_version import blocked
from lambdas.instances.drain import draining_since
from lambdas.instances.snapshot import TERMINATING_WAIT, InstancesSnapshot

from ..reading.controllers import Decision
from ..reading.standing import Picture, Progress, Ringing
from .services import MISSING


@dataclass(frozen=True, kw_only=True)
class InstanceLine:
    """One instance."""

    instance_id: str
    zone: str
    state: str
    """in service, agent away, draining, unregistered, unhealthy, starting, leaving, retained, or no group."""
    instance_type: str
    version: str
    """Launch template version that it runs; empty where that is not known."""
    image: str
    """AMI of that version."""
    current: bool
    """Whether that is the wanted version."""
    since: datetime | None
    """When it registered, or was launched where it has not registered."""
    tasks: int
    slots: int | None
    """Tasks with an interface of their own that it can run; None for a type that is not in the table."""


@dataclass(frozen=True, kw_only=True)
class DrainLine:
    """An instance that leaves."""

    instance_id: str
    tasks_left: int
    exact: bool
    """False where only ECS's count is known, which leaves out tasks that were told to stop."""
    since: datetime | None
    deadline: datetime | None
    """When its hook is completed whatever still runs."""


@dataclass(frozen=True, kw_only=True)
class ZoneLine:
    """One zone of the group."""

    zone: str
    in_service: int
    other: int
    """Instances that come, go or are of no use."""
    tasks: int
    slots: int


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """The size of the groups, added up."""

    minimum: int
    desired: int
    maximum: int
    in_service: int


@dataclass(frozen=True, kw_only=True)
class ServiceLine:
    """A service that something is to be said of."""

    name: str
    running: int
    desired: int
    what: str
    """below its minimum, deploying, deployment failed, or of a daemon missing on instances."""


@dataclass(frozen=True, kw_only=True)
class Status:
    """What `status` shows, and what `status --json` prints."""

    cluster: str
    region: str
    at: datetime
    paused: bool
    switch_understood: bool
    sizes: Sizes
    wanted_version: str
    wanted_image: str
    rollout_blocked: bool
    zones: tuple[ZoneLine, ...]
    instances: tuple[InstanceLine, ...]
    drains: tuple[DrainLine, ...]
    refresh: Progress | None
    """The newest one, if it runs or was the last word on the wanted version."""
    decision: Decision | None
    services: int
    """All services."""
    tasks: int
    """Tasks that run, of all services."""
    noted_services: tuple[ServiceLine, ...]
    alarms: tuple[Ringing, ...]
    problem: str = ""
    """What is not known of the controllers' settings, so that their defaults are assumed."""

    @property
    def calm(self) -> bool:
        """Whether nothing asks for a person."""
        short = any(each.what != "deploying" for each in self.noted_services)
        return not (self.problem or self.alarms or self.paused or self.rollout_blocked or short)


def status_of(picture: Picture) -> Status:
    """The view of a picture."""
    seen = picture.snapshot
    instances = tuple(_instances(picture))
    wanted = next((each.wanted_version for each in seen.groups if each.wanted_version), "") or ""
    stopped = any(map(blocked, seen.groups))
    running = any(refresh.running for group in seen.groups for refresh in group.refreshes)
    return Status(
        cluster=picture.cluster,
        region=picture.region,
        at=picture.now,
        paused=picture.switch.paused,
        switch_understood=picture.switch.understood,
        sizes=_sizes(seen.groups, instances),
        wanted_version=wanted,
        wanted_image=picture.images.get(wanted, ""),
        rollout_blocked=stopped,
        zones=tuple(_zones(seen.groups, instances)),
        instances=instances,
        drains=tuple(drains_of(seen, picture.controllers.instances.drain.deadline_s, picture.now)),
        refresh=picture.progress if running or stopped else None,
        decision=picture.decision,
        services=len(picture.services),
        tasks=sum(each.running for each in picture.services),
        noted_services=tuple(_noted(picture.services, picture.short)),
        alarms=picture.alarms,
        problem=picture.controllers.problem,
    )


def state_of(member: Instance | None, registered: ContainerInstance | None) -> str:
    """What an instance is up to, in a word or two."""
    if member is None:
        return "no group"
    lifecycle = "Retained" if member.lifecycle_state == RETAINED else member.lifecycle_state
    moves = next((word for prefix, word in _MOVES.items() if lifecycle.startswith(prefix)), None)
    return moves or ("unhealthy" if not member.healthy else _registration(registered))


_MOVES: Final = {"Retained": "retained", "Pending": "starting", "Terminating": "leaving"}


def _registration(registered: ContainerInstance | None) -> str:
    if registered is None:
        return "unregistered"
    if registered.status == "DRAINING":
        return "draining"
    return "in service" if registered.agent_connected else "agent away"


def drains_of(seen: InstancesSnapshot, deadline_s: int, now: datetime) -> Iterator[DrainLine]:
    """The instances in the terminating hook, the one with the nearest deadline first."""
    lines: list[DrainLine] = []
    for member in (each for group in seen.groups for each in group.members(TERMINATING_WAIT)):
        registered = seen.registered.get(member.instance_id)
        live = seen.live_tasks(registered.arn) if registered else ()
        since = draining_since(registered, seen, now) if registered else seen.waiting_since.get(member.instance_id)
        lines.append(
            DrainLine(
                instance_id=member.instance_id,
                tasks_left=len(live) if live is not None else registered.running_tasks if registered else 0,
                exact=live is not None,
                since=since,
                deadline=since + timedelta(seconds=deadline_s) if since else None,
            )
        )
    yield from sorted(lines, key=lambda each: (each.deadline is None, each.deadline or now, each.instance_id))


def _instances(picture: Picture) -> Iterator[InstanceLine]:
    seen = picture.snapshot
    for group in seen.groups:
        for member in sorted(group.instances, key=lambda each: (each.zone, each.instance_id)):
            registered = seen.registered.get(member.instance_id)
            yield _line(picture, group, member, registered)
    for registered in seen.registered.values():
        if registered.instance_id not in seen.member_ids:
            yield _line(picture, None, None, registered)


def _line(
    picture: Picture, group: Group | None, member: Instance | None, registered: ContainerInstance | None
) -> InstanceLine:
    kind = (member.instance_type if member else "") or (registered.instance_type if registered else "")
    version = member.template.version if member and member.template else ""
    wanted = group.wanted_version if group else None
    known = INSTANCE_TYPES.get(kind)
    return InstanceLine(
        instance_id=member.instance_id if member else registered.instance_id if registered else "",
        zone=(member.zone if member else "") or (registered.zone if registered else ""),
        state=state_of(member, registered),
        instance_type=kind,
        version=version,
        image=picture.images.get(version, ""),
        current=wanted is None or version == wanted,
        since=_since(picture.snapshot, member, registered),
        tasks=registered.running_tasks + registered.pending_tasks if registered else 0,
        slots=known.task_slots(trunking=bool(registered and registered.trunked)) if known else None,
    )


def _since(seen: InstancesSnapshot, member: Instance | None, registered: ContainerInstance | None) -> datetime | None:
    if registered and registered.registered_at:
        return registered.registered_at
    found = seen.ec2_instances.get(member.instance_id) if member else None
    return found.launched if found else None


def _sizes(groups: Iterable[Group], instances: Iterable[InstanceLine]) -> Sizes:
    living = [each for each in groups if not each.deleting]
    return Sizes(
        minimum=sum(each.min_size for each in living),
        desired=sum(each.desired_capacity for each in living),
        maximum=sum(each.max_size for each in living),
        in_service=sum(each.state == "in service" for each in instances),
    )


def _zones(groups: Iterable[Group], instances: tuple[InstanceLine, ...]) -> Iterator[ZoneLine]:
    named = {zone for group in groups for zone in group.zones} | {each.zone for each in instances if each.zone}
    for zone in sorted(named):
        here = [each for each in instances if each.zone == zone]
        serving = [each for each in here if each.state == "in service"]
        yield ZoneLine(
            zone=zone,
            in_service=len(serving),
            other=len(here) - len(serving),
            tasks=sum(each.tasks for each in here),
            slots=sum(each.slots or 0 for each in serving),
        )


def _noted(services: Iterable[Service], short: Mapping[str, int]) -> Iterator[ServiceLine]:
    found: list[tuple[int, ServiceLine]] = []
    for service in services:
        if (noted := _what_of(service, short)) is not None:
            rank, what = noted
            line = ServiceLine(name=service.name, running=service.running, desired=service.desired, what=what)
            found.append((rank, line))
    yield from (line for _, line in sorted(found, key=lambda each: (each[0], each[1].name)))


def _what_of(service: Service, short: Mapping[str, int]) -> tuple[int, str] | None:
    states = [each.rollout_state for each in service.deployments]
    if service.name in short:
        return 0, "below its minimum"
    if "FAILED" in states:
        return 1, "deployment failed"
    if "IN_PROGRESS" in states:
        return 3, "deploying"
    return (2, MISSING) if missing_daemons([service]) else None


def decided(decision: Decision) -> str:
    """The last decision in words."""
    sizes: Mapping[str, Any] = decision.action
    if decision.event == "ScaleOut":
        what = f"scale out from {sizes.get('observed')} to {sizes.get('desired')}"
    elif decision.event == "ScaleIn":
        what = f"remove {', '.join(sizes.get('instance_ids', ()))}"
    else:
        what = "no change"
    outcome = f" ({decision.outcome})" if decision.outcome not in ("none", "done", "") else ""
    numbers = ", ".join(f"{key} {value}" for key, value in decision.details.items() if isinstance(value, int | str))
    return f"{what}{outcome}: {decision.reason}" + (f" ({numbers})" if numbers else "")


def grouped(instances: Iterable[InstanceLine]) -> Counter[tuple[str, str, str, bool]]:
    """How many instances there are of each state, type and version."""
    return Counter((each.state, each.instance_type, each.version, each.current) for each in instances)
