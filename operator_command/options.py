"""The options that every command takes, before its name or after it, and what a command gets of them."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any, TypeVar

import click
from rich.console import Console, RenderableType

from .connection import VARIABLE, Connection, Place
from .errors import Exit, OperatorError
from .shown.done import Done
from .shown.printable import printable

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(kw_only=True)
class Session:
    """The connection, where to print, and how."""

    connection: Connection
    console: Console
    as_json: bool = False
    yes: bool = False
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def show(self, view: Any, drawing: RenderableType) -> None:
        """Print a view: as JSON, or drawn."""
        if self.as_json:
            click.echo(json.dumps(asdict(view), default=plain, indent=2))
        else:
            self.console.print(drawing)

    def tell(self, done: Done) -> None:
        """Say what was done: as JSON, or in one sentence."""
        click.echo(json.dumps(asdict(done), indent=2) if self.as_json else str(done))

    def agree(self, what: str) -> None:
        """Say what will be done, and where, and ask whether it shall; `--yes` has answered.

        Raises OperatorError for a no, and where nobody can answer.
        """
        said = printable(f"In {self.connection.cluster}, {self.connection.region}: {what}")
        if self.yes:
            click.echo(said, err=True)
            return
        try:
            agreed = click.confirm(f"{said}\nGo on?", err=True)
        except click.Abort as ended:
            if not isinstance(ended.__context__, EOFError):
                raise
            click.echo(err=True)
            raise OperatorError("nobody can answer: --yes; nothing was changed", Exit.USAGE) from ended
        if not agreed:
            raise OperatorError("nothing was changed", Exit.USAGE)


def plain(value: Any) -> Any:
    """What JSON has no word for."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return sorted(value) if isinstance(value, set | frozenset) else str(value)


def place_options(command: Command) -> Command:
    """Where to look, and how to print."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print JSON (docs/operator-schema.json)."),
        click.option("--profile", default="", help="Profile of the AWS CLI's configuration."),
        click.option("--region", default="", help="AWS Region. Default: the stack's, or the configuration's."),
        click.option("--stack", default="", help="Pulumi stack of the platform, read for its outputs."),
        click.option("--cluster", default="", help=f"ECS cluster, such as ecs-dev; last, the variable {VARIABLE}."),
    ):
        command = option(command)
    return command


def with_session(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command its session for the options that it and the group before it were given."""

    @functools.wraps(command)
    @click.pass_context
    def called(
        context: click.Context, /, cluster: str, stack: str, region: str, profile: str, *, as_json: bool, **rest: Any
    ) -> Any:
        given = Place(cluster=cluster, stack=stack, region=region, profile=profile)
        before: dict[str, Any] = context.obj or {}
        session = Session(
            connection=Connection(place=given.over(before.get("place", Place())), acts="yes" in rest),
            console=before.get("console") or Console(highlight=False),
            as_json=as_json or before.get("as_json", False),
            yes=bool(rest.pop("yes", False)),
        )
        return command(session, **rest)

    return place_options(called)


def asks(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option of commands that change something."""
    return click.option("--yes", "-y", is_flag=True, help="Do not ask before it is done.")(command)
