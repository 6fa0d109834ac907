"""Golden screens: what a view looks like at a width, as a file. GOLDEN=write writes them anew."""

import io
import os
from pathlib import Path

from rich.console import Console

FOLDER = Path(__file__).parent / "screens"


def screen(drawing, width):
    """The lines that a terminal of this width would show, without colours."""
    out = io.StringIO()
    Console(file=out, width=width, highlight=False, color_system=None).print(drawing)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def assert_golden(name, drawing, width):
    path = FOLDER / f"{name}-{width}.txt"
    lines = screen(drawing, width)
    assert max(map(len, lines)) <= width
    if os.environ.get("GOLDEN") == "write":
        FOLDER.mkdir(exist_ok=True)
        path.write_text("\n".join(lines) + "\n")
    assert path.read_text().splitlines() == lines
