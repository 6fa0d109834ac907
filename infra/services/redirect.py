"""Where the load balancer sends a client itself, without a task. Pure."""

from __future__ import annotations

import re
from typing import Final, Literal

import pulumi_aws as aws

from ..common.args import inputs
from .route_priority import LONGEST

_KEYWORD: Final = re.compile(r"#\{(protocol|host|port|path|query)\}")
_HOST: Final = re.compile(r"^[A-Za-z0-9.-]+\Z")
_PATH: Final = re.compile(r"^/[!-~]*\Z")
_QUERY: Final = re.compile(r"^[!-~]*\Z")
"""Elastic Load Balancing API, RedirectActionConfig, without its keywords."""


@inputs
class Redirect:
    """Another address for the same request: what is not given stays as it was.

    `#{host}`, `#{path}` (without its first `/`) and `#{query}` stand for what the client asked for.
    """

    host: str | None = None
    """By default the same host."""
    path: str | None = None
    """`/` and up to 127 characters. By default the same path."""
    query: str | None = None
    """Up to 128 characters; empty for none. By default the same query."""
    status: Literal["HTTP_301", "HTTP_302"] = "HTTP_301"
    """HTTP_301: browsers remember it for good; HTTP_302: they ask again. By default HTTP_301."""

    def problem(self) -> str | None:
        """What the load balancer does not take."""
        if self.host is None and self.path is None:
            return "host: give another host, another path or both; a client that is sent where it was comes back"
        forms = {"host": (_HOST, "a host name"), "path": (_PATH, "/ and characters"), "query": (_QUERY, "characters")}
        for name, (form, words) in forms.items():
            value = getattr(self, name)
            if value is not None and not (form.match(_KEYWORD.sub("a", value)) and len(value) <= LONGEST):
                return f"{name}: must be {words}, up to {LONGEST} printable ASCII ones without a blank, got {value!r}"
        return None

    @staticmethod
    def written_for(text: str) -> str:
        """What somebody meant who wrote a text."""
        host, slash, path = text.removeprefix("https://").removeprefix("http://").partition("/")
        parts = [f"host={host!r}"] * bool(host) + [f"path={slash + path!r}"] * bool(slash)
        return f"Redirect({', '.join(parts)})"

    def comes_back(self, host: str | None, path: str) -> bool:
        """Whether a route of that host and path, as patterns, gets the client again."""
        asked = {"host": host or "host.example", "path": path.removeprefix("/").replace("*", "a").replace("?", "a")}

        def to(part: str | None, kept: str) -> str:
            return kept if part is None else _KEYWORD.sub(lambda found: asked.get(found[1], "a"), part)

        hosts = host is None or _matches(host, to(self.host, asked["host"].replace("*", "a")))
        return hosts and _matches(path, to(self.path, f"/{asked['path']}"))

    @property
    def action(self) -> aws.lb.ListenerRuleActionArgs:
        """What the load balancer does."""
        return aws.lb.ListenerRuleActionArgs(
            type="redirect",
            redirect=aws.lb.ListenerRuleActionRedirectArgs(
                host=self.host, path=self.path, query=self.query, status_code=self.status
            ),
        )


def _matches(pattern: str, text: str) -> bool:
    parts = {"*": ".*", "?": "."}
    return bool(re.fullmatch("".join(parts.get(one, re.escape(one)) for one in pattern), text))
