"""What a request has to have beside host and path, as the load balancer takes it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Final

from .route_priority import LONGEST, MOST_VALUES

MOST_WILDCARDS: Final = 6
"""Of a rule (Application Load Balancers, "Quotas", condition wildcards per rule)."""

_METHOD: Final = re.compile(r"^[A-Z_-]{1,40}\Z")
_HEADER: Final = re.compile(r"^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}\Z")
_VALUE: Final = re.compile(rf"^[ -~]{{1,{LONGEST}}}\Z")
"""Elastic Load Balancing API, RuleCondition; names of headers by RFC 7230."""


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """Conditions beside host and path; Route says what the fields mean."""

    methods: Sequence[str]
    headers: Mapping[str, str | Sequence[str]]
    query: Mapping[str, str]
    source_cidrs: Sequence[str]

    @property
    def header_values(self) -> dict[str, Sequence[str]]:
        """Header → the values of which one suffices."""
        return {name: [one] if isinstance(one, str) else one for name, one in self.headers.items()}

    @property
    def values(self) -> list[list[str]]:
        """The values of each condition, as a person would say them; case counts in methods alone."""
        every = [
            [f"method {one}" for one in self.methods],
            *([f"header {name}: {one}".lower() for one in values] for name, values in self.header_values.items()),
            *([f"query {key}={value}".lower()] for key, value in self.query.items()),
            [f"source {one}" for one in self.source_cidrs],
        ]
        return [values for values in every if values]

    def problem(self, host: str | None, path: str) -> str | None:
        """What the load balancer does not take, together with host and path."""
        return (
            self._methods_problem()
            or self._headers_problem()
            or self._query_problem()
            or next((problem for one in self.source_cidrs if (problem := _cidr_problem(one))), None)
            or self._number_problem(host, path)
        )

    def _methods_problem(self) -> str | None:
        wrong = [one for one in self.methods if not _METHOD.match(one)]
        return f"methods: must be up to 40 of A-Z, - and _, for example GET, got {wrong[0]!r}" if wrong else None

    def _headers_problem(self) -> str | None:
        for name, values in self.header_values.items():
            if name.lower() == "host":
                return "headers: the host is a condition of its own; write host=..."
            if not _HEADER.match(name):
                return f"headers: a name must be up to 40 letters, digits and signs of a header, got {name!r}"
            if not values:
                return f"headers: {name} must have a value; write '*' for any"
            if wrong := [one for one in values if not _VALUE.match(one)]:
                return f"headers: {name} must be 1 to {LONGEST} printable ASCII characters, got {wrong[0]!r}"
        return None

    def _query_problem(self) -> str | None:
        for key, value in self.query.items():
            if wrong := [one for one in (key, value) if not _VALUE.match(one)]:
                return f"query: {key} must be 1 to {LONGEST} printable ASCII characters, got {wrong[0]!r}"
        return None

    def _number_problem(self, host: str | None, path: str) -> str | None:
        number = sum(len(values) for values in self.values) + 1 + bool(host)
        if number > MOST_VALUES:
            return (
                f"{self._field}: a rule has {MOST_VALUES} values at most, got {number} with path and host; make "
                "several routes of it"
            )
        headers = [one for values in self.header_values.values() for one in values]
        wild = sum(
            len(re.findall(r"[*?]", one)) for one in [host or "", path, *headers, *self.query, *self.query.values()]
        )
        if wild > MOST_WILDCARDS:
            return f"{self._field}: a rule has {MOST_WILDCARDS} wildcards at most, got {wild} with path and host"
        return None

    @property
    def _field(self) -> str:
        """The first field that has a value."""
        return next((name for name, values in vars(self).items() if values), "path")


def _cidr_problem(cidr: str) -> str | None:
    try:
        is_network = "/" in cidr and bool(ip_network(cidr))
    except ValueError as error:
        return f"source_cidrs: must be networks like 192.0.2.0/24, got {cidr!r} ({error})"
    return None if is_network else f"source_cidrs: must be networks, got {cidr!r}; write {f'{cidr}/32'!r}"
