"""What the demo takes from the engine's output, and what shows that one was interrupted."""

import json
import os

import pytest
from rich.console import Console

from sandbox.server import Sandbox
from tools import demo_steps
from tools.demo_leftovers import BusyError, alone, interrupted
from tools.demo_steps import Result, StepFailedError, Steps, trouble

PREVIEW = """Previewing update (dev):
@ previewing update....
    pulumi:pulumi:Stack ecs-platform-dev  warning: using pulumi-resource-aws from $PATH at /bin/pulumi-resource-aws
 +  aws:kms:Key ecs-dev-key create
 +  pulumi:pulumi:Stack ecs-platform-dev create 2 warnings
Diagnostics:
  pulumi:pulumi:Stack (ecs-platform-dev):
    warning: using pulumi-resource-aws from $PATH at /bin/pulumi-resource-aws
    warning: one is deprecated
    warning: one is deprecated

Policy Violations:
    [advisory]  ecs-operations v0.1.0  alb-http-redirects (aws:lb/listener:Listener: http)

Outputs:
    zones: 2
Resources:
    + 131 to create
    2 unchanged
"""


@pytest.fixture
def steps(tmp_path, monkeypatch):
    """Steps whose commands run in no sandbox, and what they print."""
    monkeypatch.setattr(demo_steps, "IN_SANDBOX", ())
    made = Steps(tmp_path / "demo.log", Console(record=True, soft_wrap=True, force_terminal=False))
    made.begin()
    return made


def test_a_step_is_one_line_with_what_was_counted_and_its_time(steps):
    steps.run(
        "preview", "printf", "%s", PREVIEW.replace("    warning: one is deprecated\n", "").replace("[advisory]", "")
    )
    (_, line) = steps.console.export_text().splitlines()
    assert line.split() == ["✓", "preview", "131", "to", "create,", "2", "unchanged", "0", "s"]
    assert "aws:kms:Key ecs-dev-key create" in steps.log.read_text()


def test_a_step_that_fails_shows_its_error_in_full_and_names_the_log(steps):
    with pytest.raises(StepFailedError, match=r"deploy; all that was printed is in .*demo\.log"):
        steps.run(
            "deploy",
            "sh",
            "-c",
            "echo ' +  aws:kms:Key key creating (0s)'; echo Diagnostics:; echo '  error: no'; exit 1",
        )
    said = steps.console.export_text()
    assert "Diagnostics:\n  error: no" in said
    assert "creating" not in said.split("\n$ ")[1].partition("\n")[2]


def test_each_warning_is_said_once_and_that_of_every_command_never():
    assert Result(PREVIEW, 1).warnings == [
        "warning: one is deprecated",
        "[advisory]  ecs-operations v0.1.0  alb-http-redirects (aws:lb/listener:Listener: http)",
    ]
    assert Result(PREVIEW, 1).resources == 133


def test_trouble_is_diagnostics_and_violations_or_all_there_is():
    assert trouble(PREVIEW).startswith("Diagnostics:")
    assert "using pulumi-resource-aws" not in trouble(PREVIEW)
    assert trouble("error: no such stack\n") == "error: no such stack"


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("stacks/p/dev.json", {"checkpoint": {"latest": {"resources": []}}}, ""),
        ("stacks/p/dev.json", {"checkpoint": {}}, ""),
        ("stacks/p/dev.json", {"checkpoint": {"latest": {"pending_operations": [{}]}}}, "operations were not finished"),
        ("stacks/p/dev.json", None, "operations were not finished"),
        ("locks/organization/p/dev/1.json", {}, "an engine was killed while it had locked a stack"),
    ],
)
def test_a_state_says_whether_its_last_change_was_finished(tmp_path, file, text, says):
    path = tmp_path / "state" / ".pulumi" / file
    path.parent.mkdir(parents=True)
    path.write_text("{half" if text is None else json.dumps(text))
    assert interrupted(Sandbox(tmp_path)) == says


def test_one_demo_at_a_time(tmp_path):
    with alone(Sandbox(tmp_path)), pytest.raises(BusyError, match=f"process {os.getpid()}"), alone(Sandbox(tmp_path)):
        pass
    with alone(Sandbox(tmp_path)):
        pass
