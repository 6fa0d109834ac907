"""Writes a Pulumi program that makes several environments of the platform at once, for benchmarks only."""

from __future__ import annotations

from pathlib import Path

EDITS = {
    # One for all: the engine starts a process for each provider, and asks AWS for each place.
    "provider = aws.Provider(": "provider = provider if number else aws.Provider(",
    "place = Place(\n": "place = place if number else Place(\n",
    "settings = stack_settings.load()\n": (
        'settings = stack_settings.load().model_copy(update={"environment": f"e{number}"})\n'
    ),
}
"""What the environments of one stack share, and what gives each names of its own."""


def program(source: str, copies: int) -> str:
    """The source of `copies` environments, each made by the statements of the program's own `__main__.py`."""
    for old, new in EDITS.items():
        if source.count(old) != 1:
            raise ValueError(f"__main__.py does not hold {old!r} once")
        source = source.replace(old, new)
    return f"for number in range({copies}):\n" + "".join(
        f"    {line}\n" if line else "\n" for line in source.splitlines()
    )


def source_of(project: Path) -> str:
    """The program of a project's folder."""
    return (project / "__main__.py").read_text()
