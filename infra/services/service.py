"""A service of an application: tasks that are replaced, spread, scaled, found and guarded."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from ..common.alarms import Alarm, alarm_to
from ..contract import Platform
from . import deployment_outcome as outcome
from . import requirements
from .container import Container, image_problem
from .deployment import Deployment
from .placement import Placement
from .requirements import Requirements
from .routing import Route
from .security_group import Caller, ServiceSecurityGroup, ServiceSecurityGroupArgs
from .target_group import TargetGroup, TargetGroupArgs
from .task import Task, TaskArgs
from .task_scaling import ServiceAutoScaling, ServiceAutoScalingArgs, TaskScaling

_NAME = re.compile(r"^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$")

TOO_FEW_MINUTES = 5
"""Minutes with fewer tasks than the service allows before somebody is called: a replacement takes less."""


@dataclass(frozen=True, kw_only=True)
class ServiceArgs:
    """Inputs of Service."""

    platform: Platform
    image: str
    """Reference with a digest: a tag can move under a running service."""
    port: int | None = None
    """TCP port that the application listens on. None for workers, that nobody calls."""
    cpu_units: int = 256
    """1/1024 vCPU that a task is sure of, 128 or more; where the instance has more to give, it takes more."""
    memory_mib: int = 512
    """MiB that a task may use, 6 or more; with more than it asked for it is killed."""
    container: Container = field(default_factory=Container)
    """How the image is run: command, environment, secrets, user, health."""
    route: Route | None = None
    """Which requests of the world it gets; None for an internal service."""
    discoverable: bool = False
    """Whether other services find it as `<name>.<namespace>`."""
    egress_https: bool = True
    """Whether tasks may call everybody by HTTPS: AWS APIs, others' APIs, ECS Exec. Images, secrets and logs take the
    instance's way, and no security group filters the VPC's DNS, so a service without calls works with False."""
    statements: Sequence[Mapping[str, Any]] = ()
    """IAM statements of what the application may do, as `iam.allow` makes them."""
    scaling: TaskScaling = field(default_factory=TaskScaling)
    deployment: Deployment = field(default_factory=Deployment)
    placement: Placement = field(default_factory=Placement)

    def __post_init__(self) -> None:
        if problem := self._problem():
            raise ValueError(problem)

    def _problem(self) -> str | None:
        if self.port is None and (self.route or self.discoverable):
            return "port: a service that is called listens on a port, name it"
        if self.port is not None and not 1 <= self.port <= 65535:  # noqa: PLR2004  what TCP has
            return f"port: 1 to 65535 is possible, got {self.port}"
        if self.scaling.requests_per_minute and not self.route:
            return "scaling: requests_per_minute needs a route, whose requests are counted"
        return (
            image_problem(self.image)
            or requirements.own_problem(self.asked)
            or self.deployment.problem(self.scaling.minimum, self.scaling.maximum)
        )

    @property
    def asked(self) -> Requirements:
        """What the platform has to be able to do."""
        return Requirements(
            cpu_units=self.cpu_units,
            memory_mib=self.memory_mib,
            stop_timeout_s=self.container.stop_timeout_s,
            discoverable=self.discoverable,
            route=self.route,
        )


class Service(pulumi.ComponentResource):
    """A service on the platform's cluster, with a security group that lets in nobody who was not named."""

    service_name: pulumi.Output[str]
    """Known when the deployment has succeeded: a rollback by ECS fails the update here."""
    security_group_id: pulumi.Output[str]
    task_role: aws.iam.Role
    log_group_name: pulumi.Output[str]
    url: pulumi.Output[str] | None
    """Where the world finds it; None without a route."""
    callers: list[str]
    """Names of those that may call it."""

    def __init__(self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register the service and all that belongs to it. Raises ValueError for a name or a route that is taken."""
        super().__init__("ecs-platform:index:Service", name, None, opts)
        if not _NAME.match(name):
            raise ValueError(f"name: up to 40 of a-z, 0-9 and -, starting with a letter, are a DNS name; got {name!r}")
        self._name, self._args = name, args
        self._child_opts = pulumi.ResourceOptions(parent=self)
        self.callers = []
        self._task = self._make_task()
        self._access = ServiceSecurityGroup(
            f"{name}-access",
            ServiceSecurityGroupArgs(
                platform=args.platform, service_name=name, port=args.port, egress_https=args.egress_https
            ),
            self._child_opts,
        )
        self.security_group_id = self._access.security_group_id
        needs = [*self._task.resources, *self._access.resources]
        target = self._target()
        if target:
            self.callers = ["load-balancer"]
            needs += [target.rule]
            needs += self._access.allow_from("load-balancer", args.platform.load_balancer_security_group_id)
        service = self._service(target, self._registry(), needs)
        ServiceAutoScaling(
            f"{name}-scaling",
            ServiceAutoScalingArgs(
                scaling=args.scaling,
                cluster_name=args.platform.cluster_name,
                service_name=service.name,
                request_label=target.request_label if target else None,
            ),
            self._child_opts,
        )
        self._too_few(service)
        self.service_name = outcome.confirmed(
            service, name=name, cluster_arn=args.platform.cluster_arn, asked=self._task.definition_arn
        )
        self.task_role, self.log_group_name = self._task.role, self._task.log_group_name
        self.url = target.url if target else None
        self.register_outputs({"service_name": self.service_name, "security_group_id": self.security_group_id})

    @property
    def private_name(self) -> pulumi.Output[str]:
        """The name that callers inside the VPC use. Raises ValueError where the service is not discoverable."""
        if not self._args.discoverable:
            raise ValueError(f"discoverable: {self._name} has no private name, set discoverable=True")
        return pulumi.Output.format("{0}.{1}", self._name, self._args.platform.namespace)

    @property
    def private_url(self) -> pulumi.Output[str]:
        """Private name and port, for callers inside the VPC. Raises ValueError as private_name does."""
        return pulumi.Output.format("http://{0}:{1}", self.private_name, self._args.port)

    @property
    def as_caller(self) -> Caller:
        """What others let in when they let in this service."""
        return Caller(self._name, self.security_group_id)

    def allow_from(self, caller: Service | Caller) -> None:
        """Let another service call this one: a way out there, a way in here. Raises ValueError without a port."""
        known = caller if isinstance(caller, Caller) else caller.as_caller
        self._access.allow_from(known.name, known.security_group_id)
        self.callers = [*self.callers, known.name]

    def _make_task(self) -> Task:
        args = self._args
        return Task(
            f"{self._name}-task",
            TaskArgs(
                platform=args.platform,
                service_name=self._name,
                image=args.image,
                port=args.port,
                cpu_units=args.cpu_units,
                memory_mib=args.memory_mib,
                container=args.container,
                statements=args.statements,
                checked=args.platform.values.apply(self._check),
            ),
            self._child_opts,
        )

    def _check(self, offered: Mapping[str, Any]) -> None:
        if problems := requirements.platform_problems(self._args.asked, offered):
            lines = "".join(f"\n  - {problem}" for problem in problems)
            raise pulumi.RunError(f"the platform cannot run {self._name}:{lines}")

    def _target(self) -> TargetGroup | None:
        args = self._args
        if args.route is None or args.port is None:
            return None
        return TargetGroup(
            f"{self._name}-target",
            TargetGroupArgs(
                platform=args.platform,
                service_name=self._name,
                route=args.route,
                port=args.port,
                priority=args.platform.routes.claim(self._name, args.route),
                grace_s=args.deployment.grace_s,
            ),
            self._child_opts,
        )

    def _registry(self) -> aws.servicediscovery.Service | None:
        if not self._args.discoverable:
            return None
        return aws.servicediscovery.Service(
            f"{self._name}-registry",
            name=self._name,  # the private name
            dns_config={
                "namespace_id": self._args.platform.namespace_id,
                "routing_policy": "MULTIVALUE",
                "dns_records": [{"type": "A", "ttl": requirements.DNS_TTL_S}],
            },
            # The provider makes no health check of an empty block, although it deprecates the only argument of it.
            health_check_custom_config={"failure_threshold": 1},
            force_destroy=True,  # registrations that ECS left behind would block a destroy
            opts=self._child_opts,
        )

    def _service(
        self, target: TargetGroup | None, registry: aws.servicediscovery.Service | None, needs: list[pulumi.Resource]
    ) -> aws.ecs.Service:
        args, pace = self._args, self._args.deployment
        alarm_names = [*pace.alarm_names, *(target.alarm_names if target else [])]
        patience = f"{pace.timeout_s}s"
        return aws.ecs.Service(
            f"{self._name}-service",
            cluster=args.platform.cluster_arn,
            launch_type="EC2",
            task_definition=self._task.definition_arn,
            desired_count=args.scaling.first,
            network_configuration={
                "subnets": args.platform.private_subnet_ids,
                "security_groups": [self.security_group_id],
                "assign_public_ip": False,
            },
            load_balancers=[target.membership(container_name=self._name)] if target else None,
            health_check_grace_period_seconds=pace.grace_s if target else None,
            service_registries={"registry_arn": registry.arn} if registry else None,
            ordered_placement_strategies=list(args.placement.strategies),
            placement_constraints=[
                {"type": "memberOf", "expression": expression} for expression in args.placement.constraints
            ],
            availability_zone_rebalancing=(
                "ENABLED" if args.placement.over_zones and pace.moves_one_first else "DISABLED"
            ),
            deployment_minimum_healthy_percent=pace.minimum_healthy_percent,
            deployment_maximum_percent=pace.maximum_percent,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            alarms={"enable": True, "rollback": True, "alarm_names": alarm_names} if alarm_names else None,
            enable_execute_command=args.container.exec,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            wait_for_steady_state=True,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=needs,  # without its rights, its rule and its ways out, no task gets up
                ignore_changes=["desiredCount"],  # scaling owns it
                custom_timeouts=pulumi.CustomTimeouts(create=patience, update=patience, delete=patience),
            ),
        )

    def _too_few(self, service: aws.ecs.Service) -> None:
        # Deployments and drains may go below the minimum, as far as the service allows: that wakes nobody.
        platform, least = self._args.platform, self._args.deployment.least(self._args.scaling.minimum)
        alarm_to(
            platform.alarm_topic_arn,
            f"{self._name}-too-few",
            Alarm(
                summary=f"{self._name} runs fewer than {least} tasks.",
                runbook="a-service-runs-too-few-tasks",
                namespace="AWS/ECS",
                metric="CPUUtilization",  # one sample a task and minute (ECS developer guide, "Service RUNNING tasks")
                dimensions={"ClusterName": platform.cluster_name, "ServiceName": service.name},
                statistic="SampleCount",
                comparison="LessThanThreshold",
                threshold=least,
                periods=TOO_FEW_MINUTES,
                datapoints=TOO_FEW_MINUTES,
                missing="breaching",
            ),
            self,
        )
