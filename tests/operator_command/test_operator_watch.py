"""`watch`: what a look means, and whole stories on the emulator with their exit codes."""

import json
import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from botocore.client import BaseClient

from lambdas.cluster.clients import create
from lambdas.instances.passes import one_pass
from lambdas.rebalancing.plan import Decision, Plan
from lambdas.rebalancing.proposals import Wait
from lambdas.rebalancing.reasons import Reason
from lambdas.rebalancing.snapshot import RebalancingSnapshot
from operator_command.patience import LONGEST_S, READS_PER_S, pause_s
from operator_command.reading.rebalancing import Balance
from operator_command.reading.standing import Progress
from operator_command.shown.progress import PASSING, Leaving, balance_step, deployment_step, leaving_step, rollout_step
from operator_command.shown.status import DrainLine
from sandbox.tests.emulator.emulated_cluster import CLUSTER, GROUP
from tests.lambdas.transport import AwsError, a_session
from tests.operator_command.large import Cloud, answered
from tests.operator_command.stage import DRY_RUN, INSTANCES, run, staged
from tests.operator_command.views import NOW


def refresh(status, **changes):
    inputs = {"refresh_id": "r", "status": status, "percent": 40, "left": 3, "reason": "why"}
    return Progress(**(inputs | changes))


@pytest.mark.parametrize(
    ("status", "ended", "words"),
    [
        ("Pending", None, "Pending, 3 instances left"),
        ("InProgress", None, "InProgress, 3 instances left"),
        ("RollbackInProgress", None, "rolls back, RollbackInProgress, 3 instances left: why"),
        ("Successful", True, "every instance runs the wanted version"),
        ("Failed", False, "Failed: why; the version is not tried again: retry-rollout"),
        ("RollbackSuccessful", False, "RollbackSuccessful: why; the version is not tried again: retry-rollout"),
    ],
)
def test_a_look_at_a_rollout(status, ended, words):
    step = rollout_step(refresh(status), blocked=True, waits=False)
    assert (step.ended, step.text) == (ended, words)


def test_a_rollout_that_has_not_begun_goes_on():
    for before in (None, refresh("Successful"), refresh("Failed")):
        assert rollout_step(before, blocked=False, waits=True).ended is None
    assert rollout_step(None, blocked=False, waits=False).ended


def seen(state, left=2, deadline_s=None, at=NOW):
    drain = None
    if deadline_s is not None:
        deadline = NOW + timedelta(seconds=deadline_s)
        drain = DrainLine(instance_id="i", tasks_left=left, exact=True, since=NOW, deadline=deadline)
    return Leaving(at=at, state=state, tasks_left=left, drain=drain)


@pytest.mark.parametrize(
    ("before", "now", "ended", "words"),
    [
        (seen("leaving", 4, 900), seen("leaving", 1, 900), None, "1 task left, deadline in 15 min"),
        (seen("leaving", 0, 900), seen("", 0), True, "gone, drained"),
        (seen("leaving", 2, 900), seen("", 0), True, "gone, drained"),
        (seen("leaving", 2, 5), seen("", 0), False, "ended at its deadline with 2 tasks left"),
        (seen("leaving", 2, 5), seen("retained", 2), False, "retained at its deadline with 2 tasks left"),
        (seen("draining", 2), seen("draining", 0), True, "no service's task is left on it"),
        (seen("draining", 2), seen("draining", 1), None, "draining, 1 task left"),
        (seen("in service", 2), seen("in service", 2), False, "in service, it does not drain"),
    ],
)
def test_a_look_at_an_instance(before, now, ended, words):
    step = leaving_step(seen("leaving", 4), before, now)
    assert (step.ended, step.text) == (ended, words)


@pytest.mark.parametrize(
    ("status", "ended", "percent"),
    [
        ("IN_PROGRESS", None, 50),
        ("SUCCESSFUL", True, 100),
        ("ROLLBACK_IN_PROGRESS", None, 50),
        ("ROLLBACK_SUCCESSFUL", False, 50),
    ],
)
def test_a_look_at_a_deployment(status, ended, percent):
    service = {"deployments": [{"status": "PRIMARY", "runningCount": 2, "desiredCount": 4}]}
    step = deployment_step(service, {"status": status, "statusReason": None})
    assert (step.ended, step.percent) == (ended, percent)
    assert deployment_step(service, None).ended is False


@pytest.mark.parametrize(
    ("primary", "newest", "ended"),
    [
        ({"rolloutState": "IN_PROGRESS"}, {"status": "SUCCESSFUL"}, None),
        ({"rolloutState": "IN_PROGRESS"}, None, None),
        ({"rolloutState": "COMPLETED"}, {"status": "SUCCESSFUL"}, True),
        ({"createdAt": NOW}, {"status": "ROLLBACK_SUCCESSFUL", "finishedAt": NOW - timedelta(seconds=1)}, None),
        ({"createdAt": NOW}, {"status": "ROLLBACK_SUCCESSFUL", "finishedAt": NOW}, False),
    ],
)
def test_a_deployment_that_has_begun_and_is_not_listed_yet_is_waited_for(primary, newest, ended):
    service = {"deployments": [{"status": "PRIMARY", "runningCount": 4, "desiredCount": 4, **primary}]}
    assert deployment_step(service, newest).ended is ended


@contextmanager
def time_passing(stage, settings=INSTANCES):
    """Each pause of the command is a second of the emulator and a pass of the controller."""
    aws, elapsed = create(a_session()), [0]

    def second(_):
        elapsed[0] += 1
        one_pass(aws, settings, datetime.now(UTC) + timedelta(seconds=elapsed[0]))
        stage.land.emulator.advance(1)

    quiet = mock.patch("lambdas.cluster.journal.write")
    with mock.patch("time.sleep", second), quiet:
        yield


def test_watch_a_rollout_a_drain_and_a_deployment_to_their_ends():
    settings = replace(INSTANCES, rollout=replace(INSTANCES.rollout, bake_s=0, max_healthy_percent=150))
    with staged() as stage:
        stage.grow(2, tasks=2)
        with time_passing(stage, settings):
            instance = stage.land.ids()[0]
            run("replace", instance, "--yes")
            drained = run("watch", instance)
            assert (drained.code, "gone, drained" in drained.out) == (0, True), drained
            stage.until(lambda: stage.land.states() == ["InService"] * 2)
            run("restart", "shop", "--yes")
            deployed = run("watch", "shop", "--json")
            assert deployed.code == 0, deployed
            looks = [json.loads(line) for line in deployed.out.splitlines()]
            assert [each["ended"] for each in looks[:-1]] == [None] * (len(looks) - 1)
            assert looks[-1]["ended"]
            want(stage, "2")
            rolled = run("watch", "rollout")
            assert (rolled.code, "every instance runs the wanted version" in rolled.out) == (0, True), rolled
            assert stage.land.versions() == {"2"}
            late = run("watch", "shop-not-there")
            assert late.code == 5
            want(stage, "1")
            back = run("watch", "rollout")
            assert (back.code, "another version is wanted" in back.out, stage.land.versions()) == (0, True, {"1"})
        want(stage, "2")  # and no controller looks any more
        assert "has not ended within 1 s" in run("watch", "rollout", "--every", "1", "--timeout", "1").err
        assert run("watch", "--every", "1", "--timeout", "1").out.startswith("platform")


ECS_READS = ("ListContainerInstances", "DescribeContainerInstances", "ListTasks", "DescribeTasks", "ListServices",
             "DescribeServices", "DescribeClusters")  # fmt: skip


@pytest.mark.parametrize(
    ("instances", "services", "drains", "pause"), [(1000, 50, 20, 4.5), (1000, 900, 0, 12), (3, 1, 0, 1)]
)
def test_the_live_status_keeps_within_half_of_what_aws_allows(instances, services, drains, pause):
    looks = 5
    with answered(Cloud(instances, services, drains=drains)) as cloud, mock.patch("time.sleep") as sleep:
        sleep.side_effect = [*[None] * (looks - 1), KeyboardInterrupt]
        assert run("watch", "--every", "1", "--json").code == 130
    pauses = [each.args[0] for each in sleep.call_args_list]
    reads = sum(cloud.calls[each] for each in ECS_READS)
    assert pauses == [pause] * looks
    assert reads - 1 <= READS_PER_S * sum(pauses), "beside the look for the cluster, once"


def test_the_live_status_tries_each_call_once_and_other_commands_wait():
    tried = set()

    def spy(self, operation, params):
        tried.add(self.meta.config.retries["total_max_attempts"])
        return inner(self, operation, params)

    for words, attempts in ((("watch", "--json"), {1}), (("status",), {5})):
        tried.clear()
        with answered(Cloud(3)), mock.patch("time.sleep", side_effect=KeyboardInterrupt):
            inner = BaseClient._make_api_call
            with mock.patch.object(BaseClient, "_make_api_call", spy):
                run(*words)
        assert tried == attempts


def test_a_live_look_that_is_throttled_is_looked_again_later_each_time():
    answers = iter([AwsError("ThrottlingException", "x")] * 3)

    class Throttled(Cloud):
        def ListServices(self, params):
            error = next(answers, None)
            if error:
                raise error
            return super().ListServices(params)

    with answered(Throttled(3)), mock.patch("time.sleep") as sleep:
        sleep.side_effect = [None, None, None, KeyboardInterrupt]
        said = run("watch", "--json")
    assert [each.args[0] for each in sleep.call_args_list] == [10, 20, 40, 5]
    assert (said.code, len(said.out.splitlines()), said.err.count("looking again\n")) == (130, 1, 3)
    with answered(Cloud(3, refuse={"ListServices": AwsError("AccessDenied", "x")})):
        assert run("watch").code == 4


def test_on_a_terminal_a_throttled_look_is_told_within_the_screen():
    answers = iter([None, AwsError("ThrottlingException", "x")])

    class Throttled(Cloud):
        def ListServices(self, params):
            error = next(answers, None)
            if error:
                raise error
            return super().ListServices(params)

    with answered(Throttled(3)), mock.patch("time.sleep", side_effect=[None, KeyboardInterrupt]):
        said = run("watch", terminal=True, width=160)
    assert (said.code, said.err.split()) == (130, ["interrupted"])
    before, _, after = said.out.partition("looking again; seen last at ")
    assert "AWS throttles or fails at ListServices (ThrottlingException)" in before
    assert re.match(r"\d\d:\d\d:\d\d UTC", after)
    assert before.count("prod") == after.count("prod") > 0, "the last good look stands below it"


def test_before_the_first_good_look_the_screen_tells_that_there_is_none():
    throttled = Cloud(3, refuse={"ListServices": AwsError("ThrottlingException", "x")})
    with answered(throttled), mock.patch("time.sleep", side_effect=KeyboardInterrupt):
        said = run("watch", terminal=True, width=160)
    assert "looking again; nothing was seen yet" in said.out


@pytest.mark.parametrize(
    ("every", "reads", "throttled", "seconds"),
    [(5, 7, 0, 5), (1, 45, 0, 4.5), (5, 0, 1, 10), (5, 0, 9, LONGEST_S), (600, 0, 3, 600), (1, 0, 10_000, LONGEST_S),
     (1, 900, 1, 90)],
)  # fmt: skip
def test_the_pause_between_two_looks(every, reads, throttled, seconds):
    assert pause_s(every, reads=reads, throttled=throttled) == seconds


@pytest.mark.parametrize("what", [(), ("rollout",)])
def test_no_pause_is_longer_than_what_is_left_until_the_timeout(what):
    refuse = {"DescribeInstanceRefreshes": AwsError("ThrottlingException", "x")} if what else None
    with answered(Cloud(3, refuse=refuse)), mock.patch("time.sleep") as sleep:
        sleep.side_effect = [None, KeyboardInterrupt]
        run("watch", *what, "--every", "60", "--timeout", "20", "--json")
    pauses = [each.args[0] for each in sleep.call_args_list]
    assert len(pauses) == 2
    assert 0 < max(pauses) <= 20


def test_a_look_that_is_throttled_is_looked_again_and_a_denied_one_ends():
    answers = iter([AwsError("ThrottlingException", "x"), None])

    class Throttled(Cloud):
        def DescribeInstanceRefreshes(self, params):
            error = next(answers, None)
            if error:
                raise error
            return {"InstanceRefreshes": []}

    with answered(Throttled(3)), mock.patch("time.sleep") as sleep:
        said = run("watch", "rollout", "--json")
    assert [each.args[0] for each in sleep.call_args_list] == [10]
    looks = [json.loads(line) for line in said.out.splitlines()]
    assert [each["ended"] for each in looks] == [None, True]
    assert looks[0]["text"].endswith("looking again")
    with answered(Cloud(3, refuse={"DescribeInstanceRefreshes": AwsError("AccessDenied", "x")})):
        assert run("watch", "rollout").code == 4


class LongNames(Cloud):
    """Instances are called as AWS calls them; ECS finds the one that is asked for."""

    def __call__(self, service, operation, params):
        if operation == "ListContainerInstances":
            asked = int(re.search(r"i-0*(\d+)", params["filter"])[1])
            self.calls[operation] += 1
            return {"containerInstanceArns": self.arns[asked : asked + 1]}
        answer = json.dumps(super().__call__(service, operation, params), default=str)
        answer = re.sub(r'"i-(\d+)"', lambda found: f'"i-{int(found[1]):08d}"', answer)
        return json.loads(answer, object_hook=with_moments)


def with_moments(answer):
    times = {
        name: datetime.fromisoformat(value) for name, value in answer.items() if name in ("CreatedTime", "updatedAt")
    }
    return answer | times


def test_one_instance_of_a_thousand_is_watched_in_a_dozen_calls():
    with answered(LongNames(1000, drains=20)) as cloud:
        said = run("watch", "i-00000500")
    assert (said.code, "in service, it does not drain" in said.out) == (1, True), said
    assert cloud.calls["DescribeTasks"] == 1
    assert sum(cloud.calls.values()) <= 12, cloud.calls


def want(stage, version):
    stage.land.auto_scaling.create_or_update_tags(
        Tags=[
            {
                "Key": "ecs-platform:wanted-template-version", "Value": version, "ResourceId": GROUP,
                "ResourceType": "auto-scaling-group", "PropagateAtLaunch": False,
            }
        ]
    )  # fmt: skip


def test_a_deployment_that_is_rolled_back_ends_with_1():
    with staged() as stage:
        stage.grow(2, tasks=2)
        stage.land.emulator.advance(5)
        second = stage.land.define()
        stage.land.ecs.update_service(cluster=CLUSTER, service="shop", taskDefinition=second)
        stage.land.emulator.advance(1)
        with time_passing(stage):
            run("rollback", "shop", "--yes")
            said = run("watch", "shop")
        assert (said.code, "rollback successful" in said.out) == (1, True), said


def planned(*decisions, obstacle=None, dry=False, paused=False):
    made = tuple(
        Decision(service=name, proposal=Wait(reason=reason, misplaced=left)) for name, reason, left in decisions
    )
    return Balance(plan=Plan(decisions=made, obstacle=obstacle, snapshot=RebalancingSnapshot()), dry=dry, paused=paused)


@pytest.mark.parametrize(
    ("balance", "ended", "words"),
    [
        (planned(), True, "tasks are balanced as far as there is room"),
        (planned(("web", Reason.BALANCED, 0)), True, "tasks are balanced as far as there is room"),
        (planned(("a", Reason.STARTING_TASKS, None), ("b", Reason.BALANCED, 0)), None, "a: its further tasks start"),
        (
            planned(("web", Reason.COOLS_DOWN, None), ("api", Reason.DEPLOYING, None)), None,
            "web: it was moved a moment ago, and 1 service more",
        ),
        (planned(("web", Reason.GIVEN_UP, None)), True, "tasks are balanced as far as there is room"),
        (planned(("web", Reason.PROTECTED_TASK, 3)), True, "web stays: a task of it protects itself"),
        (
            planned(("web", Reason.MISPLACED_TASKS, 3), dry=True), True,
            "tasks stay: the rebalancing controller only says what it would move",
        ),
        (
            planned(("web", Reason.MISPLACED_TASKS, 3), paused=True), True,
            "tasks stay: the controllers are paused",
        ),
        (planned(obstacle=Reason.QUIET_TIME), True, "tasks stay: nothing is moved for convenience at this time"),
        (planned(obstacle=Reason.REFRESH_RUNS), None, "tasks are not moved yet: an instance refresh is running"),
    ],
)  # fmt: skip
def test_a_look_at_tasks_that_follow_the_instances(balance, ended, words):
    step = balance_step(balance)
    assert (step.ended, step.text) == (ended, words)


def test_every_reason_either_passes_or_stays():
    for reason in Reason:
        ended = balance_step(planned(("web", reason, 1))).ended
        assert ended is (None if reason in PASSING else True)


def test_watch_an_update_until_the_tasks_are_where_they_stay():
    with staged() as stage:
        stage.grow(2, tasks=2)
        done = run("watch", "update", "--timeout", "20")
        assert (done.code, "balanced" in done.out) == (0, True), done
        stage.ssm.put_parameter(Name=DRY_RUN, Value="7", Type="String", Overwrite=True)
        told = run("watch", "update", "--timeout", "20")
        assert (told.code, "only says" in told.out) == (0, True), told
