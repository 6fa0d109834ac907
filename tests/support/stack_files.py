"""The stack files of this repository, as the engine hands them to a program."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]


def as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def config_of(stack: str, folder: Path = ROOT) -> dict[str, str]:
    """`namespace:key` → text of one stack file."""
    content = yaml.safe_load((folder / f"Pulumi.{stack}.yaml").read_text())
    return {key: as_text(value) for key, value in content["config"].items()}


def stacks(folder: Path = ROOT) -> list[str]:
    return sorted(path.name.split(".")[1] for path in folder.glob("Pulumi.*.yaml"))
