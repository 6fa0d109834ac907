"""`cost`: the bill of what stands, by the tables of the cost page."""

import pytest

from operator_command.reading.standing_cost import Billed, Prices, read_prices
from operator_command.shown.bill import bill_drawn, bill_of
from sandbox.tests.emulator.emulated_cluster import CLUSTER, client
from tests.operator_command.golden import assert_golden
from tests.operator_command.stage import run, staged
from tools import cost_lines

PRICES = Prices(
    usd={
        "m7g.large": 0.1, "gp3 storage": 0.1, "NAT gateway": 0.05, "load balancer": 0.03, "public IPv4 address": 0.005,
        "interface endpoint": 0.01, "alarm": 0.1,
    },
    region="eu-central-1", date="2026-11-26", hours=730, spot=0.4,
)  # fmt: skip
NOTHING = Billed(
    instances={}, volumes={}, nat_gateways=0, endpoint_interfaces=0, load_balancers=0, addresses=0, alarms=0
)
SOME = Billed(
    instances={("m7g.large", False): 3, ("m7g.large", True): 2, ("x9.huge", False): 1},
    volumes={"gp3": 250}, nat_gateways=3, endpoint_interfaces=0, load_balancers=1, addresses=6, alarms=40,
)  # fmt: skip


def test_the_bill_is_counts_times_prices_and_what_has_no_price_is_told():
    bill = bill_of("ecs-prod", SOME, PRICES)
    lines = {each.what: each.usd for each in bill.lines}
    assert lines == {
        "m7g.large": 219.0, "m7g.large, Spot": 58.4, "x9.huge": None, "gp3 volumes": 25.0, "NAT gateways": 109.5,
        "public IPv4 addresses": 21.9, "load balancers": 21.9, "alarms": 4.0,
    }  # fmt: skip
    assert bill.usd == pytest.approx(sum(usd or 0 for usd in lines.values()))
    assert bill.unpriced == ("x9.huge",)


def test_nothing_costs_nothing():
    assert bill_of("ecs-prod", NOTHING, PRICES).lines == ()


@pytest.mark.parametrize("width", [80, 160])
def test_the_screen(width):
    assert_golden("cost", bill_drawn(bill_of("ecs-prod", SOME, PRICES)), width)


def test_the_prices_are_those_of_the_cost_page():
    found, page = read_prices(), cost_lines.prices()
    assert found.usd == {name: each.usd for name, each in page.items()}
    assumed = cost_lines.assumptions("prod")
    assert (found.hours, found.spot) == (assumed["hours in a month"], assumed["Spot price"])
    assert {each.unit for name, each in page.items() if name in PRICES.usd} == {"hour", "GB-month", "month"}


def test_cost_on_the_emulator():
    with staged() as stage:
        stage.grow(2)
        client("elbv2").create_load_balancer(Name=CLUSTER, Subnets=stage.land.subnets)
        said = run("cost", "--json")
        shown = run("cost")
    assert (said.code, shown.code) == (0, 0), said.err
    what = {each["what"]: each["arithmetic"] for each in said.json["lines"]}
    assert what["m7g.large"].startswith("2 × 730 h × ")
    assert what["load balancers"].startswith("1 × ")
    assert "to be checked" in shown.out
