"""The state of the stack that runs: what it has deployed so far, asked of the engine, which needs no credentials.

The engine has two functions for it, which the SDK for Python does not name. The one for resources panics where a stack
has no state at all, as in the preview of a new one (3.79 and 3.259); the one for outputs does not. So an output says
that there is a state. A program that raises an error in an update empties the outputs of its stack; what is refused
within `kept_outputs` does not, since other stacks read them.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import pulumi

from .program import PerProgram

WAITS_S = 0.1, 0.5, 2
"""Seconds before it is asked again: a backend of files answers with an error while the engine writes the file."""

MARK = "ecsPlatformState"
"""The output that says that there is a state."""


def resources() -> Mapping[str, Mapping[str, Any]]:
    """URN → `{"outputs": ...}` of all that the stack had deployed when the program began; empty for a new one."""
    pulumi.export(MARK, 1)
    return _RESOURCES.get()


def outputs_of(resources: Mapping[str, Mapping[str, Any]], kind: str) -> dict[str, Mapping[str, Any]]:
    """Logical name → outputs of the resources of a type, as a URN spells it below its component: `component$resource`.

    Further components may stand around them.
    """
    found: dict[str, Mapping[str, Any]] = {}
    for urn, resource in resources.items():
        before, _, name = urn.rpartition("::")
        types = before.rpartition("::")[2]
        if types == kind or types.endswith(f"${kind}"):
            found[name] = resource.get("outputs") or {}
    return found


@contextmanager
def kept_outputs() -> Generator[None]:
    """Where the program ends with an error within, the outputs of the stack stay as they were."""
    try:
        yield
    except Exception:
        answer = _asked("readStackOutputs", name=_stack())
        secret = answer.get("secretOutputNames") or []
        for name, value in (answer.get("outputs") or {}).items():
            pulumi.export(name, pulumi.Output.secret(value) if name in secret else value)
        raise


def _read() -> Mapping[str, Mapping[str, Any]]:
    if MARK not in (_asked("readStackOutputs", name=_stack()).get("outputs") or {}):
        return {}
    return _asked("readStackResourceOutputs", stackName=_stack()).get("outputs") or {}


def _asked(function: str, **arguments: str) -> Mapping[str, Any]:
    for wait_s in WAITS_S:
        with suppress(Exception):  # the SDK raises a bare Exception
            return pulumi.runtime.invoke(f"pulumi:pulumi:{function}", arguments).value or {}
        time.sleep(wait_s)
    return pulumi.runtime.invoke(f"pulumi:pulumi:{function}", arguments).value or {}


def _stack() -> str:
    return f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"


_RESOURCES: PerProgram[Mapping[str, Mapping[str, Any]]] = PerProgram(_read)
