"""What make and its commands say on a machine that lacks something, and to somebody who mistypes."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.stack_files import ROOT

NEEDED = ("bash", "sh", "sed", "dirname", "make", "cat", "sort", "head", "tr", "cut")


def bare_machine(tmp_path: Path, **commands: str) -> tuple[Path, dict[str, str]]:
    """A folder with the Makefile, and a PATH with little more than a shell and these scripts."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in NEEDED:
        here = shutil.which(name)
        assert here, f"this machine has no {name}"
        (programs / name).symlink_to(here)
    for name, text in commands.items():
        (programs / name).write_text(f"#!/bin/sh\n{text}\n")
        (programs / name).chmod(0o755)
    for name in ("Makefile", "requirements.txt", "requirements-sandbox.txt", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "tools" / "pulumi", tmp_path / "tools" / "pulumi")
    return tmp_path, {"PATH": str(programs), "HOME": str(tmp_path)}


def said(folder: Path, environment: dict[str, str], *arguments: str) -> list[str]:
    """The lines that a make that fails prints, without its own."""
    done = subprocess.run(
        ["make", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    return [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("make: ***")]


def test_a_machine_without_python_is_told_so_in_one_sentence(tmp_path):
    (line,) = said(*bare_machine(tmp_path), "demo")
    assert line.startswith(
        "error: there is no python3 on the PATH: install Python 3.11 or newer, or name one with make"
    )


def test_a_python_that_is_too_old_is_named_with_its_version(tmp_path):
    folder, environment = bare_machine(tmp_path, python3='[ "$1" = --version ] && echo Python 3.9.2 || exit 1')
    (line,) = said(folder, environment, "setup")
    assert line.startswith("error: Python 3.9.2 is too old: install Python 3.11 or newer")


def test_a_python_that_cannot_make_environments_leaves_none_behind(tmp_path):
    folder, environment = bare_machine(tmp_path, python3='case "$2" in *ensurepip*) exit 1;; esac')
    (line,) = said(folder, environment, "setup")
    assert line.startswith("error: python3 cannot make environments: install its venv module")
    assert not (folder / ".venv").exists()


@pytest.mark.parametrize("target", ["setup", "preview"])
def test_a_machine_without_an_engine_and_go_is_told_once_and_nothing_else_runs(tmp_path, target):
    folder, environment = bare_machine(tmp_path)
    (folder / ".venv" / "bin").mkdir(parents=True)
    python = folder / ".venv" / "bin" / "python"
    python.write_text("#!/bin/sh\necho started\n")
    python.chmod(0o755)
    (folder / ".venv" / ".sandbox").touch()
    (line,) = said(folder, environment, target)
    assert line.startswith("error: neither Pulumi nor Go is installed: install Pulumi 3.79.0 or newer")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ["prd", "development"],
            "error: STACK=prd: there is no Pulumi.prd.yaml; there is Pulumi.dev.yaml, Pulumi.prod",
        ),
        (
            ["dev", "strict"],
            "error: PROFILE=strict: there is no policies/config/strict.json; there is policies/config/",
        ),
    ],
)
def test_an_unknown_stack_or_profile_is_one_line_that_names_the_known_ones(arguments, says):
    command = [sys.executable, str(ROOT / "tools" / "demo.py"), "preview", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    (line,) = done.stderr.splitlines()
    assert line.startswith(says)
    assert (done.returncode, done.stdout) == (2, "")


STANDS_IN = """
case "$*" in
  --version) echo Python 3.12.1 ;;
  *pytest*) echo "ran $*" ;;
  "-m venv "*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
esac
"""


def test_every_python_that_is_installed_is_tried_and_the_others_are_named(tmp_path):
    folder, environment = bare_machine(tmp_path, **{"python3.12": STANDS_IN})
    for name in ("mkdir", "touch", "cp"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name))
    shutil.copy(ROOT / "requirements-dev.txt", folder)
    done = subprocess.run(["make", "pythons"], cwd=folder, env=environment, capture_output=True, text=True, check=True)
    said = done.stdout.splitlines()
    assert [line for line in said if line.startswith("not installed")] == [
        f"not installed: Python {version}" for version in ("3.11", "3.13", "3.14")
    ]
    assert "with Python 3.12.1" in said
    assert said[said.index("with Python 3.12.1") + 1] == "ran -m pytest -n 2 --dist loadfile -m not engine"


def test_check_and_test_name_the_python_that_they_tried():
    for target in ("check", "test"):
        shown = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=True)
        assert "with $(.venv/bin/python --version)" in shown.stdout


def test_help_says_of_every_target_what_it_does_and_about_how_long_it_takes_within_100_columns():
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    rows = [line for line in done.stdout.splitlines() if line.startswith("  ")]
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1].split()
    assert sorted(row.split()[0] for row in rows) == sorted({*phony} - {"help"})
    assert [row for row in rows if not re.match(r"  [a-z-]{1,12} +\d+ (s|min) +\w", row)] == []
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert len({re.match(r"  \S+ +\d+ \w+ +", row).end() for row in rows}) == 1, "a column is not aligned"
