"""`exec` without AWS: what it asks of ECS, and what it hands to the plugin."""

import json
import os
import subprocess
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import pytest

from operator_command.commands.exec import GET_IT, task_for
from operator_command.errors import OperatorError
from tests.operator_command.large import Cloud, answered
from tests.operator_command.stage import run

BEGAN = datetime(2026, 3, 1, tzinfo=UTC)


class WithTasks(Cloud):
    """Services with one task each, started with ECS Exec."""

    able = True
    containers = ({"name": "app", "runtimeId": "r1"},)
    asked = None

    def ListTasks(self, params):
        return {"taskArns": [self.arn("task", "t1")] if params["desiredStatus"] == "RUNNING" else []}

    def DescribeTasks(self, params):
        return {
            "tasks": [
                {
                    "taskArn": arn, "lastStatus": "RUNNING", "desiredStatus": "RUNNING", "createdAt": BEGAN,
                    "enableExecuteCommand": self.able, "taskDefinitionArn": f"{self.prefix}task-definition/s0:1",
                    "containers": list(self.containers),
                }
                for arn in params["tasks"]
            ]
        }  # fmt: skip

    def ExecuteCommand(self, params):
        self.asked = params
        return {"session": {"sessionId": "s", "streamUrl": "wss://x", "tokenValue": "t"}}


def executed(cloud, *arguments, version="1.2.707.0\n"):
    found = mock.patch("shutil.which", return_value="/bin/plugin")
    sessions = mock.Mock(return_value=subprocess.CompletedProcess([], 7))

    def started(words, **options):
        if words[1:] == ["--version"]:
            return subprocess.CompletedProcess(words, 0, stdout=version)
        return sessions(words, **options)

    with answered(cloud), found, mock.patch("subprocess.run", started):
        return run("exec", "--cluster", "prod", *arguments), sessions


def test_the_plugin_gets_the_session_and_its_code_is_the_end():
    cloud = WithTasks(3)
    said, plugin = executed(cloud, "s0", "ls", "-la", "--json")
    assert said.code == 7
    assert said.err == "s0: ls -la --json in app of task t1\n"
    assert (cloud.asked["command"], cloud.asked["container"], cloud.asked["interactive"]) == (
        "ls -la --json",
        "app",
        True,
    )
    words = plugin.call_args.args[0]
    assert json.loads(words[5]) == {"Target": "ecs:prod_t1_r1"}
    assert words[2:4] == ["eu-west-1", "StartSession"]


def test_the_session_and_its_token_are_in_a_variable_and_not_on_the_command_line(monkeypatch):
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    _, plugin = executed(WithTasks(3), "s0")
    words, variables = plugin.call_args.args[0], plugin.call_args.kwargs["env"]
    assert words[1] == "AWS_SSM_START_SESSION_RESPONSE"
    assert json.loads(variables[words[1]]) == {"sessionId": "s", "streamUrl": "wss://x", "tokenValue": "t"}
    assert variables["LANG"] == "de_DE.UTF-8"
    assert not any("tokenValue" in word or "wss://" in word for word in words)
    assert "AWS_SSM_START_SESSION_RESPONSE" not in os.environ


@pytest.mark.parametrize("version", ["1.2.497.1", "1.2.536.0\n", "1.3", "2"])
def test_a_plugin_that_is_new_enough_gets_the_session(version):
    assert executed(WithTasks(3), "s0", version=version)[0].code == 7


@pytest.mark.parametrize("version", ["1.2.497.0\n", "1.2.99.0", "1.2", "", "latest"])
def test_an_older_plugin_is_refused_before_a_session_is_opened(version):
    cloud = WithTasks(3)
    said, plugin = executed(cloud, "s0", version=version)
    assert (said.code, cloud.asked, plugin.called) == (2, None, False)
    assert "install a version newer than 1.2.497.0: https://" in said.err
    assert said.err.startswith(f"error: session-manager-plugin {version.strip() or 'of an unknown version'} would show")


def test_without_a_command_it_is_a_shell():
    cloud = WithTasks(3)
    executed(cloud, "s0")
    assert cloud.asked["command"] == "/bin/sh"


def test_words_stay_words_and_one_word_is_a_command_line():
    cloud = WithTasks(3)
    executed(cloud, "s0", "sh", "-c", "echo $HOME; id")
    assert cloud.asked["command"] == "sh -c 'echo $HOME; id'"
    executed(cloud, "s0", "ls -la /tmp")
    assert cloud.asked["command"] == "ls -la /tmp"


def test_a_container_that_does_not_run_is_told_before_a_session_is_opened():
    cloud: Any = WithTasks(3)
    cloud.containers = [{"name": "app"}]
    said, plugin = executed(cloud, "s0")
    assert (said.code, said.err) == (5, "error: app of task t1 does not run\n")
    assert (cloud.asked, plugin.called) == (None, False)


def test_without_the_plugin_it_says_how_to_get_it():
    with answered(WithTasks(3)) as cloud, mock.patch("shutil.which", return_value=None):
        said = run("exec", "s0")
    assert (said.code, said.err, cloud.asked) == (2, f"error: {GET_IT}\n", None)


def test_tasks_without_ecs_exec_are_told():
    cloud = WithTasks(3)
    cloud.able = False
    said, _ = executed(cloud, "s0")
    assert (said.code, "deploy it with Container(exec=True)" in said.err) == (5, True)


def test_the_oldest_task_is_taken_or_the_one_that_is_named():
    tasks = [
        {"taskArn": f"a/{n}", "lastStatus": "RUNNING", "desiredStatus": "RUNNING", "enableExecuteCommand": True,
         "createdAt": BEGAN.replace(hour=20 - n)}
        for n in range(3)
    ]  # fmt: skip
    assert task_for(tasks, "s", "")["taskArn"] == "a/2"
    assert task_for(tasks, "s", "1")["taskArn"] == "a/1"
    with pytest.raises(OperatorError, match="no such task runs; running: 0, 1, 2"):
        task_for(tasks, "s", "7")
