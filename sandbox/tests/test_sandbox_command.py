"""The commands of `python -m sandbox`, as far as they need no emulator."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.__main__ import main
from sandbox.environment import environment
from sandbox.refusal import Refusal
from sandbox.server import EmulatorProcess, Sandbox

FOLDER = Path(__file__).parents[1]
GONE = {"pid": 999_999_999, "port": 1, "identity": "gone"}


@pytest.fixture
def sandbox(tmp_path, monkeypatch):
    monkeypatch.setenv("SANDBOX_DIR", str(tmp_path))
    return Sandbox.of(os.environ)


def checkpoint(sandbox, *types):
    """A stack's state as the engine writes it."""
    stack = sandbox.state / ".pulumi" / "stacks" / "shop" / "dev.json"
    stack.parent.mkdir(parents=True)
    resources = [{"type": kind} for kind in types]
    stack.write_text(json.dumps({"checkpoint": {"latest": {"resources": resources}}}))


def test_a_command_without_an_emulator_says_how_to_get_one(sandbox, capsys):
    assert main(["run", "true"]) == 1
    assert capsys.readouterr().err == "sandbox: the emulator is not running; run: python -m sandbox start\n"


@pytest.mark.parametrize("command", [["run", "true"], ["start"], ["status"], ["env"]])
def test_state_of_an_emulator_that_is_gone_says_to_wipe(sandbox, capsys, command):
    (sandbox.folder / "emulator.json").write_text(json.dumps(GONE))
    checkpoint(sandbox, "pulumi:pulumi:Stack", "aws:ec2/vpc:Vpc")
    assert main(command) == 1
    assert "python -m sandbox wipe" in capsys.readouterr().err


def test_a_stack_without_resources_does_not_outlive_anything(sandbox):
    checkpoint(sandbox, "pulumi:pulumi:Stack", "pulumi:providers:aws")
    with pytest.raises(Refusal, match="is not running"):
        sandbox.running()


def test_a_wipe_takes_state_and_record_together(sandbox):
    (sandbox.folder / "emulator.json").write_text(json.dumps(GONE))
    checkpoint(sandbox, "aws:ec2/vpc:Vpc")
    assert main(["wipe"]) == 0
    assert not sandbox.state.exists()
    assert sandbox.emulator() is None


def test_a_process_that_is_not_the_emulator_is_never_ended(sandbox):
    (sandbox.folder / "emulator.json").write_text(json.dumps({**GONE, "pid": os.getpid()}))
    assert not sandbox.stop()


def test_a_damaged_record_says_to_wipe(sandbox):
    (sandbox.folder / "emulator.json").write_text("{")
    with pytest.raises(Refusal, match="python -m sandbox wipe"):
        sandbox.running()


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ([], "required: COMMAND"),
        (["fly"], "invalid choice: 'fly'"),
        (["start", "now"], "unrecognized arguments: now"),
        (["run"], "run what? for example: python -m sandbox run pulumi preview"),
    ],
)
def test_a_misuse_ends_with_2_and_says_what_is_known(capsys, command, says):
    assert main(command) == 2
    said = capsys.readouterr().err
    assert said.startswith("usage: python -m sandbox")
    assert says in said


def test_the_help_explains_every_command(capsys):
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    for command in ("start", "stop", "status", "wipe", "env", "run"):
        assert f"\n    {command} " in said
    assert "SANDBOX_DIR" in said


@pytest.mark.parametrize("words", [["up", "--help"], ["--help"], ["-x", "--", "run", "--version"]])
def test_all_that_follows_run_is_the_commands_own(sandbox, monkeypatch, tmp_path, words):
    monkeypatch.setattr(Sandbox, "running", lambda _self: EmulatorProcess(1, 5001, "x"))
    tool = tmp_path / "tool"
    tool.write_text(f'#!/bin/sh\nfor word; do echo "$word"; done > {tmp_path}/given; exit 7\n')
    tool.chmod(0o700)
    assert main(["run", str(tool), *words]) == 7
    assert (tmp_path / "given").read_text().splitlines() == words


def test_the_environment_leads_to_the_emulator_and_forces_no_region(sandbox, monkeypatch):
    monkeypatch.setattr(Sandbox, "running", lambda _self: EmulatorProcess(1, 5001, "x"))
    found = environment(sandbox, {"PATH": "/usr/bin"})
    assert found["AWS_ENDPOINT_URL"] == "http://127.0.0.1:5001"
    assert found["PULUMI_BACKEND_URL"] == sandbox.state.as_uri()
    assert found["PATH"].split(os.pathsep)[0].endswith("sandbox/bin")
    assert found["PATH"].split(os.pathsep)[-1] == "/usr/bin"
    assert not {"AWS_REGION", "AWS_DEFAULT_REGION"} & found.keys()


def test_the_command_works_from_any_folder(tmp_path):
    command = [sys.executable, str(FOLDER), "status"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        1,
        "sandbox: the emulator is not running; run: python -m sandbox start\n",
    )
