"""`pause`, `resume`, `drain` and `replace` on the emulator."""

from dataclasses import replace
from unittest import mock

import pytest

from operator_command.reading import one_instance
from sandbox.tests.emulator.emulated_cluster import GROUP
from tests.operator_command.stage import SWITCH, run, staged


@pytest.fixture(scope="module")
def stage():
    with staged() as found:
        found.grow(3, tasks=3)
        yield found


def switch(stage):
    return stage.ssm.get_parameter(Name=SWITCH)["Parameter"]["Value"]


def test_pause_says_what_it_means_and_resume_takes_it_back(stage):
    assert run("pause", answer="\n").code == 2
    assert switch(stage) == "running"
    said = run("pause", "--yes")
    assert (said.code, switch(stage)) == (0, "paused")
    assert "end with their tasks: pause for minutes" in said.err
    assert "paused already" in run("pause").out
    assert "paused: the controllers change nothing" in run("status").out
    assert run("resume", answer="y\n").code == 0
    assert switch(stage) == "running"


def test_a_word_that_is_not_understood_is_written_over(stage):
    stage.ssm.put_parameter(Name=SWITCH, Value="perhaps", Overwrite=True)
    assert run("pause", "--yes").out == f"{SWITCH} is paused\n"
    run("resume", "--yes")


def test_drain_moves_the_tasks_and_undo_takes_it_back(stage):
    instance = stage.land.ids()[0]
    said = run("drain", instance, "--yes")
    assert (said.code, said.out) == (0, f"{instance} is DRAINING; watch it: ecs-platform watch {instance}\n")
    assert "is DRAINING already" in run("drain", instance).out
    (drained,) = [each for each in stage.land.instances() if each["ec2InstanceId"] == instance]
    stage.until(lambda: not stage.land.tasks(containerInstance=drained["containerInstanceArn"]))
    assert run("drain", instance, "--undo", "--yes").code == 0
    assert {each["status"] for each in stage.land.instances()} == {"ACTIVE"}


@pytest.mark.parametrize("command", ["drain", "replace"])
def test_an_instance_that_is_not_there(stage, command):
    said = run(command, "i-0123456789abcdef0", "--yes")
    assert (said.code, said.err) == (5, f"error: i-0123456789abcdef0: no such instance in {GROUP}\n")


def test_replace_goes_through_the_hook_and_keeps_the_size(stage):
    instance = stage.land.ids()[1]
    run("pause", "--yes")
    paused = run("replace", instance, "--yes")
    assert (paused.code, "first: ecs-platform resume" in paused.err) == (1, True)
    run("resume", "--yes")
    no = run("replace", instance, answer="n\n")
    assert (no.code, "drains, with" in no.err) == (2, True)
    assert run("replace", instance, "--yes").code == 0
    stage.land.emulator.advance(1)
    back = run("drain", instance, "--undo", "--yes")
    assert (back.code, "its tasks have to go" in back.err) == (1, True)
    states = {each["InstanceId"]: each["LifecycleState"] for each in stage.land.group()["Instances"]}
    assert states[instance] == "Terminating:Wait"
    assert stage.land.group()["DesiredCapacity"] == 3
    assert "leaves already" in run("replace", instance).out


def test_a_retained_instance_does_not_leave_by_itself(stage):
    real = one_instance.read_one

    def retained(*words):
        one = real(*words)
        return replace(one, member=replace(one.member, lifecycle_state="Terminating:Retained"))

    instance = stage.land.ids()[0]
    with mock.patch("operator_command.commands.instances.read_one", retained):
        said = run("replace", instance, "--yes")
        undone = run("drain", instance, "--undo", "--yes")
    assert (said.code, "is retained" in said.err) == (1, True)
    assert f"aws ec2 terminate-instances --instance-ids {instance}" in said.err
    assert (undone.code, undone.out) == (0, f"{instance} is ACTIVE already\n")
