"""Secrets and their versions."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from sandbox.resource import Call, Entry, Naming, Tagging
from sandbox.steps import ID, among, fill, nothing, op, part, prop

_SECRET: Final = {"SecretId": ID}


def _secret(call: Call) -> Any:
    found = call.send("describe_secret", **_SECRET)
    if found.get("DeletedDate"):
        return None
    policy = call.send("get_resource_policy", **_SECRET).get("ResourcePolicy")
    return {**found, "policy": policy or ""}


def _delete_secret(call: Call) -> None:
    days = call.get("recoveryWindowInDays", 30)
    if days:
        call.send("delete_secret", **_SECRET, RecoveryWindowInDays=int(days))
    else:
        call.send("delete_secret", **_SECRET, ForceDeleteWithoutRecovery=True)


SECRET: Final = Entry(
    service="secretsmanager",
    create=fill("create_secret", "ARN", ClientRequestToken=lambda _call: str(uuid.uuid4())),
    read=_secret,
    delete=_delete_secret,
    settings={("policy",): op("put_resource_policy", **_SECRET, ResourcePolicy=prop("policy"))},
    changes={("description", "kmsKeyId"): fill("update_secret", **_SECRET)},
    local=among("recoveryWindowInDays", "forceOverwriteReplicaSecret"),
    naming=Naming(longest=512),
    tagging=Tagging(add="tag_resource", remove="untag_resource", target=_SECRET),
)


def _new_version(call: Call) -> str:
    made = call.send(
        "put_secret_value",
        SecretId=call.get("secretId"),
        SecretString=call.get("secretString") or call.new.get("secretStringWo"),
        SecretBinary=call.get("secretBinary"),
        VersionStages=call.get("versionStages"),
        ClientRequestToken=str(uuid.uuid4()),
    )
    return f"{made['ARN']}|{made['VersionId']}"


def _version(call: Call) -> Any:
    """A write-only text stays out of the state."""
    found = call.send("get_secret_value", SecretId=part(0, "|"), VersionId=part(1, "|"))
    return {**found, "SecretString": None} if call.get("secretStringWoVersion") else found


SECRET_VERSION: Final = Entry(
    service="secretsmanager",
    create=_new_version,
    read=_version,
    delete=nothing,  # the last version cannot be deleted, it goes with the secret
    blind=among("secretStringWo", "secretStringWoVersion"),
    facts={"secretId": lambda call, found: call.get("secretId") or found["ARN"]},
)


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:secretsmanager/secret:Secret": SECRET,
    "aws:secretsmanager/secretVersion:SecretVersion": SECRET_VERSION,
}
