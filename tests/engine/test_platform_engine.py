"""The main job through the real engine: preview under the pack, up, nothing to change, change, refresh, destroy."""

import json

import pytest

from tests.engine.workspace import Workspace

pytestmark = pytest.mark.engine

PACK = ("--policy-pack", "policies")
DEVELOPMENT = (*PACK, "--policy-pack-config", "policies/config/development.json")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    space = Workspace.of(tmp_path_factory.mktemp("platform"))
    assert space.in_sandbox("start").code == 0
    space.succeeds("stack", "init", "dev")
    yield space
    space.in_sandbox("wipe")


def what_stands(space) -> dict[str, list]:
    """What an account holds of the kinds that cost money or block a name; AWS's own defaults are not counted."""
    ec2, ecs = space.client("ec2"), space.client("ecs")
    groups = space.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    instances = [one for all_ in ec2.describe_instances()["Reservations"] for one in all_["Instances"]]
    return {
        "vpcs": [one["VpcId"] for one in ec2.describe_vpcs()["Vpcs"] if not one["IsDefault"]],
        "addresses": ec2.describe_addresses()["Addresses"],
        "gateways": [one for one in ec2.describe_nat_gateways()["NatGateways"] if one["State"] != "deleted"],
        "templates": ec2.describe_launch_templates()["LaunchTemplates"],
        "instances": [one["InstanceId"] for one in instances if one["State"]["Name"] != "terminated"],
        "groups": [one["AutoScalingGroupName"] for one in groups],
        "clusters": [
            one["clusterArn"]
            for one in ecs.describe_clusters(clusters=ecs.list_clusters()["clusterArns"])["clusters"]
            if one["status"] == "ACTIVE"
        ],
        "logs": [one["logGroupName"] for one in space.client("logs").describe_log_groups()["logGroups"]],
        "roles": [one["RoleName"] for one in space.client("iam").list_roles()["Roles"]],
        "queues": space.client("sqs").list_queues().get("QueueUrls", []),
        "rules": space.client("events").list_rules()["Rules"],
    }


def test_1_a_preview_keeps_every_rule_and_makes_nothing(workspace):
    before = what_stands(workspace)
    text = workspace.succeeds("preview", "--stack", "dev", *DEVELOPMENT)
    assert "[mandatory]" not in text
    assert what_stands(workspace) == before
    assert not any(before.values())


def test_2_up_makes_it_and_the_next_preview_is_empty(workspace):
    workspace.succeeds("up", "--stack", "dev", "--yes", "--skip-preview", *DEVELOPMENT)
    stands = what_stands(workspace)
    assert len(stands["vpcs"]) == 1
    assert stands["clusters"] == [
        json.loads(workspace.succeeds("stack", "output", "--stack", "dev", "--json"))["clusterArn"]
    ]
    workspace.succeeds("preview", "--stack", "dev", "--expect-no-changes")


def test_3_the_stack_file_is_the_users_own(workspace):
    assert "encryptionsalt" not in (workspace.folder / "Pulumi.dev.yaml").read_text()


def test_4_a_changed_retention_updates_log_groups_and_nothing_else(workspace):
    workspace.edit("Pulumi.dev.yaml", "retentionDays: 7", "retentionDays: 14")
    plan = workspace.plan("--stack", "dev")
    assert set(plan) == {"same", "update"}
    assert plan["update"] == {
        "ecs-dev-exec-logs", "ecs-dev-event-logs", "ecs-dev-network-flow-logs-log-group", "ecs-dev-instances-logs",
        "ecs-dev-instance-controller-logs", "ecs-dev-capacity-controller-logs",
    }  # fmt: skip
    workspace.succeeds("up", "--stack", "dev", "--yes", "--skip-preview")
    groups = workspace.client("logs").describe_log_groups(logGroupNamePrefix="/ecs-platform/")["logGroups"]
    assert {group["retentionInDays"] for group in groups} == {14}


def test_5_a_changed_range_replaces_the_network(workspace):
    workspace.edit("Pulumi.dev.yaml", "    zones: 2", "    cidr: 10.9.0.0/16\n    zones: 2")
    plan = workspace.plan("--stack", "dev")
    assert "ecs-dev-network-vpc" in plan["replace"]
    assert not any("ecs-dev-cluster" in names for operation, names in plan.items() if operation != "same")
    workspace.edit("Pulumi.dev.yaml", "    cidr: 10.9.0.0/16\n", "")


def test_6_a_refresh_changes_nothing_that_the_program_wants(workspace):
    workspace.succeeds("refresh", "--stack", "dev", "--yes", "--skip-preview")
    workspace.succeeds("preview", "--stack", "dev", "--expect-no-changes")


def test_7_a_refresh_finds_what_somebody_changed_by_hand(workspace):
    workspace.client("logs").put_retention_policy(logGroupName="/ecs-platform/dev/exec", retentionInDays=30)
    workspace.succeeds("refresh", "--stack", "dev", "--yes", "--skip-preview")
    assert workspace.plan("--stack", "dev")["update"] == {"ecs-dev-exec-logs"}
    workspace.succeeds("up", "--stack", "dev", "--yes", "--skip-preview")


def test_7_another_ami_release_is_a_new_template_version_and_a_changed_tag(workspace):
    release = "amiRelease: al2023-ami-ecs-hvm-2023.0.20260914-kernel-6.1-arm64"
    workspace.edit("Pulumi.dev.yaml", "    types: [m7g.medium]", f"    {release}\n    types: [m7g.medium]")
    plan = workspace.plan("--stack", "dev")
    assert plan["update"] == {"ecs-dev-instances-template", "ecs-dev-instances-group"}
    assert set(plan) == {"same", "update"}
    text = workspace.succeeds("preview", "--stack", "dev", "--diff")
    group = text[text.index("ecs-dev-instances-group") :]
    assert "tags" in group
    assert "mixedInstancesPolicy" not in group
    workspace.edit("Pulumi.dev.yaml", f"    {release}\n", "")


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
def test_8_a_program_that_loses_a_safeguard_fails_the_preview(workspace, file, old, new, rule, resource, remedy):
    workspace.edit(file, old, new)
    workspace.pulumi("stack", "init", "prod")
    done = workspace.pulumi("preview", "--stack", "prod", *PACK)
    workspace.edit(file, new, old)
    assert done.code != 0
    violations = done.text[done.text.index("Policy Violations") :]
    assert "[mandatory]" in violations
    assert rule in violations
    assert resource in violations
    assert remedy in violations


def test_8_production_keeps_every_rule_of_the_pack(workspace):
    workspace.pulumi("stack", "init", "prod")
    text = workspace.succeeds(
        "preview", "--stack", "prod", *PACK, "--policy-pack-config", "policies/config/production.json"
    )
    assert "[mandatory]" not in text


def test_9_destroy_leaves_nothing_behind(workspace):
    workspace.succeeds("destroy", "--stack", "dev", "--yes", "--skip-preview")
    assert {kind: found for kind, found in what_stands(workspace).items() if found} == {}
