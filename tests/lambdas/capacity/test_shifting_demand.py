"""What a service wants whose traffic ECS shifts: all new tasks beside all old ones, for as long as they bake."""

from datetime import timedelta

import pytest

from lambdas.capacity.demand import waiting
from lambdas.cluster.services import Deployment
from tests.lambdas.capacity.clusters import NOW, a_definition, a_service, a_snapshot

LONG = {"rollout_state": "IN_PROGRESS", "updated": NOW - timedelta(hours=9)}


def a_deployment(status="PRIMARY", **changes):
    return Deployment(**({"status": status, "definition_arn": "td-web", "updated": NOW, "desired": 8} | changes))


def unplaced(service) -> int:
    """Tasks that wait for room, none of them stuck."""
    found = waiting(a_snapshot(services=[service], definitions=[a_definition()]), NOW, 3600)
    return sum(each.count for each in found if each.stuck is None)


@pytest.mark.parametrize(
    ("green", "blue", "maximum_percent", "wanted"),
    [
        ({}, {"running": 8}, 200, 8),
        ({}, {"running": 8}, 100, 8),
        ({"running": 6}, {"running": 7}, 200, 3),
        ({"running": 8}, {"desired": 0, "running": 5}, 200, 0),
        ({"running": 6, **LONG}, {"running": 8}, 200, 2),
        ({"running": 0, **LONG}, {"running": 8}, 200, 0),
    ],
)
def test_both_deployments_want_all_of_their_tasks(green, blue, maximum_percent, wanted):
    deployments = (a_deployment(**green), a_deployment("ACTIVE", **blue))
    service = a_service(desired=8, deployments=deployments, rolling=False, maximum_percent=maximum_percent)
    assert unplaced(service) == wanted


def test_what_rolls_for_as_long_has_hung():
    service = a_service(desired=8, deployments=(a_deployment(running=6, **LONG),))
    assert unplaced(service) == 0
