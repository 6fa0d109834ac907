"""A decision of the capacity controller in words, line by line, as its own log line tells it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def decision_of(printed: str) -> Mapping[str, Any]:
    """The last decision among the lines that the function printed; ValueError if there is none."""
    lines = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    decisions = [line for line in lines if "inputs" in line]
    if not decisions:
        raise ValueError(f"the function printed no decision:\n{printed}")
    return decisions[-1]


def rows(line: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was seen, what it means, and what is done."""
    inputs = line["inputs"]
    found = [
        ("instances", f"{inputs.get('ready', 0)} ready, {inputs.get('starting', 0)} starting"),
        ("size", f"{inputs.get('desired', 0)} of {inputs.get('minimum', 0)} to {inputs.get('maximum', 0)}"),
    ]
    found += [("fits", each) for each in _counted(inputs.get("shapes", {}))]
    found += [("waits for a place", each) for each in _counted(inputs.get("unplaced", {}))]
    found += [("waits in vain", each) for each in inputs.get("stuck", [])]
    found += [("fits on no instance", each) for each in _counted(inputs.get("unplaceable", {}))]
    found += [(name, f"{value:g}") for name, value in line["values"].items()]
    numbers = "".join(f", {name} {value}" for name, value in line["details"].items())
    return [*found, ("decision", _action(line)), ("because", f"{line['reason']}{numbers}")]


def _action(line: Mapping[str, Any]) -> str:
    action, outcome = line["action"], line["outcome"]
    if line["event"] == "ScaleOut":
        return f"from {action['observed']} to {action['desired']} instances ({outcome})"
    if line["event"] == "ScaleIn":
        return f"{', '.join(action['instance_ids'])} goes ({outcome})"
    return "nothing"


def _counted(counts: Mapping[str, Any]) -> list[str]:
    return [f"{count} × ({shape})" for shape, count in counts.items()]
