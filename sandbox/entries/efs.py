"""EFS: file systems with their policies, mount targets and access points."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from sandbox.resource import Call, Entry, Tagging
from sandbox.steps import ID, among, fill, nothing, one_of, op, prop, upsert

_SYSTEM: Final = {"FileSystemId": ID}
_TAGS: Final = Tagging(add="tag_resource", remove="untag_resource", target={"ResourceId": ID})


def _lifecycle(call: Call) -> None:
    shape = call.structure("PutLifecycleConfiguration")
    wanted = call.shaped(shape, {"lifecyclePolicies": call.new.get("lifecyclePolicies") or []})
    call.send("put_lifecycle_configuration", **_SYSTEM, LifecyclePolicies=wanted["LifecyclePolicies"])


FILE_SYSTEM: Final = Entry(
    service="efs",
    create=fill(
        "create_file_system", "FileSystemId", CreationToken=lambda call: call.get("creationToken") or str(uuid.uuid4())
    ),
    read=one_of("describe_file_systems", "FileSystems", _SYSTEM, **_SYSTEM),
    delete=op("delete_file_system", **_SYSTEM),
    settings={("lifecyclePolicies",): _lifecycle},
    names={"arn": "FileSystemArn"},
    facts={"dnsName": lambda call, _found: f"{call.id}.efs.{call.region}.amazonaws.com"},
    blind=among("lifecyclePolicies", "protection", "throughputMode", "provisionedThroughputInMibps"),
    replaces=among("creationToken", "encrypted", "kmsKeyId", "performanceMode", "availabilityZoneName"),
    tagging=_TAGS,
)


def _access_point(call: Call) -> Any:
    wanted = {"AccessPointId": call.id}
    return one_of("describe_access_points", "AccessPoints", wanted, **wanted)(call)


ACCESS_POINT: Final = Entry(
    service="efs",
    create=fill("create_access_point", "AccessPointId", ClientToken=lambda _call: str(uuid.uuid4())),
    read=_access_point,
    delete=op("delete_access_point", AccessPointId=ID),
    names={"arn": "AccessPointArn"},
    facts={"fileSystemArn": lambda call, found: _arn(call, found["FileSystemId"])},
    tagging=_TAGS,
)


def _arn(call: Call, system: str) -> str:
    return f"arn:{call.partition}:elasticfilesystem:{call.region}:{call.account}:file-system/{system}"


def _mount_target(call: Call) -> Any:
    wanted = {"MountTargetId": call.id}
    found = one_of("describe_mount_targets", "MountTargets", wanted, **wanted)(call)
    groups = call.send("describe_mount_target_security_groups", **wanted)["SecurityGroups"] if found else []
    return {**found, "SecurityGroups": groups} if found else None


MOUNT_TARGET: Final = Entry(
    service="efs",
    create=fill("create_mount_target", "MountTargetId"),
    read=_mount_target,
    delete=op("delete_mount_target", MountTargetId=ID),
    changes={
        ("securityGroups",): op(
            "modify_mount_target_security_groups", MountTargetId=ID, SecurityGroups=prop("securityGroups")
        )
    },
    facts={
        "fileSystemArn": lambda call, found: _arn(call, found["FileSystemId"]),
        "dnsName": lambda call, found: f"{found['FileSystemId']}.efs.{call.region}.amazonaws.com",
    },
    blind=among("ipAddressType"),
)


_PUT_POLICY: Final = op("put_file_system_policy", FileSystemId=prop("fileSystemId"), Policy=prop("policy"))


FILE_SYSTEM_POLICY: Final = Entry(
    service="efs",
    create=upsert(_PUT_POLICY, prop("fileSystemId")),
    read=op("describe_file_system_policy", **_SYSTEM),
    delete=nothing,  # moto 5.2.5 cannot delete it; it goes with the file system
    update=_PUT_POLICY,
    replaces=among("fileSystemId"),
    local=among("bypassPolicyLockoutSafetyCheck"),
)


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:efs/fileSystem:FileSystem": FILE_SYSTEM,
    "aws:efs/accessPoint:AccessPoint": ACCESS_POINT,
    "aws:efs/mountTarget:MountTarget": MOUNT_TARGET,
    "aws:efs/fileSystemPolicy:FileSystemPolicy": FILE_SYSTEM_POLICY,
}
