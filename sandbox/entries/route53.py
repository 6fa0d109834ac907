"""Route 53 hosted zones and records."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from sandbox.resource import Call, Entry, Naming, Tagging
from sandbox.steps import ID, among, op, prop, text, upsert


def _new_zone(call: Call) -> str:
    vpcs = call.new.get("vpcs") or []
    first = {"VPCId": vpcs[0]["vpcId"], "VPCRegion": vpcs[0].get("vpcRegion") or call.region} if vpcs else None
    made = call.send(
        "create_hosted_zone",
        Name=call.get("name"),
        CallerReference=uuid.uuid4().hex,
        VPC=first,
        DelegationSetId=call.get("delegationSetId"),
        HostedZoneConfig={"Comment": call.get("comment") or "Managed by Pulumi", "PrivateZone": bool(vpcs)},
    )
    return str(made["HostedZone"]["Id"]).rsplit("/", 1)[-1]


def _zone(call: Call) -> Any:
    found = call.send("get_hosted_zone", Id=call.id)
    zone = found["HostedZone"]
    servers = (found.get("DelegationSet") or {}).get("NameServers", [])
    # the provider gives the name without the final dot, in the state as in the program
    return {"name": zone["Name"].removesuffix("."), "comment": zone["Config"].get("Comment"), "nameServers": servers}


def _delete_zone(call: Call) -> None:
    if call.get("forceDestroy"):
        records = call.send("list_resource_record_sets", HostedZoneId=call.id)["ResourceRecordSets"]
        changes = [{"Action": "DELETE", "ResourceRecordSet": r} for r in records if r["Type"] not in ("NS", "SOA")]
        if changes:
            call.send("change_resource_record_sets", HostedZoneId=call.id, ChangeBatch={"Changes": changes})
    call.send("delete_hosted_zone", Id=call.id)


ZONE: Final = Entry(
    service="route53",
    create=_new_zone,
    read=_zone,
    delete=_delete_zone,
    changes={("comment",): op("update_hosted_zone_comment", Id=ID, Comment=prop("comment", ""))},
    facts={
        "arn": text("arn:{partition}:route53:::hostedzone/{id}"),
        "zoneId": lambda call, _found: call.id,
        "primaryNameServer": lambda _call, found: next(iter(found["nameServers"]), ""),
    },
    naming=Naming(longest=1024),
    tagging=Tagging(
        add="change_tags_for_resource",
        remove="change_tags_for_resource",
        target={"ResourceType": "hostedzone", "ResourceId": ID},
        look="list_tags_for_resource",
    ),
    tags_at_creation=False,
)


def _fqdn(call: Call) -> str:
    """As the real provider: a name outside of the zone is a name in the zone."""
    zone = str(call.send("get_hosted_zone", Id=call.get("zoneId"))["HostedZone"]["Name"]).removesuffix(".")
    name = str(call.get("name")).removesuffix(".")
    return name if name == zone or name.endswith(f".{zone}") else f"{name}.{zone}".removeprefix(".")


def _record_set(call: Call) -> dict[str, Any]:
    found: dict[str, Any] = {"Name": _fqdn(call), "Type": call.get("type")}
    alias = next(iter(call.get("aliases") or []), None)
    if alias:
        health = bool(alias["evaluateTargetHealth"])
        target = {"HostedZoneId": alias["zoneId"], "DNSName": alias["name"], "EvaluateTargetHealth": health}
        found["AliasTarget"] = target
    else:
        found |= {"TTL": int(call.get("ttl") or 0)}
        found["ResourceRecords"] = [{"Value": _quoted(call, value)} for value in call.get("records") or []]
    weight = next(iter(call.get("weightedRoutingPolicies") or []), None)
    extra = {
        "SetIdentifier": call.get("setIdentifier"),
        "HealthCheckId": call.get("healthCheckId"),
        "MultiValueAnswer": call.get("multivalueAnswerRoutingPolicy"),
        "Weight": None if weight is None else int(weight["weight"]),
    }
    return {**found, **{key: value for key, value in extra.items() if value is not None}}


def _quoted(call: Call, value: str) -> str:
    return f'"{value}"' if call.get("type") in ("TXT", "SPF") and not value.startswith('"') else value


def _changed(action: str) -> Any:
    def run(call: Call) -> None:
        chosen = "UPSERT" if action == "CREATE" and call.get("allowOverwrite") else action
        change = {"Action": chosen, "ResourceRecordSet": _record_set(call)}
        call.send("change_resource_record_sets", HostedZoneId=call.get("zoneId"), ChangeBatch={"Changes": [change]})

    return run


def _record(call: Call) -> Any:
    name, kind = _fqdn(call).lower(), call.get("type")
    client = call.clients.client("route53", call.region)
    pages = client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=call.get("zoneId"))
    for item in (item for page in pages for item in page["ResourceRecordSets"]):
        fits = item["Name"].removesuffix(".").lower().replace("\\052", "*") == name and item["Type"] == kind
        if fits and item.get("SetIdentifier") == call.get("setIdentifier"):
            values = [record["Value"] for record in item.get("ResourceRecords", [])]
            text_values = [value.strip('"') for value in values] if kind in ("TXT", "SPF") else values
            return {"ttl": item.get("TTL"), "records": text_values or None, "fqdn": name}
    return None


RECORD: Final = Entry(
    service="route53",
    create=upsert(
        _changed("CREATE"),
        lambda call: "_".join(
            filter(None, (call.get("zoneId"), call.get("name"), call.get("type"), call.get("setIdentifier")))
        ),
    ),
    read=_record,
    delete=_changed("DELETE"),
    changes={("records", "ttl", "aliases", "weightedRoutingPolicies", "healthCheckId"): _changed("UPSERT")},
    local=among("allowOverwrite"),
)


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:route53/zone:Zone": ZONE,
    "aws:route53/record:Record": RECORD,
}
