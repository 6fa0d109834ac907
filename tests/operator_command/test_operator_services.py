"""`services`, `tasks`, `events`, `logs`, `restart`, `rollback` and `run` on the emulator."""

import time
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest

from operator_command.commands.deploy import before_of, pulumi_next
from operator_command.commands.logs import seconds
from operator_command.commands.run import STARTED_BY, ended
from operator_command.errors import OperatorError
from operator_command.reading.service_details import Deployed, chosen, log_places, main_container
from operator_command.shown.services import (
    Event,
    Events,
    Services,
    events_drawn,
    services_drawn,
    services_of,
    tasks_drawn,
    tasks_of,
)
from tests.lambdas.capacity.clusters import a_service
from tests.lambdas.transport import AwsError
from tests.operator_command.golden import assert_golden
from tests.operator_command.large import Cloud, Served, answered
from tests.operator_command.stage import LOGGED, run, staged
from tests.operator_command.views import NOW

ARN = "arn:aws:ecs:eu-west-1:1:"


@pytest.fixture(scope="module")
def stage():
    with staged() as found:
        found.grow(3)
        found.land.ecs.register_task_definition(
            family="shop", networkMode="awsvpc", containerDefinitions=[LOGGED], cpu="128", memory="128"
        )
        found.land.serve(count=2)
        found.until(lambda: found.land.service()["runningCount"] == 2)
        yield found


def test_the_list_of_services(stage):
    shown, told = run("services"), run("services", "--json")
    assert shown.out.splitlines()[1].split()[:2] == ["shop", "2/2"]
    assert told.json["services"][0]["definition"].startswith("shop:")


def test_the_tasks_of_a_service_with_their_instances(stage):
    told = run("tasks", "shop", "--json").json
    assert {each["status"] for each in told["tasks"] if each["wanted"]} == {"RUNNING"}
    assert {each["instance_id"] for each in told["tasks"]} <= set(stage.land.ids())


def test_the_events_of_a_service(stage):
    told = run("events", "shop", "--last", "1", "--json").json["events"]
    (newest,) = sorted(stage.land.service()["events"], key=lambda each: each["createdAt"])[-1:]
    assert [each["message"] for each in told] == [newest["message"]]
    assert " ".join(run("events", "shop", "--last", "1").out.split()).endswith(newest["message"])


@pytest.mark.parametrize("command", ["tasks", "events", "logs", "restart", "rollback"])
def test_a_service_that_is_not_there(stage, command):
    said = run(command, "cart")
    assert (said.code, said.err) == (5, "error: cart: no such service; there: shop\n")


def test_log_lines_by_time_task_and_container(stage):
    group, now = "/ecs-platform/test/services/shop", int(time.time() * 1000)
    stage.logs.create_log_group(logGroupName=group)
    for task, at, text in (("aaaaaaaaaa", now - 5000, "first"), ("bbbbbbbbbb", now - 4000, "second")):
        stage.logs.create_log_stream(logGroupName=group, logStreamName=f"shop/app/{task}")
        stage.logs.put_log_events(
            logGroupName=group, logStreamName=f"shop/app/{task}", logEvents=[{"timestamp": at, "message": text}]
        )
    shown = run("logs", "shop").out.splitlines()
    assert [line.split(" ", 1)[1] for line in shown] == ["aaaaaaaa first", "bbbbbbbb second"]
    assert "second" in run("logs", "shop", "--task", "bbb").out
    assert "first" not in run("logs", "shop", "--task", "bbb", "--json").out
    assert run("logs", "shop", "--since", "1s").out == ""
    assert run("logs", "shop", "--container", "web").code == 5
    assert run("logs", "shop", "--since", "soon").code == 2


class Writing(Served):
    """A service whose task writes a line more with each look; CloudWatch tells the old ones again."""

    looks = 0

    def DescribeTaskDefinition(self, params):
        found = super().DescribeTaskDefinition(params)
        found["taskDefinition"]["containerDefinitions"] = [LOGGED]
        return found

    def FilterLogEvents(self, params):
        self.looks += 1
        now = int(time.time() * 1000)
        return {
            "events": [
                {"eventId": str(n), "timestamp": now, "logStreamName": "shop/app/t1", "message": f"line {n}\n"}
                for n in range(self.looks)
            ]
        }


def test_following_shows_each_line_once_until_interrupted():
    with answered(Writing(3, 1)), mock.patch("time.sleep", side_effect=[None, None, KeyboardInterrupt]):
        said = run("logs", "-f", "s0")
    assert said.code == 130
    assert [line.rpartition(" ")[2] for line in said.out.splitlines()] == ["0", "1", "2"]


class Starting(Writing):
    """A one-off task, as the answers in `looks_at_it` tell it: an error, no task, or a task."""

    def __init__(self, *looks_at_it):
        super().__init__(3, 1)
        self.looks_at_it = iter(looks_at_it)

    def RunTask(self, params):
        return {"tasks": [{"taskArn": self.arn("task", "t1")}]}

    def DescribeTasks(self, params):
        answer = next(self.looks_at_it)
        if isinstance(answer, Exception):
            raise answer
        return {"tasks": [{"taskArn": self.arn("task", "t1"), **answer}] if answer else []}


STOPPED = {"lastStatus": "STOPPED", "containers": [{"name": "app", "exitCode": 3}]}


def waited(*looks_at_it):
    with answered(Starting(*looks_at_it)), mock.patch("time.sleep"):
        return run("run", "--yes", "--cluster", "prod", "s0", "true")


def test_a_task_that_ecs_does_not_tell_yet_and_a_throttle_do_not_end_the_wait():
    said = waited({}, {}, AwsError("ThrottlingException", "x"), {"lastStatus": "RUNNING"}, STOPPED)
    assert said.code == 3, said
    assert len(said.out.splitlines()) == 7  # one a look, and two that came late


def test_a_task_that_is_gone_or_never_comes_ends_the_wait():
    for looks in ([{"lastStatus": "RUNNING"}, {}], [{}] * 40):
        said = waited(*looks)
        assert (said.code, "ECS does not know it any more" in said.err) == (1, True)


def test_restart_asks_and_deploys_again(stage):
    before = stage.land.service()["deployments"][0]["id"]
    no = run("restart", "shop", answer="n\n")
    assert (no.code, stage.land.service()["deployments"][0]["id"]) == (2, before)
    assert no.err.endswith("error: nothing was changed\n")
    yes = run("restart", "shop", answer="y\n")
    assert (yes.code, "replaces 2 tasks" in yes.err) == (0, True)
    assert stage.land.service()["deployments"][0]["id"] != before


def steady(stage):
    stage.until(lambda: len(stage.land.service()["deployments"]) == 1 and stage.land.service()["runningCount"] == 2)
    stage.land.emulator.advance(3)


def test_rollback_stops_what_goes_on_or_deploys_the_one_before(stage):
    steady(stage)
    first = stage.land.service()["taskDefinition"]
    second = stage.land.ecs.register_task_definition(
        family="shop", networkMode="awsvpc", containerDefinitions=[LOGGED], cpu="128", memory="128"
    )["taskDefinition"]["taskDefinitionArn"]
    stage.land.ecs.update_service(cluster="platform", service="shop", taskDefinition=second)
    stage.land.emulator.advance(1)
    said = run("rollback", "shop", "--yes")
    assert (said.code, "is stopped and rolls back" in said.err) == (0, True)
    steady(stage)
    assert stage.land.service()["taskDefinition"] == first
    stage.land.ecs.update_service(cluster="platform", service="shop", taskDefinition=second)
    steady(stage)
    said = run("rollback", "shop", "--yes")
    assert (said.code, stage.land.service()["taskDefinition"]) == (0, first)
    assert "`pulumi preview --refresh` shows taskDefinition" in said.out


def test_run_waits_for_the_task_and_says_why_it_has_no_exit_code(stage):
    steady(stage)

    def pass_time(_):
        for task in stage.land.tasks(family="shop", startedBy=STARTED_BY):
            stage.land.ecs.stop_task(cluster="platform", task=task["taskArn"], reason="enough")
        stage.land.emulator.advance(2)

    with mock.patch("time.sleep", pass_time):
        said = run("run", "--yes", "shop", "migrate", "--fast")
    assert said.code == 1
    assert "a task of shop:" in said.err
    assert "runs migrate --fast in app" in said.err
    assert "ended without an exit code: enough" in said.err


def test_run_says_why_no_task_is_placed(stage):
    with mock.patch.object(stage.land.emulator, "advance"):
        stage.land.ecs.register_task_definition(
            family="huge", networkMode="awsvpc", containerDefinitions=[LOGGED], cpu="102400", memory="128000"
        )
    stage.land.serve("huge", count=0, desiredCount=0)
    said = run("run", "--yes", "huge", "true")
    assert (said.code, "ECS places no task: RESOURCE:" in said.err) == (1, True)
    stage.land.ecs.delete_service(cluster="platform", service="huge", force=True)


@pytest.mark.parametrize(
    ("task", "result"),
    [
        ({"containers": [{"name": "app", "exitCode": 3}]}, (3, "ECS does not know it any more")),
        ({"containers": [{"name": "app", "reason": "OOM"}], "stoppedReason": "x"}, (None, "OOM")),
        ({"containers": [{"name": "log", "exitCode": 0}], "stoppedReason": "x"}, (None, "x")),
    ],
)
def test_the_exit_code_is_the_containers(task, result):
    assert ended(task, "app") == result


@pytest.mark.parametrize(("named", "found"), [("cart", "cart-1a"), ("cart-1a", "cart-1a"), ("shop", "shop")])
def test_a_service_is_found_by_the_beginning_of_its_name(named, found):
    assert chosen(named, ["cart-1a", "carton-1", "shop", "shop-admin"]) == found


def test_a_beginning_that_several_services_have():
    with pytest.raises(OperatorError, match="several services begin so: a-1, a-2"):
        chosen("a", ["a-1", "a-2"])


def deployed(*pairs):
    return [
        Deployed(deployment_arn=f"d{n}", status=status, definition_arn=arn) for n, (status, arn) in enumerate(pairs)
    ]


def test_the_deployment_before_is_the_newest_good_one_of_another_definition():
    found = deployed(("SUCCESSFUL", "c"), ("ROLLBACK_SUCCESSFUL", "x"), ("SUCCESSFUL", "b"), ("SUCCESSFUL", "a"))
    assert before_of(found, "c") == "b"
    assert before_of(deployed(("SUCCESSFUL", "c")), "c") is None
    assert before_of(found, "never-well") == "c"
    assert "shop:4 => shop:5" in pulumi_next(f"{ARN}task-definition/shop:5", f"{ARN}task-definition/shop:4")


def test_a_second_rollback_does_not_bring_back_what_the_first_one_left():
    good, broken = ("SUCCESSFUL", "a"), ("SUCCESSFUL", "b")
    assert before_of(deployed(good, broken, good), "a") is None
    assert before_of(deployed(broken, ("SUCCESSFUL", "c"), broken, good), "b") == "a"


class Deployments(Cloud):
    """One service with a history that AWS tells in any order, two deployments a page."""

    def __init__(self, *history):
        super().__init__(3, 1)
        self.listed = [
            {
                "serviceDeploymentArn": f"d{n}", "status": status, "createdAt": NOW + timedelta(hours=hour),
                "targetServiceRevisionArn": definition,
            }
            for n, (status, definition, hour) in enumerate(history)
        ]  # fmt: skip
        self.deployed = None

    def ListServiceDeployments(self, params):
        begin = int(params.get("nextToken", "0"))
        more = {"nextToken": str(begin + 2)} if begin + 2 < len(self.listed) else {}
        return {"serviceDeployments": self.listed[begin : begin + 2], **more}

    def DescribeServiceRevisions(self, params):
        assert len(params["serviceRevisionArns"]) <= 20
        return {
            "serviceRevisions": [
                {"serviceRevisionArn": each, "taskDefinition": self.definition(each)}
                for each in params["serviceRevisionArns"]
            ]
        }

    def DescribeTaskDefinition(self, params):
        return {"taskDefinition": {"taskDefinitionArn": self.definition(params["taskDefinition"])}}

    def definition(self, name):
        return f"{self.prefix}task-definition/{name}"

    def DescribeServices(self, params):
        (service,) = super().DescribeServices(params)["services"]
        return {"services": [service | {"serviceName": "s0", "taskDefinition": self.definition("s0:9")}]}

    def UpdateService(self, params):
        self.deployed = params["taskDefinition"]
        return {}


def test_the_history_is_read_to_its_end_and_in_the_order_of_time():
    many = [("SUCCESSFUL", f"s0:{n}", n) for n in range(1, 31)]
    with answered(Deployments(("SUCCESSFUL", "s0:9", 50), ("SUCCESSFUL", "s0:2", 1), *many[2:])) as cloud:
        assert run("rollback", "s0", "--yes", "--cluster", "prod").code == 0
    assert cloud.deployed.endswith("/s0:8")


@pytest.mark.parametrize("status", ["STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"])
def test_a_deployment_that_ends_is_not_rolled_back_once_more(status):
    with answered(Deployments((status, "s0:9", 2), ("SUCCESSFUL", "s0:8", 1))) as cloud:
        said = run("rollback", "s0", "--yes", "--cluster", "prod")
    assert (said.code, cloud.deployed) == (1, None)
    assert "wait for its end: ecs-platform watch s0" in said.err


def test_a_definition_that_ecs_has_forgotten_can_be_named():
    with answered(Deployments(("SUCCESSFUL", "s0:9", 2))) as cloud:
        without = run("rollback", "s0", "--yes", "--cluster", "prod")
        assert (without.code, cloud.deployed) == (5, None)
        assert "in what ECS still knows" in without.err
        assert "--to FAMILY:REVISION" in without.err
        assert run("rollback", "s0", "--to", "latest", "--yes", "--cluster", "prod").code == 2
        assert run("rollback", "s0", "--to", "s0:9", "--yes", "--cluster", "prod").code == 2
        assert run("rollback", "s0", "--to", "s0:4", "--yes", "--cluster", "prod").code == 0
    assert cloud.deployed.endswith("/s0:4")


def test_containers_and_where_they_log():
    definition = {"containerDefinitions": [{"name": "side", "essential": False}, LOGGED]}
    assert main_container(definition) == "app"
    assert main_container(definition, "side") == "side"
    (place,) = log_places(definition)
    assert place.stream("t1") == "shop/app/t1"


@pytest.mark.parametrize(("text", "count"), [("30s", 30), ("10m", 600), ("2h", 7200), ("1d", 86_400)])
def test_spans_of_time(text, count):
    assert seconds(text) == count


def some_tasks():
    raw = {
        "taskArn": f"{ARN}task/prod/0123456789abcdef", "lastStatus": "RUNNING", "desiredStatus": "RUNNING",
        "containerInstanceArn": "ci", "availabilityZone": "eu-central-1b", "startedAt": NOW - timedelta(hours=3),
        "taskDefinitionArn": f"{ARN}task-definition/cart:12", "healthStatus": "HEALTHY",
    }  # fmt: skip
    stopping = raw | {
        "desiredStatus": "STOPPED",
        "lastStatus": "DEACTIVATING",
        "taskArn": f"{ARN}task/prod/1123456789abc",
    }
    stopped = raw | {
        "desiredStatus": "STOPPED", "lastStatus": "STOPPED", "taskArn": f"{ARN}task/prod/2123456789abcdef",
        "stoppedReason": "Essential container in task exited",
        "containers": [{"name": "app", "exitCode": 137, "reason": "OutOfMemoryError: Container killed"}],
    }  # fmt: skip
    return tasks_of("cart-service-1a2b3c4", NOW, [stopped, stopping, raw], {"ci": "i-0123456789abcdef0"})


def test_a_daemon_that_is_missing_on_an_instance_is_shown_so():
    view = services_of("ecs-prod", NOW, [a_service("agent", 3, 2, daemon=True), a_service("cart", 2, 2)], {})
    assert [(each.name, each.state) for each in view.services] == [
        ("agent", "missing on instances"),
        ("cart", "steady"),
    ]


@pytest.mark.parametrize("width", [80, 160])
def test_the_screens(width):
    listed = [
        a_service("cart", 3, 3), a_service("search", 6, 2), a_service("agent", 1, 3, daemon=True),
    ]  # fmt: skip
    view: Services = services_of("ecs-prod", NOW, listed, {"search": 2})
    assert [each.name for each in view.services] == ["search", "cart", "agent"]
    assert_golden("services", services_drawn(view), width)
    assert_golden("tasks", tasks_drawn(some_tasks()), width)
    said = "(service cart) was unable to place a task because no container instance met all of its requirements."
    events = Events(service="cart", events=(Event(at=datetime(2026, 3, 1, 11, tzinfo=UTC), message=said),))
    assert_golden("events", events_drawn(events), width)
