"""`python -m sandbox`: the local AWS from the command line. `python FOLDER/sandbox` is the same from anywhere."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parent.parent
if not __package__:  # started as a folder: then that is where imports would look, before the standard library
    sys.path[0] = str(_ROOT)

from sandbox.refusal import Refusal  # noqa: E402  only now it is found
from sandbox.server import Sandbox  # noqa: E402  likewise
from sandbox.stack_files import without_salt  # noqa: E402  likewise

_USAGE: Final = """usage: python -m sandbox COMMAND

  start          start the emulator
  stop           end it; what was made in it is lost
  status         say whether it runs, and where
  wipe           end it and forget the Pulumi state with it
  env            print the environment as shell commands
  run CMD ...    run a command in that environment, for example: run pulumi up

SANDBOX_DIR is the folder of emulator and state (default: .sandbox)."""


def environment(sandbox: Sandbox, given: Mapping[str, str]) -> dict[str, str]:
    """What a command needs to meet the emulator instead of AWS, and nothing of the user's own AWS settings."""
    address = sandbox.running().address
    return {
        "PATH": os.pathsep.join([str(_ROOT / "sandbox" / "bin"), *_engine(given), given.get("PATH", os.defpath)]),
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_SESSION_TOKEN": "sandbox",
        "AWS_EC2_METADATA_DISABLED": "true",
        "PULUMI_BACKEND_URL": sandbox.state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": given.get("PULUMI_CONFIG_PASSPHRASE") or "sandbox",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK": "true",
        "PULUMI_ERROR_OUTPUT_STRING": "1",
        "SANDBOX_DIR": str(sandbox.folder),
        "SANDBOX_PYTHON": sys.executable,
    }


def _engine(given: Mapping[str, str]) -> list[str]:
    """The folder of the engine that `make` builds, if there is one."""
    folders = [Path(given["PULUMI_HOME_BIN"])] if given.get("PULUMI_HOME_BIN") else [Path(".engine"), _ROOT / ".engine"]
    return [str(folder.resolve()) for folder in folders if (folder / "pulumi").exists()][:1]


def start(sandbox: Sandbox, _rest: Sequence[str]) -> int:
    """Start the emulator and say where it is."""
    found = sandbox.start()
    print(f"the emulator answers at {found.address}")
    return 0


def stop(sandbox: Sandbox, _rest: Sequence[str]) -> int:
    """End the emulator."""
    print("stopped" if sandbox.stop() else "the emulator is not running")
    return 0


def status(sandbox: Sandbox, _rest: Sequence[str]) -> int:
    """Say whether the emulator runs; the exit code says it too."""
    found = sandbox.running()
    if not found.ready():
        raise Refusal(f"the emulator runs (process {found.pid}) and does not answer at {found.address}")
    print(f"the emulator answers at {found.address} (process {found.pid}, state and log in {sandbox.folder})")
    return 0


def wipe(sandbox: Sandbox, _rest: Sequence[str]) -> int:
    """End the emulator and forget the state."""
    sandbox.wipe()
    print(f"wiped {sandbox.folder}")
    return 0


def env(sandbox: Sandbox, _rest: Sequence[str]) -> int:
    """Print the environment for a shell's `eval`."""
    for name, value in environment(sandbox, os.environ).items():
        print(f"export {name}={shlex.quote(value)}")
    print("unset AWS_PROFILE")
    return 0


def run(sandbox: Sandbox, rest: Sequence[str]) -> int:
    """Run a command in the environment and pass its exit code on."""
    if not rest:
        raise Refusal("run what? for example: python -m sandbox run pulumi preview")
    wanted = {**os.environ, **environment(sandbox, os.environ)}
    wanted.pop("AWS_PROFILE", None)
    try:
        with without_salt(Path.cwd()):
            return subprocess.run(rest, env=wanted, check=False).returncode
    except FileNotFoundError as error:
        raise Refusal(f"there is no command {rest[0]!r} on the PATH; `make setup` builds the engine") from error
    except KeyboardInterrupt:
        return 130


_COMMANDS: Final[Mapping[str, Callable[[Sandbox, Sequence[str]], int]]] = {
    "start": start,
    "stop": stop,
    "status": status,
    "wipe": wipe,
    "env": env,
    "run": run,
}


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says; 1 with one sentence if it cannot be done, 2 if it is not understood."""
    command = _COMMANDS.get(arguments[0]) if arguments else None
    if command is None:
        print(_USAGE, file=sys.stderr)
        return 2
    try:
        return command(Sandbox.of(os.environ), arguments[1:])
    except Refusal as refusal:
        print(f"sandbox: {refusal}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
