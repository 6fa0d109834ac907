"""The pack on a program that knows nothing of it, and the pack without anything of this repository."""

import ast
import re
import runpy
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from ecs_operations import Report, evaluate
from tests.program.pack_on_graph import resources
from tests.support.graph import graph_of
from tests.support.stack_files import ROOT

FOREIGN = Path(__file__).parent / "foreign" / "__main__.py"
PACK = ROOT / "policies"
EXPECTED = {
    "alarms-can-ring",
    "alarms-have-actions",
    "alarms-required-set",
    "alb-access-logs",
    "alb-deletion-protection",
    "alb-http-redirects",
    "alb-hygiene",
    "alb-multi-az",
    "asg-health-check-type",
    "asg-instance-refresh",
    "asg-max-instance-lifetime",
    "asg-min-capacity",
    "asg-multi-az",
    "asg-termination-hook",
    "capacity-scaling-present",
    "cluster-container-insights",
    "iam-no-managed-admin",
    "iam-no-wildcards",
    "logs-kms",
    "logs-retention",
    "lt-ebs-encrypted",
    "lt-ecs-agent-config",
    "lt-imdsv2",
    "lt-no-public-ip",
    "prod-protect",
    "required-tags",
    "service-circuit-breaker",
    "service-deployment-alarms",
    "service-deployment-awaited",
    "service-desired-at-least-two",
    "service-health-grace-period",
    "service-min-healthy",
    "service-spread-across-azs",
    "sg-descriptions",
    "sg-no-public-ssh",
    "sg-public-ingress-only-alb",
    "subnet-no-auto-public-ip",
    "taskdef-image-pinned",
    "taskdef-log-driver",
    "taskdef-memory-limit",
    "taskdef-no-plaintext-secrets",
    "taskdef-no-privileged",
    "taskdef-non-root",
    "taskdef-readonly-root",
    "taskdef-roles-split",
    "taskdef-stop-timeout",
    "tg-health-check",
    "vpc-default-sg-closed",
    "vpc-flow-logs",
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
