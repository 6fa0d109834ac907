"""What an application says of a service, and what can be wrong with it before anything exists. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

import pulumi

from ..common.args import example, inputs
from ..common.inputs import Texts, range_problem
from ..contract import Platform
from .container import Container
from .deployed_service import DeployedService
from .deployment import Deployment
from .egress import Egress, egress_problem
from .job import Job
from .placement import Placement
from .port import Port
from .requirements import Requirements, stop_problem
from .route_groups import MOST_GROUPS, RouteGroup, port_of, route_groups, rules_of
from .routing import Route
from .shift_problems import header_room_problem, shift_problem
from .sidecar import Sidecar
from .task_content import TaskContent
from .task_scaling import TaskScaling
from .transform import Child, Transform
from .volume import Volume


@inputs
class ServiceArgs:
    """What runs, where, how many times, and who reaches it. Only the platform and the image have no default."""

    platform: Platform
    image: pulumi.Input[str]
    """Reference with a digest: a tag can move under a running service. A text, or the Output of one."""
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
    containers: Sequence[Sidecar] = ()
    """Containers beside it in each task: proxies, collectors, log routers, what runs before it. By default none."""
    volumes: Mapping[str, Volume] = field(default_factory=dict[str, Volume])
    """Name → folder or file system that containers mount by that name: Scratch, EfsVolume, EbsVolume. By default
    none."""
    route: Route | None = None
    """Which requests it gets from the load balancer. By default none: an internal service."""
    routes: Sequence[Route] = field(default=(), metadata=example("[Route(...), Route(...)]"))
    """The same where there are several. Routes that agree in port, protocol, health check and times share a target
    group; 5 of these at most. By default none."""
    ports: Sequence[Port] = field(default=(), metadata=example("[Port(port=..., balancer=...)]"))
    """Ports at Network Load Balancers, for what is no HTTP. Each has a target group, of the 5 at most. By default
    none."""
    domains: Texts = ()
    """Domains besides the platform's that hosts of routes may be of: those of `Domain`, of this stack or another one.
    By default none."""
    discoverable: bool = False
    """Whether other services find it as `<name>.<namespace>`. By default it has no private name."""
    egress_https: bool = True
    """Whether tasks may call everybody by HTTPS: AWS APIs, others' APIs, ECS Exec. Images, secrets and logs take the
    instance's way, and no security group filters the VPC's DNS, so a service without calls works with False. By default
    they may."""
    egress: Sequence[Egress] = ()
    """Whom tasks may call besides: a database, a cache, a network. The rules are there before the tasks. By default
    nobody."""
    statements: Sequence[Mapping[str, Any]] = field(default=(), metadata=example("[allow([...], [...])]"))
    """IAM statements of what the application may do, as `allow` makes them. By default nothing."""
    execution_statements: Sequence[Mapping[str, Any]] = field(default=(), metadata=example("[allow([...], [...])]"))
    """IAM statements of what ECS may do besides to start the tasks, for example decrypt with a key of another account.
    By default it may pull the image, read the secrets and write the logs."""
    scaling: TaskScaling = field(default_factory=TaskScaling)
    """Bounds and targets of service auto scaling. By default 2 to 10 tasks by their CPU."""
    deployment: Deployment = field(default_factory=Deployment)
    """How fast a deployment goes, and what stops it. By default one at full capacity that rolls back when it fails."""
    placement: Placement = field(default_factory=Placement)
    """On which instances the tasks run. By default over all zones, then over all instances."""
    before_deploy: Job | None = None
    """A job that runs before a deployment, as a migration does, once for each of its task definitions: tasks of the
    service change only when it has ended with 0, within 14 minutes (Lambda quotas, timeout). It reaches what the
    service reaches. By default nothing runs before."""
    dashboard: bool = False
    """Whether it has a dashboard of its own in CloudWatch, which AWS bills by the month. By default it has none."""

    transform: Mapping[Child, Transform] = field(default_factory=dict[Child, Transform])
    """What the inputs do not model: name of a child as the Service shows it → function that changes its arguments
    before it is made; a preview says what each has changed. By default they are made as described."""

    def problem(self) -> str | None:
        """What no platform can do, or contradicts itself."""
        if self.port is None and self.discoverable:
            return "port: a service that is called listens on a port, name it"
        if self.scaling.requests_per_minute and not self.route_groups:
            return "scaling: requests_per_minute needs a route, whose requests are counted"
        return (
            (None if self.port is None else range_problem("port", self.port, 1, 65_535))
            or self._routes_problem()
            or self._unused_problem()
            or egress_problem(self.egress, https=self.egress_https, volumes=self.volumes)
            or self.content.problem()
            or stop_problem(self.container.stop_timeout_s, discoverable=self.discoverable)
            or self.deployment.room_problem(*self.scaling.bounds)
            or self._shift_problem()
        )

    def _shift_problem(self) -> str | None:
        shift = self.deployment.shift
        problem = shift and shift_problem(
            shift,
            self.route_groups,
            containers=[one.name for one in self.containers],
            discoverable=self.discoverable,
            requests_per_minute=self.scaling.requests_per_minute,
            ports=bool(self.ports),
        )
        return f"deployment: {problem}" if problem else None

    def name_problem(self, name: str) -> str | None:
        """What the service's name forbids."""
        problem = header_room_problem(self.deployment.shift, self.route_groups, name)
        return self.content.names_problem(name) or (f"deployment: {problem}" if problem else None)

    def _routes_problem(self) -> str | None:
        every, taken = self.every_route, dict[Any, Route]()
        if self.route and self.routes:
            return "routes: give route or routes, not both"
        if any(port_of(one, self.port) is None for one in every if not one.redirect):
            return "port: a service that is called listens on a port, name it"
        for one in every:
            if one.matches in taken:
                return f"routes: two want {one}; give them different conditions"
            taken[one.matches] = one
        groups, ports = len(self.route_groups), len(self.ports)
        if ports and groups + ports > MOST_GROUPS:
            return (
                f"ports: {ports} ports and routes need {groups + ports} target groups, and a service has {MOST_GROUPS} "
                "at most; make two services of it"
            )
        if groups > MOST_GROUPS:
            return (
                f"routes: need {groups} target groups, and a service has {MOST_GROUPS} at most; let more of them agree "
                "in port, protocol, health check and times"
            )
        return None

    def _unused_problem(self) -> str | None:
        """An input that would do nothing."""
        if self.deployment.grace_s is not None and not self.checked:
            return (
                "deployment: grace_s belongs to a health check, and there is neither a route nor a port of a balancer "
                "nor a health_command; leave it out"
            )
        return None

    @property
    def every_route(self) -> Sequence[Route]:
        """All routes, however they were given."""
        return [self.route] if self.route else self.routes

    @property
    def route_groups(self) -> list[RouteGroup]:
        """What of them share a target group."""
        routes = [one for one in self.every_route if not one.redirect]
        return route_groups(routes, self.port, self.sidecars_by_port)

    @property
    def sidecars_by_port(self) -> Mapping[int, str]:
        """Port → the container beside the service's that listens there."""
        return {one.port: one.name for one in self.containers if one.port}

    @property
    def content(self) -> TaskContent:
        """What its tasks consist of."""
        return TaskContent(
            image=self.image,
            cpu_units=self.cpu_units,
            memory_mib=self.memory_mib,
            container=self.container,
            sidecars=self.containers,
            volumes=self.volumes,
            ports=self._own_ports,
            udp_ports=list(dict.fromkeys(one.port for one in self.ports if one.speaks_udp)),
            statements=self.statements,
            execution_statements=self.execution_statements,
        )

    @property
    def _own_ports(self) -> list[int]:
        """What the service's own container listens on by TCP: its port, and what leads to one that no other one has."""
        own = [] if self.port is None else [self.port]
        routed = [group.port for group in self.route_groups if group.container is None]
        balanced = [one.port for one in self.ports if "tcp" in one.transports and one.port not in self.sidecars_by_port]
        return list(dict.fromkeys([*own, *routed, *balanced]))

    @property
    def checked(self) -> bool:
        """Whether a load balancer or a container has a health check, to which the grace period belongs."""
        every = [self.container, *(one.container for one in self.containers)]
        return bool(self.route_groups or self.ports) or any(one.health_command for one in every)

    def as_deployed(self, image: str) -> DeployedService:
        """What the next deployment is compared with, whose image turned out to be `image`."""
        checks = {group.suffix: group.routes[0].chosen_check for group in self.route_groups}
        check = checks.pop("", None)
        port_checks = {str(one): str(one.health_check) for one in self.ports}
        return DeployedService(
            image=image,
            port=self.port,
            discoverable=self.discoverable,
            health_path=check.path if check else None,
            health_codes=check.matcher if check else None,
            more_checks={suffix: f"{one.path} ({one.matcher})" for suffix, one in checks.items()} | port_checks,
            rules=rules_of(self.route_groups),
            shifts=self.deployment.shift is not None,
            ports={str(one): one.target_protocol for one in self.ports},
        )

    def requirements(self, name: str) -> Requirements:
        """What the service `name` needs of its platform."""
        return Requirements(
            cpu_units=self.cpu_units,
            memory_mib=self.memory_mib,
            stop_time_s=self.content.stop_time_s(name),
            routes=self.every_route,
            domains=self.domains,
            port_delays_s=[one.deregistration_delay_s for one in self.ports],
        )
