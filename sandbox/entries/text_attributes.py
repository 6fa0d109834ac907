"""Attributes of SQS and SNS: maps of texts in the API, typed properties in the provider."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.resource import Call


def texts(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    return {api: as_text(values[name]) for name, api in names.items() if values.get(name) is not None}


def as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def titles(names: Sequence[str]) -> dict[str, str]:
    return {name: name[0].upper() + name[1:] for name in names}


def each_attribute(operation: str, target: str, names: Mapping[str, str]) -> Callable[[Call], None]:
    def run(call: Call) -> None:
        for name, api in names.items():
            if call.changed(name):
                value = as_text(call.new[name]) if call.new.get(name) is not None else ""
                call.send(operation, AttributeName=api, AttributeValue=value, **{target: call.id})

    return run
