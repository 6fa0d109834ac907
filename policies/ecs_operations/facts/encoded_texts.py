"""What is written inside of base64 and gzip, as in user data of several parts and in files that cloud-init writes."""

from __future__ import annotations

import gzip
import re
import zlib
from base64 import b64decode
from collections.abc import Iterator

_BLOCK = re.compile(r"[A-Za-z0-9+/]{40,}(?:\s{1,8}[A-Za-z0-9+/]{40,})*(?:\s{0,8}[A-Za-z0-9+/]+)?={0,2}")
_LAST_WORD = re.compile(r"\s+\S+$")
"""The end of a block in lines, or the word after it."""
_DEPTH = 3
"""Base64 of a MIME text with a part in base64 that writes a file in base64."""


def layers(text: str, depth: int = _DEPTH) -> Iterator[str]:
    """Yield a text, and the texts that are encoded in it."""
    yield text
    for block in _BLOCK.findall(text) if depth else ():
        inner = decoded(block) or decoded(_LAST_WORD.sub("", block))
        if inner is not None:
            yield from layers(inner, depth - 1)


def decoded(block: str) -> str | None:
    """Return the text that a block of base64 stands for, unzipped; None where it stands for no text."""
    digits = re.sub(r"[\s=]", "", block)
    try:
        data = b64decode(digits + "=" * (-len(digits) % 4), validate=True)
        text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode()
    except (ValueError, OSError, EOFError, zlib.error):
        return None
    return text if all(char.isprintable() or char.isspace() for char in text) else None
