"""How requests reach a service through the load balancer: its target group, and the listener rule that leads there."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any

import pulumi
import pulumi_aws as aws

from ..common.alarms import Alarm, alarm_to
from ..common.balancer_metrics import target_metric
from ..common.measures import Formula, Metric, error_rate, while_busy
from ..contract import Platform
from .routing import Route

ERROR_PERCENT, LEAST_REQUESTS = 5, 20
"""Answers of tasks with 5xx, in percent of the requests, that make a minute a bad one; of so many requests at least, so
that a service with few of them is judged as well: one error is enough then."""

JUDGED_MINUTES, BAD_MINUTES = 5, 3
"""So many bad ones of the last minutes raise an alarm, stop a deployment and roll it back."""

SLOW_WINDOW_MINUTES, SLOW_MINUTES = 15, 10
"""So many slow ones of the last minutes raise an alarm: it is no emergency, so a burst may pass."""

LONGEST_MINUTES = 24 * 60
"""Minutes that an alarm can look back (CloudWatch, PutMetricAlarm, EvaluationPeriods)."""


@dataclass(frozen=True, kw_only=True)
class TargetGroupArgs:
    """Which requests go to which port of a service's tasks."""

    platform: Platform
    service_name: str
    route: Route
    port: int
    """TCP port of the tasks."""
    priority: int
    """Priority of the listener rule, which no other service of the program has (RouteClaims)."""
    grace_s: int
    """Seconds from its start in which a task may fail the health check."""


class TargetGroup(pulumi.ComponentResource):
    """The addresses of a service's tasks at the load balancer, the listener rule that leads there, and their alarms."""

    target_group: aws.lb.TargetGroup
    listener_rule: aws.lb.ListenerRule
    """A service depends on it: ECS refuses a target group that no load balancer uses."""
    resource_label: pulumi.Output[str]
    """Load balancer and target group, as the metric that counts their requests names them."""
    alarm_names: list[pulumi.Output[str]]
    """Alarms that stop a deployment and roll it back."""
    url: pulumi.Output[str]

    def __init__(self, name: str, args: TargetGroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:TargetGroup", name, None, opts)
        self._name, self._args = name, args
        platform = args.platform
        self.target_group = self._target_group()
        self.listener_rule = self._listener_rule()
        self.resource_label = pulumi.Output.format(
            "{0}/{1}", platform.load_balancer_arn_suffix, self.target_group.arn_suffix
        )
        self.alarm_names = [self._errors().name]
        self._unhealthy()
        self._slow()
        self.url = pulumi.Output.all(
            dns_name=platform.load_balancer_dns_name, domain=platform.domain, host=args.route.host
        ).apply(lambda known: _url(known, args.route.path))
        self.register_outputs({"target_group_arn": self.target_group.arn, "url": self.url})

    def load_balancer_args(self, container_name: str) -> aws.ecs.ServiceLoadBalancerArgs:
        """The entry of a service by which ECS registers its tasks as targets."""
        return aws.ecs.ServiceLoadBalancerArgs(
            target_group_arn=self.target_group.arn, container_name=container_name, container_port=self._args.port
        )

    def _target_group(self) -> aws.lb.TargetGroup:
        route, check = self._args.route, self._args.route.health_check
        return aws.lb.TargetGroup(
            self._name,
            # A prefix, so that a replacement can exist beside what it replaces; AWS takes six characters.
            name_prefix=f"{self._args.service_name[:5].rstrip('-')}-",
            vpc_id=self._args.platform.vpc_id,
            target_type="ip",
            port=self._args.port,  # of no effect: ECS registers each task with the port that the task listens on
            protocol="HTTP",
            deregistration_delay=route.deregistration_delay_s,
            load_balancing_algorithm_type="least_outstanding_requests",
            health_check={
                "path": check.path,
                "matcher": check.matcher,
                "interval": check.interval_s,
                "timeout": check.timeout_s,
                "healthy_threshold": check.healthy_count,
                "unhealthy_threshold": check.unhealthy_count,
            },
            stickiness=(
                {"type": "lb_cookie", "enabled": True, "cookie_duration": route.stickiness_s}
                if route.stickiness_s
                else {"type": "lb_cookie", "enabled": False}
            ),
            tags={"Name": self._args.service_name},
            # Another port must not replace the group: tasks of both ports are in it while a deployment goes on.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["port"]),
        )

    def _listener_rule(self) -> aws.lb.ListenerRule:
        route, platform = self._args.route, self._args.platform
        conditions: list[aws.lb.ListenerRuleConditionArgs] = [
            aws.lb.ListenerRuleConditionArgs(
                path_pattern=aws.lb.ListenerRuleConditionPathPatternArgs(values=[route.path])
            )
        ]
        if route.host:
            conditions.append(
                aws.lb.ListenerRuleConditionArgs(
                    host_header=aws.lb.ListenerRuleConditionHostHeaderArgs(values=[route.host])
                )
            )
        listener = pulumi.Output.all(platform.https_listener_arn, platform.http_listener_arn).apply(
            lambda arns: arns[0] or arns[1]
        )
        return aws.lb.ListenerRule(
            # With the priority in its name another route is another rule, and the old one stays until the tasks run.
            f"{self._name}-rule-{self._args.priority}",
            listener_arn=listener,
            priority=self._args.priority,
            conditions=conditions,
            actions=[{"type": "forward", "target_group_arn": self.target_group.arn}],
            tags={"Name": self._args.service_name},
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _errors(self) -> aws.cloudwatch.MetricAlarm:
        return self._alarm(
            "errors",
            Alarm(
                summary=f"Tasks of {self._args.service_name} answer with errors.",
                runbook="a-service-answers-with-errors",
                measure=self.error_rate(),
                threshold=ERROR_PERCENT,
                severity="page",
                periods=JUDGED_MINUTES,
                datapoints=BAD_MINUTES,
            ),
        )

    def _unhealthy(self) -> None:
        # A task that starts is unhealthy until it answers: as long as its grace period at most.
        minutes = min(JUDGED_MINUTES + ceil(self._args.grace_s / 60), LONGEST_MINUTES)
        self._alarm(
            "unhealthy",
            Alarm(
                summary=f"Tasks of {self._args.service_name} fail the load balancer's health check.",
                runbook="a-service-has-unhealthy-tasks",
                measure=self.metric("UnHealthyHostCount", "Maximum"),
                threshold=1,
                periods=minutes,
                datapoints=minutes,
            ),
        )

    def _slow(self) -> None:
        slowest_s = self._args.route.latency_p95_s
        if slowest_s is None:
            return
        self._alarm(
            "slow",
            Alarm(
                summary=f"One of twenty requests to {self._args.service_name} takes longer than {slowest_s:g} s.",
                runbook="a-service-is-slow",
                measure=while_busy(self.metric("TargetResponseTime", "p95"), self.metric("RequestCount")),
                threshold=slowest_s,
                periods=SLOW_WINDOW_MINUTES,
                datapoints=SLOW_MINUTES,
            ),
        )

    def error_rate(self) -> Formula:
        """Answers of the tasks with 5xx, in percent."""
        return error_rate(
            self.metric("HTTPCode_Target_5XX_Count"), self.metric("RequestCount"), at_least=LEAST_REQUESTS
        )

    def metric(self, name: str, statistic: str = "Sum") -> Metric:
        """What the load balancer measures of the service's tasks."""
        return target_metric(
            self._args.platform.load_balancer_arn_suffix, self.target_group.arn_suffix, name, statistic
        )

    def _alarm(self, name: str, alarm: Alarm) -> aws.cloudwatch.MetricAlarm:
        return alarm_to(self._args.platform.notified, f"{self._name}-{name}", alarm, self)


def _url(known: dict[str, Any], path: str) -> str:
    scheme = "https" if known["domain"] else "http"
    host = known["host"] or known["domain"] or known["dns_name"]
    return f"{scheme}://{host}{path.removesuffix('*')}"
