"""Draws a dashboard of the sandbox as a picture, from what the emulator has recorded.

python tools/dashboard_picture.py DASHBOARD FILE [MINUTES]

The emulator records what the controllers and Auto Scaling publish; it has no users, and no instances that measure their
memory, so their graphs are empty. What CloudWatch would compute (rates, searches) is not drawn either.
"""

from __future__ import annotations

import json
import os
import re
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import boto3  # noqa: E402  the tool runs from anywhere
import matplotlib as mpl  # noqa: E402  likewise

mpl.use("Agg")  # no screen

from matplotlib import dates  # noqa: E402  after the choice of how to draw
from matplotlib import pyplot as plt  # noqa: E402  likewise

from sandbox.environment import environment  # noqa: E402  likewise
from sandbox.server import Sandbox  # noqa: E402  likewise

Point = tuple[datetime, float]

UNIT_IN: Final = 0.72, 0.62
"""Width and height of a dashboard's unit in the picture, in inches."""
LINES_IN_TABLE: Final = 7
CELL_CHARACTERS: Final = 46


@dataclass(frozen=True)
class Recorded:
    """What the emulator knows, over the last minutes."""

    metrics: Any
    logs: Any
    begin: datetime
    end: datetime

    def points(self, entry: Sequence[Any]) -> list[Point]:
        """The values of a line of a graph; none of one that CloudWatch computes, or that is a percentile."""
        *named, options = entry
        if "expression" in options or str(options["stat"]).startswith("p"):
            return []
        namespace, metric, *dimensions = named
        found = self.metrics.get_metric_statistics(
            Namespace=namespace,
            MetricName=metric,
            Dimensions=[
                {"Name": name, "Value": value} for name, value in zip(dimensions[::2], dimensions[1::2], strict=True)
            ],
            StartTime=self.begin,
            EndTime=self.end,
            Period=60,
            Statistics=[options["stat"]],
        )["Datapoints"]
        return sorted((one["Timestamp"], float(one[options["stat"]])) for one in found)

    def lines(self, log_group: str, fields: Sequence[str], wanted: str) -> list[list[str]]:
        """The lines of a log group that pass a query's filter, the newest first."""
        found = self.logs.filter_log_events(logGroupName=log_group, startTime=int(self.begin.timestamp() * 1000))
        rows: list[list[str]] = []
        for event in sorted(found["events"], key=lambda one: one["timestamp"], reverse=True):
            try:
                record = json.loads(event["message"])
            except ValueError:
                continue
            if _fits(record, wanted):
                rows.append([_cell(record, name, event["timestamp"]) for name in fields])
        return rows


def _fits(record: dict[str, Any], wanted: str) -> bool:
    """Whether a record passes the part of a query's filter that names values: `field in [...]` and `field = '...'`."""
    for name, values in re.findall(r"([\w.]+) in \[([^]]*)\]", wanted):
        if str(_at(record, name)) not in re.findall(r'"([^"]*)"', values):
            return False
    for name, sign, value in re.findall(r"([\w.]+) (!?=) ['\"]([^'\"]*)['\"]", wanted):
        if (str(_at(record, name)) == value) != (sign == "="):
            return False
    return all(_at(record, name) is not None for name in re.findall(r"ispresent\(([\w.]+)\)", wanted))


def _at(record: Any, path: str) -> Any:
    for part in path.split("."):
        if isinstance(record, list) and part.isdigit() and int(part) < len(record):
            record = record[int(part)]
        elif isinstance(record, dict):
            record = record.get(part)
        else:
            return None
    return record


def _cell(record: dict[str, Any], field: str, milliseconds: int) -> str:
    if field == "@timestamp":
        return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%H:%M:%S")
    value = _at(record, field)
    if str(value).startswith("arn:"):
        value = str(value).rpartition("/")[2]
    return textwrap.shorten("" if value is None else str(value), CELL_CHARACTERS, placeholder=" …")


def draw(body: dict[str, Any], recorded: Recorded, file: Path) -> None:
    """Draw a dashboard's body into a picture."""
    widgets = body["widgets"]
    width, height = max(w["x"] + w["width"] for w in widgets), max(w["y"] + w["height"] for w in widgets)
    figure = plt.figure(figsize=(width * UNIT_IN[0], height * UNIT_IN[1]), facecolor="#f4f5f7")
    for widget in widgets:
        axes = figure.add_axes(_box(widget, width, height))
        {"metric": _graph, "log": _table, "alarm": _states, "text": _words}[widget["type"]](
            axes, widget["properties"], recorded
        )
    figure.savefig(file, dpi=80)
    plt.close(figure)


def _box(widget: dict[str, Any], width: int, height: int) -> tuple[float, float, float, float]:
    """Left, bottom, width and height in parts of the picture, with room for the title, the axes and the legend."""
    left, below = (0.75, 1.0) if widget["type"] == "metric" else (0.25, 0.25)
    tall = widget["height"] - 0.75 - below
    return (
        (widget["x"] + left) / width,
        1 - (widget["y"] + 0.75 + tall) / height,
        (widget["width"] - left - 0.2) / width,
        tall / height,
    )


def _title(axes: Any, properties: dict[str, Any]) -> None:
    axes.set_title(properties.get("title", ""), loc="left", fontsize=10, fontweight="bold", pad=6)


def _graph(axes: Any, properties: dict[str, Any], recorded: Recorded) -> None:
    _title(axes, properties)
    drawn = 0
    for entry in properties["metrics"]:
        if points := recorded.points(entry):
            times, values = zip(*points, strict=True)
            axes.plot(times, values, label=entry[-1].get("label") or entry[1], linewidth=1.6, marker=".", markersize=4)
            drawn += 1
    for line in properties.get("annotations", {}).get("horizontal", []):
        axes.axhline(line["value"], linestyle="--", linewidth=1, color="#b00020")
        axes.annotate(line["label"], (0.01, line["value"]), xycoords=("axes fraction", "data"), fontsize=7,
                      color="#b00020", va="bottom")  # fmt: skip
    axis = properties["yAxis"]["left"]
    axes.set_ylabel(axis["label"], fontsize=8)
    axes.set_ylim(bottom=0, top=axis.get("max") or max(1.0, axes.get_ylim()[1] * 1.1))
    axes.set_xlim(recorded.begin, recorded.end)
    axes.xaxis.set_major_formatter(dates.DateFormatter("%H:%M"))
    axes.xaxis.set_major_locator(dates.AutoDateLocator(maxticks=5))
    axes.tick_params(labelsize=7)
    axes.grid(alpha=0.3)
    if drawn:
        axes.legend(fontsize=7, loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=3, frameon=False)
    else:
        axes.text(0.5, 0.5, "no data here", transform=axes.transAxes, ha="center", fontsize=9, color="#888888")


def _table(axes: Any, properties: dict[str, Any], recorded: Recorded) -> None:
    _title(axes, properties)
    axes.axis("off")
    source, fields, *rest = [part.strip() for part in properties["query"].split("|")]
    names = [name.strip() for name in fields.removeprefix("fields ").split(",")]
    group = source.removeprefix("SOURCE ").strip("'")
    rows = recorded.lines(group, names, " ".join(rest))[:LINES_IN_TABLE]
    if not rows:
        axes.text(0.01, 0.9, "no lines here", fontsize=9, color="#888888", va="top")
        return
    table = axes.table([[name.removeprefix("detail.") for name in names], *rows], cellLoc="left", loc="upper left")
    table.auto_set_font_size(False)  # noqa: FBT003  matplotlib's own signature
    table.set_fontsize(7)
    table.auto_set_column_width(range(len(names)))
    for (row, _), cell in table.get_celld().items():
        cell.set_edgecolor("#dddddd")
        cell.set_text_props(fontweight="bold" if row == 0 else "normal")


def _states(axes: Any, properties: dict[str, Any], recorded: Recorded) -> None:
    _title(axes, properties)
    axes.axis("off")
    names = [arn.rpartition(":")[2] for arn in properties["alarms"]]
    found = recorded.metrics.describe_alarms(AlarmNames=names)["MetricAlarms"]
    colours = {"OK": "#1b7f3b", "ALARM": "#b00020"}
    rows = max(4, -(-len(found) // 2))
    for number, alarm in enumerate(sorted(found, key=lambda one: one["AlarmName"])):
        column, row = divmod(number, rows)
        place = 0.49 * column, 0.82 - 1.08 * row / rows
        axes.text(*place, "■", fontsize=10, color=colours.get(alarm["StateValue"], "#999999"))
        axes.text(place[0] + 0.03, place[1], alarm["AlarmName"], fontsize=8)


def _words(axes: Any, properties: dict[str, Any], _recorded: Recorded) -> None:
    axes.axis("off")
    plain = re.sub(r"\[([^]]*)\]\((?:[^()]|\([^()]*\))*\)", r"\1", properties["markdown"]).replace("**", "")
    axes.text(0.01, 0.8, plain, fontsize=12, fontweight="bold", va="top")


def main(arguments: Sequence[str]) -> int:
    """Draw a dashboard of the sandbox that runs; 2 where there is none, or none of that name."""
    if len(arguments) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    name, file, minutes = arguments[0], Path(arguments[1]), int(arguments[2]) if len(arguments) > 2 else 30  # noqa: PLR2004
    sandbox = Sandbox.of(os.environ)
    os.environ.update(environment(sandbox, os.environ))
    region = os.environ.get("AWS_REGION", "eu-central-1")
    metrics = boto3.client("cloudwatch", region_name=region)
    end = datetime.now(UTC)
    recorded = Recorded(metrics, boto3.client("logs", region_name=region), end - timedelta(minutes=minutes), end)
    draw(json.loads(metrics.get_dashboard(DashboardName=name)["DashboardBody"]), recorded, file)
    print(f"drew {file}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
