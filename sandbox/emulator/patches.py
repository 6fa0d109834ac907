"""Replacements of moto's functions, made and undone together."""

from __future__ import annotations

from typing import Any

_MISSING = object()

Replacement = tuple[Any, str, Any]
"""Owner (class or module), name of its attribute, new value."""


class Patches:
    """The replacements that are in force."""

    def __init__(self) -> None:
        self._undo: list[Replacement] = []

    def apply(self, replacements: tuple[Replacement, ...]) -> None:
        """Set every attribute and remember what it was."""
        for owner, name, value in replacements:
            self._undo.append((owner, name, vars(owner).get(name, _MISSING)))
            setattr(owner, name, value)

    def undo(self) -> None:
        """Put everything back, last first."""
        while self._undo:
            owner, name, value = self._undo.pop()
            if value is _MISSING:
                delattr(owner, name)
            else:
                setattr(owner, name, value)
