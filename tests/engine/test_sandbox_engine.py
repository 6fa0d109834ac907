"""The local AWS under the real engine, with a small program of somebody else."""

from __future__ import annotations

import json

import pytest

from tests.engine.workspace import ROOT, Workspace

pytestmark = pytest.mark.engine

PROJECT = (
    "name: other\nruntime:\n  name: python\n  options:\n    virtualenv: .venv\nconfig:\n  aws:region: eu-central-1\n"
)
PROGRAM = """
import pulumi
import pulumi_aws as aws

config = pulumi.Config()
zones = aws.get_availability_zones(state="available").names
tagging = aws.Provider("tagging", region="eu-central-1", default_tags={"tags": {"env": "dev"}})
options = pulumi.ResourceOptions(provider=tagging)
vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16", tags={"size": config.get("size") or "small"}, opts=options)
for number, zone in enumerate(zones):
    aws.ec2.Subnet(f"net-{zone}", vpc_id=vpc.id, cidr_block=f"10.0.{number}.0/24", availability_zone=zone, opts=options)
role = aws.iam.Role(
    "role",
    assume_role_policy=aws.iam.get_policy_document(
        statements=[
            {
                "actions": ["sts:AssumeRole"],
                "principals": [{"type": "Service", "identifiers": ["lambda.amazonaws.com"]}],
            }
        ]
    ).json,
)
function = aws.lambda_.Function(
    "function",
    role=role.arn,
    runtime="python3.13",
    handler="main.handle",
    code=pulumi.AssetArchive({"code": pulumi.FileArchive("./code"), "note.txt": pulumi.StringAsset("hello")}),
)
secret = aws.ssm.Parameter("secret", type="SecureString", value=pulumi.Output.secret("geheim"))
aws.glacier.Vault("vault")
pulumi.export("vpc", vpc.id)
pulumi.export("secret", secret.value)
pulumi.export("function", function.name)
"""


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    folder = tmp_path_factory.mktemp("other")
    (folder / "code").mkdir()
    (folder / "code" / "main.py").write_text("def handle(event, context):\n    return 1\n")
    (folder / "Pulumi.yaml").write_text(PROJECT)
    (folder / "__main__.py").write_text(PROGRAM)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    made = Workspace(folder, folder / "sandbox")
    assert made.in_sandbox("start").code == 0
    made.succeeds("stack", "init", "dev")
    yield made
    made.in_sandbox("wipe")


def test_1_a_preview_shows_names_and_makes_nothing(space):
    done = space.pulumi("preview")
    assert done.code == 0, done.text
    assert [vpc for vpc in space.client("ec2").describe_vpcs()["Vpcs"] if not vpc["IsDefault"]] == []


def test_2_up_makes_it_says_what_is_only_recorded_and_keeps_secrets(space):
    text = space.succeeds("up", "--yes", "--skip-preview")
    assert "aws:glacier/vault:Vault is only recorded" in text
    assert "geheim" not in text
    assert not any("geheim" in file.read_text() for file in (space.sandbox / "state").rglob("*.json"))
    (vpc,) = [vpc for vpc in space.client("ec2").describe_vpcs()["Vpcs"] if not vpc["IsDefault"]]
    assert {tag["Key"]: tag["Value"] for tag in vpc["Tags"]} == {"env": "dev", "size": "small"}


def test_3_the_same_program_changes_nothing(space):
    space.succeeds("preview", "--expect-no-changes")
    space.succeeds("up", "--yes", "--skip-preview", "--expect-no-changes")


def test_4_one_setting_and_one_file_change_two_resources(space):
    space.succeeds("config", "set", "size", "large")
    space.edit("code/main.py", "return 1", "return 2")
    assert space.plan()["update"] == {"net", "function"}
    space.succeeds("up", "--yes", "--skip-preview")
    space.succeeds("preview", "--expect-no-changes")


def test_5_a_refresh_finds_nothing_until_somebody_else_changes_something(space):
    space.succeeds("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    function = json.loads(space.succeeds("stack", "output", "--json"))["function"]
    space.client("lambda").update_function_configuration(FunctionName=function, Timeout=77)
    space.client("iam").delete_role(RoleName=space.client("iam").list_roles()["Roles"][0]["RoleName"])
    space.succeeds("refresh", "--yes", "--skip-preview")
    assert space.plan()["create"] == {"role"}


def test_6_a_wrong_property_is_one_clean_message(space):
    space.edit(
        "__main__.py", 'aws.glacier.Vault("vault")', 'aws.ec2.Subnet("bad", vpc_id=vpc.id, cidr_block="1.2.3.4/99")'
    )
    done = space.pulumi("up", "--yes", "--skip-preview")
    assert done.code != 0
    assert "AWS refused CreateSubnet: " in done.text
    assert "Traceback" not in done.text


def test_7_destroy_leaves_nothing_and_a_stopped_emulator_is_said_so(space):
    space.succeeds("destroy", "--yes", "--skip-preview")
    assert [vpc for vpc in space.client("ec2").describe_vpcs()["Vpcs"] if not vpc["IsDefault"]] == []
    assert space.in_sandbox("stop").text == "stopped\n"
    done = space.pulumi("preview")
    assert (done.code, done.text) == (1, "sandbox: the emulator is not running; run: python -m sandbox start\n")
