"""What became of a check of `preflight`: one line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """What became of a check."""

    OK = "ok"
    PROBLEM = "problem"
    UNKNOWN = "cannot be checked"


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One line."""

    verdict: Verdict
    what: str
    text: str

    def __str__(self) -> str:
        return f"{self.verdict.value + ':':<19}{self.what}: {self.text}"


def judged(what: str, said: str, ok: bool, remedy: str) -> Checked:
    """A line that says what to do where something is wrong."""
    text = said if ok else f"{said}; {remedy}"
    return Checked(verdict=Verdict.OK if ok else Verdict.PROBLEM, what=what, text=text)
