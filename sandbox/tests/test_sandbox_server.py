"""The emulator's process: who may reach it, and what is left when somebody is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sandbox.refusal import Refusal
from sandbox.server import Sandbox, private

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """A sandbox that two started at once."""
    sandbox = Sandbox(tmp_path_factory.mktemp("own") / "sandbox")
    with ThreadPoolExecutor(2) as threads:
        started = list(threads.map(lambda _: sandbox.start(), range(2)))
    yield sandbox, started
    sandbox.wipe()


def test_two_that_start_it_at_once_get_one_emulator(two):
    _, (one, other) = two
    assert one == other
    assert one.ready()


def test_the_folder_and_the_record_are_this_users_alone(two):
    sandbox, _ = two
    assert sandbox.folder.stat().st_mode & 0o777 == 0o700
    assert (sandbox.folder / "emulator.json").stat().st_mode & 0o777 == 0o600


def test_the_key_is_on_no_command_line_and_in_no_environment(two):
    _, (one, _) = two
    for file in ("cmdline", "environ"):
        if (place := Path(f"/proc/{one.pid}/{file}")).exists():
            assert one.key not in place.read_text()
    assert one.key not in repr(one)


def test_nothing_of_an_emulator_that_was_killed_outlives_a_wipe(tmp_path):
    sandbox = Sandbox(tmp_path / "sandbox")
    found = sandbox.start()
    (sandbox.folder / "tmp" / "emulator-x").mkdir()
    os.kill(found.pid, signal.SIGKILL)
    sandbox.wipe()
    assert list(sandbox.folder.iterdir()) == []


def test_an_emulator_whose_starter_was_killed_before_it_was_recorded_ends(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox.emulator", "--port", "0", "--key", "stdin"], cwd=ROOT, stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    process.stdin.close()
    assert process.wait(60) == 1


def test_a_folder_of_other_things_that_others_may_read_is_refused(tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "report.txt").touch()
    with pytest.raises(Refusal, match="holds other things"):
        private(tmp_path)
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_a_sandboxs_folder_that_others_may_read_is_closed(tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "state").mkdir()
    private(tmp_path)
    assert tmp_path.stat().st_mode & 0o777 == 0o700
