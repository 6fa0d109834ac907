"""EFS: file systems with their policies, mount targets and access points."""

from __future__ import annotations

from sandbox.tests.example import TAGGED, TAGS, Example, document

EXAMPLES = [
    Example(
        "aws:efs/fileSystem:FileSystem",
        {"encrypted": True, "lifecyclePolicies": [{"transitionToIa": "AFTER_30_DAYS"}], "tags": TAGS},
        {"lifecyclePolicies": [{"transitionToIa": "AFTER_60_DAYS"}], **TAGGED},
        {"encrypted": False},
    ),
    Example(
        "aws:efs/accessPoint:AccessPoint",
        {
            "fileSystemId": "${files.id}",
            "posixUser": {"uid": 1000, "gid": 1000},
            "rootDirectory": {
                "path": "/shop",
                "creationInfo": {"ownerUid": 1000, "ownerGid": 1000, "permissions": "0750"},
            },
            "tags": TAGS,
        },
        TAGGED,
        {"posixUser": {"uid": 1, "gid": 1}},
    ),
    Example(
        "aws:efs/mountTarget:MountTarget",
        {"fileSystemId": "${files.id}", "subnetId": "${subnet.id}", "securityGroups": ["${group.id}"]},
        {"securityGroups": ["${other_group.id}"]},
        {"subnetId": "another"},
    ),
    Example(
        "aws:efs/fileSystemPolicy:FileSystemPolicy",
        {
            "fileSystemId": "${files.id}",
            "policy": document(Principal={"AWS": "*"}, Action="elasticfilesystem:ClientMount", Resource="*"),
        },
        {"policy": document(Principal={"AWS": "*"}, Action="elasticfilesystem:ClientWrite", Resource="*")},
        {"fileSystemId": "another"},
        stays=True,
    ),
]
