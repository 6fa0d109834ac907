"""The main job through the real engine: preview under the pack, up, nothing to change, change, refresh, destroy."""

import json
import shutil

import pytest

from tests.engine.what_stands import left_over, what_stands
from tests.engine.workspace import Workspace

pytestmark = pytest.mark.engine

PACK = ("--policy-pack", "policies")
DEVELOPMENT = (*PACK, "--policy-pack-config", "policies/config/development.json")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    space = Workspace.of(tmp_path_factory.mktemp("platform"))
    assert space.in_sandbox("start").code == 0
    for stack in ("dev", "prod"):
        space.succeeds("stack", "init", stack)
    yield space
    space.in_sandbox("wipe")


@pytest.fixture
def deployed(workspace):
    """`dev` stands, and is what its stack file says; a test that changes the one changes the other."""
    workspace.deploy(*DEVELOPMENT)
    return workspace


@pytest.mark.parametrize(("stack", "profile"), [("dev", "development"), ("prod", "production")])
def test_a_preview_of_a_new_environment_keeps_every_rule_and_makes_nothing(workspace, stack, profile):
    shutil.copy(workspace.folder / f"Pulumi.{stack}.yaml", workspace.folder / f"Pulumi.new-{stack}.yaml")
    workspace.succeeds("stack", "init", f"new-{stack}")
    before = what_stands(workspace)
    config = ("--policy-pack-config", f"policies/config/{profile}.json")
    text = workspace.succeeds("preview", "--stack", f"new-{stack}", *PACK, *config)
    assert "[mandatory]" not in text
    assert what_stands(workspace) == before


def test_up_makes_it_and_the_next_preview_is_empty(deployed):
    stands = what_stands(deployed)
    assert len(stands["vpcs"]) == 1
    assert stands["clusters"] == [
        json.loads(deployed.succeeds("stack", "output", "--stack", "dev", "--json"))["clusterArn"]
    ]
    deployed.succeeds("preview", "--stack", "dev", "--expect-no-changes")


def test_the_stack_file_is_the_users_own(deployed):
    assert "encryptionsalt" not in (deployed.folder / "Pulumi.dev.yaml").read_text()


def test_a_changed_retention_updates_log_groups_and_nothing_else(deployed):
    deployed.edit("Pulumi.dev.yaml", "retentionDays: 7", "retentionDays: 14")
    plan = deployed.plan("--stack", "dev")
    assert set(plan) == {"same", "update"}
    assert plan["update"] == {
        "ecs-dev-exec-logs", "ecs-dev-event-logs", "ecs-dev-network-flow-logs-log-group", "ecs-dev-instances-logs",
        "ecs-dev-instance-controller-logs", "ecs-dev-capacity-controller-logs",
    }  # fmt: skip
    deployed.up()
    groups = deployed.client("logs").describe_log_groups(logGroupNamePrefix="/ecs-platform/")["logGroups"]
    assert {group["retentionInDays"] for group in groups} == {14}


def test_a_changed_range_replaces_the_network(deployed):
    with deployed.edited("Pulumi.dev.yaml", "    zones: 2", "    cidr: 10.9.0.0/16\n    zones: 2"):
        plan = deployed.plan("--stack", "dev")
    assert "ecs-dev-network-vpc" in plan["replace"]
    assert not any("ecs-dev-cluster" in names for operation, names in plan.items() if operation != "same")


def test_a_refresh_changes_nothing_that_the_program_wants(deployed):
    deployed.succeeds("refresh", "--stack", "dev", "--yes", "--skip-preview")
    deployed.succeeds("preview", "--stack", "dev", "--expect-no-changes")


def test_a_refresh_finds_what_somebody_changed_by_hand(deployed):
    deployed.client("logs").put_retention_policy(logGroupName="/ecs-platform/dev/exec", retentionInDays=30)
    deployed.succeeds("refresh", "--stack", "dev", "--yes", "--skip-preview")
    assert deployed.plan("--stack", "dev")["update"] == {"ecs-dev-exec-logs"}
    deployed.up()


def test_another_ami_release_is_a_new_template_version_and_a_changed_tag(deployed):
    release = "amiRelease: al2023-ami-ecs-hvm-2023.0.20260914-kernel-6.1-arm64"
    with deployed.edited("Pulumi.dev.yaml", "    types: [m7g.medium]", f"    {release}\n    types: [m7g.medium]"):
        plan = deployed.plan("--stack", "dev")
        text = deployed.succeeds("preview", "--stack", "dev", "--diff")
    assert plan["update"] == {"ecs-dev-instances-template", "ecs-dev-instances-group"}
    assert set(plan) == {"same", "update"}
    group = text[text.index("ecs-dev-instances-group") :]
    assert "tags" in group
    assert "mixedInstancesPolicy" not in group


@pytest.mark.parametrize(
    ("file", "old", "new", "rule", "resource", "remedy"),
    [
        (
            "infra/environment/network/network.py", "        FlowLogs(", "        (lambda *_: None)(",
            "vpc-flow-logs", "ecs-prod-network-vpc", "Add an ec2.FlowLog",
        ),
        (
            "infra/environment/network/network.py", "table in tables.items()", "table in list(tables.items())[1:]",
            "vpc-nat-per-az", "ecs-prod-network-private-euc1-az1", "a default route to a NAT gateway",
        ),
    ],
)  # fmt: skip
def test_a_program_that_loses_a_safeguard_fails_the_preview(workspace, file, old, new, rule, resource, remedy):
    with workspace.edited(file, old, new):
        done = workspace.pulumi("preview", "--stack", "prod", *PACK)
    assert done.code != 0
    violations = done.text[done.text.index("Policy Violations") :]
    assert "[mandatory]" in violations
    assert rule in violations
    assert resource in violations
    assert remedy in violations


@pytest.mark.takes_down
def test_destroy_leaves_nothing_behind(deployed):
    deployed.destroy()
    assert left_over(deployed) == {}
