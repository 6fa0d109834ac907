"""Certificates and their validation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.refusal import Refusal
from sandbox.resource import Call, Entry, Tagging
from sandbox.steps import ID, among, fill, nothing, op, prop


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


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:acm/certificate:Certificate": CERTIFICATE,
    "aws:acm/certificateValidation:CertificateValidation": CERTIFICATE_VALIDATION,
}
