"""IAM policy documents from statements, as the real provider's getPolicyDocument writes them."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

_LISTS: Final = {
    "actions": "Action",
    "notActions": "NotAction",
    "resources": "Resource",
    "notResources": "NotResource",
}


def policy_document(args: Mapping[str, Any]) -> dict[str, Any]:
    """The document of getPolicyDocument's arguments: sources first, then statements, then overrides by sid."""
    statements: list[dict[str, Any]] = []
    for source in [*(args.get("sourcePolicyDocuments") or []), *_one(args.get("sourceJson"))]:
        statements.extend(_statements(source))
    statements.extend(_statement(item) for item in args.get("statements") or [])
    for source in [*(args.get("overridePolicyDocuments") or []), *_one(args.get("overrideJson"))]:
        statements = _overridden(statements, _statements(source))
    found: dict[str, Any] = {"Version": args.get("version") or "2012-10-17"}
    if args.get("policyId"):
        found["Id"] = args["policyId"]
    found["Statement"] = statements
    text = json.dumps(found, indent=2)
    return {
        "json": text,
        "minifiedJson": json.dumps(found, separators=(",", ":")),
        "id": str(zlib.crc32(text.encode())),
    }


def _one(value: str | None) -> list[str]:
    return [value] if value else []


def _statements(document: str) -> list[dict[str, Any]]:
    held = json.loads(document).get("Statement", [])
    return held if isinstance(held, list) else [held]


def _overridden(base: list[dict[str, Any]], over: list[dict[str, Any]]) -> list[dict[str, Any]]:
    sids = {item["Sid"] for item in over if item.get("Sid")}
    return [item for item in base if item.get("Sid") not in sids] + over


def _statement(item: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"Sid": item["sid"]} if item.get("sid") else {}
    found["Effect"] = item.get("effect") or "Allow"
    for name, key in _LISTS.items():
        if item.get(name):
            found[key] = _short(sorted(item[name]))
    for name, key in {"principals": "Principal", "notPrincipals": "NotPrincipal"}.items():
        if item.get(name):
            found[key] = _principals(item[name])
    if item.get("conditions"):
        found["Condition"] = _conditions(item["conditions"])
    return found


def _principals(items: Sequence[Mapping[str, Any]]) -> Any:
    if any(item["type"] == "*" for item in items):
        return "*"
    found: dict[str, list[str]] = {}
    for item in items:
        found.setdefault(item["type"], []).extend(item["identifiers"])
    return {kind: _short(sorted(names)) for kind, names in found.items()}


def _conditions(items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {}
    for item in items:
        found.setdefault(item["test"], {})[item["variable"]] = _short(list(item["values"]))
    return found


def _short(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values
