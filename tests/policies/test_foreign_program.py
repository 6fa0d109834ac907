"""The pack on a program that knows nothing of it, and the pack without anything of this repository."""

import ast
import re
import runpy
import shutil
import subprocess
import sys
from functools import cache, partial
from pathlib import Path

import pytest

from ecs_operations import Report, evaluate
from tests.policies.foreign_findings import EXPECTED, SAID_OF, UNJUDGED
from tests.program.pack_on_graph import resources
from tests.support.graph import graph_of
from tests.support.stack_files import ROOT

FOREIGN = Path(__file__).parent / "foreign" / "__main__.py"
PACK = ROOT / "policies"
LOOKED_UP = {
    "aws:ec2/getVpc:getVpc": {"id": "vpc-1", "cidrBlock": "172.31.0.0/16", "default": True, "state": "available"},
    "aws:ec2/getSubnets:getSubnets": {"ids": ["subnet-1", "subnet-2", "subnet-3"], "id": "eu-central-1"},
    "aws:ec2/getAmi:getAmi": {"id": "ami-0123456789abcdef0", "imageId": "ami-0123456789abcdef0"},
}

LOADED_ALONE = """
import sys

class Elsewhere:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"infra", "lambdas", "sandbox", "tests", "pulumi_aws", "boto3", "pydantic"}:
            raise ImportError(f"the pack imports {name}")

sys.meta_path.insert(0, Elsewhere())
sys.path.insert(0, sys.argv[1])
from ecs_operations import RULES
from ecs_operations.served.adapter import policies
print(len(policies(RULES)))
"""


@cache
def report(*, preview: bool) -> Report:
    return evaluate(resources(graph_of(lambda: runpy.run_path(str(FOREIGN)), preview=preview)))


def test_a_tutorial_breaks_these_rules_and_no_others():
    assert {finding.rule for finding in report(preview=True).findings} == EXPECTED
    assert len(EXPECTED) >= 15


def test_a_preview_of_it_leaves_nothing_unjudged():
    assert report(preview=True).not_evaluated == ()


def test_when_it_stands_it_breaks_the_same():
    assert {finding.rule for finding in report(preview=False).findings} == EXPECTED


@cache
def report_of(program: str) -> Report:
    run = partial(runpy.run_path, str(FOREIGN.parent / program / "__main__.py"))
    return evaluate(resources(graph_of(run, preview=True, lookups=LOOKED_UP)))


@pytest.mark.parametrize("program", SAID_OF)
def test_of_other_programs_it_says_this_and_nothing_else(program):
    assert {finding.rule for finding in report_of(program).findings} == set(SAID_OF[program].split())
    assert sorted({skipped.path for skipped in report_of(program).not_evaluated}) == UNJUDGED[program]


@pytest.mark.parametrize("program", SAID_OF)
def test_of_hosts_and_draining_it_says_nothing_where_no_cluster_is_on_instances(program):
    said = {finding.rule.partition("-")[0] for finding in report_of(program).findings}
    assert said & {"drain", "capacity"} == set()
    assert not any("the rule failed on it" in finding.message for finding in report_of(program).findings)


def test_no_message_shows_the_secret():
    assert [finding for finding in report(preview=True).findings if "correct-horse" in finding.message] == []


def test_a_copy_of_the_folder_loads_with_nothing_else_of_the_repository(tmp_path):
    shutil.copytree(PACK, tmp_path / "policies", ignore=shutil.ignore_patterns("__pycache__"))
    done = subprocess.run(
        [sys.executable, "-I", "-c", LOADED_ALONE, str(tmp_path / "policies")],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 60


def test_the_pack_imports_what_its_requirements_install_and_nothing_else():
    wanted = {"pulumi", "pulumi_policy", "ecs_operations"}
    found = {
        name.split(".")[0]
        for path in PACK.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert found - sys.stdlib_module_names - wanted == set()


def test_its_requirements_are_those_of_the_program():
    def pins(path: Path) -> set[str]:
        return set(re.findall(r"^\S+==\S+$", path.read_text(), re.MULTILINE))

    assert pins(PACK / "requirements.txt") == {
        pin for pin in pins(ROOT / "requirements.txt") if pin.split("==")[0] in ("pulumi", "pulumi-policy")
    }
