"""The files that a host of the repository reads: they parse, run what CI runs, and ask for no more than they need."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.stack_files import ROOT

FORMS = sorted(path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")
INPUTS = {"input", "textarea", "dropdown", "checkboxes"}


def parsed(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def workflow() -> Any:
    return parsed(ROOT / ".github" / "workflows" / "check.yml")


def steps() -> list[dict[str, Any]]:
    (job,) = workflow()["jobs"].values()
    return job["steps"]


def test_the_workflow_runs_what_ci_runs():
    script = (ROOT / ".ci" / "run").read_text()
    assert (
        [step["run"] for step in steps() if "run" in step]
        == re.findall(r"^(make [a-z-]+)$", script, re.MULTILINE)
        != []
    )
    (job,) = workflow()["jobs"].values()
    assert re.findall(r"^export (\w+)=(\w+)$", script, re.MULTILINE) == [*job["env"].items()]


def test_the_workflow_runs_for_main_and_for_pull_requests_of_anybody():
    on = workflow()[True]  # YAML 1.1 reads the word as a boolean
    assert on == {"pull_request": None, "push": {"branches": ["main"]}}


def test_the_workflow_may_read_the_code_and_nothing_else():
    assert workflow()["permissions"] == {"contents": "read"}
    assert "secrets." not in (ROOT / ".github" / "workflows" / "check.yml").read_text()


def test_the_workflow_takes_each_action_in_a_major_version():
    used = [step["uses"] for step in steps() if "uses" in step]
    assert [action for action in used if not re.fullmatch(r"actions/[a-z-]+@v\d+", action)] == []
    assert used


def test_the_workflow_starts_with_the_oldest_python_that_the_library_takes():
    (job,) = workflow()["jobs"].values()
    oldest = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert job["strategy"]["matrix"]["python"] == [oldest.removeprefix(">="), "3.14"]


def test_a_commit_is_checked_by_the_tools_that_make_check_runs():
    (repo,) = parsed(ROOT / ".pre-commit-config.yaml")["repos"]
    assert repo["repo"] == "local"
    makefile = (ROOT / "Makefile").read_text().replace("$(BIN)", ".venv/bin")
    tool = re.compile(r"\.venv/bin/python -(?:m \w+|c '[^']+')( format| check)?")
    commands = [tool.search(hook["entry"])[0] for hook in repo["hooks"]]
    assert [command for command in commands if command not in makefile] == []
    assert len(commands) == 5


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.stem)
def test_a_form_asks_each_question_once_under_a_name_of_its_own(form):
    content = parsed(form)
    assert content.keys() >= {"name", "description", "body"}
    ids = [question["id"] for question in content["body"]]
    assert len(ids) == len(set(ids))
    assert {question["type"] for question in content["body"]} <= INPUTS
    assert all(question["attributes"]["label"] for question in content["body"])


def test_who_reports_a_problem_is_asked_for_versions_settings_and_the_controllers_log():
    asked = {question["id"]: question for question in parsed(ROOT / ".github/ISSUE_TEMPLATE/problem.yml")["body"]}
    assert {"happened", "where", "versions", "settings", "log"} <= asked.keys()
    assert asked["versions"]["validations"] == {"required": True}
    assert "without its secrets" in asked["settings"]["attributes"]["description"]
