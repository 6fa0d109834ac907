"""EC2 tags, which every resource of EC2 has in the same way."""

from __future__ import annotations

from typing import Any, Final

from sandbox.resource import Call, Tagging
from sandbox.steps import IDS


def _of_the_resource(call: Call) -> list[dict[str, Any]]:
    return [{"Name": "resource-id", "Values": [call.id]}]


TAGS: Final = Tagging(
    add="create_tags",
    remove="delete_tags",
    target={"Resources": IDS},
    look="describe_tags",
    look_target={"Filters": _of_the_resource},
)
"""EC2 tags every kind of resource in the same way; moto's other answers forget later tags of some kinds."""
