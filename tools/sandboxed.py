"""A copy of the project in a sandbox of its own, for tools that change the program or measure it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from sandbox.environment import within  # noqa: E402  the tools run from anywhere
from sandbox.server import Sandbox  # noqa: E402

PARTS = ("Pulumi.yaml", "Pulumi.prod.yaml", "__main__.py", "infra", "lambdas", "policies")
SAMPLE_S = 0.3
"""Seconds between two looks at the memory. (ru_maxrss would not do: it starts with that of the forking parent, and
does not add up.)"""
BYTES_PER_MIB = 2**20


@dataclass(frozen=True, kw_only=True)
class Done:
    """How a command ended."""

    code: int
    text: str
    """All that it printed."""
    seconds: float
    peak_mib: float
    """The largest sum of the resident sets of all its processes; what they share counts for each."""


@dataclass(frozen=True)
class Project:
    """The copy; commands run in its folder."""

    folder: Path
    environment: Mapping[str, str]

    def run(self, *command: str) -> Done:
        """Run a command to its end."""
        with tempfile.TemporaryFile() as output:
            began = time.monotonic()
            process = subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=output, stderr=output)
            peak = _watched(process)
            seconds = time.monotonic() - began
            output.seek(0)
            text = output.read().decode(errors="replace")
        return Done(code=process.returncode, text=text, seconds=seconds, peak_mib=peak)

    def pulumi(self, *arguments: str) -> Done:
        """Run the engine."""
        return self.run("pulumi", "--non-interactive", "--color", "never", *arguments)

    def new_stack(self, name: str, settings_of: str = "prod") -> None:
        """Make a stack with the settings of another."""
        source = (self.folder / f"Pulumi.{settings_of}.yaml").read_text()
        (self.folder / f"Pulumi.{name}.yaml").write_text(source)
        done = self.pulumi("stack", "init", name, "--no-select")
        if done.code:
            raise RuntimeError(done.text)


def _watched(process: subprocess.Popen[bytes]) -> float:
    """Wait for a process; return the most that it and its descendants held at once, in MiB."""
    peak = 0.0
    while True:
        peak = max(peak, resident_mib(process.pid))
        try:
            process.wait(timeout=SAMPLE_S)
        except subprocess.TimeoutExpired:
            continue
        return peak


def resident_mib(root: int) -> float:
    """The resident sets of a process and its descendants, in MiB; a process that ends meanwhile counts no more."""
    try:
        process = psutil.Process(root)
        tree = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    return sum(map(_resident_bytes, tree)) / BYTES_PER_MIB


def _resident_bytes(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except (psutil.NoSuchProcess, psutil.AccessDenied):  # it ended; or it runs as another user
        return 0


@contextmanager
def project_copy() -> Generator[Project]:
    """Copy the project, start an emulator for it, and take both away at the end."""
    with tempfile.TemporaryDirectory(prefix="ecs-platform-") as name:
        folder = Path(name) / "project"
        folder.mkdir()
        for part in PARTS:
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
            copy(ROOT / part, folder / part)
        (folder / ".venv").symlink_to(ROOT / ".venv")
        own = {"SANDBOX_DIR": str(Path(name) / "sandbox")}
        sandbox = Sandbox.of({**os.environ, **own})
        sandbox.start()
        try:
            yield Project(folder, {**within(sandbox, {**os.environ, **own}), "PYTHONPATH": str(ROOT)})
        finally:
            sandbox.wipe()
