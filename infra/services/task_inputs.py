"""What jobs and daemons say of their tasks alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

import pulumi

from ..common.args import example, inputs
from .container import Container
from .egress import Egress
from .sidecar import Sidecar
from .task_content import TaskContent
from .volume import AnyVolume


@inputs
class TaskInputs:
    """The containers of a task, their share of an instance, what they may do, and whom they call.

    Fields alone, which stand flat among those of a job and of a daemon.
    """

    image: pulumi.Input[str]
    """Reference with a digest: a tag can move between two tasks. A text, or the Output of one."""
    cpu_units: int = 256
    """1/1024 vCPU that a task is sure of, 128 to 196608; where the instance has more to give, it takes more. By default
    a quarter of a vCPU."""
    memory_mib: int = 512
    """MiB that a task may use, 6 or more; it is killed when it uses more. By default 512."""
    container: Container = field(default_factory=Container)
    """How the image is run: command, environment, secrets, user. By default as the image says, but as a user without
    rights, with a read-only root file system."""
    containers: Sequence[Sidecar] = ()
    """Containers beside it in each task; they are stopped when it has ended. By default none."""
    egress_https: bool = True
    """Whether it may call everybody by HTTPS: AWS APIs, others' APIs, ECS Exec. Images, secrets and logs take the
    instance's way. By default it may."""
    egress: Sequence[Egress] = ()
    """Whom it may call besides: a database, a cache, a network. By default nobody."""
    statements: Sequence[Mapping[str, Any]] = field(default=(), metadata=example("[allow([...], [...])]"))
    """IAM statements of what it may do, as `allow` makes them. By default nothing."""
    execution_statements: Sequence[Mapping[str, Any]] = field(default=(), metadata=example("[allow([...], [...])]"))
    """IAM statements of what ECS may do besides to start it, for example decrypt with a key of another account. By
    default it may pull the image, read the secrets and write the logs."""

    def content_of(self, volumes: Mapping[str, AnyVolume], ports: Sequence[int]) -> TaskContent:
        """What a task with these volumes, whose main container listens on these ports, consists of."""
        return TaskContent(
            image=self.image,
            cpu_units=self.cpu_units,
            memory_mib=self.memory_mib,
            container=self.container,
            sidecars=self.containers,
            volumes=volumes,
            ports=ports,
            statements=self.statements,
            execution_statements=self.execution_statements,
        )
