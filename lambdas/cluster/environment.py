"""Settings of a controller as environment variables: one dataclass of sections, written by the program, read once.

A section `drain` with a field `deadline_s` is the variable `DRAIN_DEADLINE_S`. Fields are str, int, bool or a tuple
of str (joined by commas). A field without a variable takes its default.
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from typing import Any, Final, TypeVar, get_type_hints

Settings = TypeVar("Settings")
_BOOLEANS: Final = {"true": True, "false": False}


def render(settings: Any) -> dict[str, str]:
    """Every field of every section as text; `parse` turns it back."""
    return {
        variable(section.name, each.name): _text(getattr(getattr(settings, section.name), each.name))
        for section in fields(settings)
        for each in fields(getattr(settings, section.name))
    }


def parse(cls: type[Settings], environment: Mapping[str, str]) -> Settings:
    """Build the settings; raises ValueError that names the variable when one is missing or of the wrong kind."""
    return cls(**{name: _section(name, kind, environment) for name, kind in get_type_hints(cls).items()})


def variable(section: str, name: str) -> str:
    """The environment variable that holds one field."""
    return f"{section}_{name}".upper()


def _section(section: str, cls: Any, environment: Mapping[str, str]) -> Any:
    kinds = get_type_hints(cls)
    values: dict[str, Any] = {}
    for each in fields(cls):
        name = variable(section, each.name)
        if name in environment:
            values[each.name] = _value(name, kinds[each.name], environment[name])
        elif _required(each):
            raise ValueError(f"{name}: is not set, the program that deploys the function must write it")
    return cls(**values)


def _required(each: Field[Any]) -> bool:
    return each.default is MISSING and each.default_factory is MISSING


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value)


def _value(name: str, kind: Any, text: str) -> Any:
    if kind is bool:
        if text not in _BOOLEANS:
            raise ValueError(f"{name}: must be true or false, got {text!r}")
        return _BOOLEANS[text]
    if kind is int:
        try:
            return int(text)
        except ValueError:
            raise ValueError(f"{name}: must be a whole number, got {text!r}") from None
    if kind == tuple[str, ...]:
        return tuple(part for part in text.split(",") if part)
    return text
