"""What AWS refuses to tell costs what it would have told: the rest of the pass goes on, and nothing is concluded."""

import pytest

from tests.lambdas.instances.stage import Stage
from tests.lambdas.transport import AwsError


@pytest.fixture
def stage():
    return Stage()


def refusing(stage, operation, code="ThrottlingException", *, when=lambda params: True):
    answer = getattr(stage.api, operation)

    def refuse(params):
        if when(params):
            raise AwsError(code, "no")
        return answer(params)

    setattr(stage.api, operation, refuse)


def leaving(stage, *groups):
    member = stage.world.serving(*groups)
    stage.world.terminate(member)
    return member


@pytest.mark.parametrize(
    "operation",
    ["ListTasks", "DescribeTasks", "ListServices", "DescribeScalingActivities", "DescribeInstanceRefreshes"],
)
def test_a_part_that_is_throttled_keeps_no_instance_from_being_told_to_drain(stage, operation):
    refusing(stage, operation)
    member = leaving(stage, "service:web")
    unread = 0
    for _ in range(2):
        stage.one()
        assert (member.status, stage.metrics()["CompletedPasses"]) == ("DRAINING", 1)
        unread += stage.metrics()["UnreadParts"]
        stage.world.advance(1)
    assert (member.state, unread > 0) == ("Terminating:Wait", True)


def test_what_is_refused_for_good_is_no_completed_pass(stage, capsys):
    refusing(stage, "DescribeInstanceRefreshes", "AccessDeniedException")
    member = leaving(stage, "service:web")
    stage.one()
    assert member.status == "DRAINING"
    assert stage.metrics()["CompletedPasses"] == 0
    assert '"level": "ERROR", "event": "not read"' in capsys.readouterr().out


def test_an_instance_whose_tasks_could_not_be_read_is_not_released_and_another_is(stage):
    empty, unknown = leaving(stage), leaving(stage)
    stage.one()
    refusing(stage, "ListTasks", when=lambda params: params["containerInstance"] == unknown.arn)
    stage.one()
    assert (empty.state, unknown.state) == ("Terminated", "Terminating:Wait")


def test_tasks_that_could_not_be_described_hold_their_instance(stage):
    member = leaving(stage, "service:web")
    stage.one()
    stage.world.advance(1)
    stage.world.advance(60)
    refusing(stage, "DescribeTasks")
    stage.one()
    assert member.state == "Terminating:Wait"
    del stage.api.DescribeTasks
    stage.one()
    assert member.state == "Terminated"


@pytest.mark.parametrize("operation", ["ListContainerInstances", "DescribeContainerInstances"])
def test_instances_that_could_not_be_read_are_neither_unknown_nor_unready_nor_unregistered(stage, operation):
    member = leaving(stage, "service:web")
    stage.world.launch()
    stage.world.serving()
    stage.world.advance(59)
    refusing(stage, operation)
    stage.one()
    assert (member.state, len(stage.world.ended)) == ("Terminating:Wait", 2)
    assert stage.metrics()["InstancesUnregistered"] == 0


def test_one_batch_of_instances_that_is_refused_leaves_the_others(stage):
    members = [stage.world.serving("service:web") for _ in range(150)]
    for member in members:
        stage.world.terminate(member)
    refusing(stage, "DescribeContainerInstances", when=lambda params: members[0].arn in params["containerInstances"])
    stage.one()
    told = [each.status for each in members].count("DRAINING")
    assert 0 < told < 150
    assert [each.state for each in members] == ["Terminating:Wait"] * 150


def test_a_description_that_fails_for_an_odd_reason_is_no_instance_that_is_gone(stage):
    member = leaving(stage, "service:web")
    stage.api.DescribeContainerInstances = lambda params: {
        "containerInstances": [],
        "failures": [{"arn": member.arn, "reason": "INTERNAL"}],
    }
    stage.one()
    assert member.state == "Terminating:Wait"
    assert stage.metrics()["CompletedPasses"] == 0


def test_without_groups_there_is_no_pass(stage):
    refusing(stage, "DescribeAutoScalingGroups")
    with pytest.raises(Exception, match="ThrottlingException"):
        stage.one()
