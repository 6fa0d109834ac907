"""How many tasks a service runs: Application Auto Scaling follows targets, and owns the number."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

SCALE_IN_COOLDOWN_S = 300
"""Seconds of calm before tasks go: the alarms of target tracking look at 15 minutes anyway; a peak comes in waves."""
SCALE_OUT_COOLDOWN_S = 60
"""Seconds until new tasks count: about the start of one."""


@dataclass(frozen=True, kw_only=True)
class TaskScaling:
    """Bounds, and the targets that decide between them. The one that asks for most tasks wins."""

    minimum: int = 2
    """Tasks at least; two, so that one can go."""
    maximum: int = 10
    """Tasks at most: what a mistake can cost. More than minimum."""
    desired: int | None = None
    """Tasks at creation; later ones are the scaling's. None: minimum."""
    cpu_percent: int | None = 60
    """Percent of the CPU asked for that the tasks shall use on average."""
    memory_percent: int | None = None
    """The same for memory; for applications that give memory back."""
    requests_per_minute: int | None = None
    """Requests a minute that each task shall get on average; for services with a route."""

    def __post_init__(self) -> None:
        if not 1 <= self.minimum < self.maximum:
            raise ValueError(f"minimum: 1 to less than maximum ({self.maximum}) is possible, got {self.minimum}")
        if not self.minimum <= self.first <= self.maximum:
            raise ValueError(f"desired: {self.minimum} to {self.maximum} is possible, got {self.desired}")
        if not self.targets:
            raise ValueError("cpu_percent: give one target at least: cpu_percent, memory_percent, requests_per_minute")
        for name, percent in {"cpu_percent": self.cpu_percent, "memory_percent": self.memory_percent}.items():
            if percent is not None and not 1 <= percent <= 100:  # noqa: PLR2004  percent
                raise ValueError(f"{name}: 1 to 100 is possible, got {percent}")
        if self.requests_per_minute is not None and self.requests_per_minute < 1:
            raise ValueError(f"requests_per_minute: 1 or more is possible, got {self.requests_per_minute}")

    @property
    def first(self) -> int:
        """Tasks at creation."""
        return self.minimum if self.desired is None else self.desired

    @property
    def targets(self) -> dict[str, tuple[str, int]]:
        """Role → the metric of Application Auto Scaling and its target."""
        every = {
            "cpu": ("ECSServiceAverageCPUUtilization", self.cpu_percent),
            "memory": ("ECSServiceAverageMemoryUtilization", self.memory_percent),
            "requests": ("ALBRequestCountPerTarget", self.requests_per_minute),
        }
        return {role: (metric, target) for role, (metric, target) in every.items() if target is not None}


@dataclass(frozen=True, kw_only=True)
class ServiceAutoScalingArgs:
    """Inputs of ServiceAutoScaling."""

    scaling: TaskScaling
    cluster_name: pulumi.Input[str]
    service_name: pulumi.Input[str]
    request_label: pulumi.Input[str] | None = None
    """The load balancer and the target group of the service in metrics; needed for requests_per_minute."""


class ServiceAutoScaling(pulumi.ComponentResource):
    """The scalable target of a service, with a policy for each metric."""

    def __init__(self, name: str, args: ServiceAutoScalingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register the target and its policies."""
        super().__init__("ecs-platform:index:ServiceAutoScaling", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        target = aws.appautoscaling.Target(
            f"{name}-tasks",
            service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount",
            resource_id=pulumi.Output.format("service/{0}/{1}", args.cluster_name, args.service_name),
            min_capacity=args.scaling.minimum,
            max_capacity=args.scaling.maximum,
            opts=child_opts,
        )
        for role, (metric, value) in args.scaling.targets.items():
            aws.appautoscaling.Policy(
                f"{name}-{role}",
                policy_type="TargetTrackingScaling",
                service_namespace=target.service_namespace,
                scalable_dimension=target.scalable_dimension,
                resource_id=target.resource_id,
                target_tracking_scaling_policy_configuration={
                    "predefined_metric_specification": {
                        "predefined_metric_type": metric,
                        "resource_label": args.request_label if role == "requests" else None,
                    },
                    "target_value": value,
                    "scale_in_cooldown": SCALE_IN_COOLDOWN_S,
                    "scale_out_cooldown": SCALE_OUT_COOLDOWN_S,
                },
                opts=child_opts,
            )
        self.register_outputs({})
