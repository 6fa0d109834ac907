"""The demo, interrupted and killed while it deploys: the next command works, and another one at once is refused."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from sandbox.server import Sandbox
from tests.engine.workspace import ROOT

pytestmark = pytest.mark.engine

LIMIT_S = 600
"""When a test gives up waiting."""


def is_of(process: psutil.Process, sandbox: Sandbox) -> bool:
    with suppress(psutil.Error, OSError):
        found = process.environ()
        return "DEMO_STEP" in found and found.get("SANDBOX_DIR") == str(sandbox.folder)
    return False


class Demo:
    """`tools/demo.py` in a sandbox of its own."""

    def __init__(self, folder: Path) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a suite in the background ignores it
        self.sandbox = Sandbox(folder)
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("PULUMI_", "AWS_"))}
        self.environment = {**kept, "SANDBOX_DIR": str(folder), "PYTHONUNBUFFERED": "1"}

    def start(self, job: str) -> subprocess.Popen[str]:
        command = [sys.executable, str(ROOT / "tools" / "demo.py"), job]
        return subprocess.Popen(
            command,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def run(self, job: str) -> tuple[int, str]:
        process = self.start(job)
        text, _ = process.communicate(timeout=LIMIT_S)
        return process.returncode, text

    def deploying(self) -> subprocess.Popen[str]:
        """Start it, and return while the engine makes resources."""
        process = self.start("up")
        log, end = self.sandbox.folder / "demo.log", time.monotonic() + LIMIT_S
        while not (log.exists() and "── deploy\n" in log.read_text() and "creating (" in log.read_text()):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < end
            time.sleep(0.1)
        return process

    def engines(self) -> list[psutil.Process]:
        return [process for process in psutil.process_iter() if is_of(process, self.sandbox)]


@pytest.fixture
def demo(tmp_path):
    made = Demo(tmp_path / "sandbox")
    stack_file = (ROOT / "Pulumi.dev.yaml").read_text()
    yield made
    for process in made.engines():
        process.kill()
    made.sandbox.wipe()
    assert (ROOT / "Pulumi.dev.yaml").read_text() == stack_file


def test_an_interrupt_lets_the_engine_end_and_what_stands_is_destroyed_resource_by_resource(demo):
    process = demo.deploying()
    process.send_signal(signal.SIGINT)
    text, _ = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 130, text
    assert "interrupted; `make demo` goes on from here" in text
    assert demo.engines() == []
    code, text = demo.run("down")
    assert code == 0, text
    assert "deleted" in text
    assert demo.sandbox.emulator() is None


def test_a_second_demo_is_refused_at_once_and_one_that_was_killed_beside_its_engine_can_be_taken_down(demo):
    process = demo.deploying()
    for job in ("up", "down"):
        code, text = demo.run(job)
        assert code == 1
        assert text.strip().startswith(
            f"error: another demo is at work in {demo.sandbox.folder} (process {process.pid})"
        )
    assert process.poll() is None
    process.kill()
    process.wait()
    code, text = demo.run("down")
    assert (code, text.splitlines()[-1]) == (0, "the sandbox is gone")
    assert demo.engines() == []
    assert demo.sandbox.emulator() is None


def test_after_a_demo_was_killed_with_its_engine_the_next_one_deploys_everything(demo):
    process = demo.deploying()
    process.kill()
    for engine in demo.engines():
        with suppress(psutil.NoSuchProcess):
            engine.kill()
    process.wait()
    code, text = demo.run("up")
    assert code == 0, text
    assert "starting afresh: " in text
    assert "resources of the platform and" in text
    assert len(text.splitlines()) < 75
