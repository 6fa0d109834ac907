"""What the stack that runs has deployed so far: every resource of its last state, asked for once a program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from ..common.program import PerProgram


def resources() -> Mapping[str, Mapping[str, Any]]:
    """URN → `{"outputs": ...}`; empty before the first deployment."""
    return _RESOURCES.get()


def _read() -> Mapping[str, Mapping[str, Any]]:
    stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    # In the preview of a stack that was never deployed there is no state, and the engine's function crashes for want of
    # it. Outputs are read safely; a stack without any is judged in `up`, before anything changes.
    if pulumi.runtime.is_dry_run() and not _ask("readStackOutputs", {"name": stack}):
        return {}
    return _ask("readStackResourceOutputs", {"stackName": stack})


def _ask(function: str, args: Mapping[str, Any]) -> Mapping[str, Any]:
    """Functions of the engine, which the SDK for Python does not name; they need no credentials."""
    answer = pulumi.runtime.invoke(f"pulumi:pulumi:{function}", dict(args)).value or {}
    return answer.get("outputs") or {}


_RESOURCES: PerProgram[Mapping[str, Mapping[str, Any]]] = PerProgram(_read)
