"""The rows of a decision that people look at, from the line that a run prints."""

import pytest

from lambdas.capacity.run import run
from tests.lambdas.capacity.capacity_api import NOW, Api
from tests.lambdas.capacity.clusters import some_settings
from tests.lambdas.transport import fake_clients
from tools.capacity_rows import decision_of, rows


@pytest.fixture
def told(capsys):
    def told(api):
        run(fake_clients(api), some_settings(), NOW, {})
        return rows(decision_of(capsys.readouterr().out))

    return told


def test_the_rows_tell_what_was_seen_and_what_is_done(told):
    found = told(Api(3, 1, busy=2, desired=9, paused=True))
    assert found[:2] == [("instances", "3 ready, 0 starting"), ("size", "3 of 0 to 5000")]
    assert ("fits", "4 × (512 CPU, 1000 MiB, interface)") in found
    assert ("waits for a place", "9 × (512 CPU, 1000 MiB, interface)") in found
    assert ("UnmetTasks", "5") in found
    assert found[-2:] == [
        ("decision", "from 3 to 5 instances (paused)"),
        ("because", "waiting tasks or the headroom lack room, waiting 9, missing 2, added 2"),
    ]


def test_a_cluster_at_rest_is_told_as_one(told):
    assert told(Api(1))[-2:] == [("decision", "nothing"), ("because", "there is no surplus")]


def test_a_scale_in_names_the_instance(told):
    assert ("decision", "i-0 goes (done)") in told(Api(9, 1, history=12))


def test_a_function_that_printed_no_decision_is_quoted():
    with pytest.raises(ValueError, match="no decision:\nTask timed out"):
        decision_of('Task timed out\n{"level": "ERROR"}')
