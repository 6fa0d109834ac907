"""The resources that the program registers for a stack file, for tools that write pages about them.

The one way from the tools to the recorder of the tests (pyproject.toml, contract `tools`).
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.graph import ACCOUNT, REGION, Graph, Node, graph_of  # noqa: E402  the tools run from anywhere
from tests.support.program import program  # noqa: E402
from tests.support.stack_files import config_of  # noqa: E402

__all__ = ["ACCOUNT", "REGION", "ROOT", "Graph", "Node", "has", "recorded"]


def recorded(stack: str, changes: Mapping[str, Mapping[str, Any]] | None = None) -> Graph:
    """What the program registers; `changes` sets settings of sections: {"network": {"nat": "single"}}."""
    return _recorded(json.dumps(config_of(stack) | dict(changed_config(stack, changes or {}))))


@functools.cache
def _recorded(config: str) -> Graph:
    """A second page about the same program does not run it again."""
    return graph_of(program, config=json.loads(config))


def changed_config(stack: str, changes: Mapping[str, Mapping[str, Any]]) -> Mapping[str, str]:
    """The sections of a stack file that have changes, with them."""
    config = config_of(stack)
    keys = {section: f"ecs-platform:{section}" for section in changes}
    return {
        keys[section]: json.dumps(json.loads(config.get(keys[section], "{}")) | dict(values))
        for section, values in changes.items()
    }


def has(stack: str, changes: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a stack file says all of that already."""
    return changed_config(stack, changes).items() <= config_of(stack).items()
