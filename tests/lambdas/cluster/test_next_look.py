"""The next look: of many that ask one looks, none when a look is promised, and whatever stands in the parameter."""

from datetime import timedelta

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from lambdas.cluster.clock import Clock
from lambdas.cluster.next_look import FARTHEST, GATHER, Look, NextLook, answers, parse
from tests.lambdas.capacity.capacity_api import NOW
from tests.lambdas.transport import AwsError, fake_clients

GATHER_S = GATHER.total_seconds()


class Parameter:
    """One SSM parameter and a clock; others may write while a run sleeps."""

    def __init__(self, value: str | None = "none"):
        self.value, self.now, self.calls = value, NOW, []
        self.meanwhile: list = []
        self.refuse: dict[str, str] = {}

    def __call__(self, service, operation, params):
        self.calls.append(operation)
        if operation in self.refuse:
            raise AwsError(self.refuse[operation])
        if operation == "PutParameter":
            self.value = params["Value"]
            return {"Version": 1}
        if self.value is None:
            raise AwsError("ParameterNotFound")
        return {"Parameter": {"Name": params["Name"], "Value": self.value}}

    def sleep(self, seconds):
        self.now += timedelta(seconds=seconds)
        for write in self.meanwhile:
            self.value = write

    def look(self, run="mine"):
        clock = Clock(now=lambda: self.now, monotonic=lambda: 0.0, sleep=self.sleep)
        return NextLook(ssm=fake_clients(self).ssm, parameter="/next", run=run, clock=clock)


def promised(seconds, by="other"):
    return Look(at=NOW + timedelta(seconds=seconds), by=by).text()


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)


@pytest.mark.parametrize(
    "value", [None, "none", "", promised(-1), promised(61), "1/2/3", "x/y", "9" * 30 + "/x", "-1/x"]
)
def test_where_no_look_is_promised_it_promises_one_and_looks(value):
    parameter = Parameter(value)
    assert parameter.look().mine()
    assert parameter.now - NOW == GATHER
    assert parameter.value == promised(GATHER_S, "mine")


@pytest.mark.parametrize("seconds", [0, 3, 60])
def test_where_a_look_is_promised_that_comes_after_the_event_it_does_not(seconds):
    parameter = Parameter(promised(seconds))
    assert not parameter.look().mine()
    assert (parameter.calls, parameter.now) == (["GetParameter"], NOW)


def test_of_several_that_promised_at_once_the_last_one_looks():
    parameter = Parameter()
    parameter.meanwhile = [promised(GATHER_S, "later")]
    assert not parameter.look().mine()
    parameter.meanwhile = [promised(GATHER_S, "mine")]
    parameter.value = "none"
    assert parameter.look().mine()


def test_whoever_overwrites_the_promise_with_nonsense_stops_no_look():
    parameter = Parameter()
    parameter.meanwhile = ["nonsense"]
    assert parameter.look().mine()


@pytest.mark.parametrize("operation", ["GetParameter"])
def test_a_busy_store_means_that_somebody_looks(operation, capsys):
    parameter = Parameter()
    parameter.refuse = {operation: "ThrottlingException"}
    assert not parameter.look().mine()
    assert "next look unknown" in capsys.readouterr().out


def test_a_promise_that_cannot_be_written_is_no_reason_not_to_look(capsys):
    parameter = Parameter()
    parameter.refuse = {"PutParameter": "AccessDeniedException"}
    assert parameter.look().mine()
    assert "next look not promised" in capsys.readouterr().out


def test_a_promise_that_may_not_be_read_is_an_error():
    parameter = Parameter()
    parameter.refuse = {"GetParameter": "AccessDeniedException"}
    with pytest.raises(ClientError):
        parameter.look().mine()


@given(st.text())
def test_whatever_stands_there_is_read(text):
    found = parse(text)
    assert found is None or answers(found, found.at)


@given(st.integers(0, 4_000_000_000_000), st.text("abc-0123", min_size=1))
def test_a_promise_survives_the_parameter(moment, run):
    found = parse(f"{moment}/{run}")
    assert found is not None
    assert parse(found.text()) == found


def test_a_promise_answers_events_until_then_and_none_that_is_far_before():
    look = Look(at=NOW, by="x")
    assert [answers(look, NOW - each) for each in (timedelta(0), FARTHEST, FARTHEST + timedelta(seconds=1))] == [
        True,
        True,
        False,
    ]
    assert not answers(look, NOW + timedelta(seconds=1))
    assert not answers(None, NOW)
