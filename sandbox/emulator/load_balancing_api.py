"""What moto's load balancing refuses or drops though AWS takes it.

Traps of moto: listeners of UDP, TCP_UDP and TLS cannot be changed; conditions must have values where AWS takes regular
expressions; a changed matcher stays what it was for gRPC, and where the group's own protocol is not HTTP.

And what AWS refuses of Network Load Balancers though moto takes it: a listener that forwards to a group of another
protocol, attributes that a group of a protocol cannot have, a security group for one that was made without.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.elbv2.exceptions import InvalidConfigurationRequest
from moto.elbv2.models import ELBv2Backend
from moto.elbv2.responses import ELBV2Response

from .patches import Replacement

_NETWORK = {"UDP", "TCP_UDP", "TLS"}
_TARGETS = {
    "TCP": {"TCP", "TCP_UDP"},
    "UDP": {"UDP", "TCP_UDP"},
    "TCP_UDP": {"TCP_UDP"},
    "TLS": {"TCP", "TLS"},
}
"""Protocol of a listener → those of target groups that it may forward to (Network Load Balancers, "Target groups")."""

_REFUSED = {
    ("preserve_client_ip.enabled", "false"): {"UDP", "TCP_UDP"},
    ("target_health_state.unhealthy.connection_termination.enabled", "true"): {"UDP", "TCP_UDP"},
    ("stickiness.enabled", "true"): {"TLS"},
}
"""Attribute and value → protocols of target groups that cannot have it (Elastic Load Balancing API,
TargetGroupAttribute; Network Load Balancers, "Sticky sessions")."""

_moto_modify_listener = ELBv2Backend.modify_listener
_moto_create_listener = ELBv2Backend.create_listener
_moto_modify_attributes = ELBv2Backend.modify_target_group_attributes
_moto_set_security_groups = ELBv2Backend.set_security_groups
_moto_modify_group = ELBV2Response.modify_target_group


def _check_forwarding(backend: Any, protocol: str | None, actions: list[dict[str, Any]] | None) -> None:
    for action in actions or []:
        group = backend.target_groups.get(action.get("TargetGroupArn"))
        allowed = _TARGETS.get(protocol or "")
        if group is not None and allowed is not None and group.protocol not in allowed:
            raise InvalidConfigurationRequest(
                f"Listener protocol '{protocol}' is not supported with a target group with the protocol "
                f"'{group.protocol}'"
            )


def create_listener(backend: Any, load_balancer_arn: str, protocol: str, *given: Any, **named: Any) -> Any:
    """CreateListener, which looks at the target group."""
    actions = named.get("actions") or next((one for one in given if isinstance(one, list)), None)
    _check_forwarding(backend, protocol, actions)
    return _moto_create_listener(backend, load_balancer_arn, protocol, *given, **named)


def modify_target_group_attributes(backend: Any, target_group_arn: str, attributes: dict[str, Any]) -> None:
    """ModifyTargetGroupAttributes, which looks at the protocol of the group."""
    group = backend.target_groups.get(target_group_arn)
    for (name, value), protocols in _REFUSED.items():
        if group is not None and str(attributes.get(name)).lower() == value and group.protocol in protocols:
            raise InvalidConfigurationRequest(
                f"The value '{value}' of the attribute '{name}' is not supported for target groups with the protocol "
                f"'{group.protocol}'"
            )
    _moto_modify_attributes(backend, target_group_arn, attributes)


def set_security_groups(backend: Any, arn: str, sec_groups: list[str]) -> None:
    """SetSecurityGroups, of a Network Load Balancer only where it was made with one, and never with none."""
    balancer = backend.load_balancers.get(arn)
    if balancer is not None and balancer.type == "network" and not (balancer.security_groups and sec_groups):
        raise InvalidConfigurationRequest(
            "A Network Load Balancer that was created without security groups cannot get any, and one with security "
            "groups has to keep one"
        )
    _moto_set_security_groups(backend, arn, sec_groups)


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
    _check_forwarding(backend, protocol, actions)
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
    (ELBv2Backend, "create_listener", create_listener),
    (ELBv2Backend, "modify_listener", modify_listener),
    (ELBv2Backend, "modify_target_group_attributes", modify_target_group_attributes),
    (ELBv2Backend, "set_security_groups", set_security_groups),
    (ELBV2Response, "modify_target_group", modify_target_group),
    *((ELBv2Backend, name, _or_regex(config, getattr(ELBv2Backend, name))) for name, config in _CHECKS.items()),
)
