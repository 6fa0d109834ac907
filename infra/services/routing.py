"""Which requests go to a service, and in which order the load balancer tries the rules. Pure.

A load balancer takes the rule of the lowest priority that matches, and refuses two rules of one priority. Stacks do
not know each other's rules, so a priority follows from the route alone:

- Of two routes that can match the same request, the more specific one comes first: an exact host before `*.host`
  before any host; of one host, a longer path before a shorter one, and `/a` before `/a*`.
- Where the order cannot matter (other hosts, other paths), a hash spreads the routes: each band below is as wide as
  50,000 priorities allow. Of routes with a host each, the hundredth meets another one with a probability of 0.4 %
  (any two of a hundred meet with 16 %, any two of thirty with 2 %). Then AWS says `PriorityInUse`, and the newcomer
  gives its route a `priority`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Final

PRIORITIES: Final = range(1, 50_001)
"""What a listener takes (Elastic Load Balancing API, CreateRule)."""

LONGEST: Final = 128
"""Characters of a path condition, and of a host condition (same source, RuleCondition)."""

LONGEST_STICKINESS_S: Final = 604_800
"""A week (Elastic Load Balancing API, TargetGroupAttribute)."""

_HOST = re.compile(r"^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]+$")
_PATH = re.compile(r"^/[A-Za-z0-9_.$/~\"'@:+&-]*\*?$")
_WILD = re.compile(r"[*?]")

USUAL_LENGTH: Final = 24
"""Paths up to this length get most of the room: longer ones are rare in rules."""


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

    def place(self, path: str, seed: str) -> int:
        """The priority of a path, 0-based within the band."""
        literal, prefix = path.removesuffix("*"), path.endswith("*")
        before = sum(sum(self.room(length)) for length in range(len(literal) + 1, LONGEST + 1))
        exact_room, prefix_room = self.room(len(literal))
        if prefix:
            return self.first + before + exact_room + _hash(seed) % prefix_room
        return self.first + before + _hash(seed) % exact_room


_EXACT_HOST: Final = _Band(first=1, usual=(80, 240), rare=(2, 4))
_EXACT_HOSTS_END: Final = 36_000
_LABELS: Final = range(2, 7)
_WILDCARD_HOSTS: Final = [
    _Band(first=_EXACT_HOSTS_END + 1 + 640 * step, usual=(2, 3), rare=(2, 3)) for step in range(len(_LABELS))
]
"""One band for each number of labels, the most first: `*.a.example.com` is more specific than `*.example.com`."""
_ANY_HOST: Final = _Band(first=_EXACT_HOSTS_END + 1 + 640 * len(_LABELS), usual=(120, 300), rare=(2, 4))


@dataclass(frozen=True, kw_only=True)
class HealthCheck:
    """How the load balancer finds out whether a task serves."""

    path: str = "/"
    """A path that answers fast, and only when the task can do its work."""
    matcher: str = "200"
    """Status codes of a healthy answer, for example 200 or 200-299."""
    interval_s: int = 10
    """Seconds between two checks, 5 to 300."""
    timeout_s: int = 5
    """Seconds until a check counts as failed, 2 to 120, less than the interval."""
    healthy_count: int = 2
    """Checks in a row until a task gets requests, 2 to 10."""
    unhealthy_count: int = 3
    """Checks in a row until it gets none, 2 to 10."""

    def __post_init__(self) -> None:
        bounds = {
            "interval_s": (5, 300),
            "timeout_s": (2, min(120, self.interval_s - 1)),
            "healthy_count": (2, 10),
            "unhealthy_count": (2, 10),
        }
        for name, (least, most) in bounds.items():
            if not least <= getattr(self, name) <= most:
                more = " (less than interval_s)" if name == "timeout_s" else ""
                raise ValueError(f"{name}: {least} to {most}{more} is possible, got {getattr(self, name)}")
        if not self.path.startswith("/"):
            raise ValueError(f"path: a health check asks for a path that starts with '/', got {self.path!r}")


@dataclass(frozen=True, kw_only=True)
class Route:
    """Requests of the world that go to a service."""

    host: str | None = None
    """Name that was asked for, exact or `*.` and a domain. None: every name."""
    path: str = "/*"
    """Path that was asked for, exact, or with `*` at its end: everything that starts so."""
    health_check: HealthCheck = HealthCheck()
    deregistration_delay_s: int = 30
    """Seconds that a task which leaves may finish its requests in, 1 to 3600; the longest request that must not be cut.
    """
    stickiness_s: int = 0
    """Seconds that a browser is sent to the same task, by a cookie, up to 604800; 0 for not at all."""
    priority: int | None = None
    """Where the rule stands, 1 to 50000, the lowest first; None: it follows from host and path. Give one when AWS says
    PriorityInUse, or for `?` or `*` elsewhere than above."""

    def __post_init__(self) -> None:
        if problem := self._problem():
            raise ValueError(problem)

    def _problem(self) -> str | None:
        if self.priority is not None:
            if self.priority not in PRIORITIES:
                return f"priority: 1 to 50000 are possible, got {self.priority}"
        elif self.host is not None and not (_is_plain(self.host) and len(self.host) <= LONGEST):
            return (
                f"host: {self.host!r} is neither a domain name in lower case nor '*.' and one of 2 to {_LABELS[-1]} "
                f"labels, of up to {LONGEST} characters; other patterns need a priority"
            )
        elif not _PATH.match(self.path) or len(self.path) > LONGEST:
            return (
                f"path: {self.path!r} is not '/' and up to {LONGEST - 1} characters with '*' at the end at most; "
                "other patterns need a priority"
            )
        if not 1 <= self.deregistration_delay_s <= 3600:  # noqa: PLR2004  limit of the API; 0 cuts requests
            return f"deregistration_delay_s: 1 to 3600 s are possible, got {self.deregistration_delay_s}"
        if not 0 <= self.stickiness_s <= LONGEST_STICKINESS_S:
            return f"stickiness_s: 0 (none) to {LONGEST_STICKINESS_S} s are possible, got {self.stickiness_s}"
        return None

    @property
    def chosen_priority(self) -> int:
        """The priority given, or the one that follows from host and path."""
        return self.priority if self.priority is not None else priority(self.host, self.path)

    def __str__(self) -> str:
        return f"{self.host or '(every host)'}{self.path}"


def priority(host: str | None, path: str) -> int:
    """The priority of a route: the more specific of two that can match one request has the lower one."""
    if host is None:
        return _ANY_HOST.place(path, path)
    seed = f"{host}{path}"
    if _WILD.search(host):
        return _WILDCARD_HOSTS[_LABELS[-1] - _labels(host)].place(path, seed)
    # The paths of one host keep their order among themselves wherever they start.
    start = _hash(host) % (_EXACT_HOSTS_END - _EXACT_HOST.size)
    return start + _EXACT_HOST.place(path, seed)


@dataclass
class Claims:
    """The routes of one program, to find two that want the same before AWS does."""

    taken: dict[int, tuple[str, Route]] = field(default_factory=dict[int, tuple[str, Route]])

    def claim(self, owner: str, route: Route) -> int:
        """Take a route's priority for a service. Raises ValueError where another service has it."""
        number = route.chosen_priority
        other, held = self.taken.setdefault(number, (owner, route))
        if other == owner:
            return number
        if (held.host, held.path) == (route.host, route.path):
            raise ValueError(f"route: {owner} and {other} both want {route}; give them different hosts or paths")
        raise ValueError(
            f"route: {route} of {owner} has priority {number}, and so has {held} of {other}; "
            "give one of them another priority"
        )


def _is_plain(host: str) -> bool:
    return bool(_HOST.match(host)) and (not host.startswith("*.") or _labels(host) in _LABELS)


def _labels(host: str) -> int:
    return len(host.removeprefix("*.").split("."))


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
