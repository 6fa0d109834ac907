"""The emulator's process: start, look, stop; and the folder that holds it together with the Pulumi state.

The emulator keeps its world in memory. State that outlives it would describe resources that no longer exist,
and an update would call them unchanged. So the two carry one identity and are wiped together.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, cast

from sandbox.refusal import Refusal

_READY_S: Final = 60
"""Seconds until a start has failed; moto imports for about 3 s on two idle cores."""

ROOT: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class EmulatorProcess:
    """A started emulator: its process, its port and the identity that it shares with the state."""

    pid: int
    port: int
    identity: str

    @property
    def address(self) -> str:
        """What AWS_ENDPOINT_URL is set to."""
        return f"http://127.0.0.1:{self.port}"

    def alive(self) -> bool:
        """Whether the process is there and is still this emulator, not another process of the same number."""
        return self.identity in _command_line(self.pid)

    def ready(self) -> bool:
        """Whether it answers."""
        try:
            with urllib.request.urlopen(f"{self.address}/moto-api/data.json", timeout=2):  # noqa: S310 - loopback
                return True
        except urllib.error.HTTPError:
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
            return EmulatorProcess(int(found["pid"]), int(found["port"]), str(found["identity"]))
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
        """Start the emulator, unless it runs."""
        found = self.emulator()
        if found is not None and found.alive():
            return found
        if self._holds_resources():
            self.running()
        self.state.mkdir(parents=True, exist_ok=True)
        process, made = self._launched(_free_port(), uuid.uuid4().hex)
        (self.folder / "emulator.json").write_text(json.dumps(asdict(made)))
        end = time.monotonic() + _READY_S
        while not made.ready():
            # alive() would be early here: a process that has just been started has no command line yet
            if process.poll() is not None or time.monotonic() > end:
                raise Refusal(f"the emulator did not start; its last words are in {self.log}")
            time.sleep(0.1)
        return made

    def _launched(self, port: int, identity: str) -> tuple[subprocess.Popen[bytes], EmulatorProcess]:
        command = [sys.executable, "-m", "sandbox.emulator", "--port", str(port), "--identity", identity]
        # Certificates are issued at once: moto waits for a minute, and looks at no validation record anyway.
        moto = {"MOTO_ACM_VALIDATION_WAIT": "0"}
        environment = {**os.environ, **moto, "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, start_new_session=True
            )
        return process, EmulatorProcess(process.pid, port, identity)

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
        """Forget the emulator and the state, together."""
        self.stop()
        shutil.rmtree(self.state, ignore_errors=True)
        for file in (self.folder / "emulator.json", self.log):
            file.unlink(missing_ok=True)

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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
