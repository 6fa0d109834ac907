"""The key `loadBalancer`: the public load balancer and its domain."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from ..conflict import Conflict
from ..load_balancer import IDLE_TIMEOUT_RANGE_S, LoadBalancerArgs
from .domain import DOMAIN
from .section import Section


class LoadBalancerSettings(Section):
    """The public load balancer."""

    domain: str | None = Field(
        default=None,
        pattern=DOMAIN,
        max_length=64,  # of the common name of a certificate (ACM API, RequestCertificate)
        description="Domain of the environment in lower case, for example dev.example.com. It and its direct "
        "subdomains lead to the load balancer, by HTTPS. Without one there is only HTTP, which the policy pack refuses "
        "in production.",
    )
    hosted_zone_id: str | None = Field(
        default=None,
        pattern=r"^Z[A-Z0-9]{1,31}$",
        description="Id of the public Route 53 zone that the domain's records stand in, like Z0123456789ABCDEFGHIJ: "
        "aws route53 list-hosted-zones-by-name --dns-name example.com",
    )
    deletion_protection: bool = Field(
        default=LoadBalancerArgs.deletion_protection,
        description="Refuse to delete the load balancer. With false, a destroy deletes its access logs as well.",
    )
    access_log_days: int = Field(
        default=LoadBalancerArgs.access_log_days,
        ge=1,
        le=3650,
        description="Days that access logs are kept, 1 to 3650.",
    )
    idle_timeout_s: int = Field(
        default=LoadBalancerArgs.idle_timeout_s,
        ge=IDLE_TIMEOUT_RANGE_S[0],
        le=IDLE_TIMEOUT_RANGE_S[1],
        description="Seconds that a connection may be silent, 1 to 4000. Applications keep theirs open longer, else "
        "the load balancer meets closed ones and answers 502.",
    )

    def conflicts(self) -> Iterator[Conflict]:
        """Half of what HTTPS needs."""
        pair = {"domain": self.domain, "hostedZoneId": self.hosted_zone_id}
        missing = [name for name, value in pair.items() if value is None]
        if len(missing) == 1:
            (given,) = pair.keys() - missing
            text = f"not set, and {given} is {pair[given]}; they belong together: set both, or neither"
            yield Conflict(missing[0], text, (given,))
