"""Cloud Map: private DNS namespaces and their services."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from sandbox.refusal import Refusal
from sandbox.resource import Call, Entry, Naming
from sandbox.steps import ID, TAGS_BY_ARN, among, fill, op


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
    tagging=TAGS_BY_ARN,
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
    tagging=TAGS_BY_ARN,
)


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": NAMESPACE,
    "aws:servicediscovery/service:Service": SERVICE,
}
