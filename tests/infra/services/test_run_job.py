"""The function that runs a job to its end: what it asks of ECS, and what it says when the job did not succeed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from infra.services.run_job import JobError, Runner

CLUSTER = "ecs-test"
DEFINITION = "arn:aws:ecs:eu-central-1:123456789012:task-definition/ecs-test-cart-before:7"
TASK = "arn:aws:ecs:eu-central-1:123456789012:task/ecs-test/0123"
REQUEST = {"cluster": CLUSTER, "taskDefinition": DEFINITION, "launchType": "EC2"}
RUNNING = {"lastStatus": "RUNNING"}


class RefusedError(Exception):
    """As the client of boto3 raises it."""

    def __init__(self, text: str, code: str = "AccessDeniedException") -> None:
        super().__init__(text)
        self.response = {"Error": {"Code": code}}


def ended(code: int | None = 0, *, definition: str = DEFINITION, arn: str = TASK, **more: Any) -> dict[str, Any]:
    main = {"name": "cart-before"} | ({} if code is None else {"exitCode": code})
    return {
        "taskArn": arn,
        "taskDefinitionArn": definition,
        "lastStatus": "STOPPED",
        "containers": [{"name": "proxy", "exitCode": 143}, main | more.pop("main", {})],
        **more,
    }


@dataclass
class Ecs:
    """Answers in their order, of each call; a time limit that goes by while somebody sleeps."""

    starts: list[Any] = field(default_factory=lambda: [started()])
    looks: list[list[dict[str, Any]]] = field(default_factory=lambda: [[ended()]])
    unlisted: list[Exception] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    left_s: float = 900
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    class exceptions:  # noqa: N801  as boto3 calls it
        ClientError = RefusedError

    def list_tasks(self, **request: Any) -> dict[str, Any]:
        self.asked.append(("list", request))
        if self.unlisted:
            raise self.unlisted.pop()
        return {"taskArns": self.running}

    def run_task(self, **request: Any) -> dict[str, Any]:
        self.asked.append(("run", request))
        answer = self.starts.pop(0) if len(self.starts) > 1 else self.starts[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def describe_tasks(self, **request: Any) -> dict[str, Any]:
        self.asked.append(("look", request))
        return {"tasks": self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]}

    def sleep(self, seconds: float) -> None:
        self.left_s -= seconds

    def run(self) -> str:
        return Runner(
            ecs=self,
            name="cart-before",
            family="ecs-test-cart-before",
            log_group="/logs",
            left_s=lambda: self.left_s,
            sleep=self.sleep,
        ).run(REQUEST)

    def calls(self) -> Iterator[str]:
        return (name for name, _ in self.asked)


def started(*reasons: str) -> dict[str, Any]:
    return {"tasks": [] if reasons else [{"taskArn": TASK}], "failures": [{"reason": reason} for reason in reasons]}


def test_a_job_is_run_as_asked_and_waited_for():
    ecs = Ecs(looks=[[], [RUNNING], [ended()]])
    assert ecs.run() == TASK
    assert ecs.asked == [
        ("list", {"cluster": CLUSTER, "family": "ecs-test-cart-before"}),
        ("run", REQUEST),
        *[("look", {"cluster": CLUSTER, "tasks": [TASK]})] * 3,
    ]
    assert ecs.left_s == 900 - 2 * 5


@pytest.mark.parametrize(
    ("task", "says"),
    [
        (
            ended(1, stoppedReason="Essential container in task exited"),
            "cart-before ended with 1: Essential container in task exited. Its logs: group /logs, stream cart-before/",
        ),
        (
            ended(137, main={"reason": "OutOfMemoryError"}, stoppedReason="Essential container in task exited"),
            "cart-before ended with 137: OutOfMemoryError; Essential container in task exited. Its logs",
        ),
        (
            ended(None, stoppedReason="CannotPullContainerError: not found"),
            "cart-before did not run: CannotPullContainerError: not found. Its logs",
        ),
        (ended(2), "cart-before ended with 2: no reason given. Its logs"),
    ],
)
def test_a_job_that_fails_says_why_and_where_its_logs_are(task, says):
    with pytest.raises(JobError, match=f"^{re.escape(says)}"):
        Ecs(looks=[[task]]).run()


def test_the_stream_of_the_logs_is_named_as_the_task_definition_names_it():
    with pytest.raises(JobError, match=r"stream cart-before/cart-before/0123$"):
        Ecs(looks=[[ended(1)]]).run()


def test_room_is_waited_for_until_the_time_is_up():
    ecs = Ecs(starts=[started("RESOURCE:MEMORY"), started("RESOURCE:MEMORY"), started()])
    assert ecs.run() == TASK
    assert list(ecs.calls()).count("run") == 3
    full = Ecs(starts=[started("RESOURCE:MEMORY", "AGENT", "AGENT")])
    with pytest.raises(JobError, match=r"^cart-before was not started, no instance takes it: AGENT, RESOURCE:MEMORY$"):
        full.run()
    assert 0 < full.left_s < 25


def test_a_role_whose_policy_has_not_spread_yet_is_given_a_minute():
    ecs = Ecs(starts=[RefusedError("not authorized"), started()])
    assert ecs.run() == TASK
    assert Ecs(unlisted=[RefusedError("not authorized")]).run() == TASK
    unassumed = RefusedError("ECS was unable to assume the role 'arn' that was provided", "ClientException")
    assert Ecs(starts=[unassumed, started()]).run() == TASK
    other = Ecs(starts=[RefusedError("no such task definition", "ClientException")])
    with pytest.raises(JobError, match="could not be started: no such task definition"):
        other.run()
    assert other.left_s == 900
    refused = Ecs(starts=[RefusedError("not authorized to perform ecs:RunTask")])
    with pytest.raises(JobError, match=r"could not be started: not authorized to perform ecs:RunTask"):
        refused.run()
    assert refused.left_s == 900 - 70


def test_a_job_that_takes_longer_is_not_stopped_and_the_message_says_so():
    ecs = Ecs(looks=[[RUNNING]])
    with pytest.raises(JobError, match=r"still runs, .* the next deployment waits for it\. Its logs: group /logs"):
        ecs.run()
    assert 0 < ecs.left_s < 20
    assert set(ecs.calls()) == {"list", "run", "look"}


def test_a_call_that_comes_again_waits_for_the_run_of_the_first():
    ecs = Ecs(running=[TASK], looks=[[RUNNING | {"taskDefinitionArn": DEFINITION}], [ended()]])
    assert ecs.run() == TASK
    assert "run" not in ecs.calls()
    failed = Ecs(running=[TASK], looks=[[ended(1)]])
    with pytest.raises(JobError, match="ended with 1"):
        failed.run()


def test_the_run_of_an_older_definition_is_waited_for_and_then_the_new_one_runs():
    older = ended(1, definition=DEFINITION.replace(":7", ":6"), arn=TASK.replace("0123", "older"))
    ecs = Ecs(running=[older["taskArn"]], looks=[[older], [ended()]])
    assert ecs.run() == TASK
    assert list(ecs.calls()) == ["list", "look", "run", "look"]
