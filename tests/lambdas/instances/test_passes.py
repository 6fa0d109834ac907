"""Passes: their cost, what they write, the kill switch, and how long one invocation goes on."""

import json
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from lambdas.cluster import wake
from lambdas.cluster.disruption import Disruption
from lambdas.instances import handler
from lambdas.instances.passes import one_pass
from lambdas.instances.settings import Renewal
from tests.lambdas.instances.stage import SETTINGS, Stage, at_deadline
from tests.lambdas.transport import AwsError
from tests.support.calls import operations


@pytest.fixture
def stage():
    return Stage()


@pytest.mark.parametrize(("count", "pages"), [(0, 0), (1, 1), (100, 1), (101, 2), (1001, 11)])
def test_a_quiet_pass_costs_a_constant_and_a_page_with_its_description_per_hundred_instances(stage, count, pages):
    for _ in range(count):
        stage.world.serving()
    assert stage.one() is False
    constant = [
        "ssm:GetParameter",
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeLifecycleHooks",
        "autoscaling:DescribeInstanceRefreshes",
    ]
    assert operations(stage.calls) == [
        *constant,
        *["ecs:ListContainerInstances"] * max(1, pages),
        *["ecs:DescribeContainerInstances"] * pages,
        "cloudwatch:PutMetricData",
    ]


def test_tasks_are_read_only_where_an_instance_drains_and_may_be_empty(stage):
    for _ in range(5):
        stage.world.serving("service:web")
    member = stage.world.serving(*["service:web"] * 101)
    stage.world.terminate(member)
    assert stage.one() is True
    assert "ecs:ListTasks" not in operations(stage.calls), "it is told to drain first"
    assert member.status == "DRAINING"
    stage.one()
    assert operations(stage.calls).count("ecs:ListServices") == 1
    assert "ecs:ListTasks" not in operations(stage.calls), "ECS counts its tasks: it is not empty"
    for work in stage.world.work.values():
        stage.world.stop(work)
    stage.one()
    made = operations(stage.calls)
    assert made.count("ecs:ListTasks") == 2, "two pages of what was told to stop"
    assert made.count("ecs:DescribeTasks") == 2
    assert "ec2:DescribeInstances" not in made


def test_an_instance_that_the_list_did_not_show_is_looked_for_before_it_is_released(stage):
    member = stage.world.launch()
    stage.world.end(member, "CONTINUE", "test")
    stage.world.terminate(member)
    stage.one()
    second = [each for each in stage.calls if each.operation == "ListContainerInstances"][1]
    assert second.params["filter"] == f"ec2InstanceId in [{member.instance_id}]"
    assert member.state == "Terminated"


def test_a_list_that_forgets_a_draining_instance_does_not_release_it(stage):
    member = stage.world.serving("service:web")
    stage.world.terminate(member)
    whole = stage.api.ListContainerInstances
    stage.api.ListContainerInstances = lambda params: (
        whole(params) if "filter" in params else {"containerInstanceArns": []}
    )
    stage.one()
    assert (member.state, member.status) == ("Terminating:Wait", "DRAINING")


def test_every_completed_pass_says_that_the_controller_is_alive(stage):
    stage.one()
    put = next(each for each in stage.calls if each.operation == "PutMetricData").params
    assert put["Namespace"] == "EcsPlatform/prod"
    assert put["MetricData"][0]["Dimensions"] == [
        {"Name": "Cluster", "Value": "prod"},
        {"Name": "Controller", "Value": "instances"},
    ]
    assert stage.metrics()["CompletedPasses"] == 1
    assert stage.metrics()["Paused"] == 0


def test_a_pass_without_a_group_is_no_sign_of_life():
    stage = Stage()
    stage.api.DescribeAutoScalingGroups = lambda params: {"AutoScalingGroups": []}
    stage.one()
    assert stage.metrics()["CompletedPasses"] == 0


def test_a_pass_that_cannot_observe_says_nothing_and_raises(stage):
    stage.api.fault = (1, "throttle")
    with pytest.raises(ClientError):
        stage.one()
    assert "PutMetricData" not in [each.operation for each in stage.calls]


def test_the_deadline_is_measured_and_logged_with_all_that_is_left(stage, capsys):
    member = at_deadline(stage)
    assert stage.metrics()["DrainDeadlines"] == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (line,) = [each for each in lines if each["event"] == "Complete" and each["ending"] == "deadline"]
    assert (line["level"], line["outcome"], line["instance_id"]) == ("WARN", "done", member.instance_id)
    assert len(line["remaining"]) == 2
    assert line["protected"] == line["remaining"]
    assert "900 s have passed" in line["reason"]


def test_the_deadline_ends_the_wait_even_if_protection_cannot_be_read(stage):
    def refuse(params):
        raise AwsError("AccessDeniedException", "no")

    stage.api.GetTaskProtection = refuse
    assert at_deadline(stage).state == "Terminated"


def test_what_another_run_has_done_is_not_counted_twice(stage):
    member = stage.world.serving()
    stage.world.terminate(member)
    stage.one()
    stage.world.end(member, "CONTINUE", "test")
    member.in_group, member.state = True, "Terminating:Wait"
    stage.one()
    assert stage.metrics()["FailedActions"] == 0
    assert stage.metrics()["DrainDeadlines"] == 0


def test_a_renewal_that_is_due_and_waits_says_why_and_one_that_is_not_due_says_nothing(stage, capsys):
    given = replace(SETTINGS, renewal=Renewal(max_age_days=1), disruption=Disruption(quiet=("00:00-24:00",)))
    stage.world.serving()

    def said():
        one_pass(stage.aws, given, stage.world.now)
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        return [(each["group"], each["age_days"], each["reason"]) for each in lines if each["event"] == "renewal waits"]

    stage.world.advance(24 * 3600 - 1)
    assert said() == []
    stage.world.advance(24 * 3600)
    assert said() == [("prod-instances-1", 1, "it is a quiet time")]
    assert stage.world.refreshes == []


def test_failures_are_counted_and_logged(stage, capsys):
    stage.world.terminate(stage.world.serving("service:web"))

    def refuse(params):
        raise AwsError("AccessDeniedException", "no")

    stage.api.UpdateContainerInstancesState = refuse
    stage.one()
    assert stage.metrics()["FailedActions"] == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (line,) = [each for each in lines if each["level"] == "ERROR"]
    assert (line["event"], line["outcome"]) == ("SetStatus", "failed")
    assert "AccessDenied" in line["error"]


READS = ("Describe", "List", "Get")


def test_paused_it_measures_and_says_what_it_would_do_and_does_nothing(stage, capsys):
    stage.world.paused = True
    stage.world.terminate(stage.world.serving("service:web"))
    assert stage.one() is False, "nothing moves that it would have to follow"
    writes = [each for each in operations(stage.calls) if not each.partition(":")[2].startswith(READS)]
    assert writes == ["cloudwatch:PutMetricData"]
    assert (stage.metrics()["Paused"], stage.metrics()["InstancesDraining"]) == (1, 1)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {(each["event"], each["outcome"]) for each in lines} == {("SetStatus", "paused"), ("PutAttribute", "paused")}


def test_when_nothing_moves_one_pass_is_enough(stage):
    stage.world.serving("service:web")
    assert stage.run() == 1
    assert stage.slept == []


def test_while_something_moves_it_looks_again_until_shortly_before_the_next_minute(stage):
    stage.world.terminate(stage.world.serving("service:web", "family:job"))
    passes = stage.run()
    assert stage.slept == [5] * (passes - 1)
    assert 37 <= sum(stage.slept) <= 50 - 8


def test_it_stops_as_soon_as_nothing_moves_any_more(stage):
    member = stage.world.serving()
    stage.world.place(member, "service:web", stop_s=10)
    stage.world.terminate(member)
    assert stage.run() < 7
    assert member.state == "Terminated"


def test_it_ends_before_the_function_is_cut_off(stage):
    stage.world.terminate(stage.world.serving("service:web", "family:job"))
    stage.run(lambda: 30 - stage.elapsed())
    assert 30 - stage.elapsed() >= SETTINGS.pace.pass_s


def test_a_slow_pass_counts_with_what_it_took(stage):
    stage.world.terminate(stage.world.serving("service:web", "family:job"))
    quick = stage.api.DescribeTasks

    def slow(params):
        stage.world.advance(20)
        return quick(params)

    stage.api.DescribeTasks = slow
    assert stage.run() == 2


class Context:
    """What Lambda passes beside the event."""

    aws_request_id = "run-1"

    def get_remaining_time_in_millis(self):
        return 58_000


LIFECYCLE = {"detail-type": "EC2 Instance-terminate Lifecycle Action", "detail": {"EC2InstanceId": "i-9"}}
SHAPES = [
    *(None, {}, [], "", "text", 0, 1.5, True, [LIFECYCLE], [None], b"bytes"),
    *({"detail-type": odd} for odd in (None, 7, [], {}, "x" * 10_000, "\ud800", "EC2 Instance Launch Successful")),
    *({"wake": odd} for odd in (None, "", "schedule ", ["schedule"], {"schedule": 1}, "SCHEDULE", 1)),
    *({"detail": odd} for odd in (None, 3, "x", [], {"EC2InstanceId": None}, {"LifecycleHookName": "foreign"})),
    LIFECYCLE,
    {**LIFECYCLE, "source": "somebody.else", "detail": {"AutoScalingGroupName": "foreign"}},
    {1: 2, None: 3},
]


def handled(stage, monkeypatch, event):
    monkeypatch.setattr(handler, "clients", lambda: stage.aws)
    monkeypatch.setattr(handler, "settings", lambda: SETTINGS)
    monkeypatch.setattr(handler, "Clock", stage.clock)
    monkeypatch.setattr(handler, "LOOKS", {})
    return handler.handle(event, Context())


@pytest.mark.parametrize("event", SHAPES, ids=range(len(SHAPES)))
def test_the_handler_takes_any_event_as_a_wake_up(stage, monkeypatch, capsys, event):
    assert len(SHAPES) >= 30
    stage.world.terminate(stage.world.serving("service:web"))
    assert handled(stage, monkeypatch, event) == {"passes": 1}
    finished = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (finished["event"], len(finished["hint"]) <= 100) == ("finished", True)


def test_only_what_the_schedule_sends_observes_on(stage, monkeypatch):
    stage.world.terminate(stage.world.serving("service:web"))
    assert handled(stage, monkeypatch, wake.SCHEDULE)["passes"] > 5


def test_the_handler_reads_its_settings_from_the_environment(monkeypatch):
    for name, value in SETTINGS.environment().items():
        monkeypatch.setenv(name, value)
    handler.settings.cache_clear()
    assert handler.settings() == SETTINGS
    handler.settings.cache_clear()
