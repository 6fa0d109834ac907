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

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from sandbox.__main__ import environment  # noqa: E402  the tools run from anywhere
from sandbox.server import Sandbox  # noqa: E402

PARTS = ("Pulumi.yaml", "Pulumi.prod.yaml", "__main__.py", "infra", "lambdas", "policies")
BYTES_PER_MIB = 1024 * 1024
RSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes per unit of ru_maxrss (source: getrusage(2) of macOS and of Linux)."""


@dataclass(frozen=True, kw_only=True)
class Done:
    """How a command ended."""

    code: int
    text: str
    """All that it printed."""
    seconds: float
    peak_mib: float
    """The largest resident set among its processes."""


@dataclass(frozen=True)
class Project:
    """The copy; commands run in its folder."""

    folder: Path
    environment: Mapping[str, str]

    def run(self, *command: str) -> Done:
        """Run a command to its end."""
        with tempfile.TemporaryFile() as output:
            began = time.monotonic()
            # The rusage of wait4 covers this process tree alone, and Popen.wait would take it away.
            process = subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=output, stderr=output)
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.monotonic() - began
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            text = output.read().decode(errors="replace")
        peak = usage.ru_maxrss * RSS_UNIT / BYTES_PER_MIB
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
            yield Project(folder, {**os.environ, **own, **environment(sandbox, os.environ), "PYTHONPATH": str(ROOT)})
        finally:
            sandbox.wipe()
