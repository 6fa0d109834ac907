"""Volumes of a task: shared folders, file systems of EFS, a volume of EBS for each task, folders of the instance."""

from __future__ import annotations

import posixpath
import re
from typing import Final, Literal, TypeAlias

import pulumi
import pulumi_aws as aws

from ..common.args import inputs
from ..common.inputs import range_problem

NFS_PORT: Final = 2049
"""Port of mount targets (Amazon EFS user guide, "Using VPC security groups")."""

EBS_SIZES_GIB: Final = range(1, 16_385)
"""Size of gp3 volumes (Amazon EBS user guide, "General Purpose SSD volumes")."""

HOST_FOLDERS: Final = ("/var/log", "/sys")
"""What of an instance may be read: its logs, and what the kernel says of devices and cgroups. Not /proc, where the
environment of every task of the same user stands, and nothing above the sockets of Docker and of the ECS agent."""

_FILE_SYSTEM: Final = re.compile(r"^fs-[0-9a-f]{8,40}\Z")
_ACCESS_POINT: Final = re.compile(r"^fsap-[0-9a-f]{8,40}\Z")
_NAME: Final = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,254}\Z")
_HOST_PATH: Final = re.compile(r"[A-Za-z0-9._/-]+")


@inputs
class Mount:
    """Where a container has a volume of its task."""

    volume: str
    """Its name among `volumes` of ServiceArgs."""
    path: str
    """Absolute path in the container."""
    read_only: bool = False
    """Whether the container may only read it. By default it writes, too."""

    def problem(self) -> str | None:
        """Whether the path is none."""
        if re.match(r"/.*[A-Za-z0-9]", self.path):
            return None
        return f"path: must be the absolute path of a folder, got {self.path!r}"


@inputs
class Scratch:
    """An empty folder that containers of a task share, on the disk of the instance; it goes with the task."""


@inputs
class EfsVolume:
    """A file system of EFS, which all tasks share and which outlives them; always encrypted on the way.

    The task's interface is the way to it: give `egress` the security group of its mount targets, at port 2049.
    """

    file_system_id: pulumi.Input[str]
    """`fs-...`."""
    access_point_id: pulumi.Input[str] | None = None
    """`fsap-...`: what the tasks see of it, and as which user. By default the root of the file system."""
    read_only: bool = False
    """Whether the task role may only read. By default it may write, too, and never as root."""

    def problem(self) -> str | None:
        """Whether an id is none."""
        if isinstance(self.file_system_id, str) and not _FILE_SYSTEM.match(self.file_system_id):
            return f"file_system_id: must be the id of a file system, fs-0123456789abcdef0, got {self.file_system_id!r}"
        if isinstance(self.access_point_id, str) and not _ACCESS_POINT.match(self.access_point_id):
            return f"access_point_id: must be an id, fsap-0123456789abcdef0, got {self.access_point_id!r}"
        return None


@inputs
class EbsVolume:
    """A new, encrypted volume of EBS for each task, which goes with it."""

    size_gib: int
    """GiB, 1 to 16384."""
    iops: int = 3000
    """Operations a second, 3000 to 16000, and 500 at most a GiB (Amazon EBS user guide, gp3). By default 3000."""
    throughput_mib_s: int = 125
    """MiB a second, 125 to 1000, and a quarter of the IOPS at most (same source). By default 125."""
    snapshot_id: pulumi.Input[str] | None = None
    """Snapshot that each volume starts as. By default it is empty."""
    file_system_type: Literal["ext4", "xfs"] = "xfs"
    """By default XFS."""

    def problem(self) -> str | None:
        """What EBS does not take."""
        return (
            range_problem("size_gib", self.size_gib, EBS_SIZES_GIB[0], EBS_SIZES_GIB[-1], " GiB")
            or range_problem("iops", self.iops, 3000, max(3000, min(16_000, 500 * self.size_gib)))
            or range_problem("throughput_mib_s", self.throughput_mib_s, 125, min(1000, self.iops // 4), " MiB/s")
        )

    def managed_by(self, role_arn: pulumi.Input[str]) -> aws.ecs.ServiceVolumeConfigurationManagedEbsVolumeArgs:
        """The volume as ECS makes it for each task, with the rights of a role."""
        return aws.ecs.ServiceVolumeConfigurationManagedEbsVolumeArgs(
            role_arn=role_arn,
            size_in_gb=self.size_gib,
            volume_type="gp3",
            iops=self.iops,
            throughput=self.throughput_mib_s,
            encrypted=True,
            snapshot_id=self.snapshot_id,
            file_system_type=self.file_system_type,
            tag_specifications=[
                aws.ecs.ServiceVolumeConfigurationManagedEbsVolumeTagSpecificationArgs(
                    resource_type="volume", propagate_tags="SERVICE"
                )
            ],
        )


@inputs
class HostPath:
    """A folder of the instance, for daemons alone, which containers mount with `read_only=True`.

    What `/proc` says of CPU, memory and disks is the same in every container, so that metrics need no folder of it.
    """

    path: str
    """`/var/log` or `/sys`, or a folder below one of them."""

    def problem(self) -> str | None:
        """Whether the folder is none of those."""
        is_plain = posixpath.normpath(self.path) == self.path and _HOST_PATH.fullmatch(self.path)
        if is_plain and any(self.path == one or self.path.startswith(f"{one}/") for one in HOST_FOLDERS):
            return None
        return f"path: must be {' or '.join(HOST_FOLDERS)} or a folder below one of them, got {self.path!r}"


Volume: TypeAlias = Scratch | EfsVolume | EbsVolume
AnyVolume: TypeAlias = Volume | HostPath


def volume_name_problem(name: str) -> str | None:
    """Whether ECS does not take a name (ECS API, Volume)."""
    if _NAME.match(name):
        return None
    return f"volumes: a name must be up to 255 letters, digits, - and _, got {name!r}"


def task_volume(name: str, volume: AnyVolume) -> aws.ecs.TaskDefinitionVolumeArgs:
    """A volume in its task definition."""
    if isinstance(volume, EbsVolume):
        return aws.ecs.TaskDefinitionVolumeArgs(name=name, configure_at_launch=True)
    if isinstance(volume, Scratch):
        return aws.ecs.TaskDefinitionVolumeArgs(name=name)
    if isinstance(volume, HostPath):
        return aws.ecs.TaskDefinitionVolumeArgs(name=name, host_path=volume.path)
    return aws.ecs.TaskDefinitionVolumeArgs(
        name=name,
        efs_volume_configuration=aws.ecs.TaskDefinitionVolumeEfsVolumeConfigurationArgs(
            file_system_id=volume.file_system_id,
            transit_encryption="ENABLED",
            authorization_config=aws.ecs.TaskDefinitionVolumeEfsVolumeConfigurationAuthorizationConfigArgs(
                access_point_id=volume.access_point_id, iam="ENABLED"
            ),
        ),
    )
