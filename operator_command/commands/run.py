"""`run`: a one-off task with a service's definition and network; it waits, and ends with the container's exit code."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import click

from ..connection import Connection
from ..errors import Exit, OperatorError
from ..options import Session, asks, with_session
from ..patience import patient
from ..reading.log_lines import POLL_S, Lines
from ..reading.service_details import find_service, log_places, main_container, read_definition, read_tasks
from ..shown.words import short_arn
from .logs import say

STARTED_BY: Final = "ecs-platform/run"
"""What its tasks say they were started by: AWS takes letters, digits, `-`, `/` and `_`."""

_APPEARS: Final = 60 // POLL_S
"""Looks that may not find the task that was just started: what ECS tells is eventually consistent."""

_KEPT: Final = ("networkConfiguration", "placementConstraints", "placementStrategy")
"""What the task takes of the service beside its definition."""


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("service")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--container", default="", help="Container whose command is replaced. Default: the first essential one.")
@asks
@with_session
def run(session: Session, service: str, command: tuple[str, ...], container: str) -> int:
    """Run COMMAND once in a task with SERVICE's definition and network; wait, show its lines, end with its exit code.

    Options of this command come before SERVICE. Interrupted, the task goes on. The instance controller lets such a task
    run for `draining.standaloneWaitS` when its instance drains. With --json each line is an object.
    """
    connection = session.connection
    found = find_service(connection, service)
    definition = read_definition(connection, found["taskDefinition"])
    target = main_container(definition, container)
    what = (
        f"{found['serviceName']}: a task of {short_arn(found['taskDefinition'])} runs {' '.join(command)} in {target}."
    )
    session.agree(what)
    arn = start(connection, found, target, command)
    click.echo(f"task {short_arn(arn)} starts", err=True)
    places = [each for each in log_places(definition) if each.container == target]
    lines = [
        Lines(
            logs=connection.client("logs"),
            group=each.group,
            since_ms=int(session.now().timestamp() * 1000) - 60_000,
            streams=[each.stream(short_arn(arn))],
        )
        for each in places
    ]
    return wait(session, arn, target, lines)


def start(connection: Connection, service: Mapping[str, Any], container: str, command: Sequence[str]) -> str:
    """Start the task; its ARN. Raises OperatorError that says why ECS did not place it."""
    request: dict[str, Any] = {name: service[name] for name in _KEPT if service.get(name)}
    if service.get("capacityProviderStrategy"):
        request["capacityProviderStrategy"] = service["capacityProviderStrategy"]
    else:
        request["launchType"] = service.get("launchType", "EC2")
    answer = connection.client("ecs").run_task(
        cluster=connection.cluster,
        taskDefinition=service["taskDefinition"],
        count=1,
        startedBy=STARTED_BY,
        overrides={"containerOverrides": [{"name": container, "command": list(command)}]},
        **request,
    )
    if not answer["tasks"]:
        reasons = sorted({str(each.get("reason", "")) for each in answer.get("failures", [])})
        raise OperatorError(f"ECS places no task: {', '.join(reasons) or 'it gives no reason'}")
    return str(answer["tasks"][0]["taskArn"])


def wait(session: Session, arn: str, container: str, lines: Sequence[Lines]) -> int:
    """Show lines until the task has stopped, and those that come late; the container's exit code."""
    task: Mapping[str, Any] = {}
    empty = 0
    while task.get("lastStatus") != "STOPPED":
        found = patient(lambda: read_tasks(session.connection, [arn]), lambda _: None)
        show(session, lines)
        empty += found == []
        if found == [] and (task or empty > _APPEARS):
            task = {}
            break
        task = found[0] if found else task
        time.sleep(POLL_S)
    show(session, lines)
    time.sleep(POLL_S)
    show(session, lines)
    code, why = ended(task, container)
    if code is None:
        raise OperatorError(f"the task {short_arn(arn)} ended without an exit code: {why}", Exit.WRONG)
    return code


def show(session: Session, lines: Sequence[Lines]) -> None:
    """Print what is new; lines that AWS throttles come with the next look."""
    for each in lines:
        say(session, patient(each.new, lambda _: []), named=False)


def ended(task: Mapping[str, Any], container: str) -> tuple[int | None, str]:
    """The container's exit code, and why the task stopped."""
    own = next((each for each in task.get("containers", []) if each.get("name") == container), {})
    why = own.get("reason") or task.get("stoppedReason") or "ECS does not know it any more"
    return own.get("exitCode"), str(why)
