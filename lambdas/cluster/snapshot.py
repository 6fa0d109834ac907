"""What a controller sees of a cluster at one moment: plain frozen data, made by the readers, judged by the plans."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from . import tags

REFRESH_RUNNING: Final = frozenset({"Pending", "InProgress", "Cancelling", "RollbackInProgress", "Baking"})
REFRESH_FAILED: Final = frozenset({"Failed", "Cancelled", "RollbackFailed", "RollbackSuccessful"})
"""Ends after which the version is not tried again. A cancelled refresh is a person's decision, not an accident."""

RETAINED: Final = "Terminating:Retained"
"""Lifecycle state of an instance whose drain was abandoned, where the group keeps such instances."""


@dataclass(frozen=True, kw_only=True)
class Template:
    """A launch template in one version. The version is a number, or `$Latest` and `$Default` on foreign groups."""

    template_id: str
    version: str


@dataclass(frozen=True, kw_only=True)
class Instance:
    """A member of an Auto Scaling group."""

    instance_id: str
    instance_type: str
    zone: str
    lifecycle_state: str
    healthy: bool = True
    template: Template | None = None
    protected_from_scale_in: bool = False

    @property
    def in_service(self) -> bool:
        return self.lifecycle_state == "InService"


@dataclass(frozen=True, kw_only=True)
class Hook:
    """A lifecycle hook of a group; both times in seconds."""

    name: str
    transition: str
    heartbeat_timeout_s: int
    default_result: str


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """Where a refresh waits before it goes on."""

    percent: int
    """Share of the group that is new by then, 1 to 99. Auto Scaling rounds it up to whole instances, by the size that
    the group has at the moment (its user guide, Add checkpoints to an instance refresh)."""
    wait_s: int
    """Seconds from the moment when the instance that reaches it enters service, its warm-up among them."""

    def instances(self, desired: int) -> int:
        """How many new instances reach it in a group of that size."""
        return -(-self.percent * desired // 100)


@dataclass(frozen=True, kw_only=True)
class Refresh:
    """An instance refresh; Auto Scaling remembers those of the last six weeks."""

    refresh_id: str
    status: str
    started: datetime | None
    template: Template | None
    """The desired configuration it was started with; None when it was started without one."""
    ended: datetime | None = None
    skip_matching: bool = True
    """Whether it leaves instances alone that match already; if not, it renews them all."""
    checkpoint: Checkpoint | None = None
    """The first one that it was started with; None when it goes through at once."""

    @property
    def running(self) -> bool:
        return self.status in REFRESH_RUNNING

    @property
    def failed(self) -> bool:
        return self.status in REFRESH_FAILED


@dataclass(frozen=True, kw_only=True)
class Group:
    """An Auto Scaling group with its members."""

    name: str
    min_size: int
    max_size: int
    desired_capacity: int
    instances: tuple[Instance, ...] = ()
    template: Template | None = None
    mixed_policy: Mapping[str, Any] | None = None
    """The mixed instances policy as the API gives it; None for a group of one instance type."""
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    zones: tuple[str, ...] = ()
    subnet_ids: tuple[str, ...] = ()
    hooks: tuple[Hook, ...] = ()
    """Its lifecycle hooks, where they were read."""
    refreshes: tuple[Refresh, ...] = ()
    """Its instance refreshes, the newest first."""
    refreshes_known: bool = True
    """Whether they could be read: if not, nothing is rolled out, and nothing is undone."""
    deleting: bool = False
    suspended_processes: frozenset[str] = frozenset()
    measured: bool = True
    """Whether it publishes its sizes."""

    @property
    def wanted_version(self) -> str | None:
        """The launch template version that the program wants to run; None when the group does not say."""
        return self.tags.get(tags.WANTED_VERSION)

    def hook(self, name: str, transition: str) -> Hook | None:
        """The hook of that name, provided that it belongs to the transition."""
        return next((each for each in self.hooks if (each.name, each.transition) == (name, transition)), None)

    def members(self, *states: str) -> tuple[Instance, ...]:
        """The instances in any of the lifecycle states."""
        return tuple(each for each in self.instances if each.lifecycle_state in states)

    @property
    def rolling(self) -> Refresh | None:
        """The refresh that is replacing instances, unless it rolls back or is being cancelled."""
        return next((each for each in self.refreshes if each.status in ("InProgress", "Baking")), None)

    def instance(self, instance_id: str) -> Instance | None:
        return next((each for each in self.instances if each.instance_id == instance_id), None)


@dataclass(frozen=True, kw_only=True)
class Resources:
    """CPU (1/1024 vCPU), memory (MiB), used or reserved host ports and GPUs of a container instance."""

    cpu_units: int = 0
    memory_mib: int = 0
    tcp_ports: frozenset[int] = frozenset()
    udp_ports: frozenset[int] = frozenset()
    gpus: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ContainerInstance:
    """An instance as ECS knows it."""

    arn: str
    instance_id: str
    status: str
    """REGISTERING, REGISTRATION_FAILED, ACTIVE, DRAINING, DEREGISTERING or INACTIVE."""
    agent_connected: bool
    agent_update_status: str | None = None
    running_tasks: int = 0
    """Counts tasks whose desired status is RUNNING; those that were told to stop and still serve are missing."""
    pending_tasks: int = 0
    registered: Resources = Resources()
    """All that the instance offers. Its ports are those reserved for the system."""
    remaining: Resources = Resources()
    """What is free. Its ports are those *in use*: this is how the API means it."""
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    capacity_provider: str = ""
    """Name of the capacity provider that it belongs to; empty for most."""
    registered_at: datetime | None = None
    version: int = 0

    @property
    def instance_type(self) -> str:
        """EC2 instance type, from the attribute that the agent sets; empty when it did not."""
        return self.attributes.get("ecs.instance-type", "")

    @property
    def zone(self) -> str:
        return self.attributes.get("ecs.availability-zone", "")

    @property
    def trunked(self) -> bool:
        return tags.TRUNK_ATTRIBUTE in self.attributes

    @property
    def accepts_tasks(self) -> bool:
        return self.status == "ACTIVE" and self.agent_connected


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task, whatever it was told to do."""

    arn: str
    container_instance_arn: str
    group: str
    """`service:<name>` for the tasks of a service, `family:<name>` or a free word for standalone ones."""
    desired_status: str
    last_status: str
    definition_arn: str = ""
    started_by: str = ""
    created: datetime | None = None
    started: datetime | None = None
    """Since when it runs."""
    health: str = "UNKNOWN"
    """HEALTHY or UNHEALTHY as its containers' health checks say; UNKNOWN without one, and before the first answer."""

    @property
    def service(self) -> str | None:
        """The name of the service that owns the task, None for a standalone one."""
        kind, _, name = self.group.partition(":")
        return name if kind == "service" else None

    @property
    def wanted(self) -> bool:
        """Nobody told it to stop."""
        return self.desired_status == "RUNNING"

    @property
    def stopped(self) -> bool:
        """Only now is nothing of it left: DEACTIVATING, STOPPING and DEPROVISIONING tasks may still serve."""
        return self.last_status == "STOPPED"


@dataclass(frozen=True, kw_only=True)
class Ec2Instance:
    """An instance as EC2 knows it."""

    instance_id: str
    state: str
    launched: datetime | None = None

    @property
    def gone(self) -> bool:
        return self.state == "terminated"


@dataclass(frozen=True, kw_only=True)
class Unread:
    """A part of the picture that could not be read."""

    part: str
    error: str
    passing: bool
    """Whether it may be read in a moment: throttled, or no answer in time. A missing permission does not pass."""


def by_instance_id(container_instances: tuple[ContainerInstance, ...]) -> dict[str, ContainerInstance]:
    """The living registration of each EC2 instance.

    An agent that lost its data registers a second time; the first registration stays behind with its agent gone.
    """
    ranked = sorted(container_instances, key=lambda each: (each.agent_connected, _moment(each), each.arn))
    return {each.instance_id: each for each in ranked}


def _moment(instance: ContainerInstance) -> float:
    return instance.registered_at.timestamp() if instance.registered_at else 0.0
