"""Plain values: what every rule reads, whoever recorded the resource.

The engine hands values over in several dresses: numbers are floats, secrets are wrapped, unknown values are sentinel
strings. Here they become plain dictionaries, lists, strings, numbers and `Unknown`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

SENTINELS = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # string
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)
"""What the engine sends for a value that is not known yet (source: pulumi-policy 1.21, proxy.py)."""

SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key that marks a wrapped value (source: pulumi SDK, runtime/rpc.py)."""
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  a marker of the wire format, not a secret
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"


class UnknownInputError(Exception):
    """A rule needed a value that is not known before the deployment."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class ElsewhereError(UnknownInputError):
    """Raised when what is asked for is no part of this stack: only AWS knows it, after the deployment, too."""


class Unknown:
    """A value that is not known yet. Every use of it raises UnknownInputError, so no rule passes by luck.

    Only `isinstance(value, Unknown)` and `is` are safe.
    """

    __slots__ = ("_path",)

    def __init__(self, path: str = "a value") -> None:
        self._path = path

    def __repr__(self) -> str:
        return f"Unknown({self._path})"

    def _used(self, *_args: object) -> NoReturn:
        raise UnknownInputError(self._path)

    __bool__ = __eq__ = __ne__ = __hash__ = __lt__ = __le__ = __gt__ = __ge__ = _used
    __len__ = __iter__ = __getitem__ = __contains__ = __int__ = __float__ = __str__ = __format__ = _used
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __floordiv__ = _used

    def __getattr__(self, name: str) -> NoReturn:
        raise UnknownInputError(self._path)


UNKNOWN = Unknown()


def plain(value: object, path: str = "") -> Any:
    """Return a plain copy: whole floats as integers, secrets unwrapped, unknown leaves as Unknown with their path."""
    if isinstance(value, Unknown) or (isinstance(value, str) and value in SENTINELS):
        return Unknown(path or "a value")
    if isinstance(value, Mapping):
        return _mapping(value, path)
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return [plain(item, f"{path}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _mapping(value: Mapping[str, Any], path: str) -> Any:
    kind = value.get(SIGNATURE)
    if kind == SECRET:
        return plain(value.get("value"), path)
    if kind == OUTPUT:
        return plain(value["value"], path) if "value" in value else Unknown(path)
    return {key: plain(item, f"{path}.{key}" if path else str(key)) for key, item in value.items()}


def is_set(value: object) -> bool:
    """Return whether a value is given: neither absent nor empty. An unknown value counts as given."""
    return isinstance(value, Unknown) or (value is not None and value not in ("", [], {}))


def leaves(value: object) -> list[Any]:
    """Return all scalar leaves of a plain value, unknown ones included, in order."""
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)]
    return [] if value is None else [value]
