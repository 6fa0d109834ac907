"""What AWS and tasks say, on a terminal: no control characters, no markup; and questions that say where."""

import json
import time
from unittest import mock

import pytest
from rich.text import Text

from operator_command.shown.findings import Finding, Findings, findings_drawn
from operator_command.shown.printable import printable
from operator_command.shown.progress import Step
from operator_command.shown.services import Event, Events, events_drawn
from operator_command.shown.tables import facts, table
from tests.lambdas.transport import AwsError
from tests.operator_command.golden import screen
from tests.operator_command.large import Cloud, Served, answered
from tests.operator_command.stage import run
from tests.operator_command.views import NOW

EVIL = "a\x1b]0;owned\x07b\x9b2Jc\x7f"
CLEAN = "a�]0;owned�b�2Jc�"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (EVIL, CLEAN),
        ("a\tb", "a\tb"),
        ("a\nb\r\nc\n", "a b c"),
        ("over\rwritten", "over�written"),
        ("größer ✓", "größer ✓"),
    ],
)
def test_control_characters_are_replaced(text, shown):
    assert printable(text) == shown


def test_tables_and_facts_show_none():
    view = Events(service="s", events=(Event(at=NOW, message=EVIL),))
    assert CLEAN in screen(events_drawn(view), 80)[1]
    found = Findings(cluster="c", findings=(Finding(kind="k", what=EVIL, remedy=EVIL),))
    assert "".join(screen(findings_drawn(found), 80)).count(CLEAN) == 2


@pytest.mark.parametrize("text", ["[m7g.large]", "[/foo]", "[bold red]x[/]"])
def test_brackets_are_no_markup(text):
    assert screen(table(("type",), [(text,), (Text(text),)]), 80)[1:] == [text, text]
    assert screen(facts([(text, text)]), 80) == [f"{text}  {text}"]


class Logging(Served):
    """A service whose task writes what it likes."""

    def DescribeTaskDefinition(self, params):
        found = super().DescribeTaskDefinition(params)
        options = {"awslogs-group": "g", "awslogs-stream-prefix": "p"}
        found["taskDefinition"]["containerDefinitions"][0]["logConfiguration"] = {
            "logDriver": "awslogs", "options": options,
        }  # fmt: skip
        return found

    def FilterLogEvents(self, params):
        at = int(time.time() * 1000)
        return {"events": [
            {"eventId": "1", "timestamp": at, "logStreamName": "p/app/t1", "message": f"{EVIL}\n00:00:00 t2 forged"}
        ]}  # fmt: skip


def test_log_lines_show_none_each_line_names_its_task_and_json_keeps_them():
    with answered(Logging(3, 1)):
        shown = run("logs", "s0").out.splitlines()
        told = run("logs", "s0", "--json").out
    assert [line.split(" ", 1)[1] for line in shown] == [f"t1 {CLEAN}", "t1 00:00:00 t2 forged"]
    assert json.loads(told)["message"].startswith(EVIL)


def test_errors_show_none():
    with answered(Cloud(3, refuse={"ListServices": AwsError("InvalidParameterException", EVIL)})):
        assert CLEAN in run("services").err


def test_a_look_of_watch_shows_none():
    with answered(Cloud(3)), mock.patch("operator_command.commands.watch.rollout") as rollout:
        rollout.return_value = lambda: Step(percent=100, text=EVIL, ended=True)
        assert CLEAN in run("watch", "rollout").out


def test_a_question_says_where_and_what_nobody_answers_is_wrong_use():
    with answered(Cloud(3)) as cloud:
        said = run("pause", "--cluster", "prod")
    assert said.code == 2
    assert said.err.startswith("In prod, eu-west-1: All controllers")
    assert said.err.endswith("error: nobody can answer: --yes; nothing was changed\n")
    assert "PutParameter" not in cloud.calls


def test_an_interrupt_at_a_question_is_an_interrupt():
    with answered(Cloud(3)), mock.patch("click.termui.visible_prompt_func", side_effect=KeyboardInterrupt):
        assert run("pause", "--cluster", "prod").code == 130


@pytest.mark.parametrize("words", [("pause",), ("restart", "s0"), ("exec", "s0")])
def test_what_acts_takes_no_cluster_of_another_name_unasked(words):
    plugin = mock.patch("operator_command.commands.exec.version_of", return_value="1.2.707.0")
    with answered(Cloud(3)), mock.patch("shutil.which", return_value="/bin/plugin"), plugin:
        said = run(*words)
    assert (said.code, "name the --cluster" in said.err) == (2, True)


class Ours(Served):
    """The only cluster is called as those of the platform are."""

    def ListClusters(self, params):
        return {
            "clusterArns": [
                "arn:aws:ecs:eu-west-1:123456789012:cluster/ecs-x",
                *super().ListClusters(params)["clusterArns"],
            ]
        }


def test_what_acts_takes_the_only_cluster_that_is_called_as_ours_are():
    with answered(Ours(3)):
        assert run("restart", "s0").err.startswith("In ecs-x, eu-west-1: ")
