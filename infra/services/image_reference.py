"""An image by its digest: what stays the same wherever it is copied to, and never moves as a tag does."""

from __future__ import annotations

import re
from typing import Any, Final

import pulumi

from ..common.args import refused
from ..common.inputs import known_text_problem

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")


def digest_problem(digest: Any) -> str | None:
    """Whether a value is no digest of an image (OCI image specification, "Digests")."""
    if not isinstance(digest, str):
        return known_text_problem("digest:", digest)
    if _DIGEST.fullmatch(digest):
        return None
    behind = digest.rpartition("@")[2]
    hint = f"write {behind!r}" if _DIGEST.fullmatch(behind) else "a build and a push print it, a tag has none"
    return f"digest: must be sha256: and 64 of 0-9 and a-f, got {digest!r}; {hint}"


def image_at(owner: str, place: pulumi.Input[str], digest: pulumi.Input[str]) -> pulumi.Output[str]:
    """The image `place@digest`.

    Raises pulumi.RunError for what is no digest, at once where the program knows it; else its consumers fail with it.
    """
    given: Any = digest
    if not isinstance(given, pulumi.Output | str):
        raise refused(f"{owner}: digest: must be a text, got {given!r}")
    if isinstance(given, str) and (problem := digest_problem(given)):
        raise refused(f"{owner}: {problem}")

    def checked(known: Any) -> str:
        if problem := digest_problem(known):
            raise pulumi.RunError(f"{owner}: {problem}")
        return known

    # The digest is checked by itself: in the first preview nobody knows the place.
    return pulumi.Output.format("{0}@{1}", place, pulumi.Output.from_input(digest).apply(checked))
