"""`ecs-platform`: the group of all commands, and how it ends."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from .commands.cost import cost
from .commands.deploy import restart, rollback
from .commands.doctor import doctor
from .commands.exec import execute
from .commands.explain import explain
from .commands.instances import drain, replace, retry_rollout
from .commands.logs import logs
from .commands.preflight import preflight
from .commands.run import run
from .commands.services import events, services, tasks
from .commands.status import status
from .commands.switch import pause, resume
from .commands.try_alarm import try_alarm
from .commands.watch import watch
from .connection import Place
from .errors import Exit, explained
from .options import place_options
from .shown.printable import printable

COMMANDS = (
    status, watch, explain, services, tasks, events, logs, execute, run, restart, rollback,
    pause, resume, drain, replace, retry_rollout, doctor, try_alarm, preflight, cost,
)  # fmt: skip


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@place_options
@click.pass_context
def cli(context: click.Context, cluster: str, stack: str, region: str, profile: str, *, as_json: bool) -> None:
    """Look after an ECS cluster of the platform: see it, understand it, act on it.

    Exit codes: 0 done; 1 it ended badly, or something was found; 2 the command line, or a no; 3 no credentials, Region
    or answer; 4 AWS denies an action; 5 no such cluster, service or instance; 6 try again; 130 interrupted. `run` and
    `exec` end with the code of what they ran.
    """
    context.ensure_object(dict)
    place = Place(cluster=cluster, stack=stack, region=region, profile=profile)
    context.obj |= {"place": place, "as_json": as_json}


for _command in COMMANDS:
    cli.add_command(_command)


def main(arguments: Sequence[str] | None = None, **context: Any) -> int:
    """Do what the command line says; the exit code. An error is one sentence on standard error."""
    try:
        done: Any = cli.main(args=arguments, prog_name="ecs-platform", standalone_mode=False, obj=dict(context))
    except click.ClickException as wrong:
        wrong.show()
        return Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return Exit.INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe has seen enough
        sys.stderr.close()
        return Exit.DONE
    except Exception as error:
        known = explained(error)
        if known is None:
            raise
        click.echo(f"error: {printable(str(known))}", err=True)
        return known.code
    return done if isinstance(done, int) else Exit.DONE
