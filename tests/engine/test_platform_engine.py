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


def group_of(workspace):
    (group,) = workspace.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    return group


def switched(workspace, value):
    workspace.client("ssm").put_parameter(
        Name="/ecs-platform/dev/controllers", Value=value, Type="String", Overwrite=True
    )


def moved_to_another_version(workspace):
    """The group has another version than the stack's state, as after a rollout, and the controllers leave it so."""
    switched(workspace, "paused")
    group = group_of(workspace)
    policy = group["MixedInstancesPolicy"]
    template = policy["LaunchTemplate"]["LaunchTemplateSpecification"]
    made = workspace.client("ec2").create_launch_template_version(
        LaunchTemplateId=template["LaunchTemplateId"],
        SourceVersion=template["Version"],
        LaunchTemplateData={"ImageId": "ami-0123456789abcdef0"},
    )
    template.pop("LaunchTemplateName", None)  # by id or by name, not by both
    template["Version"] = str(made["LaunchTemplateVersion"]["VersionNumber"])
    workspace.client("autoscaling").update_auto_scaling_group(
        AutoScalingGroupName=group["AutoScalingGroupName"], MixedInstancesPolicy=policy
    )
    return template["Version"]


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
        "ecs-dev-instance-controller-logs", "ecs-dev-capacity-controller-logs", "ecs-dev-rebalancing-controller-logs",
    }  # fmt: skip
    deployed.up()
    groups = deployed.client("logs").describe_log_groups(logGroupNamePrefix="/ecs-platform/")["logGroups"]
    assert {group["retentionInDays"] for group in groups} == {14}


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "    zones: 2", "    cidr: 10.9.0.0/16\n    zones: 2",
            "ecs-platform:network.cidr: 10.9.0.0/16 is wanted, this stack is 10.0.0.0/16",
        ),
        ("environment: dev", "environment: stage", "ecs-platform:environment: stage is wanted, this stack is dev"),
        ("region: eu-central-1", "region: eu-west-1", "aws:region: eu-west-1 is wanted, this stack is eu-central-1"),
    ],
)  # fmt: skip
def test_a_deployed_stack_does_not_become_another_environment(deployed, old, new, sentence):
    before = what_stands(deployed)
    with deployed.edited("Pulumi.dev.yaml", old, new):
        for command in (("preview",), ("up", "--yes")):
            done = deployed.pulumi(*command, "--stack", "dev")
            assert done.code != 0
            assert sentence in done.text
            assert "Traceback" not in done.text
    assert what_stands(deployed) == before


@pytest.mark.takes_down
def test_other_instance_types_do_not_bring_back_the_image_of_the_last_deployment(deployed):
    rolled = moved_to_another_version(deployed)
    deployed.edit("Pulumi.dev.yaml", "types: [m7g.medium]", "types: [m7g.medium, m6g.medium]")
    deployed.up()
    template = group_of(deployed)["MixedInstancesPolicy"]["LaunchTemplate"]
    assert [each["InstanceType"] for each in template["Overrides"]] == ["m7g.medium", "m6g.medium"]
    assert template["LaunchTemplateSpecification"]["Version"] == rolled
    deployed.succeeds("preview", "--stack", "dev", "--expect-no-changes")
    deployed.edit("Pulumi.dev.yaml", "types: [m7g.medium, m6g.medium]", "types: [m7g.medium]")
    switched(deployed, "running")
    deployed.destroy()  # its template has a version that the state does not know


def test_another_least_size_waits_for_no_size_of_the_past(deployed):
    deployed.client("autoscaling").set_desired_capacity(
        AutoScalingGroupName=group_of(deployed)["AutoScalingGroupName"], DesiredCapacity=3
    )
    deployed.edit("Pulumi.dev.yaml", "minSize: 2", "minSize: 3")
    assert deployed.plan("--stack", "dev")["update"] == {"ecs-dev-instances-group"}
    deployed.up()
    assert group_of(deployed)["MinSize"] == 3
    deployed.succeeds("preview", "--stack", "dev", "--expect-no-changes")
    deployed.edit("Pulumi.dev.yaml", "minSize: 3", "minSize: 2")
    deployed.up()


def test_a_protected_environment_is_not_destroyed_by_accident(deployed):
    deployed.succeeds("config", "set", "ecs-platform:protect", "true", "--stack", "dev")
    deployed.up()
    before = what_stands(deployed)
    for arguments in ((), ("--skip-preview",)):
        done = deployed.pulumi("destroy", "--stack", "dev", "--yes", *arguments)
        assert done.code != 0
        assert "protect" in done.text
    assert what_stands(deployed) == before
    deployed.succeeds("config", "set", "ecs-platform:protect", "false", "--stack", "dev")
    deployed.up()


def test_a_refresh_changes_nothing_that_the_program_wants(deployed):
    deployed.succeeds("refresh", "--stack", "dev", "--yes", "--skip-preview")
    deployed.succeeds("preview", "--stack", "dev", "--expect-no-changes")


def test_a_refresh_finds_what_somebody_changed_by_hand(deployed):
    deployed.client("logs").put_retention_policy(logGroupName="/ecs-platform/dev/exec", retentionInDays=30)
    deployed.succeeds("refresh", "--stack", "dev", "--yes", "--skip-preview")
    assert deployed.plan("--stack", "dev")["update"] == {"ecs-dev-exec-logs"}
    deployed.up()


def test_another_ami_release_is_a_new_template_version_a_changed_tag_and_the_day_that_the_controller_knows(deployed):
    release = "amiRelease: al2023-ami-ecs-hvm-2023.0.20260914-kernel-6.1-arm64"
    with deployed.edited("Pulumi.dev.yaml", "    types: [m7g.medium]", f"    {release}\n    types: [m7g.medium]"):
        plan = deployed.plan("--stack", "dev")
        text = deployed.succeeds("preview", "--stack", "dev", "--diff")
    function = "ecs-dev-instance-controller-function"
    assert plan["update"] == {"ecs-dev-instances-template", "ecs-dev-instances-group", function}
    assert "IMAGE_RELEASED" in text[text.index(function) :]
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
            "vpc-nat-per-az", "ecs-prod-network-private-euc1-az1", "a default route to a public NAT gateway",
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
