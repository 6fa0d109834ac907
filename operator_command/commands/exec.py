"""`exec`: a shell, or a command, in a running container of a service, through ECS Exec."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import click

from ..errors import Exit, OperatorError
from ..options import Session, with_session
from ..reading.service_details import find_service, main_container, read_definition, read_service_tasks
from ..shown.printable import printable
from ..shown.words import short_arn

PLUGIN: Final = "session-manager-plugin"
WHERE: Final = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html"
)
GET_IT: Final = f"exec needs AWS's session-manager-plugin on the PATH; get it: {WHERE}"

SESSION_VARIABLE: Final = "AWS_SSM_START_SESSION_RESPONSE"
"""Where the plugin takes the session from when its first word is this name: command lines can be read by every user of
the machine, and the session's token opens the shell. The plugin removes the variable (its source, session.go)."""
LAST_WITHOUT_VARIABLE: Final = (1, 2, 497, 0)
"""The last version of the plugin that takes the session from its command line alone (source of AWS CLI 2,
`sessionmanager.py`)."""

_VERSION: Final = re.compile(r"\d+(\.\d+){0,3}")

Raw = Mapping[str, Any]


@click.command("exec", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("service")
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@click.option("--task", default="", help="The task: its id, or the beginning of it. Default: the oldest that runs.")
@click.option("--container", default="", help="The container. Default: the first essential one.")
@with_session
def execute(session: Session, service: str, command: tuple[str, ...], task: str, container: str) -> int:
    """Run COMMAND (default: /bin/sh) in a running container of SERVICE; options come before SERVICE.

    It ends with the code of session-manager-plugin, which does the terminal. The service needs ECS Exec.
    """
    plugin = shutil.which(PLUGIN)
    if plugin is None:
        raise OperatorError(GET_IT, Exit.USAGE)
    check_version(version_of(plugin))
    connection = replace(session.connection, acts=True)
    found = find_service(connection, service)
    chosen = task_for(read_service_tasks(connection, found["serviceName"]), found["serviceName"], task)
    target = main_container(read_definition(connection, chosen["taskDefinitionArn"]), container)
    words = command_line(command)
    name = f"ecs:{connection.cluster}_{short_arn(chosen['taskArn'])}_{runtime_of(chosen, target)}"
    said = f"{found['serviceName']}: {words} in {target} of task {short_arn(chosen['taskArn'])}"
    click.echo(printable(said), err=True)
    opened = connection.client("ecs").execute_command(
        cluster=connection.cluster, task=chosen["taskArn"], container=target, command=words, interactive=True
    )
    return terminal(
        [
            plugin, SESSION_VARIABLE, connection.region, "StartSession", connection.place.profile,
            json.dumps({"Target": name}), connection.aws.ssm.meta.endpoint_url,
        ],
        {SESSION_VARIABLE: json.dumps(opened["session"])},
    )  # fmt: skip


def version_of(plugin: str) -> str:
    """What the plugin says of its version."""
    done = subprocess.run([plugin, "--version"], capture_output=True, text=True, check=False)  # noqa: S603  found on the PATH
    return done.stdout.strip()


def check_version(said: str) -> None:
    """Raise OperatorError for a plugin that takes the session from its command line alone, or says no version."""
    parts = tuple(map(int, said.split("."))) if _VERSION.fullmatch(said) else ()
    if parts <= LAST_WITHOUT_VARIABLE:
        last = ".".join(map(str, LAST_WITHOUT_VARIABLE))
        raise OperatorError(
            f"{PLUGIN} {said or 'of an unknown version'} would show the session's token to every user of this machine; "
            f"install a version newer than {last}: {WHERE}",
            Exit.USAGE,
        )


def command_line(command: Sequence[str]) -> str:
    """What ECS runs: one word as it was written, several so that each stays one word; a shell by default."""
    return (command[0] if len(command) == 1 else shlex.join(command)) or "/bin/sh"


def runtime_of(task: Raw, container: str) -> str:
    """The container's id in its runtime. Raises OperatorError where it has none, since it does not run."""
    own: Raw = next((each for each in task.get("containers", []) if each.get("name") == container), {})
    if not own.get("runtimeId"):
        raise OperatorError(f"{container} of task {short_arn(task['taskArn'])} does not run", Exit.NOT_THERE)
    return str(own["runtimeId"])


def task_for(tasks: Sequence[Raw], service: str, named: str) -> Raw:
    """The task that is meant, the oldest by default. Raises OperatorError where none runs, or none with ECS Exec."""
    running = [each for each in tasks if each.get("lastStatus") == "RUNNING" and each.get("desiredStatus") == "RUNNING"]
    meant = [each for each in running if short_arn(each["taskArn"]).startswith(named)]
    if not meant:
        there = ", ".join(short_arn(each["taskArn"]) for each in running) or "none"
        raise OperatorError(f"{service}: no such task runs; running: {there}", Exit.NOT_THERE)
    able = [each for each in meant if each.get("enableExecuteCommand")]
    if not able:
        raise OperatorError(
            f"{service}: its tasks were started without ECS Exec; deploy it with Container(exec=True)",
            Exit.NOT_THERE,
        )
    return min(able, key=lambda each: each["createdAt"])


def terminal(words: Sequence[str], variables: Mapping[str, str]) -> int:
    """Hand the terminal over, with variables beside this process's own; an interrupt is the container's."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return subprocess.run(words, check=False, env={**os.environ, **variables}).returncode  # noqa: S603  found on the PATH
    finally:
        signal.signal(signal.SIGINT, before)
