"""`watch`: status live; or one rollout, instance or deployment with a progress bar that ends with an exit code."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Final

import click
from rich.live import Live
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from lambdas.cluster.wanted_version import blocked, waits
from lambdas.instances.snapshot import InstancesSnapshot

from ..connection import Connection
from ..errors import Exit, OperatorError
from ..options import Session, plain, with_session
from ..patience import ONCE, patient, pause_s
from ..reading.controllers import Controllers, read_controllers, read_rebalancing
from ..reading.one_instance import read_alone, read_group, with_refreshes
from ..reading.rebalancing import read_balance
from ..reading.service_details import find_service, read_newest_deployment
from ..reading.standing import ecs_reads, read_picture, read_progress
from ..shown.printable import printable
from ..shown.progress import Leaving, Look, Step, balance_step, deployment_step, leaving_step, rollout_step
from ..shown.status import Status, drains_of, state_of, status_of
from ..shown.status_drawn import drawn, overdue

ROLLOUT: Final = "rollout"
UPDATE: Final = "update"
_INSTANCE: Final = re.compile(r"i-[0-9a-f]{8,17}")


@click.command()
@click.argument("what", default="")
@click.option("--every", default=5, show_default=True, type=click.IntRange(1, 600), help="Seconds between two looks.")
@click.option(
    "--timeout", default=0, type=click.IntRange(0), help="Seconds after which it ends with 1. Default: never."
)
@with_session
def watch(session: Session, what: str, every: int, timeout: int) -> int:
    """Watch WHAT until it ends: `rollout`, `update`, an instance that leaves or drains, or the deployment of a service.

    An `update` is a rollout, and the moves of tasks after it.

    It ends with 0 when that went well, and with 1 when it failed, was rolled back, or took longer than --timeout.
    Without WHAT it shows the status again and again, until interrupted. With --json each look is one line.
    """
    if not what:
        return live(session, every, timeout)
    if what == ROLLOUT:
        return until_ended(session, ROLLOUT, rollout(session), every, timeout)
    if what == UPDATE:
        return until_ended(session, UPDATE, update(session), every, timeout)
    if _INSTANCE.fullmatch(what):
        return until_ended(session, what, instance(session, what), every, timeout)
    name = str(find_service(session.connection, what)["serviceName"])
    return until_ended(session, name, deployment(session.connection, name), every, timeout)


def live(session: Session, every: int, timeout: int) -> int:
    """The status, until interrupted or out of time; what AWS throttles is looked at again, later each time."""
    left_s = deadline(session, timeout)
    connection = replace(session.connection, config=ONCE)
    reads = throttled = 0
    last: Status | None = None
    with Live(console=session.console, auto_refresh=False, screen=on_screen(session)) as screen:
        while True:
            seen = patient(lambda: read_picture(connection, session.now()), lambda known: known)
            if isinstance(seen, OperatorError):
                throttled += 1
                show_overdue(session, screen, last, f"{seen}; looking again")
            else:
                reads, throttled, last = ecs_reads(seen), 0, status_of(seen)
                show(session, screen, last)
            if (left := left_s()) <= 0:
                return Exit.DONE
            time.sleep(min(pause_s(every, reads=reads, throttled=throttled), left))


def on_screen(session: Session) -> bool:
    """Whether the status takes a whole terminal, in which nothing else may be written."""
    return session.console.is_terminal and not session.as_json


def show(session: Session, screen: Live, view: Status) -> None:
    """One status: a line of JSON, or the screen."""
    if session.as_json:
        click.echo(json.dumps(asdict(view), default=plain))
    else:
        screen.update(drawn(view), refresh=True)


def show_overdue(session: Session, screen: Live, last: Status | None, said: str) -> None:
    """Why there is no new status: over the last one on the screen, or else on standard error."""
    if on_screen(session):
        screen.update(overdue(last, said), refresh=True)
    else:
        click.echo(printable(said), err=True)


def until_ended(session: Session, title: str, look: Callable[[], Step], every: int, timeout: int) -> int:
    """Look until it has ended; 0 if well, 1 if not, or out of time."""
    left_s = deadline(session, timeout)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        TextColumn("{task.percentage:>3.0f} %"),
    )
    bar = Progress(*columns, TimeElapsedColumn(), console=session.console, disable=session.as_json)
    with bar:
        task, said, throttled = bar.add_task(title, total=100), "", 0
        while True:
            seen = patient(look, lambda known: known)
            throttled = throttled + 1 if isinstance(seen, OperatorError) else 0
            step = seen if isinstance(seen, Step) else Step(percent=0, text=f"{seen}; looking again")
            if session.as_json:
                look_at = Look(what=title, at=session.now(), **asdict(step))
                click.echo(json.dumps(asdict(look_at), default=plain))
            elif step.text != said:
                bar.console.print(printable(f"{session.now():%H:%M:%S} {title}: {step.text}"), markup=False)
            said = step.text
            bar.update(task, completed=step.percent)
            if step.ended is not None:
                return Exit.DONE if step.ended else Exit.WRONG
            if (left := left_s()) <= 0:
                click.echo(f"error: {title} has not ended within {timeout} s", err=True)
                return Exit.WRONG
            time.sleep(min(pause_s(every, throttled=throttled), left))


def deadline(session: Session, timeout_s: int) -> Callable[[], float]:
    """Tells the seconds until `timeout_s` from now are over, for ever where that is 0."""
    end = session.now() + timedelta(seconds=timeout_s) if timeout_s else None
    return lambda: (end - session.now()).total_seconds() if end else math.inf


def rollout(session: Session) -> Callable[[], Step]:
    """Looks at the newest refresh."""
    connection = session.connection
    controllers = read_controllers(connection)

    def look() -> Step:
        group = with_refreshes(connection, read_group(connection, controllers))
        return rollout_step(read_progress(connection, group.name), blocked=blocked(group), waits=waits(group))

    return look


def update(session: Session) -> Callable[[], Step]:
    """Looks at the newest refresh and, once it has ended well, at the tasks that follow the instances."""
    look_at_rollout, settings = rollout(session), read_rebalancing(session.connection)

    def look() -> Step:
        step = look_at_rollout()
        return balance_step(read_balance(session.connection, settings, session.now())) if step.ended else step

    return look


def deployment(connection: Connection, name: str) -> Callable[[], Step]:
    """Looks at the newest deployment of a service."""
    return lambda: deployment_step(find_service(connection, name), read_newest_deployment(connection, name))


def instance(session: Session, instance_id: str) -> Callable[[], Step]:
    """Looks at an instance."""
    controllers = read_controllers(session.connection)
    seen: list[Leaving] = []

    def look() -> Step:
        now = session.now()
        seen.append(leaving_of(read_alone(session.connection, controllers, instance_id), controllers, instance_id, now))
        return leaving_step(seen[0], seen[-2] if len(seen) > 1 else seen[0], seen[-1])

    return look


def leaving_of(seen: InstancesSnapshot, controllers: Controllers, instance_id: str, now: datetime) -> Leaving:
    """What is to be seen of an instance. Of one that only drains, tasks without a service do not count: they stay."""
    member = next((found for group in seen.groups if (found := group.instance(instance_id))), None)
    if member is None:
        return Leaving(at=now, state="", tasks_left=0, drain=None)
    registered = seen.registered.get(instance_id)
    lines = drains_of(seen, controllers.instances.drain.deadline_s, now)
    drain = next((each for each in lines if each.instance_id == instance_id), None)
    live = seen.live_tasks(registered.arn) or () if registered else ()
    left = len(live) if drain else sum(each.service is not None for each in live)
    return Leaving(at=now, state=state_of(member, registered), tasks_left=left, drain=drain)
