"""What a run of tests prints: as good as nothing when it passes, the failure last when it fails."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.stack_files import ROOT

PROGRAMS = """
import pulumi, pulumi_aws as aws, pytest
from tests.support.graph import graph_of

def fails():
    vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16")
    broken = vpc.id.apply(lambda _: 1 / 0)
    for number in range(3):
        aws.ec2.Subnet(f"net-{number}", vpc_id=broken, cidr_block=f"10.0.{number}.0/24")
    pulumi.export("broken", broken)

@pytest.mark.parametrize("number", range(10))
def test_a_program_that_fails_while_others_wait_for_it(number):
    with pytest.raises(ZeroDivisionError):
        graph_of(fails)

def test_a_program_that_registers_something():
    assert graph_of(lambda: aws.ec2.Vpc("net", cidr_block="10.0.0.0/16")).one(aws.ec2.Vpc)
"""
PROPERTY = """
from hypothesis import given, strategies as st

@given(st.integers())
def test_what_holds_for_few_numbers(number):
    print("tried", number)
    assert number < 1000
"""
WRONG = "\ndef test_what_is_wrong():\n    assert 1 == 2\n"


def run(folder: Path, text: str, *options: str, **environment: str) -> tuple[int, list[str]]:
    """Run a file of tests as `make test` does; the exit code and all that is printed."""
    (folder / "test_small.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), *options]
    done = subprocess.run(
        [*command, str(folder / "test_small.py")], cwd=ROOT, env={**os.environ, **environment}, check=False, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return done.returncode, done.stdout.splitlines()


def test_a_run_that_passes_prints_progress_and_the_count_though_programs_failed_in_it(tmp_path):
    code, lines = run(tmp_path, PROGRAMS, "-n", "2", "--dist", "loadfile")
    assert code == 0, lines
    assert len(lines) < 50, lines
    assert lines[-1].startswith("11 passed")


def test_a_run_that_fails_shows_the_failure_last(tmp_path):
    code, lines = run(tmp_path, PROGRAMS + WRONG, "-n", "2", "--dist", "loadfile")
    assert code == 1
    assert len(lines) < 50, lines
    assert [line.partition(" - ")[0].split("::")[-1] for line in lines[-2:-1]] == ["test_what_is_wrong"]
    assert lines[-1].startswith("1 failed, 11 passed")


@pytest.mark.parametrize(("profile", "same"), [("random", False), ("fixed", True)])
def test_a_property_tries_other_examples_in_each_run_unless_asked_not_to_and_says_how_to_repeat_a_failure(
    profile, same, tmp_path
):
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    texts = [
        "\n".join(
            run(tmp_path, PROPERTY, HYPOTHESIS_PROFILE=profile, HYPOTHESIS_STORAGE_DIRECTORY=str(tmp_path / each))[1]
        )
        for each in "ab"
    ]
    tried = [re.findall(r"^tried (.*)", text, re.MULTILINE) for text in texts]
    assert (tried[0] == tried[1], len(tried[0]) > 1) == (same, True)
    assert all(("@reproduce_failure" in text) != same for text in texts)


def test_tests_are_collected_where_no_dependency_was_compiled(tmp_path):
    warns = "VALUE = '\\d'\nSAME = VALUE is '1'\n"
    (tmp_path / "dependency.py").write_text(warns)
    text = "import dependency\n\ndef test_that_it_is_there():\n    assert dependency.VALUE\n"
    code, lines = run(tmp_path, text, PYTHONPATH=str(tmp_path), PYTHONDONTWRITEBYTECODE="1")
    assert code == 0, lines
