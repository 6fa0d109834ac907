"""IAM roles and policies, keys, parameters and secrets."""

from __future__ import annotations

import json
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
    steps,
    text,
    upsert,
)

_ROLE: Final = {"RoleName": ID}


def _boundary(call: Call) -> None:
    if call.new.get("permissionsBoundary"):
        call.send("put_role_permissions_boundary", RoleName=call.id, PermissionsBoundary=call.new["permissionsBoundary"])
    else:
        call.send("delete_role_permissions_boundary", RoleName=call.id)


def _managed(call: Call) -> None:
    old, new = set(call.old.get("managedPolicyArns") or []), set(call.new.get("managedPolicyArns") or [])
    for policy in sorted(new - old):
        call.send("attach_role_policy", RoleName=call.id, PolicyArn=policy)
    for policy in sorted(old - new):
        call.send("detach_role_policy", RoleName=call.id, PolicyArn=policy)


def _inline(call: Call) -> None:
    for policy in call.old.get("inlinePolicies") or []:
        call.send("delete_role_policy", RoleName=call.id, PolicyName=policy["name"])
    for policy in call.new.get("inlinePolicies") or []:
        call.send(
            "put_role_policy", RoleName=call.id, PolicyName=policy["name"], PolicyDocument=policy["policy"]
        )


def _delete_role(call: Call) -> None:
    """As the real provider: what the role itself brought goes with it, what others attached refuses the deletion."""
    held = {"old": {**call.state, **call.old}, "new": {}}
    bare = Call(**{**vars(call), **held})
    if call.get("forceDetachPolicies"):
        for policy in call.send("list_attached_role_policies", RoleName=call.id)["AttachedPolicies"]:
            call.send("detach_role_policy", RoleName=call.id, PolicyArn=policy["PolicyArn"])
    else:
        _managed(bare)
    _inline(bare)
    call.send("delete_role", RoleName=call.id)


def _text(document: Any) -> str:
    return document if isinstance(document, str) else json.dumps(document)


ROLE: Final = Entry(
    service="iam",
    create=fill("create_role", "Role.RoleName"),
    read=op("get_role", "Role", **_ROLE),
    delete=_delete_role,
    settings={("managedPolicyArns",): _managed, ("inlinePolicies",): _inline},
    changes={
        ("assumeRolePolicy",): op("update_assume_role_policy", **_ROLE, PolicyDocument=prop("assumeRolePolicy")),
        ("description", "maxSessionDuration"): fill("update_role", **_ROLE),
        ("permissionsBoundary",): _boundary,
    },
    names={"name": "RoleName", "assumeRolePolicy": "AssumeRolePolicyDocument", "uniqueId": "RoleId"},
    facts={
        "assumeRolePolicy": lambda _call, found: _text(found["AssumeRolePolicyDocument"]),
        "permissionsBoundary": lambda _c, found: found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
    },
    local=among("forceDetachPolicies"),
    naming=Naming(longest=64),
    tagging=Tagging(add="tag_role", remove="untag_role", target=_ROLE),
)


def _role_policy(call: Call) -> Any:
    found = call.send("get_role_policy", RoleName=part(0, ":"), PolicyName=part(1, ":"))
    return {"policy": _text(found["PolicyDocument"]), "name": found["PolicyName"], "role": found["RoleName"]}


_PUT_ROLE_POLICY: Final = op(
    "put_role_policy", RoleName=prop("role"), PolicyName=NAME, PolicyDocument=prop("policy")
)

ROLE_POLICY: Final = Entry(
    service="iam",
    create=upsert(_PUT_ROLE_POLICY, text("{role}:{name}")),
    read=_role_policy,
    delete=op("delete_role_policy", RoleName=part(0, ":"), PolicyName=part(1, ":")),
    changes={("policy",): _PUT_ROLE_POLICY},
    naming=Naming(longest=128),
)


def _attachment(call: Call) -> Any:
    role, policy = call.get("role"), call.get("policyArn")
    found = call.send("list_attached_role_policies", RoleName=role)["AttachedPolicies"]
    return next(({"role": role, "policyArn": policy} for item in found if item["PolicyArn"] == policy), None)


ROLE_POLICY_ATTACHMENT: Final = Entry(
    service="iam",
    create=upsert(op("attach_role_policy", RoleName=prop("role"), PolicyArn=prop("policyArn")), text("{role}/{policyArn}")),
    read=_attachment,
    delete=op("detach_role_policy", RoleName=prop("role"), PolicyArn=prop("policyArn")),
)

_PROFILE: Final = {"InstanceProfileName": ID}


def _profile_role(call: Call) -> None:
    if call.old.get("role"):
        call.send("remove_role_from_instance_profile", **_PROFILE, RoleName=call.old["role"])
    if call.new.get("role"):
        call.send("add_role_to_instance_profile", **_PROFILE, RoleName=call.new["role"])


def _empty_profile(call: Call) -> None:
    if call.get("role"):
        call.send("remove_role_from_instance_profile", **_PROFILE, RoleName=call.get("role"))


INSTANCE_PROFILE: Final = Entry(
    service="iam",
    create=fill("create_instance_profile", "InstanceProfile.InstanceProfileName"),
    read=op("get_instance_profile", "InstanceProfile", **_PROFILE),
    delete=steps(_empty_profile, op("delete_instance_profile", **_PROFILE)),
    settings={("role",): _profile_role},
    names={"name": "InstanceProfileName", "uniqueId": "InstanceProfileId"},
    facts={"role": lambda _call, found: next((role["RoleName"] for role in found["Roles"]), None)},
    naming=Naming(longest=128),
    tagging=Tagging(
        add="tag_instance_profile",
        remove="untag_instance_profile",
        target=_PROFILE,
    ),
)

_POLICY: Final = {"PolicyArn": ID}


def _policy(call: Call) -> Any:
    found = call.send("get_policy", **_POLICY)["Policy"]
    version = call.send("get_policy_version", **_POLICY, VersionId=found["DefaultVersionId"])
    return {**found, "policy": _text(version["PolicyVersion"]["Document"])}


def _new_policy_version(call: Call) -> None:
    held = call.send("list_policy_versions", **_POLICY)["Versions"]
    spare = [version["VersionId"] for version in held if not version["IsDefaultVersion"]]
    if len(held) == 5:  # noqa: PLR2004 - IAM keeps five versions of a policy
        call.send("delete_policy_version", **_POLICY, VersionId=spare[-1])
    call.send("create_policy_version", **_POLICY, PolicyDocument=call.new["policy"], SetAsDefault=True)


def _drop_policy_versions(call: Call) -> None:
    for version in call.send("list_policy_versions", **_POLICY)["Versions"]:
        if not version["IsDefaultVersion"]:
            call.send("delete_policy_version", **_POLICY, VersionId=version["VersionId"])


POLICY: Final = Entry(
    service="iam",
    create=fill("create_policy", "Policy.Arn"),
    read=_policy,
    delete=steps(_drop_policy_versions, op("delete_policy", **_POLICY)),
    changes={("policy",): _new_policy_version},
    names={"policy": "PolicyDocument", "name": "PolicyName"},
    facts={"policy": lambda _call, found: found["policy"]},
    local=among("delayAfterPolicyCreationInMs"),
    naming=Naming(longest=128),
    tagging=Tagging(add="tag_policy", remove="untag_policy", target=_POLICY),
)

_KEY: Final = {"KeyId": ID}


def _key(call: Call) -> Any:
    found = call.send("describe_key", **_KEY)["KeyMetadata"]
    if found["KeyState"] == "PendingDeletion":
        return None
    policy = call.send("get_key_policy", **_KEY, PolicyName="default")["Policy"]
    rotation = call.send("get_key_rotation_status", **_KEY)
    return {**found, "policy": policy, "enableKeyRotation": rotation["KeyRotationEnabled"], "isEnabled": found["Enabled"]}


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
            call.get("targetKeyId") if str(call.get("targetKeyId")).endswith(found["TargetKeyId"]) else found["TargetKeyId"]
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
    "aws:iam/role:Role": ROLE,
    "aws:iam/rolePolicy:RolePolicy": ROLE_POLICY,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ROLE_POLICY_ATTACHMENT,
    "aws:iam/instanceProfile:InstanceProfile": INSTANCE_PROFILE,
    "aws:iam/policy:Policy": POLICY,
    "aws:kms/key:Key": KEY,
    "aws:kms/alias:Alias": ALIAS,
    "aws:ssm/parameter:Parameter": PARAMETER,
    "aws:secretsmanager/secret:Secret": SECRET,
    "aws:secretsmanager/secretVersion:SecretVersion": SECRET_VERSION,
}
