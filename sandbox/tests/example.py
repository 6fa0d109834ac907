"""What an example of a resource type says, and the words that examples share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.wire import ARCHIVE, ASSET, SIGNATURE, AssetOrArchive


@dataclass(frozen=True)
class Example:
    token: str
    inputs: Mapping[str, Any]
    change: Mapping[str, Any] = field(default_factory=dict)
    replace: Mapping[str, Any] = field(default_factory=dict)
    stays: bool = False
    """What AWS keeps when its owner goes, such as a default group."""


def document(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def trust(service: str) -> str:
    return document(Principal={"Service": f"{service}.amazonaws.com"}, Action="sts:AssumeRole")


def archive(text: str) -> AssetOrArchive:
    """An archive of one file, as the engine sends it."""
    asset = {SIGNATURE: ASSET, "hash": f"asset-{text}", "text": text}
    raw = {SIGNATURE: ARCHIVE, "hash": f"archive-{text}", "assets": {"main.py": asset}}
    return AssetOrArchive(ARCHIVE, raw["hash"], raw)


CODE = archive("def handle(event, context): return 1")
OTHER_CODE = archive("def handle(event, context): return 2")
CONTAINERS = json.dumps([{"name": "app", "image": "nginx", "memory": 128, "cpu": 10, "essential": True}])

TAGS = {"team": "one"}
TAGGED = {"tags": {"team": "two", "more": "yes"}}
