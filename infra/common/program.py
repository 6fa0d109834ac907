"""What one program remembers, and the next one in the same process does not know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from pulumi.runtime.settings import get_monitor

T = TypeVar("T")


class PerProgram(Generic[T]):
    """A value of each program, made when the program asks for it first.

    Tests and the Automation API run several programs in one process. The connection to the engine (the monitor) tells
    them apart: each program has one of its own, also in tests, where `pulumi.runtime.set_mocks` makes it. The stack
    resource does not: tests keep one for all their programs.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._values: WeakKeyDictionary[Any, T] = WeakKeyDictionary()

    def get(self) -> T:
        """The value of the program that runs. Raises RuntimeError where none does."""
        monitor = get_monitor()
        if monitor is None:
            raise RuntimeError("no Pulumi program runs here: start it with pulumi, or call set_mocks in a test")
        if monitor not in self._values:
            self._values[monitor] = self._make()
        return self._values[monitor]
