"""At the edges of the settings nothing is asked of AWS that it refuses: every extreme is run."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lambdas.capacity.run import MOST_NAMED, run
from lambdas.capacity.scale_in import held
from lambdas.capacity.settings import Grow, Shrink
from lambdas.capacity.snapshot import Sample
from lambdas.capacity.surplus_history import read_surplus
from lambdas.capacity.waiting_history import GAP, MAX_SERVICES, WINDOW, read_waiting
from lambdas.cluster.disruption import Disruption
from tests.lambdas.capacity.capacity_api import Api
from tests.lambdas.capacity.clusters import NOW, a_definition, a_service, a_snapshot, decided, some_settings
from tests.lambdas.transport import all_of, fake_clients
from tests.support.calls import record

ODD = NOW + timedelta(seconds=59)
LONGEST_HOLD_S = 82_800
EXTREMES = [
    *({"grow": {"headroom_tasks": value}} for value in (0, 10_000)),
    *({"grow": {"per_minute": value}} for value in (1, 10_000)),
    *({"grow": {"boot_s": value}} for value in (60, 7200)),
    *({"grow": {"deployment_timeout_s": value}} for value in (60, 86_400)),
    *({"shrink": {"margin_tasks": value}} for value in (1, 10_000)),
    *({"shrink": {"hold_s": value}} for value in (0, LONGEST_HOLD_S)),
    *({"disruption": {"percent": value}} for value in (1, 100)),
]


def asked_of(api, operation, call):
    aws = fake_clients(api)
    calls = record(all_of(aws))
    call(aws)
    return [each.params for each in calls if each.operation == operation]


def test_every_number_of_the_settings_is_taken_to_its_extremes():
    numbers = {
        name for kind in (Grow, Shrink, Disruption) for name, value in vars(kind()).items() if type(value) is int
    }
    assert {name for each in EXTREMES for group in each.values() for name in group} == numbers


@pytest.mark.parametrize("changes", EXTREMES, ids=str)
def test_a_run_at_an_extreme_asks_for_no_more_than_cloudwatch_gives(changes):
    api = Api(9, 1, desired=4, history=1430)
    calls = asked_of(api, "GetMetricStatistics", lambda aws: run(aws, some_settings(**changes), ODD, {}))
    assert all((each["EndTime"] - each["StartTime"]) / timedelta(minutes=1) + 1 <= 1440 for each in calls)


def test_the_longest_hold_is_read_whole_and_can_be_fulfilled():
    settings = some_settings(shrink={"hold_s": LONGEST_HOLD_S})
    (params,) = asked_of(Api(), "GetMetricStatistics", lambda aws: read_surplus(aws.cloudwatch, settings, ODD))
    minutes = int((ODD - params["StartTime"]).total_seconds()) // 60
    seen = [Sample(at=NOW - timedelta(minutes=minute), value=3.0) for minute in range(2, minutes)]
    assert held(seen, ODD, LONGEST_HOLD_S) == 3
    with pytest.raises(ValueError, match="shrink hold: must be 0 to 82800"):
        replace(settings, shrink=Shrink(hold_s=LONGEST_HOLD_S + 1))


def test_a_history_of_very_many_services_is_one_call_of_500_queries():
    names = [f"s{number}" for number in range(900)]
    (params,) = asked_of(Api(), "GetMetricData", lambda aws: read_waiting(aws.cloudwatch, some_settings(), names, NOW))
    assert len(params["MetricDataQueries"]) == MAX_SERVICES + 3 == 500
    assert 500 * (WINDOW // timedelta(minutes=1)) <= 100_800
    assert WINDOW > GAP


class Silent(Api):
    def PutMetricData(self, params):
        assert len(params["MetricData"]) <= 1000


def test_a_thousand_and_more_measurements_are_several_calls():
    aws = Silent(1, 1200, busy=1, desired=1)
    calls = asked_of(aws, "PutMetricData", lambda aws: run(aws, some_settings(), NOW, {}))
    assert len(calls) == 3


def test_a_line_names_no_more_services_than_fit():
    services = [
        a_service(f"s{number}", desired=2, deployments=(replace(a_service().deployments[0], rollout_state="FAILED"),))
        for number in range(300)
    ]
    assert len(decided(a_snapshot(services=services, definitions=[a_definition()])).inputs["stuck"]) == MOST_NAMED
