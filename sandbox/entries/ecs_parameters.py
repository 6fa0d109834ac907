"""A cluster as a target: the network of a task is a level deeper in the API, and its tags are pairs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def written(shaped: Mapping[str, Any], given: Mapping[str, Any], key: str, value: str) -> dict[str, Any]:
    """EcsParameters of properties; `key` and `value` name the members of a tag."""
    found = {name: each for name, each in shaped.items() if name != "NetworkConfiguration"}
    if network := given.get("networkConfiguration"):
        held = {
            "Subnets": network["subnets"],
            "SecurityGroups": network.get("securityGroups"),
            "AssignPublicIp": "ENABLED" if network.get("assignPublicIp") else "DISABLED",
        }
        found["NetworkConfiguration"] = {"awsvpcConfiguration": {name: each for name, each in held.items() if each}}
    if tags := given.get("tags"):
        found["Tags"] = [{key: name, value: text} for name, text in tags.items()]
    return found


def read(held: Mapping[str, Any], key: str, value: str) -> dict[str, Any]:
    """EcsParameters as the properties lie."""
    found = dict(held)
    if network := (found.get("NetworkConfiguration") or {}).get("awsvpcConfiguration"):
        found["NetworkConfiguration"] = {**network, "AssignPublicIp": network.get("AssignPublicIp") == "ENABLED"}
    if tags := found.get("Tags"):
        found["Tags"] = {pair[key]: pair[value] for pair in tags}
    return found
