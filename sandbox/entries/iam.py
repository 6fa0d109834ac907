"""IAM roles, their policies, managed policies and instance profiles."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from sandbox.resource import Call, Entry, Naming, Tagging
from sandbox.steps import ID, NAME, among, fill, one_of, op, part, prop, steps, text, upsert

_ROLE: Final = {"RoleName": ID}


def _boundary(call: Call) -> None:
    if call.new.get("permissionsBoundary"):
        call.send(
            "put_role_permissions_boundary", RoleName=call.id, PermissionsBoundary=call.new["permissionsBoundary"]
        )
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
        call.send("put_role_policy", RoleName=call.id, PolicyName=policy["name"], PolicyDocument=policy["policy"])


def _delete_role(call: Call) -> None:
    """As the real provider: what the role itself brought goes with it, what others attached refuses the deletion."""
    force = bool(call.get("forceDetachPolicies"))
    own = {policy["name"] for policy in call.get("inlinePolicies") or []}
    for name in call.send("list_role_policies", RoleName=call.id)["PolicyNames"]:
        if force or name in own:
            call.send("delete_role_policy", RoleName=call.id, PolicyName=name)
    for policy in call.send("list_attached_role_policies", RoleName=call.id)["AttachedPolicies"]:
        if force or policy["PolicyArn"] in (call.get("managedPolicyArns") or []):
            call.send("detach_role_policy", RoleName=call.id, PolicyArn=policy["PolicyArn"])
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


_PUT_ROLE_POLICY: Final = op("put_role_policy", RoleName=prop("role"), PolicyName=NAME, PolicyDocument=prop("policy"))


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
    held = one_of("list_attached_role_policies", "AttachedPolicies", {"PolicyArn": policy}, RoleName=role)(call)
    return {"role": role, "policyArn": policy} if held else None


ROLE_POLICY_ATTACHMENT: Final = Entry(
    service="iam",
    create=upsert(
        op("attach_role_policy", RoleName=prop("role"), PolicyArn=prop("policyArn")), text("{role}/{policyArn}")
    ),
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


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:iam/role:Role": ROLE,
    "aws:iam/rolePolicy:RolePolicy": ROLE_POLICY,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ROLE_POLICY_ATTACHMENT,
    "aws:iam/instanceProfile:InstanceProfile": INSTANCE_PROFILE,
    "aws:iam/policy:Policy": POLICY,
}
