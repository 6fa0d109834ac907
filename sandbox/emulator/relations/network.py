"""EC2: networks, security groups, launch templates."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any, Final

from .relation import Params, Relation, matches, values

_API: Final = "Amazon EC2 API (2016-11-15)"
_TEXT: Final = r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}"
_PORT_PROTOCOLS: Final = {"tcp", "udp", "6", "17"}
_LARGEST, _SMALLEST = 16, 28
_USER_DATA: Final = 16384
_RULES: Final = ("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress")


def _is_block(value: str) -> bool:
    """Whether a block has the right size; moto refuses what is none."""
    try:
        return _LARGEST <= ip_network(value, strict=False).prefixlen <= _SMALLEST
    except ValueError:
        return True


def _ports(params: Params) -> Iterator[str]:
    for rule in [*(params.get("IpPermissions") or []), *([params] if params.get("IpProtocol") else [])]:
        if str(rule.get("IpProtocol")).lower() in _PORT_PROTOCOLS:
            yield from _range(rule)


def _range(rule: dict[str, Any]) -> Iterator[str]:
    first, last = rule.get("FromPort"), rule.get("ToPort")
    if first is None or last is None:
        yield "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange."
    elif not 0 <= first <= last <= 65535:  # noqa: PLR2004 - a port
        yield f"Invalid TCP/UDP port range ({first}:{last})"


def _user_data(params: Params) -> Iterator[str]:
    text = (params.get("LaunchTemplateData") or {}).get("UserData")
    if text is None:
        return
    try:
        held = base64.b64decode(text, validate=True)
    except binascii.Error:
        yield "Invalid BASE64 encoding of user data."
        return
    if len(held) > _USER_DATA:
        yield f"User data is limited to {_USER_DATA} bytes"


RELATIONS: Final = (
    Relation(
        service="ec2",
        operations=("CreateVpc", "AssociateVpcCidrBlock"),
        problems=values("CidrBlock", _is_block, "The CIDR '{value}' is invalid."),
        source="Amazon VPC User Guide, VPC CIDR blocks: between a /16 and a /28 netmask",
        code="InvalidVpc.Range",
    ),
    Relation(
        service="ec2",
        operations=("CreateSubnet",),
        problems=values("CidrBlock", _is_block, "The CIDR '{value}' is invalid."),
        source="Amazon VPC User Guide, subnet CIDR blocks: between a /16 and a /28 netmask",
        code="InvalidSubnet.Range",
    ),
    Relation(service="ec2", operations=_RULES, problems=_ports, source=f"{_API}, IpPermission, FromPort and ToPort"),
    Relation(
        service="ec2",
        operations=_RULES,
        problems=values(
            "IpPermissions[].[IpRanges, Ipv6Ranges, PrefixListIds, UserIdGroupPairs][][].Description",
            matches(_TEXT),
            "Invalid rule description '{value}'. Valid descriptions are strings less than 256 characters from the "
            "following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{{}}!$*",
        ),
        source=f"{_API}, IpRange, Description",
    ),
    Relation(
        service="ec2",
        operations=("CreateSecurityGroup",),
        problems=values("GroupName", matches(rf"(?!sg-){_TEXT}"), "Invalid security group name '{value}'."),
        source=f"{_API}, CreateSecurityGroup, GroupName",
    ),
    Relation(
        service="ec2",
        operations=("CreateSecurityGroup",),
        problems=values(
            "Description",
            matches(_TEXT),
            "Invalid security group description '{value}'. Valid descriptions are strings less than 256 characters "
            "from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{{}}!$*",
        ),
        source=f"{_API}, CreateSecurityGroup, Description",
    ),
    Relation(
        service="ec2",
        operations=("CreateLaunchTemplate", "CreateLaunchTemplateVersion"),
        problems=_user_data,
        source="Amazon EC2 User Guide, run commands at launch: 16 KB before it is base64-encoded",
        code="InvalidUserData.Malformed",
    ),
)
