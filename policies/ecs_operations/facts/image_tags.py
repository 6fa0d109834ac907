"""Tells whether the tag of an image names one build for ever, or whatever was pushed last."""

from __future__ import annotations

import re
from collections.abc import Collection

_FIXED = (
    re.compile(r"(?<![\d.])\d+\.\d+\.\d+(?![\d])"),  # a whole version, whatever stands around it
    re.compile(r"(?<!\d)(19|20)\d{2}[-._]?(0[1-9]|1[0-2])[-._]?(0[1-9]|[12]\d|3[01])"),  # a day
    re.compile(r"(?<![a-z0-9])(?=[a-f]*\d)[0-9a-f]{7,64}(?![a-z0-9])"),  # a commit
    re.compile(r"(?<![a-z0-9.])[vbr]?\d{3,}(?![a-z0-9.])"),  # a build number
    re.compile(r"(?<![a-z])(build|b|ci|run|job|pipeline|rev|r)[-._]?\d+(?![a-z0-9.])"),  # a numbered build
    re.compile(r"(?<![a-z0-9])g[0-9a-f]{7,40}(?![a-z0-9])"),  # what `git describe` says
    re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),  # a UUID
)
"""What makes a tag unique. Part of a version (`1`, `v1.2`, `3.12-slim`, `22.04`) is moved to each patch (source: Docker
documentation, Building best practices, Pin base image versions; Semantic Versioning 2.0.0)."""


def tag_of(image: str) -> str:
    """Return the tag of an image, empty without one; the port of a registry is none."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[2]


def moves(tag: str, moving: Collection[str] = (), fixed: Collection[str] = ()) -> bool:
    """Return whether a tag is moved from build to build.

    `moving` are names that move, whatever they look like; `fixed` regular expressions of whole tags that do not.
    """
    text = tag.lower()
    if not text or text in {name.lower() for name in moving}:
        return True
    if any(re.fullmatch(pattern, tag) for pattern in fixed):
        return False
    return not any(pattern.search(text) for pattern in _FIXED)
