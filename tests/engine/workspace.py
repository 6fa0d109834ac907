"""A copy of a project in a sandbox of its own, driven by the real engine."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

ROOT = Path(__file__).parent.parent.parent
PARTS = ("Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.prod.yaml", "__main__.py", "infra", "lambdas", "policies")
SKIPPED = shutil.ignore_patterns("__pycache__", ".venv")


@dataclass(frozen=True)
class Done:
    """What a command left: its exit code and all that it printed."""

    code: int
    text: str


@dataclass(frozen=True)
class Workspace:
    """The folder of a project's copy; `pulumi(...)` runs there, in the sandbox."""

    folder: Path
    sandbox: Path

    @classmethod
    def of(cls, folder: Path) -> Workspace:
        project = folder / "project"
        project.mkdir()
        for part in PARTS:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, project / part, ignore=SKIPPED)
            else:
                shutil.copy(source, project / part)
        (project / ".venv").symlink_to(ROOT / ".venv")
        return cls(project, folder / "sandbox")

    def _environment(self, **changes: str) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("PULUMI_", "AWS_"))}
        return {**kept, "SANDBOX_DIR": str(self.sandbox), "PYTHONPATH": str(ROOT), "EMULATOR_SPEED": "20", **changes}

    def run(self, *command: str, **environment: str) -> Done:
        done = subprocess.run(
            command, cwd=self.folder, env=self._environment(**environment), capture_output=True, text=True, timeout=280,
            check=False,
        )  # fmt: skip
        return Done(done.returncode, done.stdout + done.stderr)

    def in_sandbox(self, *command: str, **environment: str) -> Done:
        return self.run(sys.executable, "-m", "sandbox", *command, **environment)

    def pulumi(self, *arguments: str, **environment: str) -> Done:
        return self.in_sandbox("run", "pulumi", "--non-interactive", *arguments, **environment)

    def succeeds(self, *arguments: str) -> str:
        done = self.pulumi(*arguments)
        assert done.code == 0, done.text
        return done.text

    def up(self, *arguments: str, stack: str = "dev") -> str:
        return self.succeeds("up", "--stack", stack, "--yes", "--skip-preview", *arguments)

    def destroy(self, stack: str = "dev") -> str:
        return self.succeeds("destroy", "--stack", stack, "--yes", "--skip-preview")

    def deploy(self, *arguments: str) -> None:
        """Bring `dev` up if it does not stand, be it for the first time or because a test took it away."""
        if not self.stands("dev"):
            self.up(*arguments)

    def stands(self, stack: str) -> bool:
        """Whether the state holds resources of the stack; reads the file, because the engine takes seconds."""
        found = re.search(r"^name: *(\S+)", (self.folder / "Pulumi.yaml").read_text(), re.MULTILINE)
        assert found, "Pulumi.yaml names no project"
        state = self.sandbox / "state" / ".pulumi" / "stacks" / found[1] / f"{stack}.json"
        return bool(json.loads(state.read_text())["checkpoint"].get("latest", {}).get("resources"))

    def plan(self, *arguments: str) -> dict[str, set[str]]:
        """What a preview would do: operation → names of resources."""
        done = self.pulumi("preview", "--json", *arguments)
        text = done.text[done.text.index("{\n") :]
        steps = json.JSONDecoder().raw_decode(text)[0]["steps"]
        found: dict[str, set[str]] = {}
        for step in steps:
            found.setdefault(step["op"], set()).add(step["urn"].rpartition("::")[2])
        return found

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.folder / file
        text = path.read_text()
        assert old in text, f"{file} does not hold {old!r}"
        path.write_text(text.replace(old, new))

    @contextmanager
    def edited(self, file: str, old: str, new: str) -> Iterator[None]:
        """An edit for a while; afterwards the file is what it was."""
        before = (self.folder / file).read_text()
        self.edit(file, old, new)
        try:
            yield
        finally:
            (self.folder / file).write_text(before)

    def client(self, service: str) -> Any:
        """An AWS client of the emulator."""
        found = json.loads((self.sandbox / "emulator.json").read_text())
        return boto3.client(
            service,
            endpoint_url=f"http://127.0.0.1:{found['port']}",
            region_name="eu-central-1",
            aws_access_key_id=found["key"],
            aws_secret_access_key="sandbox",
        )
