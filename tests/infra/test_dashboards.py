"""A dashboard's body: widgets beside each other, formulas whose names do not meet, and what CloudWatch refuses."""

import json
import re

import pulumi
import pulumi_aws as aws
import pytest

from infra.common.dashboards import COLUMNS, Graph, Row, Table, Words, body
from infra.common.measures import Metric, error_rate
from infra.services.routing import Route
from tests.support.graph import graph_of
from tests.support.program import graph_for
from tests.support.service import graph_with
from tests.support.watched import widgets

M = Metric(namespace="Ns", name="M", dimensions={"D": "1", "E": "2"})
FUNCTIONS = {"FILL", "IF", "DIFF", "SEARCH"}


def drawn(*rows: Row) -> list[dict]:
    """The widgets as CloudWatch gets them, with every Output resolved."""
    found = []

    def program() -> None:
        pulumi.Output.json_dumps(body(rows, "eu-west-1")).apply(lambda text: found.extend(json.loads(text)["widgets"]))

    graph_of(program)
    return found


def a_graph(**lines) -> Graph:
    return Graph(title="T", unit="u", lines=lines)


def test_rows_lie_below_each_other_and_fill_the_width():
    found = drawn(Row(height=3, widgets=[Words(markdown="a")] * 2), Row(height=5, widgets=[a_graph(m=M)] * 3))
    assert [(w["x"], w["y"], w["width"], w["height"]) for w in found] == [
        (0, 0, 12, 3), (12, 0, 12, 3), (0, 3, 8, 5), (8, 3, 8, 5), (16, 3, 8, 5),
    ]  # fmt: skip


def test_a_metric_is_named_with_its_dimensions_and_its_statistic():
    (widget,) = drawn(Row(height=5, widgets=[a_graph(words=M.by("Maximum"))]))
    assert widget["properties"]["metrics"] == [
        ["Ns", "M", "D", "1", "E", "2", {"label": "words", "stat": "Maximum"}],
    ]
    assert widget["properties"]["yAxis"]["left"]["label"] == "u"


def test_two_formulas_in_a_graph_do_not_share_a_name():
    rate = error_rate(M, M)
    (widget,) = drawn(Row(height=5, widgets=[a_graph(one=rate, other=rate)]))
    options = [entry[-1] for entry in widget["properties"]["metrics"]]
    ids = [each["id"] for each in options]
    assert len(set(ids)) == len(ids) == 6
    shown = [each for each in options if each.get("visible", True)]
    assert [each["label"] for each in shown] == ["one", "other"]
    for each in shown:
        names = set(re.findall(r"[A-Za-z]\w*", each["expression"])) - FUNCTIONS
        assert names
        assert names <= set(ids)


def test_a_table_asks_its_log_groups():
    (widget,) = drawn(Row(height=5, widgets=[Table(title="T", log_groups=["/a", "/b"], query="fields x")]))
    assert widget["properties"]["query"] == "SOURCE '/a' | SOURCE '/b' | fields x"
    assert widget["properties"]["view"] == "table"


@pytest.fixture(params=["dev", "prod", "a service"])
def dashboard(request):
    if request.param == "a service":
        return graph_with(route=Route(), dashboard=True).one(aws.cloudwatch.Dashboard)
    return graph_for(request.param).one(aws.cloudwatch.Dashboard)


def test_widgets_do_not_overlap_and_have_titles_axes_and_a_place(dashboard):
    taken: set[tuple[int, int]] = set()
    for widget in widgets(dashboard):
        assert widget["x"] + widget["width"] <= COLUMNS
        cells = {(widget["x"] + x, widget["y"] + y) for x in range(widget["width"]) for y in range(widget["height"])}
        assert not cells & taken
        taken |= cells
        if widget["type"] == "metric":
            assert widget["properties"]["title"]
            assert widget["properties"]["yAxis"]["left"]["label"]
            assert len(widget["properties"]["metrics"]) <= 500  # CloudWatch quotas, metrics of a graph
    assert len(widgets(dashboard)) <= 500  # likewise, widgets of a dashboard


def test_the_lines_of_the_alarms_are_where_the_alarms_are():
    graph = graph_for("prod")
    limits = {
        (widget["properties"]["title"], line["label"]): line["value"]
        for widget in widgets(graph.one(aws.cloudwatch.Dashboard))
        for line in widget["properties"].get("annotations", {}).get("horizontal", [])
    }
    by_alarm = {each.name: each["threshold"] for each in graph.of(aws.cloudwatch.MetricAlarm)}
    assert limits == {
        ("Errors (5xx)", "alarm"): by_alarm["ecs-prod-public-errors"],
        ("Memory and disk, fullest instance", "memory alarm"): by_alarm["ecs-prod-instances-memory"],
        ("Memory and disk, fullest instance", "disk alarm"): by_alarm["ecs-prod-instances-disk"],
    }


def test_the_dashboard_shows_every_alarm_that_wakes_somebody():
    graph = graph_for("prod")
    (states,) = [each for each in widgets(graph.one(aws.cloudwatch.Dashboard)) if each["type"] == "alarm"]
    pages = [each for each in graph.of(aws.cloudwatch.MetricAlarm) if "Severity: page." in each["alarmDescription"]]
    own = [each for each in pages if not each.name.endswith("-undelivered")]  # of another topic
    assert len(states["properties"]["alarms"]) == len(own)


def test_what_the_dashboard_asks_the_logs_is_saved_for_people():
    graph = graph_for("prod")
    saved = {each["queryString"] for each in graph.of(aws.cloudwatch.QueryDefinition)}
    groups = {each["name"] for each in graph.of(aws.cloudwatch.LogGroup)}
    asked = [w["properties"]["query"] for w in widgets(graph.one(aws.cloudwatch.Dashboard)) if w["type"] == "log"]
    assert {query.partition(" | ")[2] for query in asked} <= saved
    for each in graph.of(aws.cloudwatch.QueryDefinition):
        assert set(each["logGroupNames"]) <= groups
        assert each["name"].startswith("ecs-prod/")


def test_no_link_of_the_page_ends_early():
    text = graph_for("prod").outputs["readme"]
    links = re.findall(r"\]\(((?:[^()]|\([^()]*\))*)\)", text)  # brackets in pairs, as Markdown takes them
    assert len(links) == 5
    assert all(re.fullmatch(r"https://[^\s]+", link) for link in links)
    assert text.count("](") == 5
