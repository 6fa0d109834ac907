"""What load balancers and target groups have in common: attributes as pairs of texts, and tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.entries.text_attributes import as_text
from sandbox.resource import Call, Tagging
from sandbox.steps import IDS


def pairs(values: Mapping[str, Any]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": as_text(value)} for key, value in values.items() if value is not None]


def attributes(call: Call, operation: str, key: str) -> dict[str, str]:
    return {item["Key"]: item["Value"] for item in call.send(operation, **{key: call.id})["Attributes"]}


TAGS: Final = Tagging(
    add="add_tags",
    remove="remove_tags",
    target={"ResourceArns": IDS},
    look="describe_tags",
)
