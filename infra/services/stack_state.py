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
    # A function of the engine, which the SDK for Python does not name; it needs no credentials.
    answer = pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", {"stackName": stack}).value or {}
    return answer.get("outputs") or {}


_RESOURCES: PerProgram[Mapping[str, Mapping[str, Any]]] = PerProgram(_read)
