"""A port of a service at a Network Load Balancer: what clients connect to, and what the tasks get. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Final, Literal, TypeAlias

import pulumi

from ..common.args import example, inputs
from ..common.inputs import known_text_problem, range_problem
from .caller import EVERYBODY, Caller
from .network_load_balancer import ExistingNetworkLoadBalancer, NetworkLoadBalancer
from .port_health_check import PortHealthCheck
from .routing import LONGEST_DELAY_S

PortProtocol: TypeAlias = Literal["TCP", "UDP", "TCP_UDP", "TLS"]
"""What a listener speaks with clients (Network Load Balancers, "Listeners"). QUIC takes no security groups."""

TLS_POLICY: Final = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
"""TLS 1.3, and 1.2 with forward secrecy and authenticated ciphers only (Network Load Balancers, "Security policies").
"""

_TLS_POLICY: Final = re.compile(r"^ELBSecurityPolicy-TLS13-1-[23](-(?!Ext)[A-Za-z0-9]+)*-\d{4}-\d{2}\Z")
_CERTIFICATE: Final = re.compile(r"^arn:[a-z-]+:(acm|iam):[a-z0-9-]*:\d{12}:(certificate|server-certificate)/.+\Z")

_TRANSPORTS: Final[Mapping[str, Sequence[Literal["tcp", "udp"]]]] = {"UDP": ("udp",), "TCP_UDP": ("tcp", "udp")}

_OF_TLS: Final = ("certificate_arn", "tls_policy", "alpn", "tls_to_tasks")
"""Fields that TLS alone has."""


@inputs
class Port:
    """A port of a load balancer that leads to a port of the tasks. Nobody may connect who is not allowed here."""

    port: int
    """Port of the tasks, 1 to 65535: of a container beside the service's that listens there, else of its own."""
    balancer: NetworkLoadBalancer | ExistingNetworkLoadBalancer
    allow_from: Sequence[Caller] = field(default=(), metadata=example("[Caller('office', cidr='10.0.0.0/8')]"))
    """Who may connect: services by `as_caller`, security groups, prefix lists, networks; a public load balancer knows
    callers by their networks alone, and has to say whom, `0.0.0.0/0` for everybody. By default nobody."""
    listens_on: int | None = None
    """Port that clients connect to, 1 to 65535. By default that of the tasks."""
    protocol: PortProtocol = "TCP"
    """What clients speak: TCP, UDP, TCP_UDP for both, or TLS, which the load balancer ends. By default TCP; of TLS that
    the tasks end themselves as well."""
    certificate_arn: pulumi.Input[str] | None = None
    """Certificate of a TLS port, of this Region, for example that of a `Domain`. By default none, as without TLS."""
    tls_policy: str | None = None
    """Security policy of a TLS port: of TLS 1.2 or 1.3, all ciphers with forward secrecy. By default TLS_POLICY."""
    alpn: Literal["HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred"] | None = None
    """Which protocol a TLS port agrees on with clients (ALPN). By default none."""
    tls_to_tasks: bool = False
    """Whether a TLS port speaks TLS with the tasks, too, whose certificate is not checked. By default it speaks TCP."""
    proxy_protocol: bool = False
    """Whether each connection to a task, checks among them, begins with a header of proxy protocol 2 that says who
    called; tasks have to understand it. It comes with the first data of the client, so where the server speaks first,
    as in SMTP, nothing happens. By default none."""
    preserve_client_ip: bool | None = None
    """Whether tasks see the address of the client instead of the load balancer's. A task then cannot reach itself by
    an internal load balancer, and clients that come by a VPC endpoint have the load balancer's all the same. By default
    not; of UDP always."""
    stickiness: bool = False
    """Whether connections from one address go to the same task; not of TLS. By default each goes to any."""
    idle_timeout_s: int | None = None
    """Seconds that a TCP connection may be silent, 60 to 6000, of TCP alone; then it is reset at its next packet. More
    than 350 needs tasks whose network interfaces track connections that long. By default 350, like TLS; UDP has 120."""
    deregistration_delay_s: int = 30
    """Seconds in which a task that leaves keeps its connections, 1 to 3600; then they are closed. By default 30."""
    health_check: PortHealthCheck = PortHealthCheck()
    """By default a task is healthy that takes a TCP connection at the port; UDP needs a TCP port to check."""

    def problem(self) -> str | None:
        """What the load balancer does not take, or nobody could connect to."""
        return (
            range_problem("port", self.port, 1, 65_535)
            or (None if self.listens_on is None else range_problem("listens_on", self.listens_on, 1, 65_535))
            or range_problem("deregistration_delay_s", self.deregistration_delay_s, 1, LONGEST_DELAY_S, " s")
            or self._tls_problem()
            or self._udp_problem()
            or self._tcp_problem()
            or self._callers_problem()
        )

    def _tls_problem(self) -> str | None:
        if self.protocol != "TLS":
            given = [name for name in _OF_TLS if getattr(self, name)]
            return (
                f"{given[0]}: is of TLS, and the protocol is {self.protocol}; take TLS, or leave it out"
                if given
                else None
            )
        if self.certificate_arn is None:
            return "certificate_arn: TLS needs a certificate; give the ARN of one of this Region"
        if isinstance(self.certificate_arn, str) and (problem := certificate_problem(self.certificate_arn)):
            return problem
        if self.tls_policy is not None and not _TLS_POLICY.match(self.tls_policy):
            return (
                f"tls_policy: must be a policy of TLS 1.2 or 1.3 without Ext ciphers, {TLS_POLICY}, got "
                f"{self.tls_policy!r}"
            )
        return (
            "stickiness: TLS has none (Network Load Balancers, Sticky sessions); leave it out"
            if self.stickiness
            else None
        )

    def _udp_problem(self) -> str | None:
        if not self.speaks_udp:
            return None
        if self.preserve_client_ip is False:
            return f"preserve_client_ip: with {self.protocol} tasks always see the client's address; leave it out"
        if self.proxy_protocol:
            return f"proxy_protocol: with {self.protocol} tasks see the client's address as it is; leave it out"
        if self.protocol == "UDP" and self.health_check.port is None:
            return (
                "health_check: no check speaks UDP; name a TCP port of the tasks that is checked, "
                "PortHealthCheck(port=...)"
            )
        return None

    def _tcp_problem(self) -> str | None:
        if self.idle_timeout_s is None:
            return None
        if self.protocol != "TCP":
            return f"idle_timeout_s: that of {self.protocol} is fixed; leave it out"
        return range_problem("idle_timeout_s", self.idle_timeout_s, 60, 6000, " s")

    def _callers_problem(self) -> str | None:
        names = [caller.name for caller in self.allow_from]
        if twice := [name for name in names if names.count(name) > 1]:
            return f"allow_from: two callers are called {twice[0]}; rename one"
        sources = [caller.source for caller in self.allow_from]  # Outputs, whose values nobody knows, all differ
        if same := [caller.name for caller in self.allow_from if sources.count(caller.source) > 1]:
            return f"allow_from: {' and '.join(same)} are the same; name it once"
        if self.used_balancer.internal:
            everybody = [caller.name for caller in self.allow_from if caller.is_everybody]
            return (
                f"allow_from: {everybody[0]} is everybody, and an internal load balancer has private addresses; name "
                "the networks that reach it, for example that of the VPC"
                if everybody
                else None
            )
        if not self.allow_from:
            return (
                "allow_from: a public load balancer has to say whom it lets in; write "
                f"[Caller('everybody', cidr={EVERYBODY!r})] if it is everybody"
            )
        by_group = [caller.name for caller in self.allow_from if caller.security_group_id is not None]
        return (
            f"allow_from: {by_group[0]} has a security group, which public addresses do not show; name its networks"
            if by_group
            else None
        )

    @property
    def used_balancer(self) -> ExistingNetworkLoadBalancer:
        """The load balancer, whoever has made it."""
        given = self.balancer
        return given if isinstance(given, ExistingNetworkLoadBalancer) else given.as_existing

    @property
    def listener_port(self) -> int:
        """The port that clients connect to."""
        return self.port if self.listens_on is None else self.listens_on

    @property
    def speaks_udp(self) -> bool:
        """Whether clients may speak UDP."""
        return self.protocol in ("UDP", "TCP_UDP")

    @property
    def transports(self) -> Sequence[Literal["tcp", "udp"]]:
        """What packets of clients and to tasks are, as security groups and port mappings name it."""
        return _TRANSPORTS.get(self.protocol, ("tcp",))

    @property
    def target_protocol(self) -> str:
        """What the load balancer speaks with tasks; another one is another target group."""
        return "TCP" if self.protocol == "TLS" and not self.tls_to_tasks else self.protocol

    @property
    def opened(self) -> Sequence[tuple[Literal["tcp", "udp"], int]]:
        """Protocol and port of the tasks that the load balancer reaches, for its checks too."""
        checked = self.port if self.health_check.port is None else self.health_check.port
        return list(dict.fromkeys([*((one, self.port) for one in self.transports), ("tcp", checked)]))

    def __str__(self) -> str:
        return f"{self.listener_port} of {self.used_balancer.name}"


def certificate_problem(arn: Any) -> str | None:
    """Whether a known value is no ARN of a certificate."""
    if problem := known_text_problem("certificate_arn:", arn):
        return problem
    return None if _CERTIFICATE.match(arn) else f"certificate_arn: must be the ARN of a certificate, got {arn!r}"
