"""The emulator's process: start, look, stop; and the folder that holds it together with the Pulumi state.

The emulator keeps its world in memory. State that outlives it would describe resources that no longer exist,
and an update would call them unchanged. So the two carry one identity and are wiped together.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from sandbox.locks import Lock
from sandbox.refusal import Refusal
from sandbox.stack_files import give_back, keep_of

_READY_S: Final = 60
"""Seconds until a start has failed; moto imports for about 3 s on two idle cores."""

ROOT: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class EmulatorProcess:
    """A started emulator: its process, its port, the identity that it shares with the state, and who may ask it."""

    pid: int
    port: int
    identity: str
    key: str = field(repr=False)
    """What clients present as their access key id: the emulator runs code, for nobody else."""

    @property
    def address(self) -> str:
        """What AWS_ENDPOINT_URL is set to."""
        return f"http://127.0.0.1:{self.port}"

    def alive(self) -> bool:
        """Whether the process is there and is still this emulator, not another process of the same number."""
        return self.identity in _command_line(self.pid)

    def ready(self) -> bool:
        """Whether it answers."""
        address = f"{self.address}/_emulator/health"
        request = urllib.request.Request(address, headers={"X-Emulator-Key": self.key})  # noqa: S310 - loopback
        straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with straight.open(request, timeout=2):
                return True
        except OSError:
            return False


@dataclass(frozen=True)
class Sandbox:
    """The folder of one sandbox."""

    folder: Path

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Sandbox:
        """The folder in SANDBOX_DIR, or `.sandbox` here."""
        return cls(Path(environment.get("SANDBOX_DIR") or ".sandbox").resolve())

    @property
    def state(self) -> Path:
        """The folder of the Pulumi state."""
        return self.folder / "state"

    @property
    def log(self) -> Path:
        """What the emulator prints."""
        return self.folder / "emulator.log"

    def emulator(self) -> EmulatorProcess | None:
        """The emulator that was started here, running or not."""
        try:
            found = cast("dict[str, Any]", json.loads((self.folder / "emulator.json").read_text()))
            return EmulatorProcess(int(found["pid"]), int(found["port"]), str(found["identity"]), str(found["key"]))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError) as error:
            raise Refusal(f"{self.folder / 'emulator.json'} is damaged; run: python -m sandbox wipe") from error

    def running(self) -> EmulatorProcess:
        """The emulator, or one sentence on how to get it."""
        found = self.emulator()
        if found is not None and found.alive():
            return found
        if self._holds_resources():
            raise Refusal(
                f"the Pulumi state in {self.state} belongs to an emulator that is gone, and its resources with it; "
                "run: python -m sandbox wipe, then python -m sandbox start"
            )
        raise Refusal("the emulator is not running; run: python -m sandbox start")

    def start(self) -> EmulatorProcess:
        """Start the emulator, unless it runs. Of two that start it at once, one waits for the other."""
        private(self.folder)
        with Lock(self.folder / "lock"):
            found = self.emulator()
            if found is not None and found.alive():
                return found
            if self._holds_resources():
                self.running()
            self.state.mkdir(exist_ok=True)
            self._forget_scratch()
            process, made = self._launched(uuid.uuid4().hex, f"SANDBOX{secrets.token_hex(16).upper()}")
            self._wait(process, made)
            return made

    def _wait(self, process: subprocess.Popen[str], made: EmulatorProcess) -> None:
        end = time.monotonic() + _READY_S
        while not made.ready():
            # alive() would be early here: a process that has just been started has no command line yet
            if process.poll() is not None or time.monotonic() > end:
                process.kill()
                raise Refusal(f"the emulator did not start; its last words are in {self.log}")
            time.sleep(0.1)

    def _launched(self, identity: str, key: str) -> tuple[subprocess.Popen[str], EmulatorProcess]:
        """Start the process. The socket listens already: nobody else can answer at its port before the emulator does.

        The key comes last: a process that is in no record, because whoever started it was killed, gets none and ends.
        """
        with socket.create_server(("127.0.0.1", 0)) as listening, self.log.open("ab") as log:
            number = str(listening.fileno())
            command = [
                sys.executable,
                "-m",
                "sandbox.emulator",
                "--socket",
                number,
                "--key",
                "stdin",
                "--identity",
                identity,
            ]
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=log, stderr=log, env=self._surroundings(), text=True,
                start_new_session=True, pass_fds=[listening.fileno()],
            )  # fmt: skip
            made = EmulatorProcess(process.pid, int(listening.getsockname()[1]), identity, key)
            self._record(made)
            _give(process, key)
        return process, made

    def _surroundings(self) -> dict[str, str]:
        """The environment of the process: nothing of the user's AWS, and a folder of its own for what is temporary."""
        self._scratch.mkdir(mode=0o700)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        # Certificates are issued at once: moto waits for a minute, and looks at no validation record anyway.
        # AWS's own policies are there only where they are asked for.
        moto = {"MOTO_ACM_VALIDATION_WAIT": "0", "MOTO_IAM_LOAD_MANAGED_POLICIES": "true"}
        return {**kept, **moto, "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1", "TMPDIR": str(self._scratch)}

    def _record(self, made: EmulatorProcess) -> None:
        """Write the record in one piece, readable to this user alone: it holds the key."""
        part = self.folder / f"emulator.{secrets.token_hex(8)}"
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123 - with its mode
            json.dump(asdict(made), file)
        part.rename(self.folder / "emulator.json")

    @property
    def _scratch(self) -> Path:
        return self.folder / "tmp"

    def _forget_scratch(self) -> None:
        """Remove what an emulator left that was killed."""
        shutil.rmtree(self._scratch, ignore_errors=True)
        for part in self.folder.glob("emulator.*[0-9a-f]"):
            if part.suffix != ".json":
                part.unlink(missing_ok=True)

    def stop(self) -> bool:
        """End the recorded process, if it is still ours; False if none ran."""
        found = self.emulator()
        if found is None or not found.alive():
            return False
        os.kill(found.pid, signal.SIGTERM)
        end = time.monotonic() + 10
        while found.alive():
            if time.monotonic() > end:
                os.kill(found.pid, signal.SIGKILL)
            time.sleep(0.05)
            _reap(found.pid)
        return True

    def wipe(self) -> None:
        """Forget the emulator and the state, together, and give back what commands that were killed had set aside."""
        give_back(keep_of(os.environ))
        if not self.folder.exists():
            return
        with Lock(self.folder / "lock"):
            self.stop()
            shutil.rmtree(self.state, ignore_errors=True)
            self._forget_scratch()
            for file in (self.folder / "emulator.json", self.log):
                file.unlink(missing_ok=True)
            (self.folder / "lock").unlink()

    def _holds_resources(self) -> bool:
        return any(_resources(file) for file in self.state.glob(".pulumi/stacks/**/*.json"))


def _resources(file: Path) -> bool:
    """Whether a stack's checkpoint holds more than the stack and its providers."""
    try:
        found = cast("dict[str, Any]", json.loads(file.read_text()))
    except ValueError:
        return True
    latest: dict[str, Any] = (found.get("checkpoint") or {}).get("latest") or {}
    kinds = [str(resource.get("type", "")) for resource in latest.get("resources") or []]
    return any(not kind.startswith("pulumi:") for kind in kinds)


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        if Path("/proc/self").exists():
            return ""
        found = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False)
        return found.stdout


def _reap(pid: int) -> None:
    """A process that this one started stays as a zombie until it is asked for."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def _give(process: subprocess.Popen[str], key: str) -> None:
    if process.stdin is None:
        raise RuntimeError("the process has no standard input")
    with suppress(BrokenPipeError), process.stdin as pipe:  # it ended: whoever waits for it says so
        pipe.write(f"{key}\n")


def private(folder: Path) -> None:
    """Make the folder, or make sure that it is this user's alone: it holds a key, and code that is run."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise Refusal(f"{folder} belongs to another user: name a folder of your own in SANDBOX_DIR")
    if not folder.stat().st_mode & 0o077:
        return
    if any(folder.iterdir()) and not (folder / "state").exists():
        raise Refusal(
            f"{folder} holds other things and is open to others: name a folder for the sandbox alone in SANDBOX_DIR"
        )
    folder.chmod(0o700)
