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
SAID_OF = {
    "fargate": """
        alarms-required-set alb-access-logs alb-deletion-protection alb-http-redirects alb-hygiene
        cluster-container-insights prod-protect required-tags service-circuit-breaker service-deployment-alarms
        service-deployment-awaited service-health-grace-period service-no-public-ip service-own-security-group
        sg-descriptions sg-public-ingress-only-alb tg-health-check
    """,
    "network_balancer": """
        alarms-required-set alb-deletion-protection asg-health-check-type asg-launch-template lt-ebs-encrypted
        lt-imdsv2 required-tags sg-descriptions sg-public-ingress-only-alb
    """,
    "web_group": """
        alarms-required-set asg-health-check-type event-target-wired lambda-failure-path lambda-runtime-limits
        lambda-runtime-supported lambda-tracing logs-group-for-every-producer lt-ebs-encrypted lt-imdsv2
        required-tags sg-descriptions sg-public-ingress-only-alb
    """,
}
"""Program → all rules of which a preview of it says something; whoever adds one here has read the finding."""
UNJUDGED = {
    "fargate": [
        "containerDefinitions",
        "networkConfiguration (the zones of subnets that are not in this stack)",
        "subnets (the zones of subnets that are not in this stack)",
    ],
    "network_balancer": [
        "subnets (the zones of subnets that are not in this stack)",
        "vpcZoneIdentifiers (the zones of subnets that are not in this stack)",
    ],
    "web_group": ["vpcZoneIdentifiers (the zones of subnets that are not in this stack)"],
}
"""Program → what a preview does not know; subnets are looked up, and only AWS knows their zones."""
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
