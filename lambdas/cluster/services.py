"""What a cluster is used for: services, their deployments and task definitions, as plain frozen data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Constraint:
    """A placement constraint: `memberOf` has an expression in the cluster query language."""

    kind: Literal["distinctInstance", "memberOf"]
    expression: str = ""


@dataclass(frozen=True, kw_only=True)
class Strategy:
    """A placement strategy, as in ECS: `spread` over a field, `binpack` by one, or `random`."""

    kind: str
    field: str = ""


@dataclass(frozen=True, kw_only=True)
class TaskDefinition:
    """What a task of this definition reserves. A revision never changes, so that it can be cached for ever."""

    arn: str
    cpu_units: int = 0
    """1/1024 vCPU: of the task, or else the sum over its containers."""
    memory_mib: int = 0
    """MiB: of the task, or else the sum over its containers of their soft limit, or else their hard limit."""
    network_mode: str = "bridge"
    tcp_ports: frozenset[int] = frozenset()
    """Fixed ports of the host; none in awsvpc mode, where they are the task's own."""
    udp_ports: frozenset[int] = frozenset()
    gpus: int = 0
    constraints: tuple[Constraint, ...] = ()

    @property
    def has_interface(self) -> bool:
        return self.network_mode == "awsvpc"


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """One deployment of a service, or one of its task sets where something else than ECS deploys."""

    status: str
    """PRIMARY or ACTIVE while its tasks are wanted; INACTIVE or DRAINING afterwards."""
    definition_arn: str
    desired: int
    running: int = 0
    pending: int = 0
    deployment_id: str = ""
    """What its tasks say they were started by."""
    rollout_state: str = ""
    """IN_PROGRESS, COMPLETED or FAILED; empty where ECS does not deploy."""
    created: datetime | None = None
    updated: datetime | None = None
    failed: int = 0
    """Tasks that failed one after the other; ECS stops counting with the first one that runs."""
    providers: frozenset[str] = frozenset()
    """Names of the capacity providers that its tasks are placed by; empty where a launch type says where they run."""

    @property
    def live(self) -> bool:
        return self.status in ("PRIMARY", "ACTIVE")


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service of the cluster."""

    name: str
    desired: int
    deployments: tuple[Deployment, ...] = ()
    status: str = "ACTIVE"
    daemon: bool = False
    on_instances: bool = True
    """False for tasks that run on Fargate or on external instances."""
    rolling: bool = True
    """Whether ECS replaces its tasks step by step; False for blue/green, canary and external deployments."""
    minimum_healthy_percent: int = 100
    """Percent of the desired tasks that ECS keeps healthy in a deployment or a drain."""
    maximum_percent: int = 200
    constraints: tuple[Constraint, ...] = ()
    strategies: tuple[Strategy, ...] = ()
    """In their order; none where ECS spreads over the zones (developer guide, "Task placement strategies")."""
    target_groups: tuple[str, ...] = ()
    """ARNs of the target groups that its tasks register with."""
    arn: str = ""
    tags: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def distinct(self) -> bool:
        return any(each.kind == "distinctInstance" for each in self.constraints)

    @property
    def running(self) -> int:
        """Tasks that run, of all deployments."""
        return sum(each.running for each in self.deployments)

    @property
    def live_deployments(self) -> Sequence[Deployment]:
        return [each for each in self.deployments if each.live]
