"""The look of all commands: plain tables without frames, so that a screen holds much and a pipe can cut it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from .printable import printable

GOOD: Final = "green"
NOTED: Final = "yellow"
WRONG: Final = "red"


def table(columns: Sequence[str], rows: Iterable[Sequence[str | Text]], *, right: Iterable[str] = ()) -> Table:
    """A table with a heading; the columns named in `right` are numbers."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in columns:
        number = name in right
        whole = number or name in ("instance", "task")
        made.add_column(name, justify="right" if number else "left", overflow="fold", no_wrap=whole)
    for row in rows:
        made.add_row(*map(cell, row))
    return made


def facts(rows: Iterable[tuple[str, str | Text]]) -> Table:
    """Names and what is to be said of each."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    made.add_column(style="bold", no_wrap=True)
    made.add_column(overflow="fold")
    for name, text in rows:
        made.add_row(cell(name), cell(text))
    return made


def stacked(*parts: RenderableType | None) -> Group:
    """One below the other, an empty line between."""
    there = [part for part in parts if part is not None]
    spaced = [item for part in there for item in ("", part)][1:]
    return Group(*spaced)


def styled(text: str, style: str) -> Text:
    """Text in a style; without a terminal it is the text alone."""
    return Text(printable(text), style=style)


def cell(text: str | Text) -> Text:
    """What stands in a table: text, and never markup or control characters."""
    return text if isinstance(text, Text) else Text(printable(text))
