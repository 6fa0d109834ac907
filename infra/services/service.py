"""A service of an application, with its roles, security group, target group, private name, auto scaling and alarms."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws

from ..common import stack_state
from ..common.args import refused
from ..common.inputs import instance_problem, said
from ..common.late import previewed
from ..contract import PlatformLimits
from .before_deploy import before_name_problem, run_before
from .caller import Caller
from .container import image_problem
from .container_definitions import UNKNOWN_IMAGE
from .dashboard import Shown, dashboard
from .deployed_service import OUTPUT, DeployedService
from .deployment_outcome import confirmed
from .infrastructure_role import VOLUMES_POLICY, infrastructure_role
from .network_target_group import NetworkTargetGroup
from .placement import MARK
from .port_claims import network_target_groups
from .requirements import DNS_TTL_S, platform_problems
from .route_resources import redirects, target_groups
from .security_group import ServiceSecurityGroup, ServiceSecurityGroupArgs
from .service_alarms import WatchedService, at_maximum, too_few_tasks
from .service_args import ServiceArgs
from .service_auto_scaling import ServiceAutoScaling, ServiceAutoScalingArgs
from .service_name import name_problem
from .shifting import shifting
from .target_group import TargetGroup
from .task import Task, TaskArgs
from .transform import transformations
from .volume import EbsVolume


class Service(pulumi.ComponentResource):
    """A service on the platform's cluster, which nobody may call who was not allowed to.

    What it makes of AWS is there under AWS's names, for whatever ServiceArgs do not model.
    """

    service_name: pulumi.Output[str]
    """The physical name, known when the deployment has succeeded."""
    service: aws.ecs.Service
    task_definition: aws.ecs.TaskDefinition
    task_role: aws.iam.Role
    """What the application acts as."""
    execution_role: aws.iam.Role
    """What ECS acts as to start the tasks."""
    log_group: aws.cloudwatch.LogGroup
    log_group_name: pulumi.Output[str]
    """Known in a preview, too."""
    security_group: aws.ec2.SecurityGroup
    security_group_id: pulumi.Output[str]
    target_group: aws.lb.TargetGroup | None
    """That of the first route; None without one, like the next two."""
    listener_rule: aws.lb.ListenerRule | None
    url: pulumi.Output[str] | None
    """Where the load balancer answers for it."""
    target_groups: list[aws.lb.TargetGroup]
    """All, in the order of their first routes."""
    listener_rules: list[aws.lb.ListenerRule]
    """All: target group by target group, in each in the order of the routes, then those that redirect."""
    urls: list[pulumi.Output[str]]
    """Those of the target groups, in the same order."""
    network_target_groups: list[aws.lb.TargetGroup]
    """Those behind Network Load Balancers, in the order of ports."""
    network_listeners: list[aws.lb.Listener]
    """What leads there, in the same order."""
    service_registry: aws.servicediscovery.Service | None
    """The private name; None where the service is not discoverable."""
    scalable_target: aws.appautoscaling.Target | None
    """None where the number of tasks is fixed."""
    dashboard: aws.cloudwatch.Dashboard | None
    """None unless it was asked for."""
    callers: list[str]
    """Names of those that may call it."""

    def __init__(self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Raises pulumi.RunError for a name that is no DNS name, and for a route that another service has.

        The same for a change that would take the deployed service off the air. `protect` in `opts` keeps the ECS
        service from being deleted; what a deployment replaces is not protected.
        """
        self._deployed = _check_inputs(name, args)
        super().__init__("ecs-platform:index:Service", name, None, opts)
        self._name, self._args = name, args
        # Children take it over from here, and a deployment could not replace a protected task definition.
        self._protect, self._protects_service = False, bool(self._protect)
        transformed = transformations(name, args.transform)
        self._child_opts = pulumi.ResourceOptions(parent=self, transformations=transformed)
        self.callers = []
        self._checked = pulumi.Output.all(args.platform.limits, previewed(args.image, UNKNOWN_IMAGE)).apply(
            lambda known: self._check(*known)
        )
        prepares = not self._deployed.shifts if self._deployed else DeployedService.was_begun(name)
        self._shifting = shifting(name, args.platform, args.deployment.shift, prepares=prepares, opts=self._child_opts)
        task, groups = self._task(), target_groups(name, args, self._shifting, self._child_opts)
        # Without the transformations, which are of what the service shows under these names.
        balanced = network_target_groups(name, args, pulumi.ResourceOptions(parent=self))
        self._security_group = self._new_security_group()
        self.security_group = self._security_group.security_group
        self.security_group_id = self.security_group.id
        depends_on = [*task.prerequisites, *self._security_group.egress, *self._ways_in(groups, balanced)]
        depends_on += run_before(
            name, args.before_deploy, args.platform, self._security_group, pulumi.ResourceOptions(parent=self)
        )
        self.service_registry = self._service_registry()
        self.service = self._service(task, [*groups, *balanced], depends_on)
        self.scalable_target = self._auto_scaling(groups).target if args.scaling.scales else None
        self._alarms()
        self._show(task, groups)
        self.network_target_groups = [group.target_group for group in balanced]
        self.network_listeners = [group.listener for group in balanced]
        if missing := [child for child in args.transform if getattr(self, child) is None]:
            raise refused(f"{name}: transform: the service has no {missing[0]}, as its inputs say; leave it out")
        self._confirm()

    @property
    def private_name(self) -> pulumi.Output[str]:
        """The name that callers inside the VPC use. Raises pulumi.RunError where the service is not discoverable."""
        if not self._args.discoverable:
            raise refused(f"discoverable: {self._name} has no private name, set discoverable=True")
        return pulumi.Output.format("{0}.{1}", self._name, self._args.platform.namespace)

    @property
    def private_url(self) -> pulumi.Output[str]:
        """Private name and port, for callers inside the VPC. Raises pulumi.RunError as private_name does."""
        return pulumi.Output.format("http://{0}:{1}", self.private_name, self._args.port)

    @property
    def as_caller(self) -> Caller:
        """The service where another one allows it."""
        return Caller(self._name, self.security_group_id)

    def allow_from(self, caller: Service | Caller) -> None:
        """Allow another service to call this one; once is enough.

        Raises pulumi.RunError for a service without a port.
        """
        given: Any = caller
        if not isinstance(given, Service | Caller):
            raise refused(f"allow_from: must be a Service or a Caller, got {said(given)}")
        known = given if isinstance(given, Caller) else given.as_caller
        if self._security_group.allow_from(known):
            self.callers = [*self.callers, known.name]

    def _ways_in(self, groups: list[TargetGroup], balanced: list[NetworkTargetGroup]) -> list[pulumi.Resource]:
        """What has to be there before tasks register: rules, listeners, and what lets requests through."""
        shifting = self._shifting.needed if self._shifting else []
        rules = [rule for group in groups for rule in [*group.listener_rules, *group.test_rules]]
        listeners = [group.listener for group in balanced]
        return [*rules, *shifting, *self._allow_load_balancer(), *listeners, *self._allow_network_load_balancers()]

    def _confirm(self) -> None:
        """Show the name, and remember what was deployed, once ECS says that it runs."""
        args = self._args
        self.service_name = confirmed(
            self.service,
            name=self._name,
            cluster_arn=args.platform.cluster_arn,
            task_definition=self.task_definition.arn,
        )
        self.register_outputs(
            {
                "service_name": self.service_name,
                "security_group_id": self.security_group_id,
                OUTPUT: pulumi.Output.all(self.service_name, args.image).apply(
                    lambda known: args.as_deployed(known[1]).output
                ),
            }
        )

    def _dashboard(self, groups: list[TargetGroup]) -> aws.cloudwatch.Dashboard | None:
        args = self._args
        if not args.dashboard:
            return None
        shown = Shown(
            platform=args.platform,
            name=self._name,
            service_name=self.service.name,
            log_group_name=self.log_group_name,
            minimum=args.scaling.minimum,
            maximum=args.scaling.maximum,
            target_groups=groups,
        )
        return dashboard(f"{self._name}-dashboard", shown, self._child_opts)

    def _alarms(self) -> None:
        args = self._args
        watched = WatchedService(platform=args.platform, name=self._name, service_name=self.service.name)
        # Deployments and drains may go below the minimum, as far as the service allows: that is no alarm.
        too_few_tasks(watched, args.deployment.least(args.scaling.bounds[0]), self)
        if args.scaling.scales:
            at_maximum(watched, args.scaling.bounds[1], self)

    def _show(self, task: Task, groups: list[TargetGroup]) -> None:
        self.task_definition = task.task_definition
        self.task_role, self.execution_role = task.task_role, task.execution_role
        self.log_group, self.log_group_name = task.log_group, task.log_group_name
        self.target_groups = [group.target_group for group in groups]
        self.listener_rules = [rule for group in groups for rule in group.listener_rules]
        self.listener_rules += redirects(self._name, self._args, self._child_opts)
        self.urls = [url for group in groups for url in group.urls]
        self.target_group = next(iter(self.target_groups), None)
        self.listener_rule = next(iter(self.listener_rules), None)
        self.url = next(iter(self.urls), None)
        self.dashboard = self._dashboard(groups)

    def _task(self) -> Task:
        args = self._args
        return Task(
            f"{self._name}-task",
            TaskArgs(
                platform=args.platform,
                service_name=self._name,
                content=args.content,
                checked=self._checked,
            ),
            self._child_opts,
        )

    def _check(self, platform: PlatformLimits, image: Any) -> None:
        if problem := image_problem(image) or self._change_problem(image):
            raise pulumi.RunError(f"{self._name}: {problem}")
        if problems := platform_problems(self._args.requirements(self._name), platform):
            lines = "".join(f"\n  - {problem}" for problem in problems)
            raise pulumi.RunError(f"the platform cannot run {self._name}:{lines}")

    def _change_problem(self, image: str) -> str | None:
        return self._deployed.change_problem(self._args.as_deployed(image)) if self._deployed else None

    def _new_security_group(self) -> ServiceSecurityGroup:
        args = self._args
        return ServiceSecurityGroup(
            f"{self._name}-security-group",
            ServiceSecurityGroupArgs(
                platform=args.platform,
                service_name=self._name,
                port=args.port,
                egress_https=args.egress_https,
                egress=args.egress,
            ),
            self._child_opts,
        )

    def _allow_load_balancer(self) -> list[pulumi.Resource]:
        """Once a port, however many routes lead there."""
        ports = dict.fromkeys(group.port for group in self._args.route_groups)
        balancer = Caller("load-balancer", self._args.platform.load_balancer_security_group_id)
        self.callers = [balancer.name] if ports else []
        return [rule for port in ports for rule in self._security_group.allow_from(balancer, port)]

    def _allow_network_load_balancers(self) -> list[pulumi.Resource]:
        """At the ports of the tasks, and where their health is checked."""
        found: list[pulumi.Resource] = []
        for port in self._args.ports:
            balancer = Caller(port.used_balancer.name, port.used_balancer.security_group_id)
            self.callers += [balancer.name] * (balancer.name not in self.callers)
            for protocol, number in port.opened:
                found += self._security_group.allow_from(balancer, number, protocol)
        return found

    def _service_registry(self) -> aws.servicediscovery.Service | None:
        if not self._args.discoverable:
            return None
        return aws.servicediscovery.Service(
            f"{self._name}-registry",
            name=self._name,  # the private name
            dns_config={
                "namespace_id": self._args.platform.namespace_id,
                "routing_policy": "MULTIVALUE",
                "dns_records": [{"type": "A", "ttl": DNS_TTL_S}],
            },
            # The provider makes no health check of an empty block, although it deprecates the only argument of it.
            health_check_custom_config={"failure_threshold": 1},
            force_destroy=True,  # registrations that ECS left behind would block a destroy
            opts=self._child_opts,
        )

    def _service(
        self, task: Task, groups: list[TargetGroup | NetworkTargetGroup], depends_on: list[pulumi.Resource]
    ) -> aws.ecs.Service:
        args, deployment, registry = self._args, self._args.deployment, self.service_registry
        alarm_names = [*deployment.alarm_names, *(name for group in groups for name in group.alarm_names)]
        timeout = f"{deployment.whole_timeout_s}s"
        rebalances = args.placement.rebalances_zones and deployment.starts_before_it_stops
        volume_configuration, made_by = self._volume_configuration()
        return aws.ecs.Service(
            f"{self._name}-service",
            cluster=args.platform.cluster_arn,
            launch_type="EC2",
            task_definition=task.task_definition.arn,
            desired_count=args.scaling.first,
            network_configuration=self._network_configuration(),
            load_balancers=[group.load_balancer_args for group in groups] or None,
            health_check_grace_period_seconds=deployment.chosen_grace_s if args.checked else None,
            service_registries={"registry_arn": registry.arn} if registry else None,
            volume_configuration=volume_configuration,
            ordered_placement_strategies=list(args.placement.strategies),
            placement_constraints=[{"type": "memberOf", "expression": one} for one in args.placement.constraints],
            availability_zone_rebalancing="ENABLED" if rebalances else "DISABLED",
            deployment_minimum_healthy_percent=deployment.minimum_healthy_percent,
            deployment_maximum_percent=deployment.maximum_percent,
            deployment_configuration=self._shifting.configuration if self._shifting else None,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            alarms={"enable": True, "rollback": True, "alarm_names": alarm_names} if alarm_names else None,
            enable_execute_command=args.container.exec,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            tags=args.placement.tags,
            wait_for_steady_state=True,
            opts=pulumi.ResourceOptions(
                parent=self,
                transformations=self._child_opts.transformations,
                protect=self._protects_service,
                depends_on=[*depends_on, *made_by],  # without its roles' policies and its rules no task becomes healthy
                # Service auto scaling owns the count where there is any, and the rebalancing controller its mark.
                ignore_changes=[MARK, "desiredCount"] if args.scaling.scales else [MARK],
                custom_timeouts=pulumi.CustomTimeouts(create=timeout, update=timeout, delete=timeout),
            ),
        )

    def _volume_configuration(self) -> tuple[aws.ecs.ServiceVolumeConfigurationArgs | None, list[pulumi.Resource]]:
        """The volume that ECS makes for each task, and what has to be there for that."""
        ebs = self._args.content.volumes_of(EbsVolume)
        if not ebs:
            return None, []
        role, attachment = infrastructure_role(
            f"{self._name}-volumes", self._args.platform, VOLUMES_POLICY, self._child_opts
        )
        ((name, volume),) = ebs.items()
        managed = volume.managed_by(role.arn)
        return aws.ecs.ServiceVolumeConfigurationArgs(name=name, managed_ebs_volume=managed), [attachment]

    def _network_configuration(self) -> aws.ecs.ServiceNetworkConfigurationArgs:
        return aws.ecs.ServiceNetworkConfigurationArgs(
            subnets=self._args.platform.private_subnet_ids,
            security_groups=[self.security_group_id],
            assign_public_ip=False,
        )

    def _auto_scaling(self, groups: list[TargetGroup]) -> ServiceAutoScaling:
        return ServiceAutoScaling(
            f"{self._name}-auto-scaling",
            ServiceAutoScalingArgs(
                scaling=self._args.scaling,
                cluster_name=self._args.platform.cluster_name,
                service_name=self.service.name,
                resource_label=groups[0].resource_label if groups else None,  # the first route's
            ),
            self._child_opts,
        )


def _check_inputs(name: Any, args: ServiceArgs) -> DeployedService | None:
    """What the stack's last deployment of the service left."""
    if problem := name_problem(name):
        raise refused(problem)
    if problem := instance_problem("args", args, ServiceArgs):
        raise refused(f"{name}: {problem}; write Service({name!r}, ServiceArgs(...))")
    if problem := args.name_problem(name):
        raise refused(f"{name}: {problem}")
    if args.before_deploy and (problem := before_name_problem(name, args.before_deploy)):
        raise refused(f"{name}: {problem}")
    deployed = DeployedService.read(name)
    if deployed and isinstance(args.image, str) and (problem := deployed.change_problem(args.as_deployed(args.image))):
        with stack_state.kept_outputs():
            raise refused(f"{name}: {problem}")
    return deployed
