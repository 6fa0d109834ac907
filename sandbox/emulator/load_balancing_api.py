"""What moto's load balancing refuses or drops though AWS takes it.

Traps of moto: listeners of UDP, TCP_UDP and TLS cannot be changed; conditions must have values where AWS takes regular
expressions; a changed matcher stays what it was for gRPC, and where the group's own protocol is not HTTP.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.elbv2.models import ELBv2Backend
from moto.elbv2.responses import ELBV2Response

from .patches import Replacement

_NETWORK = {"UDP", "TCP_UDP", "TLS"}
_moto_modify_listener = ELBv2Backend.modify_listener
_moto_modify_group = ELBV2Response.modify_target_group


def modify_listener(
    backend: Any,
    arn: str,
    port: Any = None,
    protocol: str | None = None,
    ssl_policy: str | None = None,
    certificates: list[dict[str, Any]] | None = None,
    actions: list[dict[str, Any]] | None = None,
) -> Any:
    """ModifyListener, of Network Load Balancers too."""
    known = None if protocol in _NETWORK else protocol
    listener: Any = _moto_modify_listener(backend, arn, port, known, ssl_policy, certificates, actions)
    listener.protocol = protocol or listener.protocol
    if protocol == "TLS" and certificates:
        listener.certificate = certificates[0]["CertificateArn"]
        listener.certificates = [each["CertificateArn"] for each in certificates]
    return listener


def modify_target_group(self: Any) -> Any:
    """ModifyTargetGroup keeps the matcher that it is given."""
    answer = _moto_modify_group(self)
    if matcher := self._get_param("Matcher"):
        self.elbv2_backend.target_groups[self._get_param("TargetGroupArn")].matcher = matcher
    return answer


def _or_regex(config: str, checked: Callable[..., None]) -> Callable[..., None]:
    """A check of a condition's values; where it has regular expressions `relations` has looked at them."""

    def check(backend: Any, condition: dict[str, Any]) -> None:
        if not (condition.get(config) or {}).get("RegexValues"):
            checked(backend, condition)

    return check


_CHECKS = {
    "_validate_host_header_condition": "HostHeaderConfig",
    "_validate_path_pattern_condition": "PathPatternConfig",
    "_validate_http_header_condition": "HttpHeaderConfig",
}

REPLACEMENTS: tuple[Replacement, ...] = (
    (ELBv2Backend, "modify_listener", modify_listener),
    (ELBV2Response, "modify_target_group", modify_target_group),
    *((ELBv2Backend, name, _or_regex(config, getattr(ELBv2Backend, name))) for name, config in _CHECKS.items()),
)
