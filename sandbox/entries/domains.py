"""Certificates, DNS zones and records, and service discovery."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from sandbox.refusal import Refusal
from sandbox.resource import ARN, ID, Call, Entry, Naming, Tagging, among, fill, nothing, op, prop, text, upsert


def _request(call: Call) -> str:
    if call.new.get("certificateBody"):
        found = {
            "Certificate": call.new["certificateBody"].encode(),
            "PrivateKey": str(call.new.get("privateKey") or call.new.get("privateKeyWo") or "").encode(),
        }
        chain = call.new.get("certificateChain")
        return str(
            call.send("import_certificate", **found, CertificateChain=chain and chain.encode())["CertificateArn"]
        )
    return str(call.fill("request_certificate")["CertificateArn"])


def _validations(found: Any) -> list[dict[str, Any]]:
    return [
        {
            "domainName": item["DomainName"],
            "resourceRecordName": item["ResourceRecord"]["Name"],
            "resourceRecordType": item["ResourceRecord"]["Type"],
            "resourceRecordValue": item["ResourceRecord"]["Value"],
        }
        for item in found.get("DomainValidationOptions", [])
        if "ResourceRecord" in item
    ]


def _other_names(call: Call, found: Any) -> list[str]:
    """AWS also lists the certificate's own name; the provider does so only where the program does."""
    given = call.get("subjectAlternativeNames") or []
    return [name for name in found.get("SubjectAlternativeNames", []) if name != found["DomainName"] or name in given]


CERTIFICATE: Final = Entry(
    service="acm",
    create=_request,
    read=op("describe_certificate", "Certificate", CertificateArn=ID),
    delete=op("delete_certificate", CertificateArn=ID),
    changes={("options",): fill("update_certificate_options", CertificateArn=ID)},
    names={"arn": "CertificateArn", "validationOptions": "DomainValidationOptions"},
    facts={
        "domainValidationOptions": lambda _call, found: _validations(found),
        "subjectAlternativeNames": _other_names,
    },
    blind=among("options", "validationOptions", "validationMethod", "keyAlgorithm"),
    local=among("earlyRenewalDuration"),
    tagging=Tagging(
        add="add_tags_to_certificate",
        remove="remove_tags_from_certificate",
        target={"CertificateArn": ID},
        look="list_tags_for_certificate",
    ),
)


def _issued(call: Call) -> str:
    arn = str(call.get("certificateArn"))

    def done() -> bool:
        status = call.send("describe_certificate", CertificateArn=arn)["Certificate"]["Status"]
        if status in ("FAILED", "VALIDATION_TIMED_OUT", "REVOKED"):
            raise Refusal(f"the certificate {arn} is {status}")
        return status == "ISSUED"

    call.wait(f"the certificate {arn} is issued", done)
    return arn


CERTIFICATE_VALIDATION: Final = Entry(
    service="acm",
    create=_issued,
    read=op("describe_certificate", "Certificate", CertificateArn=prop("certificateArn")),
    delete=nothing,  # a fact about the certificate, not a thing
)


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


def _operation(call: Call, answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Cloud Map works in the background; the result, once it is there."""
    held: list[Mapping[str, Any]] = []

    def done() -> bool:
        found = call.send("get_operation", OperationId=answer["OperationId"])["Operation"]
        if found["Status"] == "FAIL":
            raise Refusal(f"AWS refused: {found.get('ErrorMessage', found['Type'])}")
        held[:] = [found]
        return found["Status"] == "SUCCESS"

    call.wait("Cloud Map has worked", done)
    return held[0]


_DISCOVERY_TAGS: Final = Tagging(
    add="tag_resource", remove="untag_resource", target={"ResourceARN": ARN}, look="list_tags_for_resource"
)


def _new_namespace(call: Call) -> str:
    answer = call.fill("create_private_dns_namespace", CreatorRequestId=uuid.uuid4().hex)
    return str(_operation(call, answer)["Targets"]["NAMESPACE"])


NAMESPACE: Final = Entry(
    service="servicediscovery",
    create=_new_namespace,
    read=op("get_namespace", "Namespace", Id=ID),
    delete=lambda call: _operation(call, call.send("delete_namespace", Id=call.id)),
    changes={
        ("description",): op(
            "update_private_dns_namespace",
            Id=ID,
            Namespace=lambda call: {"Description": call.new.get("description", "")},
        )
    },
    facts={"hostedZone": lambda _call, found: found["Properties"]["DnsProperties"]["HostedZoneId"]},
    naming=Naming(longest=1024),
    tagging=_DISCOVERY_TAGS,
)


def _service_change(call: Call) -> dict[str, Any]:
    found: dict[str, Any] = {"Description": call.new.get("description", "")}
    if call.new.get("dnsConfig"):
        records = call.shaped(call.structure("UpdateService", "Service", "DnsConfig"), call.new["dnsConfig"])
        found["DnsConfig"] = records
    return found


def _delete_service(call: Call) -> None:
    if call.get("forceDestroy"):
        for instance in call.send("list_instances", ServiceId=call.id)["Instances"]:
            call.send("deregister_instance", ServiceId=call.id, InstanceId=instance["Id"])
    call.send("delete_service", Id=call.id)


SERVICE: Final = Entry(
    service="servicediscovery",
    create=fill("create_service", "Service.Id", CreatorRequestId=lambda _call: uuid.uuid4().hex),
    read=op("get_service", "Service", Id=ID),
    delete=_delete_service,
    changes={("description", "dnsConfig"): op("update_service", Id=ID, Service=_service_change)},
    blind=among("healthCheckCustomConfig"),
    naming=Naming(longest=127),
    tagging=_DISCOVERY_TAGS,
)

ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:acm/certificate:Certificate": CERTIFICATE,
    "aws:acm/certificateValidation:CertificateValidation": CERTIFICATE_VALIDATION,
    "aws:route53/zone:Zone": ZONE,
    "aws:route53/record:Record": RECORD,
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": NAMESPACE,
    "aws:servicediscovery/service:Service": SERVICE,
}
