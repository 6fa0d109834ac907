"""Metrics that come out of function calls: embedded metric format in the lines, and Lambda's own counts.

Source: CloudWatch user guide, embedded metric format specification.
"""

from __future__ import annotations

import json
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends

from . import world


def embedded(line: str) -> list[tuple[str, dict[str, Any]]]:
    """Give namespace and datum of every metric in a line; none where the line is not in the format."""
    if '"_aws"' not in line:
        return []
    try:
        record: dict[str, Any] = json.loads(line)
        directives = record["_aws"]["CloudWatchMetrics"]
        found: list[tuple[str, dict[str, Any]]] = []
        for directive in directives:
            for names in directive.get("Dimensions") or [[]]:
                dimensions = [{"Name": name, "Value": str(record[name])} for name in names]
                found.extend(
                    (
                        directive["Namespace"],
                        {"MetricName": metric["Name"], "Dimensions": dimensions, **_value(record[metric["Name"]])},
                    )
                    for metric in directive["Metrics"]
                )
    except (ValueError, KeyError, TypeError):
        return []
    return found


def _value(value: Any) -> dict[str, Any]:
    return {"Values": value} if isinstance(value, list) else {"Value": value}


def keep(function: Any, lines: tuple[str, ...], *, failed: bool) -> None:
    """Put the metrics of a function call where CloudWatch would have them."""
    backend = cloudwatch_backends[function.account_id][function.region]
    dimensions = [{"Name": "FunctionName", "Value": function.function_name}]
    counts = {"Invocations": 1, "Errors": int(failed)}
    data = [("AWS/Lambda", {"MetricName": n, "Dimensions": dimensions, "Value": v}) for n, v in counts.items()]
    for line in lines:
        data.extend(embedded(line))
    now = world.current().when().replace(tzinfo=None)  # as moto keeps its own: it compares all of them
    for namespace, datum in data:
        try:
            backend.put_metric_data(namespace, [{"Timestamp": now, **datum}])
        except Exception as error:  # noqa: BLE001 - a wrong metric is the function's fault, not the loop's
            world.current().log.append(f"metric of {function.function_name}: {type(error).__name__}: {error}")
