"""The rows of a decision that people look at."""

from lambdas.capacity.plan import plan
from tests.lambdas.capacity.clusters import NOW, a_service, a_snapshot, an_instance, some_settings
from tools.capacity_rows import rows


def test_the_rows_tell_what_was_seen_and_what_would_be_done():
    snapshot = a_snapshot([an_instance(1)], [a_service(desired=9)])
    told = rows(plan(snapshot, some_settings(), NOW))
    assert told[:2] == [("instances", "1 ready, 0 starting"), ("size", "1 of 0 to 100")]
    assert ("fits", "4 × (512 CPU, 1000 MiB, interface)") in told
    assert ("waits for a place", "9 × (512 CPU, 1000 MiB, interface)") in told
    assert ("UnmetTasks", "5") in told
    because = "9 tasks wait and 2 instances are missing, 2 of them are ordered now"
    assert told[-2:] == [("decision", "Order"), ("because", because)]


def test_a_cluster_at_rest_is_told_as_one():
    told = rows(plan(a_snapshot([an_instance(1)]), some_settings(), NOW))
    assert told[-2:] == [("decision", "nothing"), ("because", "there is no surplus")]
