"""In which order the load balancer tries the rules of routes. Pure.

A load balancer takes the rule of the lowest priority that matches, and refuses two rules of one priority. Stacks do
not know each other's rules, so a priority follows from the route alone:

- Of two routes that can match the same request, the more specific one comes first: an exact host before `*.host`
  before any host; of one host, a longer path before a shorter one, and `/a` before `/a*`; of one host and path, more
  further conditions before fewer, and of as many those with fewer values.
- Where the order cannot matter (other hosts, other paths), a hash spreads the routes: each band below is as wide as
  50,000 priorities allow. Of routes with a host each, the hundredth meets another one with a probability of 0.4 %
  (any two of a hundred meet with 16 %, any two of thirty with 2 %). Then AWS says `PriorityInUse`, and the newcomer
  gives its route a `priority`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

PRIORITIES: Final = range(1, 50_001)
"""What a listener takes (Elastic Load Balancing API, CreateRule)."""

LONGEST: Final = 128
"""Characters of a path condition, and of a host condition (same source, RuleCondition)."""

_WILD = re.compile(r"[*?]")

USUAL_LENGTH: Final = 24
"""Paths up to this length get most of the room: longer ones are rare in rules."""

MOST_VALUES: Final = 5
"""Values of a rule's conditions (Application Load Balancers, "Quotas", condition values per rule)."""

STEP: Final = 60
"""Priorities between two levels."""

_FURTHER: Final = range(1, MOST_VALUES)
"""Values of conditions beside the path, and so the number of such conditions."""

_LEVELS: Final = {
    shape: level
    for level, shape in enumerate(
        sorted(
            ((conditions, values) for conditions in _FURTHER for values in _FURTHER if conditions <= values),
            key=lambda shape: (shape[0], -shape[1]),
        ),
        start=1,
    )
}
"""Further conditions and their values, together → how much more specific they make a rule."""


@dataclass(frozen=True)
class _Band:
    """Priorities for all paths of one kind of host: for each length of path, the longest first, exact before prefix."""

    first: int
    usual: tuple[int, int]
    """Room for exact paths and for prefixes of each length up to USUAL_LENGTH."""
    rare: tuple[int, int]
    """The same for longer ones."""

    def room(self, length: int) -> tuple[int, int]:
        return self.usual if length <= USUAL_LENGTH else self.rare

    @property
    def size(self) -> int:
        return sum(sum(self.room(length)) for length in range(1, LONGEST + 1))

    def place(self, path: str, seed: str, level: int) -> int:
        """The priority of a path, 0-based within the band; above it by level, with as much room at each."""
        literal = path.removesuffix("*")
        before = sum(sum(self.room(length)) for length in range(len(literal) + 1, LONGEST + 1))
        exact_room, prefix_room = self.room(len(literal))
        start, room = (before + exact_room, prefix_room) if path.endswith("*") else (before, exact_room)
        if level:
            # Every level of every path is moved alike, so that the order of hosts and paths is that of their levels.
            return self.first + start - level * STEP + _hash(seed) % min(room, STEP)
        return self.first + start + _hash(seed) % room


_EXACT_HOST: Final = _Band(first=1, usual=(80, 240), rare=(2, 4))
_EXACT_HOSTS_END: Final = 36_000
LABELS: Final = range(2, 7)
_WILDCARD_HOSTS: Final = [
    _Band(first=_EXACT_HOSTS_END + 1 + 640 * step, usual=(2, 3), rare=(2, 3)) for step in range(len(LABELS))
]
"""One band for each number of labels, the most first: `*.a.example.com` is more specific than `*.example.com`."""
_ANY_HOST: Final = _Band(first=_EXACT_HOSTS_END + 1 + 640 * len(LABELS), usual=(120, 300), rare=(2, 4))


def priority(host: str | None, path: str, further: Sequence[Sequence[str]] = (), kind: str = "") -> int:
    """The priority of a route: the more specific of two that can match one request has the lower one.

    `further` are the values of each further condition; a value says whose it is, `header x-a: b`. Two kinds of rule for
    the same requests have a priority each, so that one can take the other's place. The result is less than 1 where a
    host that lies at the beginning of its band leaves no room for further conditions.
    """
    level = _LEVELS[len(further), sum(len(values) for values in further)] if further else 0
    conditions = kind + "".join(f" {' '.join(values)}" for values in sorted(sorted(values) for values in further))
    if host is None:
        return _ANY_HOST.place(path, f"{path}{conditions}", level)
    seed = f"{host}{path}{conditions}"
    if _WILD.search(host):
        return _WILDCARD_HOSTS[LABELS[-1] - labels(host)].place(path, seed, level)
    # The paths of one host keep their order among themselves wherever they start.
    start = _hash(host) % (_EXACT_HOSTS_END - _EXACT_HOST.size)
    return start + _EXACT_HOST.place(path, seed, level)


def labels(host: str) -> int:
    """Labels of a host, or of what stands behind `*.`."""
    return len(host.removeprefix("*.").split("."))


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
