"""Between property names (camel case) and the shapes of an AWS API, by botocore's own model of that API.

`subnetIds` finds `SubnetIds` and `SubnetId`, `subnets` finds neither: names are compared in small letters,
in the singular; an entry's own renames come first.
"""

from __future__ import annotations

import json
import typing
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, cast

from sandbox import schema
from sandbox.wire import AssetOrArchive

Names = Mapping[str, str]
"""Property name to API name, with a leading dot for inner objects; an empty text leaves the property out."""

_TAG_NAMES: Final = frozenset({"tag", "tagsall"})


def plain_name(name: str) -> str:
    """The part of a name that both sides agree on."""
    letters = "".join(filter(str.isalnum, name)).lower()
    return letters[:-3] + "y" if letters.endswith("ies") else letters.removesuffix("s")


def inner(names: Names) -> Names:
    """The renames that hold inside of objects."""
    dotted = {key: value for key, value in names.items() if key.startswith(".")}
    return {**dotted, **{key[1:]: value for key, value in dotted.items()}}


def filled(shape: Any, values: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """The parameters of an API structure for the properties that it knows; tags are written elsewhere."""
    members = {plain_name(member): member for member in shape.members}
    within = inner(names)
    found: dict[str, Any] = {}
    for name, value in values.items():
        wanted = names.get(name, name)
        member = wanted if wanted in shape.members else members.get(plain_name(wanted)) if wanted else None
        if (
            member
            and value is not None
            and not isinstance(value, AssetOrArchive)
            and plain_name(member) not in _TAG_NAMES
        ):
            found[member] = parameter(shape.members[member], value, within)
    return found


def parameter(shape: Any, value: Any, names: Names) -> Any:
    """A property value as the parameter that an API shape wants."""
    match shape.type_name:
        case "structure":
            one = cast("Any", value)[0] if isinstance(value, list) and value else value
            return filled(shape, one, names) if isinstance(one, Mapping) else one
        case "list":
            items = cast("list[Any]", value if isinstance(value, list) else [value])
            return [parameter(shape.member, item, names) for item in items]
        case "map":
            return {str(key): parameter(shape.value, item, names) for key, item in value.items()}
        case kind:
            return _scalar(kind, value)


def _scalar(kind: str, value: Any) -> Any:
    match kind:
        case "string":
            return ("true" if value else "false") if isinstance(value, bool) else str(value)
        case "integer" | "long":
            return int(value)
        case "float" | "double":
            return float(value)
        case "boolean":
            return value if isinstance(value, bool) else str(value).lower() == "true"
        case "blob":
            return value if isinstance(value, bytes) else str(value).encode()
        case _:
            return value


def tag_parameters(shape: Any, tags: Mapping[str, str]) -> dict[str, Any]:
    """The `Tags` parameter of an operation, a map or a list of pairs as its model says; empty if it has none."""
    for member, inner in shape.members.items():
        if plain_name(member) not in ("tag", "addtag"):
            continue
        if inner.type_name == "map":
            return {member: dict(tags)}
        key, value = _pair(inner.member)
        return {member: [{key: name, value: text} for name, text in tags.items()]}
    return {}


def _pair(shape: Any) -> tuple[str, str]:
    key, value = (next(m for m in shape.members if m.lower().endswith(end)) for end in ("key", "value"))
    return key, value


def tags_in(found: Any) -> dict[str, str] | None:
    """Tags of an API answer, in any of the forms that AWS uses; None if it has none."""
    if isinstance(found, list):
        pairs = [{key.lower(): value for key, value in item.items()} for item in cast("list[dict[str, Any]]", found)]
        key, value = ("tagkey", "tagvalue") if pairs and "tagkey" in pairs[0] else ("key", "value")
        return {pair[key]: pair.get(value, "") for pair in pairs}
    if not isinstance(found, Mapping):
        return None
    held = cast("Mapping[str, Any]", found)
    for name, value in held.items():
        if plain_name(name) in ("tag", "taglist", "tagset") and isinstance(value, (list, Mapping)):
            return tags_in(value) if isinstance(value, list) else dict(cast("Mapping[str, str]", value))
        if name in ("TagDescriptions", "ResourceTagSet"):
            return tags_in(value[0] if isinstance(value, list) else value)
    return None


def shown(found: Mapping[str, Any], types: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """The properties that an API answer holds, in the types of the resource's outputs."""
    held = {plain_name(member): value for member, value in found.items()}
    within = inner(names)
    result: dict[str, Any] = {}
    for name, hint in types.items():
        wanted = names.get(name, name)
        value = found.get(wanted) if wanted in found else held.get(plain_name(wanted)) if wanted else None
        if value is not None and plain_name(name) not in _TAG_NAMES:
            converted = _property(hint, value, within)
            if converted is not None:
                result[name] = converted
    return result


def _property(hint: Any, value: Any, names: Names) -> Any:  # noqa: PLR0911 - one case per kind
    wanted = schema.plain(hint)
    if schema.is_object(wanted):
        one = cast("Any", value)[0] if isinstance(value, list) and value else value
        return shown(one, schema.members(wanted), names) if isinstance(one, Mapping) else None
    origin = typing.get_origin(wanted) or wanted
    if origin in (list, Sequence):
        items = cast("list[Any]", value if isinstance(value, list) else [value])
        return [_property(typing.get_args(wanted)[0], item, names) for item in items]
    if origin in (dict, Mapping):
        held = cast("Mapping[str, Any]", value)
        return {k: _text(v) for k, v in held.items()} if isinstance(value, Mapping) else None
    if isinstance(value, (list, Mapping)):
        return None
    if wanted is bool:
        return value if isinstance(value, bool) else str(value).lower() == "true"
    if wanted in (int, float):
        return _number(value)
    return _text(value)


def _number(value: Any) -> Any:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return int(number) if number.is_integer() else number


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def same(wanted: Any, found: Any) -> bool:
    """Whether AWS holds what was asked for: JSON by meaning, lists without order, objects by their given keys."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        given, held = cast("Mapping[str, Any]", wanted), cast("Mapping[str, Any]", found)
        return all(same(value, held.get(key)) for key, value in given.items())
    if isinstance(wanted, list) and isinstance(found, list):
        return _same_lists(cast("list[Any]", wanted), cast("list[Any]", found))
    if isinstance(wanted, str) and isinstance(found, str):
        return same_json(wanted, found) or _same_number(wanted, found) or (not wanted and not found)
    if isinstance(wanted, bool) or isinstance(found, bool):
        return bool(wanted) == bool(found) and str(wanted).lower() in ("true", "false")
    return wanted == found or (found is None and wanted in ("", 0, [], {}))


def _same_lists(wanted: list[Any], found: list[Any]) -> bool:
    rest = list(found)
    for item in wanted:
        match = next((n for n, other in enumerate(rest) if same(item, other)), None)
        if match is None:
            return False
        rest.pop(match)
    return not rest


def same_json(wanted: str, found: str) -> bool:
    """Whether two texts are equal, or the same JSON object or list in another layout."""
    if wanted[:1] not in ("{", "[") or found[:1] not in ("{", "["):
        return wanted == found
    try:
        return json.loads(wanted) == json.loads(found)
    except ValueError:
        return wanted == found


def _same_number(wanted: str, found: str) -> bool:
    try:
        return float(wanted) == float(found)
    except ValueError:
        return False
