"""Which requests go to a service, and what the load balancer keeps to on their way. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field, fields
from typing import Any, Final

from ..common.args import inputs
from ..common.inputs import Texts, range_problem
from .health_check import HealthCheck, Protocol
from .login import CognitoLogin, OidcLogin
from .redirect import Redirect
from .route_conditions import Conditions
from .route_priority import LABELS, LONGEST, PRIORITIES, labels, priority

LONGEST_STICKINESS_S: Final = 604_800
"""A week (Elastic Load Balancing API, TargetGroupAttribute)."""

LONGEST_DELAY_S: Final = 3600
"""An hour (same source)."""

SLOW_START_S: Final = range(30, 901)
"""Seconds (same source)."""

LONGEST_LATENCY_S: Final = 4000
"""The longest idle timeout: a slower answer is none (Application Load Balancers, "Load balancer attributes")."""

_HOST = re.compile(r"^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]+\Z")
_PATH = re.compile(r"^/[A-Za-z0-9_.$/~\"'@:+&-]*\*?\Z")

_OF_TASKS: Final = (
    "port",
    "protocol",
    "health_check",
    "deregistration_delay_s",
    "slow_start_s",
    "stickiness_s",
    "latency_p95_s",
    "login",
)
"""Fields of a route that no redirect has."""


@inputs
class Route:
    """The requests that a service gets from the load balancer, by host, path and what else they have to have.

    A rule of the load balancer has five values at most: its path, its host, and those of the further conditions.
    """

    host: str | None = None
    """Host name of the requests, exact or `*.` and a domain. By default every host."""
    path: str = "/*"
    """Path of the requests, exact, or with `*` at its end: everything that starts so. By default every path."""
    methods: Texts = ()
    """Methods of the requests, for example GET and HEAD; one of them. By default every method."""
    headers: Mapping[str, str | Texts] = field(default_factory=dict[str, str | Texts])
    """Name → value that the header has to have, or a list of which one suffices; `*` and `?` stand for characters. Of
    each name one. By default every header."""
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    """Key → value that the query has to have, all of them; `*` and `?` stand for characters. By default every query."""
    source_cidrs: Texts = ()
    """Networks that the requests come from, `192.0.2.0/24`; one of them. Of clients behind a proxy it is the proxy's
    address. By default every network."""
    port: int | None = None
    """TCP port of the tasks that gets them: the service's, one of a container beside it, or a further one of its own
    container, 1 to 65535. By default the service's port."""
    protocol: Protocol = "HTTP1"
    """What the tasks speak there: HTTP1, HTTP2 or GRPC. The last two need a platform with a domain: clients speak them
    by HTTPS alone. By default HTTP1, whatever the clients speak."""
    health_check: HealthCheck = HealthCheck()
    """By default a task is healthy that answers `/` with 200."""
    deregistration_delay_s: int = 30
    """Seconds in which a task that leaves may finish its requests, 1 to 3600; the longest request that must not be cut.
    By default 30."""
    slow_start_s: int = 0
    """Seconds in which a new task's share of the requests grows to that of the others, 30 to 900. With it the tasks
    take turns; the load balancer cannot do so and prefer the task with the fewest open requests. By default 0: a full
    share at once."""
    stickiness_s: int = 0
    """Seconds for which a cookie leads a browser to the same task, up to 604800. By default 0: no cookie."""
    latency_p95_s: float | None = 1.0
    """Seconds within which 19 of 20 requests are answered, more than 0 and up to LONGEST_LATENCY_S; slower for ten of
    fifteen minutes raises an alarm that wakes nobody. None for requests that wait on purpose. Of
    routes to one target group, which is what is measured, the slowest counts. By default 1."""
    login: OidcLogin | CognitoLogin | None = None
    """Whom the load balancer lets pass. It needs a platform with a domain, and a way from the load balancer to the
    provider. By default everybody."""
    redirect: Redirect | None = None
    """Where clients are sent instead of to a task. By default tasks answer them."""
    priority: int | None = None
    """Priority of the listener rule, 1 to 50000, the lowest first. Give one when AWS says PriorityInUse, or for `?` or
    `*` elsewhere than above; and where a value with these, or a network, lies within another route's. By default it
    follows from the conditions."""

    def problem(self) -> str | None:
        """What the load balancer does not take."""
        return self._condition_problem() or self._number_problem() or self._action_problem()

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
        if problem := self.conditions.problem(self.host, self.path):
            return problem
        if self.priority is not None:
            return range_problem("priority", self.priority, PRIORITIES[0], PRIORITIES[-1])
        return self._pattern_problem() or self._room_problem()

    def _pattern_problem(self) -> str | None:
        if self.host is not None and not (_is_plain(self.host) and len(self.host) <= LONGEST):
            return (
                f"host: must be a domain name in lower case, or '*.' and one of 2 to {LABELS[-1]} labels, of up to "
                f"{LONGEST} characters, got {self.host!r}; other patterns need a priority"
            )
        if not _PATH.match(self.path) or len(self.path) > LONGEST:
            return (
                f"path: must be '/' and up to {LONGEST - 1} characters, with '*' at the end at most, got "
                f"{self.path!r}; other patterns need a priority"
            )
        return None

    def _room_problem(self) -> str | None:
        if self.chosen_priority in PRIORITIES:
            return None
        return f"priority: no priority before other routes of {self.host} is left for {self}; give it one"

    def _number_problem(self) -> str | None:
        # At least 1 s (the API takes 0): without a delay, requests are cut.
        return (
            range_problem("deregistration_delay_s", self.deregistration_delay_s, 1, LONGEST_DELAY_S, " s")
            or (None if self.port is None else range_problem("port", self.port, 1, 65_535))
            or self._slow_start_problem()
            or range_problem("stickiness_s", self.stickiness_s, 0, LONGEST_STICKINESS_S, " s (0: none)")
            or self._latency_problem()
        )

    def _action_problem(self) -> str | None:
        if problem := self.health_check.codes_problem(self.protocol):
            return f"health_check: {problem}"
        if self.login and self.protocol != "HTTP1":
            return f"login: the load balancer forwards {self.protocol} and does nothing before it; take HTTP1"
        return self._redirect_problem() if self.redirect else None

    def _redirect_problem(self) -> str | None:
        given = {one.name: one.default for one in fields(self) if one.name in _OF_TASKS}
        if unused := [name for name, default in given.items() if getattr(self, name) != default]:
            return f"{unused[0]}: is of tasks, and no task gets what is redirected; leave it out"
        if self.redirect and not self.conditions.values and self.redirect.comes_back(self.host, self.path):
            return f"redirect: leads to where {self} redirects again; give another host or path"
        return None

    def _slow_start_problem(self) -> str | None:
        if self.slow_start_s == 0 or self.slow_start_s in SLOW_START_S:
            return None
        return (
            f"slow_start_s: must be {SLOW_START_S[0]} to {SLOW_START_S[-1]} s, or 0 for none, got {self.slow_start_s}"
        )

    def _latency_problem(self) -> str | None:
        slowest = self.latency_p95_s
        if slowest is None or 0 < slowest <= LONGEST_LATENCY_S:
            return None
        return f"latency_p95_s: must be more than 0 and up to {LONGEST_LATENCY_S} s, or None, got {slowest}"

    @property
    def chosen_check(self) -> HealthCheck:
        """The health check, with all that follows from the protocol."""
        return self.health_check.of(self.protocol)

    @property
    def conditions(self) -> Conditions:
        """What a request has to have beside host and path."""
        return Conditions(methods=self.methods, headers=self.headers, query=self.query, source_cidrs=self.source_cidrs)

    @property
    def matches(self) -> tuple[Any, ...]:
        """What a request has to have; routes that agree in it want the same requests."""
        return self.host, self.path, tuple(sorted(tuple(sorted(values)) for values in self.conditions.values))

    @property
    def chosen_priority(self) -> int:
        """The priority given, or the one that follows from the conditions."""
        if self.priority is not None:
            return self.priority
        return priority(self.host, self.path, self.conditions.values, "redirect" if self.redirect else "")

    def __str__(self) -> str:
        further = "".join(f", {' or '.join(values)}" for values in self.conditions.values)
        return f"{self.host or '(every host)'}{self.path}{further}"


def _is_plain(host: str) -> bool:
    return bool(_HOST.match(host)) and (not host.startswith("*.") or labels(host) in LABELS)
