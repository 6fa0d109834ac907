"""A run against answers of AWS: its calls, what it does, what it publishes, and what it survives."""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from lambdas.capacity import handler
from lambdas.capacity.act import act
from lambdas.capacity.actions import ScaleIn, ScaleOut
from lambdas.capacity.run import run
from lambdas.cluster import wake
from lambdas.cluster.clients import create
from lambdas.cluster.read_services import read_services
from tests.lambdas.capacity.capacity_api import NOW, Apart, Api, Busier
from tests.lambdas.capacity.clusters import some_settings
from tests.lambdas.transport import AwsError, a_session, all_of, fake_clients
from tests.support.calls import operations, record


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Retries without their pauses."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)


def ran(api, known=None, **changes):
    return run(fake_clients(api), some_settings(**changes), NOW, {} if known is None else known)


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (100, 1), (101, 2), (1001, 11)])
def test_instances_cost_a_page_and_a_description_per_hundred(count, pages):
    api = Api(count, busy=count)
    ran(api)
    assert (api.calls["ListContainerInstances"], api.calls["DescribeContainerInstances"]) == (pages, -(-count // 100))


@pytest.mark.parametrize(("count", "pages", "descriptions"), [(0, 1, 0), (10, 1, 1), (11, 1, 2), (101, 2, 11)])
def test_services_cost_a_page_per_hundred_and_a_description_per_ten(count, pages, descriptions):
    api = Api(1, count)
    ran(api)
    assert (api.calls["ListServices"], api.calls["DescribeServices"]) == (pages, descriptions)


def test_a_thousand_instances_and_three_hundred_services_cost_60_calls_once_warm():
    api, known = Api(1000, 300, busy=1000), {}
    ran(api, known)
    assert api.calls["DescribeTaskDefinition"] == 300
    cold = api.calls.total()
    ran(api, known)
    assert api.calls["DescribeTaskDefinition"] == 300
    assert (
        api.calls.total() - cold == 20 + 33 + 7
    )  # instances; services; switch, groups, refreshes, subnets, interfaces, quota, metrics


def test_definitions_that_nobody_uses_any_more_are_forgotten():
    known = {}
    ran(Api(1, 3), known)
    assert len(known) == 3
    ran(Api(1, 1), known)
    assert len(known) == 1


def test_definitions_read_before_a_failure_are_not_read_again():
    class Failing(Api):
        def DescribeTaskDefinition(self, params):
            if self.calls["DescribeTaskDefinition"] == 3:
                raise AwsError("AccessDeniedException")
            return super().DescribeTaskDefinition(params)

    known = {}
    with pytest.raises(ClientError):
        ran(Failing(1, 5), known)
    assert len(known) == 2


def test_a_scale_out_sets_the_size_once():
    api = Api(2, 1, busy=2, desired=10)
    ran(api)
    assert api.size == 5
    assert api.published["InstancesAdded"] == 3
    ran(api)
    assert (api.size, api.calls["SetDesiredCapacity"]) == (5, 1)


def test_it_asks_where_the_tasks_run_that_must_not_meet():
    api = Apart(2, 1, desired=2)
    ran(api)
    assert api.size == 3
    assert ran(Api(2, 1, desired=2)).action is None


def test_a_scale_in_needs_its_history_and_takes_one_instance():
    api = Api(9, 1)
    ran(api)
    assert (api.published["SurplusInstances"], api.calls["GetMetricStatistics"], api.calls["ListTasks"]) == (8, 1, 0)
    assert api.gone == set()
    api.history = 12
    ran(api)
    assert (api.gone, api.size, api.published["InstancesRemoved"]) == ({0}, 8, 1)
    assert api.calls["ListTasks"] == 18  # two lists for each of nine instances
    ran(api)
    assert api.gone == {0}


def test_the_history_is_not_asked_for_when_nothing_could_go():
    api = Api(1, history=12)
    ran(api)
    assert api.calls["GetMetricStatistics"] == 0


def test_a_paused_controller_measures_and_says_what_it_would_do(capsys):
    api = Api(1, 1, busy=1, desired=10, paused=True)
    ran(api)
    line = json.loads(capsys.readouterr().out)
    assert (line["event"], line["outcome"], line["action"]["desired"]) == ("ScaleOut", "paused", 4)
    assert (api.size, api.published["Paused"], api.published["InstancesAdded"]) == (1, 1, 0)
    assert api.published["UnplacedTasks"] == 10


def test_one_line_tells_the_decision_and_what_it_rests_on(capsys):
    ran(Api(2, 1, busy=2, desired=10))
    (text,) = capsys.readouterr().out.splitlines()
    line = json.loads(text)
    assert (line["event"], line["outcome"], line["inputs"]["needed"]) == ("ScaleOut", "done", 3)
    assert line["inputs"]["unplaced"] == {"512 CPU, 1000 MiB, interface": 10}
    assert line["reason"] == "waiting tasks or the headroom lack room"
    assert line["details"] == {"waiting": 10, "missing": 3, "added": 3}


def test_a_run_without_a_group_is_no_sign_of_life(capsys):
    api = Api(2)
    api.DescribeAutoScalingGroups = lambda params: {"AutoScalingGroups": []}
    ran(api)
    assert api.published["CompletedPasses"] == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["level"], line["cluster"]) for line in lines if line["event"] == "no group"] == [("ERROR", "prod")]


def test_metrics_are_one_call():
    api = Api(2)
    ran(api)
    assert (api.calls["PutMetricData"], api.published["CompletedPasses"]) == (1, 1)


class Raw:
    """The body of an answer, as urllib3 hands it on."""

    def __init__(self, text):
        self.text = text

    def stream(self):
        yield self.text.encode()


@pytest.mark.parametrize(("throttled", "survives"), [(0, True), (4, True), (5, False)])
def test_throttling_is_waited_out_four_times(throttled, survives):
    ecs = create(a_session()).ecs
    answers = [(400, '{"__type": "ThrottlingException", "message": "Rate exceeded"}')] * throttled
    answers.append((200, '{"serviceArns": []}'))

    def answer(request, **_):
        status, text = answers.pop(0)
        return AWSResponse(request.url, status, {}, Raw(text))

    ecs.meta.events.register("before-send.ecs", answer)
    if survives:
        assert read_services(ecs, "prod") == ()
        assert answers == []
    else:
        with pytest.raises(ClientError, match="Rate exceeded"):
            read_services(ecs, "prod")


def a_scale_out(**changes):
    return ScaleOut(**({"group": "group", "desired": 5, "observed": 2} | changes))


def a_scale_in(**changes):
    return ScaleIn(**({"group": "group", "instance_ids": ("i-0",), "observed": 2} | changes))


def test_what_was_decided_on_another_size_is_dropped():
    api = Api(3)
    aws = fake_clients(api)
    assert act(aws, a_scale_out())[:2] == ("stale", "the desired capacity is 3 by now, it was 2")
    assert act(aws, a_scale_in())[0] == "stale"
    assert api.size == 3


def test_a_scale_in_is_dropped_when_the_instance_or_another_one_is_leaving():
    api = Api(2)
    api.gone = {0}
    aws = fake_clients(api)
    assert act(aws, a_scale_in())[:2] == ("stale", "the instance is Terminating:Wait by now")
    assert act(aws, a_scale_in(instance_ids=("i-1",)))[:2] == ("stale", "another instance is leaving by now")
    assert act(aws, a_scale_in(instance_ids=("i-9",)))[:2] == ("stale", "the instance is gone by now")
    assert (api.size, api.gone) == (2, {0})


def test_a_batch_goes_one_after_the_other_and_ends_where_something_else_moves():
    api = Api(9)
    three = a_scale_in(instance_ids=("i-0", "i-4", "i-8"), observed=9)
    assert act(fake_clients(api), three) == ("done", "", 3)
    assert (api.size, api.gone) == (6, {0, 4, 8})
    again = act(fake_clients(api), three)
    assert (again.outcome, again.instances, api.size) == ("stale", 0, 6)

    class Disturbed(Api):
        def TerminateInstanceInAutoScalingGroup(self, params):
            super().TerminateInstanceInAutoScalingGroup(params)
            self.size += 1

    api = Disturbed(9)
    assert act(fake_clients(api), three)[::2] == ("stale", 1)
    assert api.gone == {0}


def test_a_batch_that_fails_half_way_says_how_far_it_came():
    class Refusing(Api):
        def TerminateInstanceInAutoScalingGroup(self, params):
            if self.gone:
                raise AwsError("AccessDenied", "no")
            return super().TerminateInstanceInAutoScalingGroup(params)

    api = Refusing(30, 1, history=12)
    api.surplus = 9.0
    ran(api, disruption={"percent": 10})
    assert (api.published["FailedActions"], api.published["InstancesRemoved"]) == (1, 1)
    assert (api.size, len(api.gone)) == (29, 1)


def test_an_action_on_a_group_that_is_gone_is_dropped():
    api = Api(2)
    api.DescribeAutoScalingGroups = lambda params: {"AutoScalingGroups": []}
    assert act(fake_clients(api), a_scale_out())[:2] == ("stale", "the group is gone")


@pytest.mark.parametrize(("code", "outcome"), [("ScalingActivityInProgress", "stale"), ("AccessDenied", "failed")])
def test_a_refused_action_is_told_and_decided_on_afresh(code, outcome):
    api = Api(2, 1, busy=2, desired=10)

    def refuse(params):
        raise AwsError(code, "no")

    api.SetDesiredCapacity = refuse
    ran(api)
    assert (api.published["FailedActions"], api.published["InstancesAdded"]) == (float(outcome == "failed"), 0)
    assert act(fake_clients(api), a_scale_out(desired=3))[0] == outcome


def test_tasks_that_wait_do_not_wait_for_cloudwatch(capsys):
    class Forgetful(Api):
        def GetMetricData(self, params):
            raise AwsError("InternalServiceFault")

    api = Forgetful(2, 1, busy=2, desired=10)
    ran(api)
    assert api.size == 5
    ran(api)
    assert api.size == 5  # as long as what was ordered starts, no more is
    assert '"history unknown"' in capsys.readouterr().out


def test_what_was_measured_is_read_back():
    class Remembering(Api):
        def GetMetricData(self, params):
            self.queries = params["MetricDataQueries"]
            moments = [NOW - timedelta(minutes=minute) for minute in (1, 2, 3, 4)]
            none = [0, 0, 0, 0]
            series = {"q0": [0, 0, 0, 3], "q1": [10, 10, 10, 10], "q2": none, "q3": none}
            results = [{"Id": name, "Timestamps": moments, "Values": values} for name, values in series.items()]
            return {"MetricDataResults": results}

    api = Remembering(2, 1, busy=2, desired=10)
    ran(api)
    metrics = [each["MetricStat"]["Metric"]["MetricName"] for each in api.queries]
    assert metrics == ["InstancesAdded", "UnplacedTasks", "SchedulableTasks", "PlacedTasks"]
    # Three were added, none of them helped, and the model asks for three again.
    assert (api.size, api.published["StuckTasks"], api.published["UnplacedTasks"]) == (2, 12, 0)


def test_an_instance_with_tasks_goes_only_if_they_do_not_protect_themselves(capsys):
    for protect, gone in ((True, set()), ("unknown", set()), (False, {0})):
        api = Busier(protect=protect)
        ran(api)
        assert api.gone == gone
    assert '"protection unknown"' in capsys.readouterr().out


class Draining(Api):
    """A full cluster with one task on each instance, all draining but the last."""

    def __init__(self, instances):
        super().__init__(instances, 1, busy=instances, desired=0)

    def _instance(self, arn):
        last = arn == self.arns[-1]
        return super()._instance(arn) | {"status": "ACTIVE" if last else "DRAINING", "runningTasksCount": 1}

    def ListTasks(self, params):
        running = params["desiredStatus"] == "RUNNING"
        return {"taskArns": [self.arn("task", params["containerInstance"].rpartition("/")[2])] if running else []}

    def DescribeTasks(self, params):
        task = {"group": "service:s0", "startedBy": "ecs-svc/1", "desiredStatus": "RUNNING", "lastStatus": "RUNNING"}
        return {"tasks": [{"taskArn": arn, **task} for arn in params["tasks"]]}

    def _service(self, arn):
        service = super()._service(arn)
        counts = {"id": "ecs-svc/1", "desiredCount": 99, "runningCount": 99}
        return service | {"desiredCount": 99, "deployments": [service["deployments"][0] | counts]}


def test_the_tasks_of_draining_instances_are_read_and_find_room():
    api = Draining(4)
    ran(api, grow={"headroom_tasks": 0})
    assert api.size == 5
    assert (api.published["UnplacedTasks"], api.published["UnmetTasks"]) == (3, 3)
    assert (api.calls["ListTasks"], api.calls["DescribeTasks"]) == (6, 3)


def test_no_more_than_thirty_draining_instances_are_read_in_one_run():
    api = Draining(99)
    ran(api)
    assert (api.calls["ListTasks"], api.calls["DescribeTasks"]) == (60, 30)


def test_every_kind_of_call_is_known_to_those_who_write_the_role():
    calls = []
    for api in (Api(2, 1, busy=2, desired=10), Busier(protect=False)):
        aws = fake_clients(api)
        recorded = record(all_of(aws))
        run(aws, some_settings(), NOW, {})
        calls += recorded
    assert set(operations(calls)) == {
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeInstanceRefreshes",
        "autoscaling:SetDesiredCapacity",
        "autoscaling:TerminateInstanceInAutoScalingGroup",
        "cloudwatch:GetMetricData",
        "cloudwatch:GetMetricStatistics",
        "cloudwatch:PutMetricData",
        "ec2:DescribeInstances",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ecs:DescribeContainerInstances",
        "ecs:DescribeServices",
        "ecs:DescribeTaskDefinition",
        "ecs:DescribeTasks",
        "ecs:GetTaskProtection",
        "ecs:ListContainerInstances",
        "ecs:ListServices",
        "ecs:ListTasks",
        "service-quotas:GetServiceQuota",
        "ssm:GetParameter",
    }


def test_the_function_reads_its_settings_and_answers_with_the_reason(monkeypatch):
    api = Api(1)
    for name, value in some_settings().environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(handler, "clients", lambda: fake_clients(api))
    handler.settings.cache_clear()
    context = SimpleNamespace(aws_request_id="run-1")
    assert handler.handle(wake.SCHEDULE, context) == {"reason": "there is no surplus"}
    handler.settings.cache_clear()
