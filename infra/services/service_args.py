"""What an application says of a service, and what can be wrong with it before anything exists. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..common.inputs import flag_problem, instance_problem, range_problem, said
from ..contract import Platform
from .container import Container, ecr_repository, image_problem
from .deployed_service import DeployedService
from .deployment import Deployment
from .placement import Placement
from .requirements import Requirements, requirements_problem
from .routing import Route
from .task_scaling import TaskScaling


@dataclass(frozen=True, kw_only=True)
class ServiceArgs:
    """What runs, where, how many times, and who reaches it. Only the platform and the image have no default."""

    platform: Platform
    image: str
    """Reference with a digest: a tag can move under a running service."""
    port: int | None = None
    """TCP port that the application listens on, 1 to 65535. By default none: a worker, which nobody calls."""
    cpu_units: int = 256
    """1/1024 vCPU that a task is sure of, 128 to 196608; where the instance has more to give, it takes more. By default
    a quarter of a vCPU."""
    memory_mib: int = 512
    """MiB that a task may use, 6 or more; it is killed when it uses more. By default 512."""
    container: Container = field(default_factory=Container)
    """How the image is run: command, environment, secrets, user, health. By default as the image says, but as a user
    without rights, with a read-only root file system."""
    route: Route | None = None
    """Which requests it gets from the load balancer. By default none: an internal service."""
    discoverable: bool = False
    """Whether other services find it as `<name>.<namespace>`. By default it has no private name."""
    egress_https: bool = True
    """Whether tasks may call everybody by HTTPS: AWS APIs, others' APIs, ECS Exec. Images, secrets and logs take the
    instance's way, and no security group filters the VPC's DNS, so a service without calls works with False. By default
    they may."""
    statements: Sequence[Mapping[str, Any]] = ()
    """IAM statements of what the application may do, as `allow` makes them. By default nothing."""
    execution_statements: Sequence[Mapping[str, Any]] = ()
    """IAM statements of what ECS may do besides to start the tasks, for example decrypt with a key of another account.
    By default it may pull the image, read the secrets and write the logs."""
    scaling: TaskScaling = field(default_factory=TaskScaling)
    """Bounds and targets of service auto scaling. By default 2 to 10 tasks by their CPU."""
    deployment: Deployment = field(default_factory=Deployment)
    """How fast a deployment goes, and what stops it. By default one at full capacity that rolls back when it fails."""
    placement: Placement = field(default_factory=Placement)
    """On which instances the tasks run. By default over all zones, then over all instances."""
    dashboard: bool = False
    """Whether it has a dashboard of its own in CloudWatch, which AWS bills by the month. By default it has none."""

    def __post_init__(self) -> None:
        if problem := self._type_problem() or self._problem():
            raise ValueError(problem)

    def _type_problem(self) -> str | None:
        """What no type checker has seen: a text where an object is meant."""
        kinds = {
            "platform": Platform,
            "container": Container,
            "scaling": TaskScaling,
            "deployment": Deployment,
            "placement": Placement,
        } | ({} if self.route is None else {"route": Route})
        for name, kind in kinds.items():
            if problem := instance_problem(name, getattr(self, name), kind):
                return problem
        return (
            _statements_problem("statements", self.statements)
            or _statements_problem("execution_statements", self.execution_statements)
            or flag_problem("discoverable", self.discoverable)
            or flag_problem("egress_https", self.egress_https)
            or flag_problem("dashboard", self.dashboard)
            or image_problem(self.image)
        )

    def _problem(self) -> str | None:
        if self.port is None and (self.route or self.discoverable):
            return "port: a service that is called listens on a port, name it"
        if self.scaling.requests_per_minute and not self.route:
            return "scaling: requests_per_minute needs a route, whose requests are counted"
        return (
            (None if self.port is None else range_problem("port", self.port, 1, 65_535))
            or self._unused_problem()
            or requirements_problem(self.requirements)
            or self.deployment.problem(self.scaling.minimum, self.scaling.maximum)
        )

    def _unused_problem(self) -> str | None:
        """An input that would do nothing."""
        if self.deployment.grace_s is not None and not self.checked:
            return (
                "deployment: grace_s belongs to a health check, and there is neither a route nor a health_command; "
                "leave it out"
            )
        in_ecr = ecr_repository(self.image) is not None
        if self.container.pull_through_cache and not in_ecr:
            return f"container: pull_through_cache needs an image of a private ECR registry, got {self.image}"
        if self.container.registry_credentials and in_ecr:
            return "container: registry_credentials are for other registries than ECR, which the execution role reads"
        return None

    @property
    def checked(self) -> bool:
        """Whether the load balancer or the container has a health check, to which the grace period belongs."""
        return self.route is not None or bool(self.container.health_command)

    @property
    def as_deployed(self) -> DeployedService:
        """What the next deployment is compared with."""
        check = self.route.health_check if self.route else None
        return DeployedService(
            image=self.image,
            port=self.port,
            discoverable=self.discoverable,
            health_path=check.path if check else None,
            health_codes=check.matcher if check else None,
        )

    @property
    def requirements(self) -> Requirements:
        """What the service needs of its platform."""
        return Requirements(
            cpu_units=self.cpu_units,
            memory_mib=self.memory_mib,
            stop_timeout_s=self.container.stop_timeout_s,
            discoverable=self.discoverable,
            route=self.route,
        )


def _statements_problem(name: str, value: Any) -> str | None:
    if isinstance(value, list | tuple) and all(isinstance(one, Mapping) for one in value):
        return None
    return f"{name}: must be a list of statements, got {said(value)}; write [allow(...)]"
