"""The local AWS under the real engine, with a small program of somebody else."""

from __future__ import annotations

import json
import os
import re

import pytest

from sandbox.engine import engine
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


@pytest.fixture
def deployed(space):
    """The stack `dev` stands, and is what the program says."""
    space.deploy()
    return space


def vpcs(space, **tags) -> list[dict]:
    """The VPCs of the account that have these tags, besides the one that AWS makes."""
    found = [one for one in space.client("ec2").describe_vpcs()["Vpcs"] if not one["IsDefault"]]
    return [one for one in found if tags.items() <= {tag["Key"]: tag["Value"] for tag in one["Tags"]}.items()]


def test_a_preview_shows_names_and_makes_nothing(space):
    space.succeeds("stack", "init", "--no-select", "new")
    before = vpcs(space)
    text = space.succeeds("preview", "--stack", "new")
    assert re.search(r"aws:ec2:Vpc +net +create", text)
    assert vpcs(space) == before


def test_up_makes_it_says_what_is_only_recorded_and_keeps_secrets_and_destroy_leaves_nothing(space):
    space.succeeds("stack", "init", "--no-select", "whole")
    space.succeeds("config", "set", "--stack", "whole", "size", "huge")
    text = space.up(stack="whole")
    assert "aws:glacier/vault:Vault is only recorded" in text
    assert "geheim" not in text
    assert not any("geheim" in file.read_text() for file in (space.sandbox / "state").rglob("*.json"))
    (vpc,) = vpcs(space, size="huge")
    assert {tag["Key"]: tag["Value"] for tag in vpc["Tags"]} == {"env": "dev", "size": "huge"}
    space.destroy(stack="whole")
    assert vpcs(space, size="huge") == []


def test_the_same_program_changes_nothing(deployed):
    deployed.succeeds("preview", "--stack", "dev", "--expect-no-changes")
    deployed.succeeds("up", "--stack", "dev", "--yes", "--skip-preview", "--expect-no-changes")


def test_one_setting_and_one_file_change_two_resources(deployed):
    deployed.succeeds("config", "set", "--stack", "dev", "size", "large")
    deployed.edit("code/main.py", "return 1", "return 2")
    assert deployed.plan("--stack", "dev")["update"] == {"net", "function"}
    deployed.up()
    deployed.succeeds("preview", "--stack", "dev", "--expect-no-changes")


def test_a_refresh_finds_nothing_until_somebody_else_changes_something(deployed):
    deployed.succeeds("refresh", "--stack", "dev", "--yes", "--skip-preview", "--expect-no-changes")
    function = json.loads(deployed.succeeds("stack", "output", "--stack", "dev", "--json"))["function"]
    deployed.client("lambda").update_function_configuration(FunctionName=function, Timeout=77)
    (role,) = [one for one in deployed.client("iam").list_roles()["Roles"] if one["RoleName"].startswith("role-")]
    deployed.client("iam").delete_role(RoleName=role["RoleName"])
    deployed.succeeds("refresh", "--stack", "dev", "--yes", "--skip-preview")
    assert deployed.plan("--stack", "dev")["create"] == {"role"}
    deployed.up()


@pytest.fixture
def of_a_real_backend(space, tmp_path):
    """A stack file as `pulumi stack init` leaves it on a backend of the user's own, with a secret."""
    path = os.pathsep.join([*engine(os.environ, ROOT), os.environ["PATH"]])
    own = {"PATH": path, "PULUMI_BACKEND_URL": tmp_path.as_uri(), "PULUMI_CONFIG_PASSPHRASE": "correct horse"}
    for command in (
        ["stack", "init", "--no-select", "real"],
        ["config", "set", "--stack", "real", "--secret", "size", "huge"],
    ):
        done = space.run("pulumi", "--non-interactive", *command, **own)
        assert done.code == 0, done.text
    yield space.folder / "Pulumi.real.yaml"
    (space.folder / "Pulumi.real.yaml").unlink()


KMS = "secretsprovider: awskms://alias/secrets?region=eu-west-1\nencryptedkey: AQICAHhvbm90YWtleQ==\n"


@pytest.mark.parametrize("provider", ["passphrase", "kms"])
def test_a_stack_file_of_a_real_backend_works_in_the_sandbox_and_stays_what_it_is(space, of_a_real_backend, provider):
    file = of_a_real_backend
    assert "encryptionsalt: " in file.read_text()
    if provider == "kms":
        file.write_text(KMS + re.sub(r"^encryptionsalt: .*\n", "", file.read_text(), flags=re.MULTILINE))
    before = file.read_text()
    space.succeeds("stack", "init", "--no-select", "real")
    assert re.search(r"aws:ec2:Vpc +net +create", space.succeeds("preview", "--stack", "real"))
    space.succeeds("stack", "rm", "real", "--yes", "--preserve-config")
    assert file.read_text() == before
    assert "secure: " in before


def test_a_wrong_property_is_one_clean_message(deployed):
    bad = 'aws.ec2.Subnet("bad", vpc_id=vpc.id, cidr_block="1.2.3.4/99")'
    with deployed.edited("__main__.py", 'aws.glacier.Vault("vault")', bad):
        done = deployed.pulumi("up", "--yes", "--skip-preview")
    assert done.code != 0
    assert "AWS refused CreateSubnet: " in done.text
    assert "Traceback" not in done.text


@pytest.mark.takes_down
def test_destroy_leaves_nothing(deployed):
    deployed.destroy()
    assert vpcs(deployed) == []
    roles = deployed.client("iam").list_roles()["Roles"]
    assert [one["RoleName"] for one in roles if one["RoleName"].startswith("role-")] == []


def test_a_stopped_emulator_is_said_so(space, tmp_path):
    stopped = Workspace(space.folder, tmp_path / "sandbox")
    assert stopped.in_sandbox("start").code == 0
    assert stopped.in_sandbox("stop").text == "stopped\n"
    done = stopped.pulumi("preview")
    assert (done.code, done.text) == (1, "sandbox: the emulator is not running; run: python -m sandbox start\n")
