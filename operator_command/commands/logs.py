"""`logs`: what a service's containers write."""

from __future__ import annotations

import heapq
import json
import re
import time
from collections.abc import Iterable
from dataclasses import asdict
from typing import Final

import click

from ..errors import Exit, OperatorError
from ..options import Session, plain, with_session
from ..reading.log_lines import POLL_S, Lines, LogLine
from ..reading.service_details import find_service, log_places, main_container, read_definition
from ..shown.printable import printable

_SINCE: Final = re.compile(r"(?P<count>[0-9]{1,5})(?P<unit>[smhd])")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@click.command()
@click.argument("service")
@click.option("--follow", "-f", is_flag=True, help="Go on with lines as they come, until interrupted.")
@click.option("--since", default="10m", show_default=True, help="How far back: 30s, 10m, 2h, 1d.")
@click.option("--task", default="", help="Only of this task: its id, or the beginning of it.")
@click.option("--container", default="", help="Only of this container. Default: all that write to CloudWatch Logs.")
@with_session
def logs(session: Session, service: str, follow: bool, since: str, task: str, container: str) -> None:
    """Show the log lines of SERVICE's tasks, with the time in UTC and the beginning of the task's id."""
    connection = session.connection
    begin_ms = int((session.now().timestamp() - seconds(since)) * 1000)
    definition = read_definition(connection, find_service(connection, service)["taskDefinition"])
    if container:
        main_container(definition, container)
    places = [each for each in log_places(definition) if container in ("", each.container)]
    if not places:
        raise OperatorError(f"{service}: no container of it writes to CloudWatch Logs", Exit.NOT_THERE)
    client = connection.client("logs")
    sources = [
        Lines(logs=client, group=each.group, since_ms=begin_ms, prefix=f"{each.stream_prefix}/{each.container}/{task}")
        for each in places
    ]
    while True:
        say(session, heapq.merge(*(each.new() for each in sources), key=lambda line: line.at), named=len(places) > 1)
        if not follow:
            break
        time.sleep(POLL_S)


def say(session: Session, lines: Iterable[LogLine], *, named: bool) -> None:
    """Print lines: as JSON, one object a line, or with time and task (and container, where there are several)."""
    for line in lines:
        if session.as_json:
            click.echo(json.dumps(asdict(line), default=plain))
            continue
        _, container, task = ("", *line.stream.rsplit("/", 2)[-2:]) if "/" in line.stream else ("", "", line.stream)
        who = f"{task[:8]} {container}" if named else task[:8]
        for part in line.message.split("\n"):  # each with its source, so that no line can pass for another task's
            click.echo(printable(f"{line.at:%H:%M:%S} {who} {part}"))


def seconds(text: str) -> int:
    """`10m` → 600. Raises OperatorError for other words."""
    found = _SINCE.fullmatch(text)
    if found is None:
        raise OperatorError(f"--since {text}: write 30s, 10m, 2h or 1d", Exit.USAGE)
    return int(found["count"]) * _SECONDS[found["unit"]]
