"""How many tasks: none, exactly one, always so many, by a queue, by the time."""

import pulumi
import pulumi_aws as aws
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.services.deployment import STOP_FIRST
from infra.services.scaling_targets import MetricTarget, QueueTarget, ScheduledBounds
from infra.services.task_scaling import ONE_TASK, TaskScaling
from tests.support.service import graph_with

TARGET, POLICY, ALARM = aws.appautoscaling.Target, aws.appautoscaling.Policy, aws.cloudwatch.MetricAlarm
QUEUE = QueueTarget(queue_name="work", acceptable_latency_s=60, message_s=2)
DAY = ScheduledBounds(name="day", schedule="cron(0 8 ? * MON-FRI *)", minimum=6)

NIGHT = ScheduledBounds(name="night", schedule="cron(0 20 ? * MON-FRI *)", maximum=3)


def test_a_fixed_number_is_the_programs_and_nothing_scales_it():
    graph = graph_with(scaling=TaskScaling(minimum=3, maximum=3))
    service = graph.of(aws.ecs.Service)[0]
    assert service.inputs["desiredCount"] == 3
    assert "desiredCount" not in service.ignore_changes
    assert not graph.of(TARGET)
    assert not graph.of(ALARM, "cart-at-maximum")


def test_a_singleton_stops_before_it_starts_and_is_never_two():
    inputs = graph_with(scaling=ONE_TASK, deployment=STOP_FIRST).one(aws.ecs.Service)
    assert inputs["desiredCount"] == 1
    assert (inputs["deploymentMinimumHealthyPercent"], inputs["deploymentMaximumPercent"]) == (0, 100)
    assert inputs["availabilityZoneRebalancing"] == "DISABLED"


def test_a_worker_scales_by_its_backlog_and_from_none():
    graph = graph_with(scaling=TaskScaling(minimum=0, maximum=20, cpu_percent=None, queue=QUEUE))
    tracked = graph.one(POLICY, "cart-auto-scaling-queue")["targetTrackingScalingPolicyConfiguration"]
    assert tracked["targetValue"] == 30
    waiting, working, running, each = tracked["customizedMetricSpecification"]["metrics"]
    assert waiting["metricStat"]["metric"]["dimensions"] == [{"name": "QueueName", "value": "work"}]
    assert running["metricStat"]["metric"]["namespace"] == "ECS/ContainerInsights"
    assert working["metricStat"]["metric"]["metricName"] == "ApproximateNumberOfMessagesNotVisible"
    assert (waiting["returnData"], running["returnData"], each["returnData"]) == (False, False, True)
    first, alarm = graph.one(POLICY, "cart-auto-scaling-first-task"), graph.one(ALARM, "cart-auto-scaling-first-task")
    assert first["stepScalingPolicyConfiguration"]["stepAdjustments"] == [
        {"metricIntervalLowerBound": "0", "scalingAdjustment": 1}
    ]
    assert len(alarm["alarmActions"]) == 1
    assert [query["id"] for query in alarm["metricQueries"] if query["returnData"]] == ["waits"]


def test_where_one_task_always_runs_no_policy_starts_a_first():
    graph = graph_with(scaling=TaskScaling(minimum=1, queue=QUEUE))
    assert not graph.of(POLICY, "cart-auto-scaling-first-task")


def test_a_schedule_owns_the_bound_that_it_sets():
    graph = graph_with(scaling=TaskScaling(schedules=[DAY]))
    assert graph.of(TARGET)[0].ignore_changes == ("minCapacity",)
    action = graph.one(aws.appautoscaling.ScheduledAction)
    assert (action["schedule"], action["timezone"]) == ("cron(0 8 ? * MON-FRI *)", "UTC")
    assert action["scalableTargetAction"] == {"minCapacity": 6}


def test_alarms_know_the_bounds_of_schedules():
    night = ScheduledBounds(name="night", schedule="cron(0 20 * * ? *)", minimum=1, maximum=40)
    graph = graph_with(scaling=TaskScaling(schedules=[DAY, night]))
    assert graph.one(ALARM, "cart-at-maximum")["threshold"] == 40
    assert graph.one(ALARM, "cart-too-few-tasks")["threshold"] == 1


@given(st.integers(0, 5), st.integers(0, 5), st.integers(1, 9), st.integers(1, 9))
def test_bounds_hold_those_of_every_schedule(least, other_least, most, other_most):
    other = ScheduledBounds(name="a", schedule=DAY.schedule, minimum=other_least, maximum=other_most)
    try:
        scaling = TaskScaling(minimum=least, maximum=most, schedules=[other], queue=QUEUE)
    except pulumi.RunError:
        return
    assert scaling.bounds == (min(least, other_least), max(most, other_most))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: TaskScaling(minimum=-1), "TaskScaling.minimum: must be 0 or more"),
        (lambda: TaskScaling(minimum=0, maximum=0), "TaskScaling.maximum: must be 1 or more"),
        (lambda: TaskScaling(minimum=3, maximum=3, queue=QUEUE), "TaskScaling.maximum: 3 tasks, as many as minimum"),
        (lambda: TaskScaling(schedules=[DAY, DAY]), "TaskScaling.schedules: two are called day"),
        (
            lambda: TaskScaling(maximum=5, schedules=[DAY]),
            "TaskScaling.schedules: day could keep 6 tasks at least and 5",
        ),
        (lambda: TaskScaling(schedules=[DAY, NIGHT]), "schedules: day could keep 6 tasks at least and 3 at most"),
        (lambda: ScheduledBounds(name="a", schedule="cron(99 99 ? * * *)", minimum=1), "ScheduledBounds.schedule: "),
        (lambda: ScheduledBounds(name="a", schedule="rate(1 day)", minimum=1), "schedule: a time is meant"),
        (lambda: TaskScaling(cpu_percent=None), "TaskScaling.cpu_percent: give one target at least"),
        (
            lambda: QueueTarget(queue_name="a", acceptable_latency_s=0, message_s=1),
            "acceptable_latency_s: must be more",
        ),
        (lambda: QueueTarget(queue_name="a", acceptable_latency_s=1, message_s=2), "must be message_s .2 s. or more"),
        (
            lambda: QueueTarget(queue_name="arn:aws:sqs:a:1:b", acceptable_latency_s=2, message_s=1),
            "QueueTarget.queue_name: must be the name of a queue",
        ),
        (lambda: MetricTarget(namespace="a", name="b", value=0), "MetricTarget.value: must be more than 0"),
        (lambda: ScheduledBounds(name="a", schedule="0 8 * * *", minimum=1), "ScheduledBounds.schedule: must be cron"),
        (lambda: ScheduledBounds(name="a", schedule=DAY.schedule), "ScheduledBounds.minimum: give minimum, maximum"),
        (
            lambda: ScheduledBounds(name="a", schedule=DAY.schedule, minimum=1, time_zone="Berlin"),
            "ScheduledBounds.time_zone: must be a name such as",
        ),
    ],
)
def test_numbers_that_contradict_themselves_are_a_sentence(make, says):
    with pytest.raises(pulumi.RunError, match=says):
        make()
