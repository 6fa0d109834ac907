"""`python -m sandbox`: the local AWS from the command line. `python FOLDER/sandbox` is the same from anywhere."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from argparse import REMAINDER, ArgumentParser, Namespace
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parent.parent
if not __package__:  # started as a folder: then that is where imports would look, before the standard library
    sys.path[0] = str(_ROOT)

from sandbox.environment import environment, left_out, region_of, within  # noqa: E402  only now it is found
from sandbox.refusal import Refusal  # noqa: E402  likewise
from sandbox.server import Sandbox  # noqa: E402  likewise
from sandbox.stack_files import keep_of, set_aside  # noqa: E402  likewise


def _start(sandbox: Sandbox, _given: Namespace) -> int:
    print(f"the emulator answers at {sandbox.start().address}")
    return 0


def _stop(sandbox: Sandbox, _given: Namespace) -> int:
    print("stopped" if sandbox.stop() else "the emulator is not running")
    return 0


def _status(sandbox: Sandbox, _given: Namespace) -> int:
    found = sandbox.running()
    if not found.ready():
        raise Refusal(f"the emulator runs (process {found.pid}) and does not answer at {found.address}")
    print(f"the emulator answers at {found.address} (process {found.pid}, state and log in {sandbox.folder})")
    return 0


def _wipe(sandbox: Sandbox, _given: Namespace) -> int:
    sandbox.wipe()
    print(f"wiped {sandbox.folder}")
    return 0


def _env(sandbox: Sandbox, _given: Namespace) -> int:
    region = region_of(Path.cwd())
    given = {"AWS_REGION": region, **os.environ} if region and "AWS_DEFAULT_REGION" not in os.environ else os.environ
    for name, value in environment(sandbox, given).items():
        print(f"export {name}={shlex.quote(value)}")
    print("unset", *left_out({**os.environ, "AWS_PROFILE": ""}))
    return 0


def _run(sandbox: Sandbox, given: Namespace) -> int:
    command: list[str] = given.command
    wanted = within(sandbox, os.environ)
    try:
        with set_aside(Path.cwd(), keep_of(os.environ)), _patient(Path(command[0]).name) as children:
            children.append(subprocess.Popen(command, env=wanted))
            code = children[0].wait()
    except FileNotFoundError as error:
        raise Refusal(f"there is no command {command[0]!r} on the PATH; `make setup` builds the engine") from error
    return code if code >= 0 else 128 - code


@contextmanager
def _patient(name: str) -> Generator[list[subprocess.Popen[bytes]]]:
    """Interrupted, wait for the command: the engine finishes what it is at, and writes it down."""
    children: list[subprocess.Popen[bytes]] = []

    def tell(number: int, _frame: object) -> None:
        for child in children if number == signal.SIGTERM else ():  # a terminal interrupts both
            child.send_signal(signal.SIGINT if name == "pulumi" else signal.SIGTERM)

    before = {number: signal.signal(number, tell) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield children
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


_COMMANDS: Final[Mapping[str, tuple[Callable[[Sandbox, Namespace], int], str]]] = {
    "start": (_start, "start the emulator"),
    "stop": (_stop, "end it; what was made in it is lost"),
    "status": (_status, "say whether it runs, and where; the exit code says it too"),
    "wipe": (_wipe, "end it and forget the Pulumi state with it"),
    "env": (_env, "print the environment as shell commands, for eval"),
    "run": (_run, "run a command in that environment, for example: run pulumi up"),
}


def parser() -> ArgumentParser:
    """The command line. All that follows `run` is the command's own, its options included."""
    made = ArgumentParser(
        prog="python -m sandbox",
        description="A local AWS for Pulumi programs.",
        epilog="SANDBOX_DIR is the folder of emulator and state (default: .sandbox).",
        allow_abbrev=False,
    )
    commands = made.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, (work, text) in _COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        command.set_defaults(work=work)
        if name == "run":
            command.add_argument("command", metavar="CMD", nargs=REMAINDER, help="the command and its arguments")
    return made


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says; 1 with one sentence if it cannot be done, 2 if it is not understood."""
    known = parser()
    try:
        given = known.parse_args(arguments)
        if given.work is _run and not given.command:
            known.error("run what? for example: python -m sandbox run pulumi preview")
    except SystemExit as end:  # argparse has said why
        return int(end.code or 0)
    try:
        return given.work(Sandbox.of(os.environ), given)
    except Refusal as refusal:
        print(f"sandbox: {refusal}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
