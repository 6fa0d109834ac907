"""Property values between the engine's protocol and Python: unknowns, secrets, assets and archives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, Final, cast

from google.protobuf import struct_pb2

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
"""Key that marks an object as a special value (source: pulumi sdk/go/common/resource/sig)."""
ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
_MARKED: Final = "1b47061264138c4ac30d75fd1eb44270"
_OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"

_UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNKNOWN_TEXTS: Final = frozenset(
    {
        _UNKNOWN_TEXT,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
"""One text for each kind of value (source: pulumi sdk/go/common/resource/plugin/rpc.go)."""


class Unknown(Enum):
    """A value that only the update will know."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN


@dataclass(frozen=True)
class AssetOrArchive:
    """An asset or archive; equal when its content is. In old states only the hash is there."""

    kind: str
    hash: str
    raw: Mapping[str, Any]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AssetOrArchive):
            return NotImplemented
        if self.hash and other.hash:
            return (self.kind, self.hash) == (other.kind, other.hash)
        return (self.kind, self.raw) == (other.kind, other.raw)

    def __hash__(self) -> int:
        return hash((self.kind, self.hash))


def received(struct: struct_pb2.Struct) -> dict[str, Any]:
    """The Python values of a message; nulls are left out, secrets are unwrapped (the engine marks them again)."""
    return _mapping(struct)


def sent(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """The message for Python values."""
    struct = struct_pb2.Struct()
    for key, value in values.items():
        if value is not None:
            struct.fields[key].CopyFrom(_value(value))
    return struct


def has_unknowns(value: Any) -> bool:
    """Whether a value, or anything inside it, is unknown."""
    if isinstance(value, Mapping):
        return any(has_unknowns(item) for item in cast("Mapping[str, Any]", value).values())
    if isinstance(value, list):
        return any(has_unknowns(item) for item in cast("list[Any]", value))
    return value is UNKNOWN


def _mapping(struct: struct_pb2.Struct) -> dict[str, Any]:
    found = {key: _python(value) for key, value in struct.fields.items()}
    return {key: value for key, value in found.items() if value is not None}


def _python(value: struct_pb2.Value) -> Any:
    match value.WhichOneof("kind"):
        case "struct_value":
            return _special(_mapping(value.struct_value))
        case "list_value":
            return [_python(item) for item in value.list_value.values]
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "string_value":
            return UNKNOWN if value.string_value in _UNKNOWN_TEXTS else value.string_value
        case _:
            return None


def _special(found: dict[str, Any]) -> Any:
    kind = found.get(SIGNATURE)
    if kind in (ASSET, ARCHIVE):
        return AssetOrArchive(kind, str(found.get("hash", "")), found)
    if kind == _MARKED:
        return found.get("value")
    return found.get("value", UNKNOWN) if kind == _OUTPUT else found


def _value(value: Any) -> struct_pb2.Value:
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, (int, float)):
        return struct_pb2.Value(number_value=value)
    return _value_of_text(value) if isinstance(value, (str, date, Unknown)) else _value_of_many(value)


def _value_of_text(value: str | date | Unknown) -> struct_pb2.Value:
    if isinstance(value, date):
        return struct_pb2.Value(string_value=value.isoformat())
    return struct_pb2.Value(string_value=_UNKNOWN_TEXT if isinstance(value, Unknown) else value)


def _value_of_many(value: Any) -> struct_pb2.Value:
    if isinstance(value, AssetOrArchive):
        return struct_pb2.Value(struct_value=sent(value.raw))
    if isinstance(value, Mapping):
        return struct_pb2.Value(struct_value=sent(cast("Mapping[str, Any]", value)))
    if not isinstance(value, Sequence):
        raise TypeError(f"no property value can hold a {type(value).__name__}")
    items = [_value(item) for item in cast("Sequence[Any]", value)]
    return struct_pb2.Value(list_value=struct_pb2.ListValue(values=items))
