"""Keys, parameters and secrets."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from sandbox.resource import (
    ID,
    NAME,
    Call,
    Entry,
    Naming,
    Tagging,
    among,
    fill,
    nothing,
    op,
    part,
    prop,
    text,
    upsert,
)

_KEY: Final = {"KeyId": ID}


def _key(call: Call) -> Any:
    found = call.send("describe_key", **_KEY)["KeyMetadata"]
    if found["KeyState"] == "PendingDeletion":
        return None
    policy = call.send("get_key_policy", **_KEY, PolicyName="default")["Policy"]
    rotation = call.send("get_key_rotation_status", **_KEY)
    return {
        **found,
        "policy": policy,
        "enableKeyRotation": rotation["KeyRotationEnabled"],
        "isEnabled": found["Enabled"],
    }


def _rotation(call: Call) -> None:
    if call.get("enableKeyRotation"):
        call.send("enable_key_rotation", **_KEY, RotationPeriodInDays=call.new.get("rotationPeriodInDays"))
    else:
        call.send("disable_key_rotation", **_KEY)


KEY: Final = Entry(
    service="kms",
    create=fill("create_key", "KeyMetadata.KeyId"),
    read=_key,
    delete=op("schedule_key_deletion", **_KEY, PendingWindowInDays=prop("deletionWindowInDays", 30)),
    settings={
        ("enableKeyRotation", "rotationPeriodInDays"): _rotation,
        ("isEnabled",): lambda call: call.send("enable_key" if call.new.get("isEnabled") else "disable_key", **_KEY),
    },
    changes={
        ("description",): op("update_key_description", **_KEY, Description=prop("description", "")),
        ("policy",): op("put_key_policy", **_KEY, PolicyName="default", Policy=prop("policy")),
    },
    local=among("deletionWindowInDays", "bypassPolicyLockoutSafetyCheck"),
    names={"customerMasterKeySpec": "KeySpec"},
    tagging=Tagging(add="tag_resource", remove="untag_resource", target=_KEY, look="list_resource_tags"),
)


def _alias(call: Call) -> Any:
    """Aliases are listed by key; a key's replacement moves them, so every alias is looked at."""
    pages = call.clients.client("kms", call.region).get_paginator("list_aliases").paginate()
    return next((item for page in pages for item in page["Aliases"] if item["AliasName"] == call.id), None)


ALIAS: Final = Entry(
    service="kms",
    create=upsert(fill("create_alias"), NAME),
    read=_alias,
    delete=op("delete_alias", AliasName=ID),
    changes={("targetKeyId",): fill("update_alias")},
    names={"name": "AliasName", "arn": "AliasArn"},
    facts={
        "targetKeyArn": text("arn:{partition}:kms:{region}:{account}:key/{targetKeyId}"),
        # a program may give the key's ARN; AWS answers its id
        "targetKeyId": lambda call, found: (
            call.get("targetKeyId")
            if str(call.get("targetKeyId")).endswith(found["TargetKeyId"])
            else found["TargetKeyId"]
        ),
    },
    naming=Naming(prefix="alias/"),
)


def _value(call: Call) -> str | None:
    return next((call.new[name] for name in ("value", "insecureValue", "valueWo") if call.new.get(name)), None)


def _parameter(call: Call) -> Any:
    found = call.send("get_parameter", Name=call.id, WithDecryption=True)["Parameter"]
    names = [{"Key": "Name", "Option": "Equals", "Values": [call.id]}]
    more = call.send("describe_parameters", ParameterFilters=names)["Parameters"][0]
    return {**more, **found}


PARAMETER: Final = Entry(
    service="ssm",
    create=upsert(fill("put_parameter", Value=_value, Overwrite=None), NAME),
    read=_parameter,
    delete=op("delete_parameter", Name=ID),
    update=fill("put_parameter", Value=_value, Overwrite=True),
    volatile={"version": ""},
    facts={
        # only a value that the program gave openly may be shown openly
        "insecureValue": lambda call, found: found["Value"] if call.get("insecureValue") else None,
    },
    local=among("overwrite", "valueWoVersion"),
    naming=Naming(longest=1011),
    tagging=Tagging(
        add="add_tags_to_resource",
        remove="remove_tags_from_resource",
        target={"ResourceType": "Parameter", "ResourceId": ID},
        look="list_tags_for_resource",
    ),
)

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
        SecretString=call.get("secretString"),
        SecretBinary=call.get("secretBinary"),
        VersionStages=call.get("versionStages"),
        ClientRequestToken=str(uuid.uuid4()),
    )
    return f"{made['ARN']}|{made['VersionId']}"


SECRET_VERSION: Final = Entry(
    service="secretsmanager",
    create=_new_version,
    read=op("get_secret_value", SecretId=part(0, "|"), VersionId=part(1, "|")),
    delete=nothing,  # the last version cannot be deleted, it goes with the secret
    facts={"secretId": lambda call, found: call.get("secretId") or found["ARN"]},
)


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:kms/key:Key": KEY,
    "aws:kms/alias:Alias": ALIAS,
    "aws:ssm/parameter:Parameter": PARAMETER,
    "aws:secretsmanager/secret:Secret": SECRET,
    "aws:secretsmanager/secretVersion:SecretVersion": SECRET_VERSION,
}
