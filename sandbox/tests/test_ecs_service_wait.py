"""The wait for a service, on recorded answers: no time passes and no emulator runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.entries.ecs_services import SERVICE
from sandbox.refusal import Refusal
from sandbox.resource import Call

BEGAN = datetime(2030, 1, 1, tzinfo=UTC)
ARN = "arn:aws:ecs:eu-west-1:123456789012:service/c/web"
REASON = "Service deployment rolled back because the circuit breaker threshold was exceeded."


class Recorded:
    """A client whose service deployment has this status, and whose service this deployment and numbers of tasks."""

    def __init__(self, status="SUCCESSFUL", reason=None, *, created_s=1, running=1):
        self.status, self.reason, self.running = status, reason, running
        self.created = BEGAN + timedelta(seconds=created_s)

    def client(self, _service, _region):
        return self

    def can_paginate(self, _operation):
        return False

    def describe_services(self, **_):
        deployment = {"id": "ecs-svc/42", "status": "PRIMARY", "createdAt": self.created}
        service = {"serviceArn": ARN, "status": "ACTIVE", "desiredCount": 1, "runningCount": self.running}
        return {"services": [{**service, "deployments": [deployment]}]}

    def list_service_deployments(self, **given):
        assert given["createdAt"]["after"] <= self.created
        revisions = ["41", "42"]
        return {
            "serviceDeployments": [
                {"serviceDeploymentArn": f"d/{number}", "targetServiceRevisionArn": f"r/{number}"}
                for number in revisions
            ]
        }

    def describe_service_deployments(self, **given):
        assert given["serviceDeploymentArns"] == ["d/42"]
        reason = {"statusReason": self.reason} if self.reason else {}
        return {"serviceDeployments": [{"status": self.status, **reason}]}


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    passed = [0.0]
    monkeypatch.setattr("sandbox.resource.time.monotonic", lambda: passed[0])
    monkeypatch.setattr("sandbox.resource.time.sleep", lambda length: passed.__setitem__(0, passed[0] + length))


def settled(recorded, *, creating=False):
    call = Call(
        entry=SERVICE,
        clients=recorded,
        region="eu-west-1",
        account="1",
        id=ARN,
        new={"cluster": "c", "waitForSteadyState": True},
        began=BEGAN,
        creating=creating,
        timeout_s=1800,
    )
    assert SERVICE.settle
    SERVICE.settle(call)


def test_a_service_deployment_that_succeeds_ends_the_wait_whatever_the_numbers_of_tasks():
    settled(Recorded(running=0))


@pytest.mark.parametrize("status", ["STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"])
@pytest.mark.parametrize(("creating", "word"), [(True, "create"), (False, "update")])
def test_one_that_fails_says_why_in_the_words_of_ecs(status, creating, word):
    with pytest.raises(Refusal) as refused:
        settled(Recorded(status, REASON), creating=creating)
    assert str(refused.value) == f"waiting for ECS Service ({ARN}) {word}: {REASON}"


def test_one_that_fails_without_a_reason_says_so():
    with pytest.raises(Refusal, match=r"update: Deployment failed$"):
        settled(Recorded("STOPPED"))


@pytest.mark.parametrize("status", ["PENDING", "IN_PROGRESS", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"])
def test_one_that_goes_on_is_waited_for_until_the_time_is_up(status):
    with pytest.raises(Refusal) as refused:
        settled(Recorded(status))
    assert str(refused.value) == (
        f"waiting for ECS Service ({ARN}) update: timeout while waiting for state to become 'tfSTABLE' "
        "(last state: 'tfPENDING', timeout: 30m0s)"
    )


@pytest.mark.parametrize("running", [0, 1])
def test_a_change_that_began_none_waits_for_the_number_of_tasks(running):
    recorded = Recorded("STOPPED", created_s=-60, running=running)
    if running:
        settled(recorded)
    else:
        with pytest.raises(Refusal, match="timeout while waiting"):
            settled(recorded)
