"""How the load balancer finds out whether a task is healthy. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final, Literal, TypeAlias

from ..common.args import inputs
from ..common.inputs import range_problem

LONGEST_CHECKED_PATH: Final = 1024
"""Characters of a health check's path (Elastic Load Balancing API, CreateTargetGroup)."""

_CHECKED_PATH = re.compile(rf"^/[!-~]{{0,{LONGEST_CHECKED_PATH - 1}}}\Z")
_HTTP_CODES = re.compile(r"^(?P<first>[2-4][0-9]{2})(-(?P<last>[2-4][0-9]{2}))?\Z", re.ASCII)
_GRPC_CODES = re.compile(r"^(?P<first>[0-9]{1,2})(-(?P<last>[0-9]{1,2}))?\Z", re.ASCII)
"""Codes that an Application Load Balancer takes (same source, Matcher)."""

Protocol: TypeAlias = Literal["HTTP1", "HTTP2", "GRPC"]
"""What the load balancer speaks with tasks (same source, CreateTargetGroup, ProtocolVersion)."""

GRPC_PATH, GRPC_CODE, GRPC_UNKNOWN_METHOD = "/AWS.ALB/healthcheck", "0", "12"
"""A method that no server has, so that one that works answers UNIMPLEMENTED (12); OK of a method that it has (same
source: HealthCheckPath, Matcher)."""


@inputs
class HealthCheck:
    """How the load balancer finds out whether a task is healthy."""

    path: str | None = None
    """A path that answers fast, and only when the task can do its work: `/` and up to 1023 printable characters; of a
    gRPC route a method, `/grpc.health.v1.Health/Check`. By default `/`, the root of the application; of a gRPC route
    the one that AWS names (GRPC_PATH), a method that no server has."""
    matcher: str | None = None
    """Status codes of a healthy answer, from 200 to 499: one, a range or a list, for example 200, 200-299 or
    `200,301-302`. Of a gRPC route its codes, from 0 to 99. By default 200 alone; of a gRPC route 0 (OK) where a path is
    given, else 12 (no such method)."""
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
            path_problem(self.path)
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

    def of(self, protocol: Protocol) -> HealthCheck:
        """The same with the path and the codes that a protocol has by default."""
        usual_path, usual_codes = "/", "200"
        if protocol == "GRPC":
            usual_path, usual_codes = GRPC_PATH, GRPC_CODE if self.path else GRPC_UNKNOWN_METHOD
        return replace(self, path=self.path or usual_path, matcher=self.matcher or usual_codes)

    def codes_problem(self, protocol: Protocol) -> str | None:
        """Whether the codes are those of another protocol."""
        form, words = (_GRPC_CODES, GRPC_WORDS) if protocol == "GRPC" else (_HTTP_CODES, HTTP_WORDS)
        if self.matcher is None or are_codes(self.matcher, form):
            return None
        return f"matcher of {protocol} must be {words}, got {self.matcher!r}"

    def _matcher_problem(self) -> str | None:
        if self.matcher is None or any(are_codes(self.matcher, form) for form in (_HTTP_CODES, _GRPC_CODES)):
            return None
        return f"matcher: must be {HTTP_WORDS}; of GRPC {GRPC_WORDS}, got {self.matcher!r}"


HTTP_WORDS: Final = "status codes from 200 to 499, for example '200', '200-299' or '200,301-302'"
GRPC_WORDS: Final = "codes from 0 to 99, for example '0' or '0,12'"


def path_problem(path: str | None) -> str | None:
    """Whether a check cannot ask for a path; None is that of the default."""
    if path is None or _CHECKED_PATH.match(path):
        return None
    got = repr(path) if len(path) <= LONGEST_CHECKED_PATH else f"{len(path)} characters"
    return (
        f"path: must start with '/' and be up to {LONGEST_CHECKED_PATH} printable ASCII characters without a blank, "
        f"got {got}"
    )


def are_codes(matcher: str, form: re.Pattern[str]) -> bool:
    """Whether a text is a list of codes and ranges of a form, none of them reversed."""
    ranges = [form.match(part) for part in matcher.split(",")]
    return all(found and int(found["first"]) <= int(found["last"] or found["first"]) for found in ranges)
