"""KMS keys and their aliases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.resource import Call, Entry, Naming, Tagging
from sandbox.steps import ID, NAME, among, fill, one_of, op, prop, text, upsert

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
    return one_of("list_aliases", "Aliases", {"AliasName": ID})(call)


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


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:kms/key:Key": KEY,
    "aws:kms/alias:Alias": ALIAS,
}
