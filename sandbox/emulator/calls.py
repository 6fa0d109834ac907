"""Asynchronous function calls: the queue that events, schedules and callers fill and that `functions` works off."""

from __future__ import annotations

from dataclasses import dataclass

from . import world


@dataclass(frozen=True)
class Call:
    """An asynchronous call of a function."""

    account: str
    region: str
    function: str
    """Name or ARN."""
    payload: str
    due: float
    """Seconds since 1970."""
    attempt: int = 0
    """Retries that came before."""


def enqueue(account: str, region: str, function: str, payload: str) -> None:
    """Call a function asynchronously, at the next tick."""
    here = world.current()
    with here.lock:
        here.calls.append(Call(account, region, function, payload, here.now))


def is_busy(function: str) -> bool:
    """Whether an asynchronous call of this function waits or runs."""
    here = world.current()
    return function in here.running or any(call.function == function for call in here.calls)
