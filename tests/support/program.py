"""The program of the repository as it stands, and what it registers for a stack file."""

import runpy
from collections.abc import Mapping
from typing import Any

from tests.support.graph import Graph, graph_of
from tests.support.stack_files import ROOT, config_of


def program() -> None:
    runpy.run_path(str(ROOT / "__main__.py"))


def graph_for(
    stack: str,
    changes: Mapping[str, str] | None = None,
    *,
    preview: bool = False,
    lookups: Mapping[str, Any] | None = None,
) -> Graph:
    """What the program registers with one stack file; `changes` sets keys of its configuration."""
    return graph_of(program, config=config_of(stack) | dict(changes or {}), preview=preview, lookups=lookups)
