import dataclasses

import pytest

from lambdas.capacity.short_services import missing_daemons, short_services
from lambdas.cluster.services import Deployment
from tests.lambdas.capacity.clusters import a_service


@pytest.mark.parametrize(
    ("desired", "minimum", "running", "short"),
    [
        (4, 100, 4, False),
        (4, 100, 3, True),
        (4, 50, 2, False),
        (4, 50, 1, True),
        (3, 50, 1, True),  # ECS rounds the least number up
        (4, 0, 0, True),  # one at least
        (1, 0, 1, False),
        (0, 100, 0, False),
    ],
)
def test_a_service_is_short_below_what_it_keeps_in_a_deployment(desired, minimum, running, short):
    service = a_service(desired=desired, running=running, minimum_healthy_percent=minimum)
    assert short_services([service]) == ({"web": running} if short else {})


def test_tasks_of_all_deployments_run():
    old, new = (
        Deployment(status=status, definition_arn="td", desired=2, running=1) for status in ("ACTIVE", "PRIMARY")
    )
    assert short_services([a_service(desired=2, deployments=(new, old))]) == {}


def test_a_first_deployment_is_not_short_and_a_later_one_is():
    service = a_service(desired=2)
    (first,) = service.deployments
    going_on = dataclasses.replace(first, rollout_state="IN_PROGRESS")
    assert short_services([dataclasses.replace(service, deployments=(going_on,))]) == {}
    later = dataclasses.replace(service, deployments=(going_on, dataclasses.replace(first, status="ACTIVE")))
    assert short_services([later]) == {"web": 0}


@pytest.mark.parametrize("changes", [{"status": "DRAINING"}, {"status": "INACTIVE"}, {"daemon": True}])
def test_what_goes_and_what_runs_once_an_instance_is_not_judged(changes):
    assert short_services([a_service(desired=2, **changes)]) == {}


@pytest.mark.parametrize(
    ("desired", "running", "missing"), [(3, 3, {}), (3, 2, {"web": 1}), (3, 0, {"web": 3}), (2, 3, {})]
)
def test_a_daemon_misses_where_its_constraints_allow_it_and_it_does_not_run(desired, running, missing):
    assert missing_daemons([a_service(desired=desired, running=running, daemon=True)]) == missing


@pytest.mark.parametrize("changes", [{"status": "DRAINING", "daemon": True}, {"daemon": False}])
def test_what_goes_and_what_runs_so_many_times_misses_nowhere(changes):
    assert missing_daemons([a_service(desired=2, **changes)]) == {}


def test_a_first_deployment_of_a_daemon_misses_nothing_yet_and_a_later_one_does():
    service = a_service(desired=2, daemon=True)
    (first,) = service.deployments
    going_on = dataclasses.replace(first, rollout_state="IN_PROGRESS")
    assert missing_daemons([dataclasses.replace(service, deployments=(going_on,))]) == {}
    later = dataclasses.replace(service, deployments=(going_on, dataclasses.replace(first, status="ACTIVE")))
    assert missing_daemons([later]) == {"web": 2}
