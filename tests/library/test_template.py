"""The project that `pulumi new` makes of template/: its files, and what its program registers under another name."""

import runpy
import sys
import tomllib
from pathlib import PurePath

import pytest
import yaml

import infra
import infra.environment
from tests.support.graph import graph_of
from tests.support.stack_files import ROOT, config_of, stacks

TEMPLATE = ROOT / "template"
SAME = (
    *(f"Pulumi.{stack}.yaml" for stack in stacks()),
    *(path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "policies" / "config").glob("*.json"))),
    "policies/__main__.py",
)
"""Files that the template shares with this repository: it cannot refer to them, because it is copied without them."""


def described(file: str) -> dict:
    return yaml.safe_load((TEMPLATE / file).read_text())


@pytest.mark.parametrize("file", SAME)
def test_what_the_template_shares_with_this_repository_is_the_same(file):
    assert (TEMPLATE / file).read_text() == (ROOT / file).read_text(), f"cp {file} template/{file}"


@pytest.mark.parametrize("stack", stacks())
def test_its_program_makes_the_environment_of_this_repository_under_any_name(stack, monkeypatch):
    monkeypatch.setitem(sys.modules, "ecs_platform", infra)
    monkeypatch.setitem(sys.modules, "ecs_platform.environment", infra.environment)

    def made_by(program, project):
        graph = graph_of(lambda: runpy.run_path(str(program)), project=project, config=config_of(stack, program.parent))
        return graph.triples(), sorted(graph.outputs)

    assert made_by(TEMPLATE / "__main__.py", "my-platform") == made_by(ROOT / "__main__.py", "ecs-platform")


def test_it_asks_for_the_release_that_it_comes_with():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    lines = [line for line in (TEMPLATE / "requirements.txt").read_text().splitlines() if not line.startswith("#")]
    assert lines == [f"ecs-platform=={version}", f"ecs-operations=={version}"]
    assert described("policies/PulumiPolicy.yaml")["version"] == version


def test_a_new_project_gets_its_own_name_and_description():
    project = described("Pulumi.yaml")
    assert (project["name"], project["description"]) == ("${PROJECT}", "${DESCRIPTION}")


def test_it_holds_nothing_that_stops_the_engine_from_renaming_it():
    """Keys in a namespace under a project's own `config` panic the engine; 3.79 knows no display name of a template."""
    project = described("Pulumi.yaml")
    assert "config" not in project
    assert "displayName" not in project["template"]


def test_it_prompts_for_what_has_no_default_and_offers_what_its_dev_stack_says():
    offered = {key: one["default"] for key, one in described("Pulumi.yaml")["template"]["config"].items()}
    assert offered.keys() == {"aws:region", "ecs-platform:environment", "ecs-platform:owner"}
    assert offered.items() <= config_of("dev", TEMPLATE).items()


def test_the_program_and_the_pack_run_in_one_environment_of_the_project():
    program = described("Pulumi.yaml")["runtime"]["options"]["virtualenv"]
    pack = described("policies/PulumiPolicy.yaml")["runtime"]["options"]["virtualenv"]
    assert PurePath(pack) == PurePath("..", program)
