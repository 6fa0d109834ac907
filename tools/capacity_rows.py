"""A decision of the capacity controller in words, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdas.capacity.plan import Decision


def rows(decision: Decision) -> list[tuple[str, str]]:
    """What was seen, what it means, and what would be done."""
    inputs = decision.inputs
    found = [
        ("instances", f"{inputs.get('ready', 0)} ready, {inputs.get('starting', 0)} starting"),
        ("size", f"{inputs.get('desired', 0)} of {inputs.get('minimum', 0)} to {inputs.get('maximum', 0)}"),
    ]
    found += [("fits", each) for each in _counted(inputs.get("shapes", {}))]
    found += [("waits for a place", each) for each in _counted(inputs.get("unplaced", {}))]
    found += [("fits on no instance", each) for each in _counted(inputs.get("unplaceable", {}))]
    found += [(name, f"{value:g}") for name, value in decision.values.items()]
    action = type(decision.action).__name__ if decision.action else "nothing"
    return [*found, ("decision", action), ("because", decision.reason)]


def _counted(counts: Mapping[str, Any]) -> list[str]:
    return [f"{count} × ({shape})" for shape, count in counts.items()]
