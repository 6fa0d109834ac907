"""The picture of a dashboard: what is read of the emulator, and that all of it is drawn."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from tools.dashboard_picture import Recorded, draw

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
QUERY = (
    "SOURCE '/a' | fields @timestamp, event, resources.0 | filter event in [\"ScaleOut\"] and resources.0 != 'x' "
    "and ispresent(event) | sort @timestamp desc | limit 3"
)
BODY = {
    "widgets": [
        {"x": 0, "y": 0, "width": 12, "height": 3, "type": "text", "properties": {"markdown": "**a** [b](https://c)"}},
        {"x": 12, "y": 0, "width": 12, "height": 3, "type": "alarm", "properties": {"title": "A", "alarms": ["x:on"]}},
        {"x": 0, "y": 3, "width": 12, "height": 5, "type": "metric", "properties": {
            "title": "M", "yAxis": {"left": {"label": "tasks"}},
            "metrics": [
                ["Ns", "M", "D", "1", {"stat": "Maximum", "label": "most"}],
                [{"expression": "m * 2", "label": "twice", "id": "r"}],
                ["Ns", "M", "D", "1", {"stat": "p95", "label": "slow"}],
            ],
            "annotations": {"horizontal": [{"label": "alarm", "value": 3}]}}},
        {"x": 12, "y": 3, "width": 12, "height": 5, "type": "log", "properties": {"title": "L", "query": QUERY}},
    ]
}  # fmt: skip


class Metrics:
    def __init__(self):
        self.asked = []

    def get_metric_statistics(self, **given):
        self.asked.append(given)
        return {"Datapoints": [{"Timestamp": NOW - timedelta(minutes=m), "Maximum": m} for m in (1, 3, 2)]}

    def describe_alarms(self, AlarmNames):  # noqa: N803  AWS's name
        return {"MetricAlarms": [{"AlarmName": name, "StateValue": "ALARM"} for name in AlarmNames]}


class Logs:
    EVENTS = ({"event": "ScaleOut", "resources": ["arn:aws:ecs:r:1:service/c/web"]}, {"event": "ScaleIn"},
              {"event": "ScaleOut", "resources": ["x"]}, {"other": 1})  # fmt: skip

    def filter_log_events(self, **_given):
        lines = [json.dumps(each) for each in self.EVENTS] + ["START RequestId"]
        return {"events": [{"timestamp": 1000 * n, "message": line} for n, line in enumerate(lines)]}


@pytest.fixture
def recorded():
    return Recorded(Metrics(), Logs(), NOW - timedelta(minutes=30), NOW)


def test_the_points_of_a_line_are_asked_by_name_and_come_in_order(recorded):
    entry = BODY["widgets"][2]["properties"]["metrics"][0]
    assert [value for _, value in recorded.points(entry)] == [3, 2, 1]
    (asked,) = recorded.metrics.asked
    assert asked["Dimensions"] == [{"Name": "D", "Value": "1"}]
    assert asked["Statistics"] == ["Maximum"]


def test_what_cloudwatch_would_compute_is_not_asked(recorded):
    _, formula, percentile = BODY["widgets"][2]["properties"]["metrics"]
    assert recorded.points(formula) == recorded.points(percentile) == []
    assert recorded.metrics.asked == []


def test_a_table_has_the_lines_that_pass_the_filter(recorded):
    rows = recorded.lines("/a", ["@timestamp", "event", "resources.0"], QUERY)
    assert rows == [["00:00:00", "ScaleOut", "web"]]


def test_all_kinds_of_widgets_are_drawn(recorded, tmp_path):
    file = tmp_path / "picture.png"
    draw(BODY, recorded, file)
    with Image.open(file) as picture:
        assert picture.width > picture.height > 300
        assert len(set(picture.convert("RGB").tobytes())) > 20  # not one colour
