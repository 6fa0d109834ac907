"""How a Network Load Balancer finds out whether a task is healthy. Pure."""

from __future__ import annotations

import re
from typing import Any, Final, Literal

from ..common.args import inputs
from ..common.inputs import range_problem
from .health_check import are_codes, path_problem

_CODES: Final = re.compile(r"^(?P<first>[2-5][0-9]{2})(-(?P<last>[2-5][0-9]{2}))?\Z", re.ASCII)
"""Codes that a Network Load Balancer takes (Elastic Load Balancing API, Matcher)."""


@inputs
class PortHealthCheck:
    """How a Network Load Balancer finds out whether a task is healthy: by TCP, HTTP or HTTPS, and never by UDP."""

    protocol: Literal["TCP", "HTTP", "HTTPS"] = "TCP"
    """TCP: a task is healthy that takes a connection. HTTP and HTTPS: one that answers a request; the certificate of
    the task is not checked. By default TCP."""
    port: int | None = None
    """TCP port of the tasks that is checked, 1 to 65535. By default the port itself, which UDP alone has not."""
    path: str | None = None
    """A path that answers fast, and only when the task can do its work: `/` and up to 1023 printable characters. By
    default `/`; TCP has none."""
    matcher: str | None = None
    """Status codes of a healthy answer, from 200 to 599: one, a range or a list. By default 200 alone; TCP has none."""
    interval_s: int = 10
    """Seconds between two checks, 5 to 300. By default 10."""
    timeout_s: int = 5
    """Seconds until a check counts as failed, 2 to 120, less than the interval. By default 5."""
    healthy_count: int = 2
    """Consecutive passed checks until a task gets connections, 2 to 10. By default 2."""
    unhealthy_count: int = 3
    """Consecutive failed checks until it gets none, 2 to 10. By default 3."""

    def problem(self) -> str | None:
        """What the load balancer does not take."""
        return (
            (None if self.port is None else range_problem("port", self.port, 1, 65_535))
            or self._answer_problem()
            or range_problem("interval_s", self.interval_s, 5, 300)
            or range_problem("timeout_s", self.timeout_s, 2, min(120, self.interval_s - 1), " (less than interval_s)")
            or range_problem("healthy_count", self.healthy_count, 2, 10)
            or range_problem("unhealthy_count", self.unhealthy_count, 2, 10)
        )

    def _answer_problem(self) -> str | None:
        if self.protocol == "TCP":
            given = [name for name in ("path", "matcher") if getattr(self, name) is not None]
            return f"{given[0]}: TCP asks for nothing; take protocol='HTTP', or leave it out" if given else None
        if self.matcher is not None and not are_codes(self.matcher, _CODES):
            return (
                "matcher: must be status codes from 200 to 599, for example '200', '200-299' or '200,301-302', got "
                f"{self.matcher!r}"
            )
        return path_problem(self.path)

    @property
    def rendered(self) -> dict[str, Any]:
        """The argument of a target group."""
        asked = {} if self.protocol == "TCP" else {"path": self.path or "/", "matcher": self.matcher or "200"}
        return {
            "protocol": self.protocol,
            "port": "traffic-port" if self.port is None else str(self.port),
            **asked,
            "interval": self.interval_s,
            "timeout": self.timeout_s,
            "healthy_threshold": self.healthy_count,
            "unhealthy_threshold": self.unhealthy_count,
        }

    def __str__(self) -> str:
        asked = "" if self.protocol == "TCP" else f" {self.path or '/'} ({self.matcher or '200'})"
        return f"{self.protocol} at {self.port or 'the port itself'}{asked}"
