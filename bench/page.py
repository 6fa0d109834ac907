"""The page of measured ratios: tables, each under a heading that its own benchmark replaces."""

from __future__ import annotations

import platform
import re
from collections.abc import Sequence
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
INTRODUCTION = """# Benchmarks

Measured by `make bench` on one machine, in one run, against the sandbox (a local emulator, and a provider in Python):
look at the ratios, the seconds are the machine's.
"""


def table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; floats have two significant digits after the point."""
    lines = [list(headings), ["---"] * len(headings), *([_cell(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _cell(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def with_section(page: str, heading: str, body: str) -> str:
    """The page with one section replaced, or added at its end."""
    section = f"## {heading}\n\n{body.strip()}\n"
    found = re.search(rf"^## {re.escape(heading)}\n.*?(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    if found is None:
        return f"{(page or INTRODUCTION).rstrip()}\n\n{section}"
    after = page[found.end() :]
    return page[: found.start()] + section + (f"\n{after}" if after else "")


def write(heading: str, body: str) -> None:
    """Replace one section of the page."""
    page = PAGE.read_text() if PAGE.exists() else ""
    PAGE.write_text(with_section(page, heading, body))
    print(f"\n{body}\nwritten to docs/{PAGE.name}")


def machine() -> str:
    """What it was measured on, without a name."""
    return f"Python {platform.python_version()}, {platform.machine()}"
