"""Service auto scaling: it tracks targets between bounds, which may follow the time, and owns the number of tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from .scaling_targets import MetricTarget, QueueTarget, ScheduledBounds, waits_for_nobody
from .task_scaling import TaskScaling

SCALE_IN_COOLDOWN_S: Final = 300
"""Seconds between two scale-ins: the alarms of target tracking judge 15 minutes anyway, and peaks come in waves."""
SCALE_OUT_COOLDOWN_S: Final = 60
"""Seconds until new tasks count: about the start of one."""

FIRST_TASK_COOLDOWN_S: Final = 300
"""Seconds until a second first task is started: one may have to wait for an instance to boot."""


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
    """The scalable target of a service, with a policy for each target and an action for each time."""

    target: aws.appautoscaling.Target
    policies: dict[str, aws.appautoscaling.Policy]
    """By the names of TaskScaling.targets, `queue`, `metric` and `first-task`."""

    def __init__(self, name: str, args: ServiceAutoScalingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:ServiceAutoScaling", name, None, opts)
        self._name, self._args = name, args
        self._child_opts = pulumi.ResourceOptions(parent=self)
        scaling = args.scaling
        self.target = self._target()
        self.policies = {
            target: self._tracking(target, value, predefined_metric_specification=self._predefined(target, metric))
            for target, (metric, value) in scaling.targets.items()
        }
        if scaling.queue:
            self._queue(scaling.queue)
        if scaling.metric:
            self._metric(scaling.metric)
        for scheduled in scaling.schedules:
            self._scheduled(scheduled)
        self.register_outputs({})

    def _target(self) -> aws.appautoscaling.Target:
        args, scaling = self._args, self._args.scaling
        owned = {
            "minCapacity": any(one.minimum is not None for one in scaling.schedules),
            "maxCapacity": any(one.maximum is not None for one in scaling.schedules),
        }
        return aws.appautoscaling.Target(
            f"{self._name}-target",
            service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount",
            resource_id=pulumi.Output.format("service/{0}/{1}", args.cluster_name, args.service_name),
            min_capacity=scaling.minimum,
            max_capacity=scaling.maximum,
            opts=pulumi.ResourceOptions(
                parent=self,
                # What a schedule sets, an `up` at another hour would set back.
                ignore_changes=[name for name, is_owned in owned.items() if is_owned],
            ),
        )

    def _predefined(self, target: str, metric: str) -> dict[str, Any]:
        return {
            "predefined_metric_type": metric,
            "resource_label": self._args.resource_label if target == "requests" else None,
        }

    def _queue(self, queue: QueueTarget) -> None:
        args = self._args
        known = pulumi.Output.all(cluster=args.cluster_name, service=args.service_name, queue=queue.queue_name)
        metrics: Any = known.apply(lambda names: [_in_a_policy(one) for one in queue.metrics(names)])
        self.policies["queue"] = self._tracking(
            "queue", queue.messages, customized_metric_specification={"metrics": metrics}
        )
        if self._args.scaling.bounds[0] == 0:
            self._first_task(known.apply(lambda names: [_in_an_alarm(one) for one in waits_for_nobody(names)]))

    def _first_task(self, metric_queries: Any) -> None:
        """Target tracking multiplies the number of tasks, and nothing becomes of none."""
        policy = aws.appautoscaling.Policy(
            f"{self._name}-first-task",
            policy_type="StepScaling",
            service_namespace=self.target.service_namespace,
            scalable_dimension=self.target.scalable_dimension,
            resource_id=self.target.resource_id,
            step_scaling_policy_configuration={
                "adjustment_type": "ChangeInCapacity",
                "cooldown": FIRST_TASK_COOLDOWN_S,
                "metric_aggregation_type": "Maximum",
                "step_adjustments": [{"metric_interval_lower_bound": "0", "scaling_adjustment": 1}],
            },
            opts=self._child_opts,
        )
        aws.cloudwatch.MetricAlarm(
            f"{self._name}-first-task",
            alarm_description="Messages wait, and no task runs: service auto scaling starts the first one.",
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=1,
            evaluation_periods=3,
            datapoints_to_alarm=2,
            treat_missing_data="notBreaching",
            metric_queries=metric_queries,
            alarm_actions=[policy.arn],
            opts=self._child_opts,
        )
        self.policies["first-task"] = policy

    def _metric(self, metric: MetricTarget) -> None:
        self.policies["metric"] = self._tracking(
            "metric",
            metric.value,
            customized_metric_specification={
                "namespace": metric.namespace,
                "metric_name": metric.name,
                "statistic": metric.statistic,
                "unit": metric.unit,
                "dimensions": [{"name": name, "value": value} for name, value in metric.dimensions.items()],
            },
        )

    def _tracking(self, target: str, value: float, **specification: Any) -> aws.appautoscaling.Policy:
        configuration: Any = {
            **specification,
            "target_value": value,
            "scale_in_cooldown": SCALE_IN_COOLDOWN_S,
            "scale_out_cooldown": SCALE_OUT_COOLDOWN_S,
        }
        return aws.appautoscaling.Policy(
            f"{self._name}-{target}",
            policy_type="TargetTrackingScaling",
            service_namespace=self.target.service_namespace,
            scalable_dimension=self.target.scalable_dimension,
            resource_id=self.target.resource_id,
            target_tracking_scaling_policy_configuration=configuration,
            opts=self._child_opts,
        )

    def _scheduled(self, bounds: ScheduledBounds) -> None:
        aws.appautoscaling.ScheduledAction(
            f"{self._name}-{bounds.name}",
            service_namespace=self.target.service_namespace,
            scalable_dimension=self.target.scalable_dimension,
            resource_id=self.target.resource_id,
            schedule=bounds.schedule,
            timezone=bounds.time_zone,
            scalable_target_action={"min_capacity": bounds.minimum, "max_capacity": bounds.maximum},
            opts=self._child_opts,
        )


def _in_a_policy(metric: Mapping[str, Any]) -> dict[str, Any]:
    """Metric math as a policy of service auto scaling takes it."""
    return _query(metric, lambda stat: {"metric_stat": {"metric": stat, "stat": metric["statistic"]}})


def _in_an_alarm(metric: Mapping[str, Any]) -> dict[str, Any]:
    """The same as an alarm takes it."""
    dimensions = metric.get("dimensions", {})
    flat = {"dimensions": dimensions, "stat": metric.get("statistic"), "period": 60}
    return _query(metric, lambda stat: {"metric": {**stat, **flat}})


def _query(metric: Mapping[str, Any], rendered: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    if "expression" in metric:
        return {**metric, "return_data": True}
    dimensions: Sequence[Any] = [{"name": name, "value": value} for name, value in metric["dimensions"].items()]
    stat = {"namespace": metric["namespace"], "metric_name": metric["name"], "dimensions": dimensions}
    return {"id": metric["id"], **rendered(stat), "return_data": False}
