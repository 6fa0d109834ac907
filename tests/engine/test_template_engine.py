"""A platform of one's own through the real engine: `pulumi new`, both wheels in a fresh environment, up, and down."""

import base64
import hashlib
import json
import sys

import pulumi
import pytest

from infra.environment.controllers import function
from sandbox.archives import zipped
from sandbox.wire import ARCHIVE, ASSET, AssetOrArchive
from tests.engine.workspace import ROOT, Workspace
from tools import wheels

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("template-engine")]

NAME = "rivers"
STACK = ("--stack", "dev")
PACK = ("--policy-pack", "policies", "--policy-pack-config", "policies/config/development.json")


def succeeds(space: Workspace, *arguments: str) -> str:
    """Run the engine without this repository on Python's path: the project has its wheels and nothing else."""
    sandbox = (sys.executable, str(ROOT / "sandbox"), "run")
    done = space.run(*sandbox, "pulumi", "--non-interactive", *arguments, PYTHONPATH="")
    assert done.code == 0, done.text
    return done.text


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """What `pulumi new` makes, with both wheels installed."""
    folder = tmp_path_factory.mktemp("template")
    space = Workspace(folder / "project", folder / "sandbox")
    space.folder.mkdir()
    assert space.in_sandbox("start").code == 0
    succeeds(space, "new", str(ROOT / "template"), "--generate-only", "--yes", "--name", NAME)
    wheels.lent_environment(space.folder / ".venv", wheels.build(folder / "wheels"))
    succeeds(space, "stack", "init", "dev")
    yield space
    space.in_sandbox("wipe")


def code_here(package: str) -> str:
    """What AWS says of a function whose code is that of this repository (Lambda API reference, CodeSha256)."""
    files = function.archive(package, "cluster").assets
    assets = {
        name: AssetOrArchive(ASSET, "", {"path": asset.path})
        for name, asset in files.items()
        if isinstance(asset, pulumi.FileAsset)
    }
    return base64.b64encode(hashlib.sha256(zipped(AssetOrArchive(ARCHIVE, "", {"assets": assets}))).digest()).decode()


def test_the_engine_fills_in_name_and_description_and_keeps_the_comments_of_the_settings(project):
    assert (project.folder / "README.md").read_text().startswith(f"# {NAME}\n\nAmazon ECS on EC2 in production,")
    assert (project.folder / "Pulumi.dev.yaml").read_text() == (ROOT / "template" / "Pulumi.dev.yaml").read_text()
    for file in (path for path in project.folder.glob("*.*") if path.is_file()):
        assert "${" not in file.read_text(), file.name


def test_a_preview_keeps_every_rule_of_the_pack(project):
    text = succeeds(project, "preview", *STACK, *PACK)
    assert "ecs-operations" in text
    assert "[mandatory]" not in text


def test_it_is_deployed_with_the_code_of_this_repository_and_destroyed(project):
    succeeds(project, "up", *STACK, "--yes", "--skip-preview")
    succeeds(project, "preview", *STACK, "--expect-no-changes")
    assert json.loads(succeeds(project, "stack", "output", *STACK, "--json"))["clusterName"] == "ecs-dev"
    functions = project.client("lambda").list_functions()["Functions"]
    deployed = {one["Handler"].split(".")[1]: one["CodeSha256"] for one in functions}
    assert deployed == {package: code_here(package) for package in ("instances", "capacity", "rebalancing")}
    succeeds(project, "destroy", *STACK, "--yes", "--skip-preview")
    assert project.client("lambda").list_functions()["Functions"] == []
