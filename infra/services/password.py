"""A password that nobody has to think of, and how it is drawn. Pure but for the system's random numbers."""

from __future__ import annotations

import string
from secrets import SystemRandom
from typing import Final

from ..common.args import inputs
from ..common.inputs import range_problem

LENGTHS: Final = range(16, 129)
"""Characters that ElastiCache takes as an AUTH token (its user guide); databases of RDS take as many or fewer."""

_ALIKE: Final = "0Oo1Il"
"""Characters that people take for one another."""

KINDS: Final = tuple(
    "".join(one for one in kind if one not in _ALIKE)
    for kind in (string.ascii_lowercase, string.ascii_uppercase, string.digits)
)
"""Of each a password has at least one. No punctuation: what databases and URLs take of it differs."""


@inputs
class Password:
    """A random password of letters and digits that are not taken for one another: 5.8 bits each."""

    length: int = 32
    """Characters, 16 to 128; MySQL of RDS takes 41 at most, Oracle 30 (Amazon RDS user guide). By default 32."""
    generation: int = 1
    """Another number, 1 or more, draws another password; tasks get it when they start. By default the first one stays,
    whatever else changes."""

    def problem(self) -> str | None:
        """Whether it is too short to be safe, or too long for what takes passwords."""
        return range_problem("length", self.length, LENGTHS[0], LENGTHS[-1]) or range_problem(
            "generation", self.generation, 1
        )

    def drawn(self) -> str:
        """A new one, every time."""
        random = SystemRandom()
        rest = self.length - len(KINDS)
        found = [*map(random.choice, KINDS), *random.choices("".join(KINDS), k=rest)]
        random.shuffle(found)
        return "".join(found)
