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
from dataclasses import dataclass
from typing import Final

from ..common.args import inputs
from ..common.inputs import range_problem

PRIORITIES: Final = range(1, 50_001)
"""What a listener takes (Elastic Load Balancing API, CreateRule)."""

LONGEST: Final = 128
"""Characters of a path condition, and of a host condition (same source, RuleCondition)."""

LONGEST_STICKINESS_S: Final = 604_800
"""A week (Elastic Load Balancing API, TargetGroupAttribute)."""

LONGEST_DELAY_S: Final = 3600
"""An hour (same source)."""

LONGEST_LATENCY_S: Final = 4000
"""The longest idle timeout: a slower answer is none (Application Load Balancers, "Load balancer attributes")."""

LONGEST_CHECKED_PATH: Final = 1024
"""Characters of a health check's path (same source, CreateTargetGroup)."""

_CHECKED_PATH = re.compile(rf"^/[!-~]{{0,{LONGEST_CHECKED_PATH - 1}}}\Z")
_CODES = re.compile(r"^(?P<first>[2-4][0-9]{2})(-(?P<last>[2-4][0-9]{2}))?\Z", re.ASCII)
"""Codes that an Application Load Balancer takes (same source, Matcher)."""

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


@inputs
class HealthCheck:
    """How the load balancer finds out whether a task is healthy."""

    path: str = "/"
    """A path that answers fast, and only when the task can do its work: `/` and up to 1023 printable characters. By
    default the root of the application."""
    matcher: str = "200"
    """Status codes of a healthy answer, from 200 to 499: one, a range or a list, for example 200, 200-299 or
    `200,301-302`. By default 200 alone."""
    interval_s: int = 10
    """Seconds between two checks, 5 to 300. By default 10."""
    timeout_s: int = 5
    """Seconds until a check counts as failed, 2 to 120, less than the interval. By default 5."""
    healthy_count: int = 2
    """Consecutive passed checks until a task gets requests, 2 to 10. By default 2."""
    unhealthy_count: int = 3
    """Consecutive failed checks until it gets none, 2 to 10. By default 3."""

    def problem(self) -> str | None:
        """What the load balancer does not take."""
        return (
            self._path_problem()
            or self._matcher_problem()
            or range_problem("interval_s", self.interval_s, 5, 300)
            or range_problem("timeout_s", self.timeout_s, 2, min(120, self.interval_s - 1), " (less than interval_s)")
            or range_problem("healthy_count", self.healthy_count, 2, 10)
            or range_problem("unhealthy_count", self.unhealthy_count, 2, 10)
        )

    @staticmethod
    def written_for(text: str) -> str:
        """What somebody meant who wrote a text."""
        return f"HealthCheck(path={text!r})"

    def _path_problem(self) -> str | None:
        if _CHECKED_PATH.match(self.path):
            return None
        got = repr(self.path) if len(self.path) <= LONGEST_CHECKED_PATH else f"{len(self.path)} characters"
        return (
            f"path: must start with '/' and be up to {LONGEST_CHECKED_PATH} printable ASCII characters without a "
            f"blank, got {got}"
        )

    def _matcher_problem(self) -> str | None:
        ranges = [_CODES.match(part) for part in self.matcher.split(",")]
        if all(found and int(found["first"]) <= int(found["last"] or found["first"]) for found in ranges):
            return None
        return (
            "matcher: must be status codes from 200 to 499, for example '200', '200-299' or '200,301-302', got "
            f"{self.matcher!r}"
        )


@inputs
class Route:
    """Host and path of the requests that a service gets from the load balancer."""

    host: str | None = None
    """Host name of the requests, exact or `*.` and a domain. By default every host."""
    path: str = "/*"
    """Path of the requests, exact, or with `*` at its end: everything that starts so. By default every path."""
    health_check: HealthCheck = HealthCheck()
    """By default a task is healthy that answers `/` with 200."""
    deregistration_delay_s: int = 30
    """Seconds in which a task that leaves may finish its requests, 1 to 3600; the longest request that must not be cut.
    By default 30."""
    stickiness_s: int = 0
    """Seconds for which a cookie leads a browser to the same task, up to 604800. By default 0: no cookie."""
    latency_p95_s: float | None = 1.0
    """Seconds within which 19 of 20 requests are answered, more than 0 and up to LONGEST_LATENCY_S; slower for ten of
    fifteen minutes raises an alarm that wakes nobody. None for requests that wait on purpose. By default 1."""
    priority: int | None = None
    """Priority of the listener rule, 1 to 50000, the lowest first. Give one when AWS says PriorityInUse, or for `?` or
    `*` elsewhere than above. By default it follows from host and path."""

    def problem(self) -> str | None:
        """What the load balancer does not take."""
        return self._condition_problem() or self._number_problem()

    @staticmethod
    def written_for(text: str) -> str:
        """What somebody meant who wrote a text."""
        host, slash, path = text.removeprefix("https://").removeprefix("http://").partition("/")
        parts = [f"host={host!r}"] * bool(host) + [f"path={slash + path!r}"] * bool(slash)
        return f"Route({', '.join(parts)})"

    def _condition_problem(self) -> str | None:
        for name in ("host", "path"):
            if getattr(self, name) == "":
                return f"{name}: must be a {name}, got ''; leave it out for every {name}"
        if self.priority is not None:
            return range_problem("priority", self.priority, PRIORITIES[0], PRIORITIES[-1])
        if self.host is not None and not (_is_plain(self.host) and len(self.host) <= LONGEST):
            return (
                f"host: must be a domain name in lower case, or '*.' and one of 2 to {_LABELS[-1]} labels, of up to "
                f"{LONGEST} characters, got {self.host!r}; other patterns need a priority"
            )
        if not _PATH.match(self.path) or len(self.path) > LONGEST:
            return (
                f"path: must be '/' and up to {LONGEST - 1} characters, with '*' at the end at most, got "
                f"{self.path!r}; other patterns need a priority"
            )
        return None

    def _number_problem(self) -> str | None:
        # At least 1 s (the API takes 0): without a delay, requests are cut.
        return (
            range_problem("deregistration_delay_s", self.deregistration_delay_s, 1, LONGEST_DELAY_S, " s")
            or range_problem("stickiness_s", self.stickiness_s, 0, LONGEST_STICKINESS_S, " s (0: none)")
            or self._latency_problem()
        )

    def _latency_problem(self) -> str | None:
        slowest = self.latency_p95_s
        if slowest is None or 0 < slowest <= LONGEST_LATENCY_S:
            return None
        return f"latency_p95_s: must be more than 0 and up to {LONGEST_LATENCY_S} s, or None, got {slowest}"

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


def _is_plain(host: str) -> bool:
    return bool(_HOST.match(host)) and (not host.startswith("*.") or _labels(host) in _LABELS)


def _labels(host: str) -> int:
    return len(host.removeprefix("*.").split("."))


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
