"""Acting: one call per action, at most ten statuses in one, known errors understood, others counted."""

from dataclasses import replace

import pytest
from botocore.exceptions import ConnectTimeoutError

from lambdas.cluster.disruption import Disruption
from lambdas.cluster.group_sizes import GROUP_METRICS
from lambdas.instances.act import act
from lambdas.instances.actions import (
    Heartbeat,
    PutAttribute,
    SetStatus,
    StartRefresh,
    Unplanned,
)
from lambdas.instances.attributes import HEARTBEAT_AT, RELEASED, moment_text, released_text
from lambdas.instances.settings import Rollout
from tests.lambdas.instances.action_examples import (
    ARN,
    COMPLETE,
    DEREGISTER,
    EVERY,
    HEARTBEAT,
    METRICS,
    REFRESH,
    REMEMBER,
    STOP,
    UNHEALTHY,
    answered,
    draining,
)
from tests.lambdas.instances.builders import NOW, rolling_with, settings
from tests.lambdas.transport import AwsError, all_of, fake_clients
from tests.support.calls import operations, record


def done(actions, respond=None, given=None):
    aws = fake_clients(respond or (lambda service, operation, params: answered(operation)))
    calls = record(all_of(aws))
    return calls, act(aws, given or settings(), actions, NOW)


def failing(code, message=""):
    def respond(service, operation, params):
        raise AwsError(code, message)

    return respond


@pytest.mark.parametrize(
    ("action", "operation", "params"),
    [
        (
            COMPLETE,
            "autoscaling:CompleteLifecycleAction",
            {
                "AutoScalingGroupName": "g",
                "LifecycleHookName": "drain",
                "InstanceId": "i-1",
                "LifecycleActionResult": "CONTINUE",
            },
        ),
        (
            REMEMBER,
            "ecs:PutAttributes",
            {
                "cluster": "prod",
                "attributes": [{"name": "a", "value": "1", "targetId": ARN}],
            },
        ),
        (STOP, "ecs:StopTask", {"cluster": "prod", "task": "t", "reason": "its instance is being drained"}),
        (
            UNHEALTHY,
            "autoscaling:SetInstanceHealth",
            {"InstanceId": "i-1", "HealthStatus": "Unhealthy", "ShouldRespectGracePeriod": False},
        ),
        (
            METRICS,
            "autoscaling:EnableMetricsCollection",
            {"AutoScalingGroupName": "g", "Metrics": list(GROUP_METRICS), "Granularity": "1Minute"},
        ),
        (
            DEREGISTER,
            "ecs:DeregisterContainerInstance",
            {"cluster": "prod", "containerInstance": ARN, "force": True},
        ),
    ],
)
def test_an_action_is_one_call(action, operation, params):
    calls, (result,) = done([action])
    assert operations(calls) == [operation]
    assert calls[0].params == params
    assert result.outcome == "done"


def test_a_heartbeat_is_noted_once_it_is_done_and_tried_again_when_it_is_not():
    calls, results = done([HEARTBEAT])
    assert operations(calls) == ["autoscaling:RecordLifecycleActionHeartbeat", "ecs:PutAttributes"]
    (note,) = calls[1].params["attributes"]
    assert note == {"name": HEARTBEAT_AT, "value": moment_text(NOW), "targetId": ARN}
    assert [each.outcome for each in results] == ["done", "done"]
    calls, (result,) = done([HEARTBEAT], failing("ThrottlingException"))
    assert operations(calls) == ["autoscaling:RecordLifecycleActionHeartbeat"]
    assert result.outcome == "failed"


def test_a_wait_that_was_over_already_is_noted_where_the_instance_is_registered():
    over = failing("ValidationError", "No active Lifecycle Action found")

    def respond(service, operation, params):
        return over(service, operation, params) if operation == "CompleteLifecycleAction" else {}

    calls, _ = done([replace(COMPLETE, container_instance_arn=ARN)], respond)
    (note,) = calls[1].params["attributes"]
    assert note == {"name": RELEASED, "value": released_text("drain", NOW), "targetId": ARN}
    calls, _ = done([COMPLETE], respond)
    assert operations(calls) == ["autoscaling:CompleteLifecycleAction"]


def test_what_cannot_wait_comes_before_notes():
    calls, _ = done([REMEMBER, UNHEALTHY, COMPLETE, draining(1)])
    assert operations(calls) == [
        "ecs:UpdateContainerInstancesState",
        "autoscaling:CompleteLifecycleAction",
        "autoscaling:SetInstanceHealth",
        "ecs:PutAttributes",
    ]


def test_notes_are_written_ten_at_a_time_and_a_bad_one_alone():
    notes = [replace(REMEMBER, container_instance_arn=f"{ARN}{number:03}") for number in range(21)]
    calls, results = done(notes)
    assert [len(call.params["attributes"]) for call in calls] == [10, 10, 1]
    assert [each.outcome for each in results] == ["done"] * 21

    def respond(service, operation, params):
        if any(each["targetId"] == f"{ARN}003" for each in params["attributes"]):
            raise AwsError("TargetNotFoundException", "gone")
        return {}

    calls, results = done(notes[:10], respond)
    assert len(calls) == 11
    assert [each.outcome for each in results].count("already") == 1


def test_an_instance_that_nobody_understands_costs_no_call():
    calls, (result,) = done([Unplanned(instance_id="i-1", reason="ValueError: odd")])
    assert (calls, result.outcome) == ([], "done")


def test_a_refresh_replaces_launch_first_and_rolls_back():
    calls, _ = done([REFRESH], given=rolling_with(alarms=("errors",), bake_s=60))
    assert calls[0].params == {
        "AutoScalingGroupName": "g",
        "DesiredConfiguration": {"LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "2"}},
        "Preferences": {
            "MinHealthyPercentage": 100,
            "MaxHealthyPercentage": Rollout().max_healthy_percent,
            "InstanceWarmup": 0,
            "BakeTime": 60,
            "SkipMatching": True,
            "AutoRollback": True,
            "ScaleInProtectedInstances": "Refresh",
            "StandbyInstances": "Ignore",
            "AlarmSpecification": {"Alarms": ["errors"]},
        },
    }
    calls, _ = done([REFRESH])
    assert "AlarmSpecification" not in calls[0].params["Preferences"]


def test_a_canary_serves_at_the_first_checkpoint_of_the_refresh():
    assert not {"CheckpointPercentages", "CheckpointDelay"} & done([REFRESH])[0][0].params["Preferences"].keys()
    calls, _ = done([replace(REFRESH, canary_s=1800)], given=rolling_with(canary_minutes=5))
    preferences = calls[0].params["Preferences"]
    assert (preferences["CheckpointPercentages"], preferences["CheckpointDelay"]) == ([1, 100], 1800)
    assert preferences["AutoRollback"] is True


@pytest.mark.parametrize(("percent", "most", "at_once"), [(10, 150, 110), (60, 150, 150), (100, 200, 200)])
def test_a_renewal_skips_nothing_has_nothing_to_roll_back_to_and_keeps_to_the_budget(percent, most, at_once):
    given = settings(
        rollout=Rollout(max_healthy_percent=most, alarms=("errors",)), disruption=Disruption(percent=percent)
    )
    calls, _ = done([replace(REFRESH, skip_matching=False), REFRESH], given=given)
    renewal, rollout = (each.params["Preferences"] for each in calls)
    assert (renewal["SkipMatching"], renewal["AutoRollback"]) == (False, False)
    assert (renewal["MaxHealthyPercentage"], rollout["MaxHealthyPercentage"]) == (at_once, most)
    assert renewal["AlarmSpecification"] == {"Alarms": ["errors"]}


def test_a_group_of_mixed_instances_keeps_its_policy():
    policy = {
        "LaunchTemplate": {
            "LaunchTemplateSpecification": {"LaunchTemplateId": "lt-1", "LaunchTemplateName": "n", "Version": "1"},
            "Overrides": [{"InstanceType": "m6i.large"}],
        },
        "InstancesDistribution": {"OnDemandPercentageAboveBaseCapacity": 50},
    }
    action = StartRefresh(group="g", template=REFRESH.template, mixed_policy=policy, reason="wanted")
    calls, _ = done([action])
    desired = calls[0].params["DesiredConfiguration"]["MixedInstancesPolicy"]
    assert desired["LaunchTemplate"]["LaunchTemplateSpecification"] == {"LaunchTemplateId": "lt-1", "Version": "2"}
    assert desired["LaunchTemplate"]["Overrides"] == [{"InstanceType": "m6i.large"}]
    assert desired["InstancesDistribution"] == policy["InstancesDistribution"]
    assert policy["LaunchTemplate"]["LaunchTemplateSpecification"]["Version"] == "1"


def test_statuses_are_set_ten_at_a_time_and_each_status_by_itself():
    calls, results = done([*(draining(number) for number in range(11)), draining(99, "ACTIVE")])
    assert [(len(call.params["containerInstances"]), call.params["status"]) for call in calls] == [
        (10, "DRAINING"),
        (1, "DRAINING"),
        (1, "ACTIVE"),
    ]
    assert [each.outcome for each in results] == ["done"] * 12


def test_a_status_that_could_not_be_set_is_told_from_the_others():
    failures = [
        {"arn": draining(0).container_instance_arn, "reason": "MISSING"},
        {"arn": draining(1).container_instance_arn, "reason": "INACTIVE"},
    ]
    _, results = done([draining(0), draining(1), draining(2)], lambda *_: {"failures": failures})
    assert [each.outcome for each in results] == ["already", "failed", "done"]


def test_one_bad_instance_does_not_spoil_a_batch():
    bad = draining(1).container_instance_arn

    def respond(service, operation, params):
        if bad in params["containerInstances"]:
            raise AwsError("InvalidParameterException", "not ACTIVE or DRAINING")
        return {}

    calls, results = done([draining(0), draining(1), draining(2)], respond)
    assert [each.outcome for each in results] == ["done", "failed", "done"]
    assert len(calls) == 4


@pytest.mark.parametrize(("needs", "outcome"), [("a", "failed"), ("b", "done"), (None, "done")])
def test_a_status_waits_for_the_attribute_that_it_needs(needs, outcome):
    def respond(service, operation, params):
        if operation == "PutAttributes":
            raise AwsError("AttributeLimitExceededException", "too many")
        return {}

    status = SetStatus(container_instance_arn=ARN, instance_id="i-1", status="DRAINING", reason="roll", needs=needs)
    _, results = done([status, REMEMBER], respond)
    assert {type(each.action): each.outcome for each in results} == {PutAttribute: "failed", SetStatus: outcome}


def test_a_throttled_batch_is_not_multiplied():
    calls, results = done([draining(0), draining(1)], failing("ThrottlingException"))
    assert len(calls) == 1
    assert [each.outcome for each in results] == ["failed", "failed"]


@pytest.mark.parametrize(
    ("action", "code", "message"),
    [
        (COMPLETE, "ValidationError", "No active Lifecycle Action found with instance ID i-1"),
        (HEARTBEAT, "ValidationError", "No active Lifecycle Action found with instance ID i-1"),
        (STOP, "InvalidParameterException", "The referenced task was not found."),
        (UNHEALTHY, "ValidationError", "Instance Id not found - No managed instance found for instance ID: i-1"),
        (REFRESH, "InstanceRefreshInProgress", "An Instance Refresh is already in progress"),
        (DEREGISTER, "InvalidParameterException", "Referenced container instance 1 not found."),
    ],
)
def test_what_is_done_already_is_no_failure(action, code, message):
    _, (result,) = done([action], failing(code, message))
    assert result.outcome == "already"
    assert message in result.error


@pytest.mark.parametrize("action", [*EVERY, draining(1)], ids=lambda action: type(action).__name__)
@pytest.mark.parametrize("code", ["AccessDenied", "ThrottlingException", "ServerException"])
def test_any_other_error_is_a_failure_that_keeps_nothing_back(action, code):
    def respond(service, operation, params):
        if operation != "RecordLifecycleActionHeartbeat" or action is HEARTBEAT:
            raise AwsError(code, "no")
        return {}

    _, results = done([action, HEARTBEAT], respond)
    outcomes = {type(each.action): each for each in results}
    assert outcomes[type(action)].outcome == "failed"
    assert "no" in outcomes[type(action)].error
    assert outcomes[Heartbeat].outcome == ("failed" if action is HEARTBEAT else "done")


@pytest.mark.parametrize("action", [COMPLETE, draining(1)], ids=lambda action: type(action).__name__)
def test_an_unreachable_endpoint_is_a_failure_of_the_action(action):
    def respond(service, operation, params):
        raise ConnectTimeoutError(endpoint_url="https://example.invalid")

    _, (result,) = done([action], respond)
    assert result.outcome == "failed"


@pytest.mark.parametrize(
    ("action", "code", "message", "outcome"),
    [
        (STOP, "InvalidParameterException", "taskId longer than 36", "failed"),
        (STOP, "ClientException", "The referenced task was not found.", "already"),
        (STOP, "ClientException", "The cluster is inactive", "failed"),
        (UNHEALTHY, "ValidationError", "1 validation error detected", "failed"),
        (DEREGISTER, "InvalidParameterException", "invalid container instance", "failed"),
        (DEREGISTER, "ClientException", "Referenced container instance 1 NOT FOUND.", "already"),
        (DEREGISTER, "ClientException", "The cluster is inactive", "failed"),
        (REFRESH, "InstanceRefreshInProgressFault", "An Instance Refresh is already in progress", "already"),
        (REFRESH, "ValidationError", "not found", "failed"),
        (METRICS, "ValidationError", "not found", "failed"),
    ],
)
def test_an_action_is_pointless_only_by_the_code_and_the_words_that_say_so(action, code, message, outcome):
    _, (result,) = done([action], failing(code, message))
    assert result.outcome == outcome
