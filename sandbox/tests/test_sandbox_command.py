"""The commands of `python -m sandbox`, as far as they need no emulator."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.__main__ import main
from sandbox.engine import OLDEST, engine
from sandbox.environment import environment, within
from sandbox.refusal import Refusal
from sandbox.server import EmulatorProcess, Sandbox

FOLDER = Path(__file__).parents[1]
GONE = {"pid": 999_999_999, "port": 1, "identity": "gone", "key": "none"}


@pytest.fixture
def sandbox(tmp_path, monkeypatch):
    monkeypatch.setenv("SANDBOX_DIR", str(tmp_path))
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
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
    monkeypatch.setattr(Sandbox, "running", lambda _self: EmulatorProcess(1, 5001, "x", "KEY"))
    tool = tmp_path / "tool"
    tool.write_text(f'#!/bin/sh\nfor word; do echo "$word"; done > {tmp_path}/given; exit 7\n')
    tool.chmod(0o700)
    assert main(["run", str(tool), *words]) == 7
    assert (tmp_path / "given").read_text().splitlines() == words


def test_the_environment_leads_to_the_emulator_and_forces_no_region(sandbox, monkeypatch):
    monkeypatch.setattr(Sandbox, "running", lambda _self: EmulatorProcess(1, 5001, "x", "KEY"))
    found = environment(sandbox, {"PATH": "/usr/bin"})
    assert found["AWS_ENDPOINT_URL"] == "http://127.0.0.1:5001"
    assert found["PULUMI_BACKEND_URL"] == sandbox.state.as_uri()
    assert found["PATH"].split(os.pathsep)[0].endswith("sandbox/bin")
    assert found["PATH"].split(os.pathsep)[-1] == "/usr/bin"
    assert found["AWS_ACCESS_KEY_ID"] == "KEY"
    assert not {"AWS_REGION", "AWS_DEFAULT_REGION"} & found.keys()


def test_the_command_works_from_any_folder(tmp_path):
    command = [sys.executable, str(FOLDER), "status"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        1,
        "sandbox: the emulator is not running; run: python -m sandbox start\n",
    )


USERS = {
    "AWS_ENDPOINT_URL_S3": "https://s3.example.com",
    "AWS_ENDPOINT_URL_ECS": "https://ecs.example.com",
    "AWS_PROFILE": "production",
    "PULUMI_CONFIG_PASSPHRASE": "correct horse",
    "PULUMI_CONFIG_PASSPHRASE_FILE": "/etc/passphrase",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
}


@pytest.fixture
def known(sandbox, monkeypatch):
    """A running emulator, and variables of the user's own."""
    monkeypatch.setattr(Sandbox, "running", lambda _self: EmulatorProcess(1, 5001, "x", "KEY"))
    for name, value in USERS.items():
        monkeypatch.setenv(name, value)
    return sandbox


def test_nothing_of_the_users_own_leads_a_command_past_the_emulator(known):
    seen = within(known, os.environ)
    assert {name for name in USERS if name in seen} == {
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "PULUMI_CONFIG_PASSPHRASE",
    }
    assert seen["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] == "false"
    assert seen["PULUMI_CONFIG_PASSPHRASE"] == "sandbox"


def test_env_prints_no_passphrase_of_the_users_own_and_unsets_what_leads_elsewhere(known, capsys):
    assert main(["env"]) == 0
    said = capsys.readouterr().out
    assert "correct horse" not in said
    unset = said.splitlines()[-1].split()
    assert unset[0] == "unset"
    assert {"AWS_PROFILE", "AWS_ENDPOINT_URL_S3", "PULUMI_CONFIG_PASSPHRASE_FILE"} <= {*unset}


def test_env_names_the_region_twice_where_all_stack_files_name_the_same(known, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for stack in ("dev", "prod"):
        (tmp_path / f"Pulumi.{stack}.yaml").write_text("config:\n  aws:region: eu-north-1\n")
    main(["env"])
    said = capsys.readouterr().out
    assert "export AWS_REGION=eu-north-1\nexport AWS_DEFAULT_REGION=eu-north-1\n" in said
    (tmp_path / "Pulumi.far.yaml").write_text("config:\n  aws:region: us-east-1\n")
    main(["env"])
    assert "REGION" not in capsys.readouterr().out


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_a_region_that_is_set_in_one_variable_is_set_in_both(known, name):
    found = environment(known, {name: "eu-west-3"})
    assert (found["AWS_REGION"], found["AWS_DEFAULT_REGION"]) == ("eu-west-3", "eu-west-3")


def an_engine(folder, version):
    folder.mkdir(parents=True)
    (folder / "pulumi").write_text(f"#!/bin/sh\necho {version}\n")
    (folder / "pulumi").chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("installed", "runs"),
    [("v3.272.0", "bin"), ("v3.79.0", "bin"), ("v3.78.1", ".engine"), ("", "bin"), (None, ".engine")],
)
def test_the_engine_on_the_path_runs_unless_it_is_too_old_for_what_make_built_to_stand_in(
    tmp_path, monkeypatch, installed, runs
):
    monkeypatch.chdir(tmp_path)
    an_engine(tmp_path / ".engine", "v3.79.0")
    if installed is not None:
        an_engine(tmp_path / "bin", installed)
    path = f"{tmp_path / 'bin'}:/usr/bin:/bin"
    first = [*engine({"PATH": path}, tmp_path), *path.split(":")]
    assert shutil.which("pulumi", path=":".join(first)) == str(tmp_path / runs / "pulumi")


def test_the_engine_that_make_names_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    an_engine(tmp_path / ".engine", "v3.79.0")
    named = an_engine(tmp_path / "named", "v3.272.0")
    assert engine({"PATH": "/usr/bin", "PULUMI_HOME_BIN": str(named)}, tmp_path) == [str(named)]


def test_the_oldest_engine_is_the_same_for_the_sandbox_and_for_make():
    script = (FOLDER.parent / "tools" / "pulumi" / "install.sh").read_text()
    assert f'oldest="{".".join(map(str, OLDEST))}"' in script


def test_an_interrupted_command_is_waited_for(sandbox, monkeypatch, tmp_path):
    monkeypatch.setattr(Sandbox, "running", lambda _self: EmulatorProcess(1, 5001, "x", "KEY"))
    tool = tmp_path / "tool"
    tool.write_text(
        f"#!/bin/sh\ntrap 'sleep 1; echo done > {tmp_path}/ended; exit 3' INT\nkill -INT $PPID $$\nsleep 9\n"
    )
    tool.chmod(0o700)
    assert main(["run", str(tool)]) == 3
    assert (tmp_path / "ended").read_text() == "done\n"
