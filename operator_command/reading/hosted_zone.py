"""The hosted zone of a domain: whether it is the right one, and whether the zone above it leads there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from lambdas.cluster.errors import code_of

from .checked import Checked, Verdict, judged

Raw = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Zone:
    """A hosted zone; names without the last dot."""

    zone_id: str
    name: str
    private: bool = False
    servers: frozenset[str] = frozenset()
    """Name servers that answer for it; none of a private one."""


def read_zone(route53: Any, zone_id: str) -> Zone | None:
    """The zone with its name servers; None where there is none of this id. One call."""
    try:
        answer = route53.get_hosted_zone(Id=zone_id)
    except ClientError as error:
        if code_of(error) != "NoSuchHostedZone":
            raise
        return None
    zone = _zone(answer["HostedZone"])
    servers = map(_bare, answer.get("DelegationSet", {}).get("NameServers", []))
    return Zone(zone_id=zone_id, name=zone.name, private=zone.private, servers=frozenset(servers))


def checked_zone(zone: Zone | None, zone_id: str, domain: str) -> Checked:
    """The zone exists, is public and holds the domain."""
    said = f"{zone_id} is {zone.name}, {'private' if zone.private else 'public'}" if zone else f"there is no {zone_id}"
    ok = zone is not None and not zone.private and (domain == zone.name or domain.endswith(f".{zone.name}"))
    remedy = f"set loadBalancer.hostedZoneId: aws route53 list-hosted-zones-by-name --dns-name {domain}"
    return judged("hosted zone", said, ok=ok, remedy=remedy)


def checked_delegation(route53: Any, zone: Zone) -> Iterator[Checked]:
    """The zone above it names its servers, where that zone is in this account; else what has to be looked at by hand.

    A call for each 100 zones of the account, and one for each zone above it: what the public DNS answers needs a
    resolver, which the command does not have. So a zone above that names others is no problem yet: nothing may lead to
    that one, as to one that was left over when the domain moved.
    """
    above = parents(zone, read_zones(route53))
    delegated = {each.zone_id: read_delegated(route53, each, zone.name) for each in above}
    leading = [each for each in above if delegated[each.zone_id] == zone.servers]
    if leading:
        said = f"{leading[0].name} ({leading[0].zone_id}) leads to the name servers of {zone.name}"
        yield Checked(verdict=Verdict.OK, what="delegation", text=said)
        return
    others = [f"{each.name} ({each.zone_id}) names {_listed(delegated[each.zone_id])}" for each in above]
    found = f"{'; '.join(others)} for {zone.name}" if others else f"no zone of this account is above {zone.name}"
    said = f"{found}; `dig +short NS {zone.name}` has to say: {_listed(zone.servers)}"
    yield Checked(verdict=Verdict.UNKNOWN, what="delegation", text=said)


def _listed(servers: Iterable[str]) -> str:
    return ", ".join(sorted(servers)) or "nobody"


def parents(zone: Zone, zones: Sequence[Zone]) -> list[Zone]:
    """The public zones of the nearest name above a zone's; several may have one name, and one of them is in use."""
    above = [each for each in zones if not each.private and zone.name.endswith(f".{each.name}")]
    nearest = max((len(each.name) for each in above), default=0)
    return [each for each in above if len(each.name) == nearest]


def read_zones(route53: Any) -> list[Zone]:
    """All zones of the account, without their servers."""
    pages = route53.get_paginator("list_hosted_zones").paginate()
    return [_zone(each) for page in pages for each in page["HostedZones"]]


def read_delegated(route53: Any, above: Zone, name: str) -> frozenset[str]:
    """The servers that a zone names for one below it; one call."""
    answer = route53.list_resource_record_sets(
        HostedZoneId=above.zone_id, StartRecordName=name, StartRecordType="NS", MaxItems="1"
    )
    found = [each for each in answer["ResourceRecordSets"] if each["Type"] == "NS" and _bare(each["Name"]) == name]
    return frozenset(_bare(record["Value"]) for each in found for record in each.get("ResourceRecords", []))


def _zone(raw: Raw) -> Zone:
    private = bool(raw.get("Config", {}).get("PrivateZone", False))
    return Zone(zone_id=str(raw["Id"]).rpartition("/")[2], name=_bare(raw["Name"]), private=private)


def _bare(name: str) -> str:
    """A name of DNS in lower case, without the last dot."""
    return name.rstrip(".").lower()
