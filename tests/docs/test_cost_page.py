"""docs/cost.md: generated from the program, and its figures add up."""

import csv
import re

import pytest

from tests.support.stack_files import ROOT
from tools import cost_page
from tools.cost_lines import Bill, Line, assumptions, prices, total
from tools.cost_page import SAVINGS, bill_of
from tools.recorded_program import recorded

PAGE = (ROOT / "docs" / "cost.md").read_text()


def section(title: str) -> list[list[str]]:
    """The rows of the table below a heading."""
    text = PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    return [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")][2:]


def figure(text: str) -> float:
    return float(text.strip("*").replace(",", "").replace("−", "-"))


@pytest.fixture(scope="module")
def graph():
    return recorded("prod")


def lines(graph, **changes: float) -> dict[str, Line]:
    assumed = assumptions("prod") | changes
    return {line.what: line for line in Bill(graph=graph, assumed=assumed, prices=prices()).lines()}


def test_the_page_is_what_program_prices_and_assumptions_give(capsys):
    assert cost_page.main(["--check"]) == 0, capsys.readouterr().err


@pytest.mark.parametrize("stack", ["prod", "dev"])
def test_every_line_is_the_product_that_it_shows_and_the_lines_make_the_sum(stack):
    *rows, last = section(stack)
    for what, arithmetic, usd in rows:
        numbers = [float(re.match(r"[\d.,e+-]+", factor)[0].replace(",", "")) for factor in arithmetic.split(" × ")]
        product = 1e-6 if arithmetic.endswith("a million") else 1.0
        for number in numbers:
            product *= number
        assert product == pytest.approx(figure(usd), abs=0.006), what
    assert sum(figure(usd) for _, _, usd in rows) == pytest.approx(figure(last[-1]), abs=0.005 * len(rows))
    shown = re.search(rf"^\| `{stack}` \| ([\d,]+) \|", PAGE, re.MULTILINE)[1]
    assert figure(shown) == round(figure(last[-1]))


def test_the_three_settings_that_are_named_save_most():
    named = re.findall(r"^\d\. `([\w.]+): .*` saves (\d+) ", PAGE, re.MULTILINE)
    best: dict[str, float] = {}
    for setting, _, prod, _, _ in section("By setting"):
        saved = 0.0 if prod == "–" else -figure(prod)
        best[setting.strip("`")] = max(saved, best.get(setting.strip("`"), 0.0))
    wanted = sorted(best.items(), key=lambda pair: -pair[1])[:3]
    assert named == [(setting, f"{usd:.0f}") for setting, usd in wanted]


def test_counts_come_from_the_graph(graph):
    found = lines(graph)
    assert found["NAT gateways"].factors[0] == (3, "gateways")
    assert found["public IPv4 addresses"].factors[0] == (6, "addresses")
    assert found["instances at minSize"].factors[0] == (3, "instances")
    alarms = graph.of("aws:cloudwatch/metricAlarm:MetricAlarm")
    by_a_rate = [alarm for alarm in alarms if len(alarm.inputs.get("metricQueries", [])) == 3]
    assert found["alarms"].factors[0][0] == len(alarms) + len(by_a_rate)
    assert by_a_rate
    assert found["calls of the controllers"].factors[0][0] == 3 * 43_800


def test_what_the_emulated_month_writes_is_priced_for_every_log_group(graph):
    groups = [node["name"] for node in graph.of("aws:cloudwatch/logGroup:LogGroup")]
    assert len([what for what in lines(graph) if "logs" in what and "stored" in what]) == len(groups)


def test_without_nat_interfaces_are_paid_in_each_zone_and_no_data_passes_a_gateway():
    changed = recorded("prod", {"network": {"nat": "none", "interfaceEndpoints": True}})
    found = lines(changed)
    assert found["interface endpoints"].factors[0] == (36, "interfaces")
    assert not [what for what in found if "NAT" in what]


def test_spot_instances_cost_a_part_of_the_price():
    found = lines(recorded("prod", {"instances": {"onDemandPercent": 0}}), **{"Spot price": 0.5})
    assert found["Spot instances at minSize"].usd == pytest.approx(
        lines(recorded("prod"))["instances at minSize"].usd / 2
    )
    assert "instances at minSize" not in found


def test_a_type_without_a_price_is_named_with_what_to_do(graph):
    few = {item: price for item, price in prices().items() if item != "m7g.large"}
    with pytest.raises(LookupError, match=r"data/prices\.csv has no m7g\.large: add its price"):
        Bill(graph=graph, assumed=assumptions("prod"), prices=few).lines()


def test_every_price_has_a_date_a_region_and_a_page_of_aws():
    text = (ROOT / "data" / "prices.csv").read_text()
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    assert len({row["item"] for row in rows}) == len(rows)
    for row in rows:
        assert row["region"] == "eu-central-1"
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", row["date"])
        assert row["known"] in ("listed", "recalled")
        assert row["source"].startswith("https://aws.amazon.com/")


def test_every_price_and_every_assumption_is_used():
    asked: set[str] = set()

    class Watched(dict):
        def __getitem__(self, key):
            asked.add(key)
            return super().__getitem__(key)

    changes = [
        {},
        *(saving.changes for saving in SAVINGS if "onDemandPercent" in saving.setting or "none," in saving.value),
    ]
    for stack in ("prod", "dev"):
        for change in changes:
            known = Watched(prices()), Watched(assumptions(stack))
            Bill(graph=recorded(stack, change), assumed=known[1], prices=known[0]).lines()
    assert {*prices(), *assumptions("prod")} - asked == set()


def test_a_dearer_price_shows_in_the_sum(graph):
    dearer = prices()
    before = total(bill_of("prod", graph))
    dearer["NAT gateway"] = prices()["NAT gateway"].__class__(**{**vars(prices()["NAT gateway"]), "usd": 0.104})
    after = total(Bill(graph=graph, assumed=assumptions("prod"), prices=dearer).lines())
    assert after - before == pytest.approx(3 * 730 * 0.052)
