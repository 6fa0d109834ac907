"""`status` as it is drawn: one screen of 80 columns, however many instances there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..reading.standing import Progress
from .status import DrainLine, InstanceLine, Status, decided, grouped
from .tables import GOOD, NOTED, WRONG, facts, stacked, styled, table
from .words import ago, counted, span

EACH: Final = 10
"""Instances that are shown one by one; more are grouped."""
MOST: Final = 5
"""Lines of drains, services and alarms; the rest is counted."""
GROUPS: Final = 8
"""Groups of instances; the smallest of the others are added up."""
_STYLES: Final = {"in service": GOOD, "starting": NOTED, "leaving": NOTED, "draining": NOTED}


def drawn(view: Status) -> Group:
    """The screen."""
    return stacked(_head(view), _zones(view), _instances(view), _noted(view))


def overdue(last: Status | None, said: str) -> Group:
    """Why there is no newer status, and when the last one was seen, with its screen; None: there was none yet."""
    seen = f"seen last at {last.at:%H:%M:%S} UTC" if last else "nothing was seen yet"
    return stacked(styled(f"{said}; {seen}", WRONG), drawn(last) if last else None)


def _head(view: Status) -> Table:
    state = styled("paused: the controllers change nothing", WRONG) if view.paused else styled("running", GOOD)
    if not view.switch_understood:
        state = styled("paused: the switch holds a word that is neither running nor paused", WRONG)
    sizes = view.sizes
    size = f"{sizes.in_service} in service, {sizes.desired} desired ({sizes.minimum} to {sizes.maximum})"
    rows: list[tuple[str, str | Text]] = [
        (view.cluster, f"{view.region}, {view.at:%Y-%m-%d %H:%M:%S} UTC"),
        ("controllers", state),
        ("size", styled(size, GOOD if sizes.in_service >= sizes.desired else NOTED)),
        ("template", _template(view)),
        ("decision", _decision(view)),
        ("services", f"{view.services}, with {counted(view.tasks, 'running task')}"),
    ]
    if view.problem:
        rows.append(("settings", styled(f"{view.problem}; their defaults are assumed", WRONG)))
    if view.refresh is not None:
        rows.append(("refresh", _refresh(view.refresh, view.at)))
    return facts(rows)


def _template(view: Status) -> Text:
    if not view.wanted_version:
        return styled("no version is wanted", NOTED)
    wanted = f"version {view.wanted_version}" + (f" ({view.wanted_image})" if view.wanted_image else "")
    if view.rollout_blocked:
        return styled(f"{wanted} failed and is not tried again: retry-rollout", WRONG)
    old = sum(not each.current for each in view.instances if each.version)
    said = f"{wanted}, {counted(old, 'instance runs', 'instances run')} another" if old else f"{wanted} everywhere"
    return styled(said, NOTED if old else GOOD)


def _decision(view: Status) -> str:
    if view.decision is None:
        return "none in the last 15 minutes"
    return f"{decided(view.decision)}, {ago(view.decision.at, view.at)} ago"


def _refresh(refresh: Progress, now: datetime) -> Text:
    left, began = counted(refresh.left, "instance"), ago(refresh.began, now)
    said = f"{refresh.status}, {refresh.percent} %, {left} left, began {began} ago"
    bad = refresh.status in ("Failed", "Cancelled", "RollbackFailed", "RollbackSuccessful", "RollbackInProgress")
    return styled(said + (f": {refresh.reason}" if refresh.reason and bad else ""), WRONG if bad else NOTED)


def _zones(view: Status) -> Table:
    rows = [(each.zone, str(each.in_service), str(each.other), str(each.tasks), str(each.slots)) for each in view.zones]
    numbers = ("in service", "other", "tasks", "task slots")
    return table(("zone", *numbers), rows, right=numbers)


def _instances(view: Status) -> RenderableType:
    if not view.instances:
        return styled("no instance", NOTED)
    return _one_by_one(view) if len(view.instances) <= EACH else _grouped(view)


def _one_by_one(view: Status) -> Table:
    rows: list[Sequence[str | Text]] = []
    for each in view.instances:
        version, age = _version(each.version, each.current), ago(each.since, view.at)
        used = f"{each.tasks}/{'?' if each.slots is None else each.slots}"
        rows.append((each.instance_id, each.zone[-2:], _state(each.state), each.instance_type, version, age, used))
    columns = ("instance", "zone", "state", "type", "version", "age", "tasks")
    return table(columns, rows, right=("age", "tasks"))


def _grouped(view: Status) -> Table:
    counts = grouped(view.instances).most_common()
    rows: list[Sequence[str | Text]] = []
    for (state, kind, version, current), count in counts[:GROUPS]:
        here = [
            each for each in view.instances if (each.state, each.instance_type, each.version) == (state, kind, version)
        ]
        rows.append((str(count), _state(state), kind, _version(version, current), _ages(here, view.at), _used(here)))
    if rest := counts[GROUPS:]:
        rows.append((str(sum(count for _, count in rest)), f"in {len(rest)} more groups", "", "", "", ""))
    return table(("instances", "state", "type", "version", "age", "tasks"), rows, right=("instances", "age", "tasks"))


def _state(state: str) -> Text:
    return styled(state, _STYLES.get(state, WRONG))


def _version(version: str, current: bool) -> Text:
    return styled(version or "?", GOOD) if current else styled(f"{version or '?'} old", NOTED)


def _ages(instances: Iterable[InstanceLine], now: datetime) -> str:
    known = sorted(each.since for each in instances if each.since)
    if not known:
        return "?"
    youngest, oldest = ago(known[-1], now), ago(known[0], now)
    return youngest if youngest == oldest else f"{youngest} to {oldest}"


def _used(instances: Iterable[InstanceLine]) -> str:
    there = list(instances)
    return f"{sum(each.tasks for each in there)}/{sum(each.slots or 0 for each in there)}"


def _noted(view: Status) -> Table | None:
    rows = [*_drains(view), *_services(view), *_alarms(view)]
    if not rows:
        return facts([("alarms", styled("none in ALARM; nothing drains, no service is short", GOOD))])
    return facts(rows)


def _drains(view: Status) -> Iterator[tuple[str, str | Text]]:
    for each in view.drains[:MOST]:
        yield "drain", styled(drain_text(each, view.at), NOTED)
    yield from _more("drain", len(view.drains))


def drain_text(drain: DrainLine, now: datetime) -> str:
    """One drain: what is left, and for how long."""
    left = f"{drain.instance_id}: {'' if drain.exact else 'at least '}{counted(drain.tasks_left, 'task')} left"
    if drain.deadline is None:
        return f"{left}, deadline not known yet"
    over = (drain.deadline - now).total_seconds()
    return f"{left}, deadline in {span(over)}" if over > 0 else f"{left}, deadline passed {span(-over)} ago"


def _services(view: Status) -> Iterator[tuple[str, str | Text]]:
    for each in view.noted_services[:MOST]:
        style = NOTED if each.what == "deploying" else WRONG
        yield "service", styled(f"{each.name}: {each.running} of {each.desired} tasks run, {each.what}", style)
    yield from _more("service", len(view.noted_services))


def _alarms(view: Status) -> Iterator[tuple[str, str | Text]]:
    for each in view.alarms[:MOST]:
        yield "ALARM", styled(f"{each.name}, for {ago(each.since, view.at)}: {each.summary}".rstrip(": "), WRONG)
    yield from _more("ALARM", len(view.alarms))


def _more(name: str, number: int) -> Iterator[tuple[str, str | Text]]:
    if number > MOST:
        yield name, f"and {number - MOST} more"
