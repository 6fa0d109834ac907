"""How many tasks a service runs: service auto scaling tracks targets, and owns the number."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ..common.args import inputs
from ..common.inputs import range_problem

SCALE_IN_COOLDOWN_S = 300
"""Seconds between two scale-ins: the alarms of target tracking judge 15 minutes anyway, and peaks come in waves."""
SCALE_OUT_COOLDOWN_S = 60
"""Seconds until new tasks count: about the start of one."""


@inputs
class TaskScaling:
    """Service auto scaling: bounds, and the targets that decide between them. The one that wants most tasks wins."""

    minimum: int = 2
    """Tasks at least, 1 or more. By default 2, so that one can go."""
    maximum: int = 10
    """Tasks at most: what a mistake can cost; more than minimum. By default 10."""
    desired: int | None = None
    """Tasks at creation; later ones are service auto scaling's. By default minimum."""
    cpu_percent: int | None = 60
    """Percent of `cpu_units` that the tasks shall use on average, 1 to 100; None for no such target. By default 60."""
    memory_percent: int | None = None
    """The same for `memory_mib`, for applications that give memory back. By default no such target."""
    requests_per_minute: int | None = None
    """Requests a minute that each task shall get on average, 1 or more; for services with a route. By default no such
    target."""

    def problem(self) -> str | None:
        """What is out of its range, or contradicts itself."""
        if not self.targets:
            return "cpu_percent: give one target at least: cpu_percent, memory_percent, requests_per_minute"
        if not 1 <= self.minimum < self.maximum:
            return f"minimum: must be 1 or more and less than maximum ({self.maximum}), got {self.minimum}"
        if problem := range_problem("desired", self.first, self.minimum, self.maximum):
            return problem
        for name, most in {"cpu_percent": 100, "memory_percent": 100, "requests_per_minute": None}.items():
            value: int | None = getattr(self, name)
            if value is not None and (problem := range_problem(name, value, 1, most)):
                return problem
        return None

    @property
    def first(self) -> int:
        """Tasks at creation."""
        return self.minimum if self.desired is None else self.desired

    @property
    def targets(self) -> dict[str, tuple[str, int]]:
        """Name of a target → the metric of Application Auto Scaling and its value."""
        every = {
            "cpu": ("ECSServiceAverageCPUUtilization", self.cpu_percent),
            "memory": ("ECSServiceAverageMemoryUtilization", self.memory_percent),
            "requests": ("ALBRequestCountPerTarget", self.requests_per_minute),
        }
        return {name: (metric, target) for name, (metric, target) in every.items() if target is not None}


@dataclass(frozen=True, kw_only=True)
class ServiceAutoScalingArgs:
    """What is scaled, and between which bounds."""

    scaling: TaskScaling
    cluster_name: pulumi.Input[str]
    service_name: pulumi.Input[str]
    """The physical name."""
    resource_label: pulumi.Input[str] | None = None
    """Load balancer and target group of the service, as the metric of requests_per_minute names them. By default none:
    the service has no route."""


class ServiceAutoScaling(pulumi.ComponentResource):
    """The scalable target of a service, with a policy for each metric."""

    target: aws.appautoscaling.Target
    policies: dict[str, aws.appautoscaling.Policy]
    """By the names of TaskScaling.targets."""

    def __init__(self, name: str, args: ServiceAutoScalingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:ServiceAutoScaling", name, None, opts)
        self._name, self._args = name, args
        self._child_opts = pulumi.ResourceOptions(parent=self)
        self.target = aws.appautoscaling.Target(
            f"{name}-target",
            service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount",
            resource_id=pulumi.Output.format("service/{0}/{1}", args.cluster_name, args.service_name),
            min_capacity=args.scaling.minimum,
            max_capacity=args.scaling.maximum,
            opts=self._child_opts,
        )
        self.policies = {
            target: self._policy(target, metric, value) for target, (metric, value) in args.scaling.targets.items()
        }
        self.register_outputs({})

    def _policy(self, target: str, metric: str, value: int) -> aws.appautoscaling.Policy:
        return aws.appautoscaling.Policy(
            f"{self._name}-{target}",
            policy_type="TargetTrackingScaling",
            service_namespace=self.target.service_namespace,
            scalable_dimension=self.target.scalable_dimension,
            resource_id=self.target.resource_id,
            target_tracking_scaling_policy_configuration={
                "predefined_metric_specification": {
                    "predefined_metric_type": metric,
                    "resource_label": self._args.resource_label if target == "requests" else None,
                },
                "target_value": value,
                "scale_in_cooldown": SCALE_IN_COOLDOWN_S,
                "scale_out_cooldown": SCALE_OUT_COOLDOWN_S,
            },
            opts=self._child_opts,
        )
