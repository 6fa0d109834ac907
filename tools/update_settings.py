"""What an update drill changes in the demo's settings: a quick pace, room for its tasks, and another image."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parent.parent))

import yaml

IMAGES: Final = "/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64"
"""Where AWS publishes the images of the demo's architecture."""

PACE: Final[Mapping[str, Mapping[str, Any]]] = {
    "instances": {"minSize": 4, "maxSize": 8},
    "readiness": {"deadlineS": 60},
    "rollout": {"bakeS": 20},
}
"""Two instances a zone, and waits as short as the settings allow: nobody watches a bake time of five minutes."""

REBALANCING: Final[Mapping[str, Any]] = {"dryRunDays": 0, "lookMinutes": 1, "soakS": 5, "cooldownS": 30}
"""Tasks are moved at once, not only told of."""


def settings(stack_file: str, schema: str, image: str, most_percent: int) -> str:
    """A stack file for the drill: what another one says, and the drill's own settings over it.

    `schema` is the text of settings.schema.json: what it does not know is left out.
    """
    told: dict[str, Any] = yaml.safe_load(stack_file)
    changes: dict[str, dict[str, Any]] = {name: dict(given) for name, given in PACE.items()}
    changes["instances"]["amiRelease"] = image
    changes["rollout"]["maxHealthyPercent"] = most_percent
    if _knows(schema, "rebalancing"):
        changes["rebalancing"] = dict(REBALANCING)
    for section, given in changes.items():
        key = f"ecs-platform:{section}"
        told["config"][key] = {**(told["config"].get(key) or {}), **given}
    return yaml.safe_dump(told, sort_keys=False)


def _knows(schema: str, section: str) -> bool:
    return f'"ecs-platform:{section}"' in json.dumps(json.loads(schema))


def releases(parameters: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Release name → image id, the oldest first; parameters that name no release are left out."""
    found: dict[str, str] = {}
    for each in parameters:
        name = str(each["Name"]).rpartition("/")[2]
        if name.startswith("al2023-"):
            found[name] = str(json.loads(each["Value"])["image_id"])
    return dict(sorted(found.items()))


def other(found: Mapping[str, str], used: Iterable[str]) -> str:
    """The newest release whose image is not among the used ones."""
    taken = set(used)
    return next(name for name, image in reversed(list(found.items())) if image not in taken)
