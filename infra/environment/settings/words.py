"""Which word was meant by one that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Sequence


def likely(word: str, known: Sequence[str]) -> str | None:
    """The question whether the nearest of the known words was meant; None where none is near."""
    as_written = {each.lower(): each for each in known}
    close = difflib.get_close_matches(word.lower(), as_written, n=1)
    return f"did you mean {as_written[close[0]]}?" if close else None


def nearest(word: str, known: Sequence[str]) -> str:
    """Which of the known words was meant, or else all of them."""
    return likely(word, known) or f"known are {', '.join(sorted(known))}"
