"""Text of others on a terminal: what AWS and tasks say must not move the cursor, colour, or retitle the window."""

from __future__ import annotations

import re
from typing import Final

_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""C0 but tab and the end of a line, DEL, and C1 (ISO/IEC 6429)."""

INSTEAD: Final = "\N{REPLACEMENT CHARACTER}"


def printable(text: str) -> str:
    """The text as one line without control characters, each of them as `�`; for people, never for JSON."""
    return _CONTROLS.sub(INSTEAD, text.replace("\r\n", "\n").rstrip("\n").replace("\n", " "))
