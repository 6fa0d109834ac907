"""How requests reach a service through the load balancer: a target group, and the listener rules that lead there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import pulumi
import pulumi_aws as aws

from ..common.alarms import Alarm, alarm_to
from ..common.balancer_metrics import target_metric
from ..common.measures import Formula, Metric, error_rate, while_busy
from ..contract import Platform
from .listener_rule import listener_rule
from .routing import Route
from .shift_problems import ALTERNATE
from .shifting import Shifting
from .traffic_shift import ALL

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
    suffix: str
    """What tells it from the service's other target groups; empty for that of the service's own port."""
    routes: Mapping[int, Route]
    """Priority of the listener rule, which no other route of the program has (RouteClaims) → its route. They agree in
    all that is the target group's (route_groups)."""
    container_name: str
    """The container that listens on the port."""
    port: int
    """TCP port of the tasks."""
    grace_s: int
    """Seconds from its start in which a task may fail the health check."""
    shifting: Shifting | None
    """Where ECS shifts the requests between two target groups. None where there is one."""
    test_routes: Mapping[int, Route]
    """Priority → the requests that reach new tasks before others do, of a shift."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """One target group. With a shift there are two, which take turns.

    Each is watched alone: all errors of a canary are few among all answers.
    """

    name: str
    """Begins the names of its alarms."""
    shown_name: str
    """The service, and where it has several target groups which one."""
    target_group: aws.lb.TargetGroup


class TargetGroup(pulumi.ComponentResource):
    """The addresses of a service's tasks at the load balancer, the listener rules that lead there, and their alarms."""

    target_group: aws.lb.TargetGroup
    listener_rules: list[aws.lb.ListenerRule]
    """One a route. A service depends on them: ECS refuses a target group that no load balancer uses."""
    test_rules: list[aws.lb.ListenerRule]
    """One a test route."""
    sides: list[Side]
    """The target group, and with a shift the second one."""
    resource_label: pulumi.Output[str]
    """Load balancer and target group, as the metric that counts their requests names them."""
    alarm_names: list[pulumi.Output[str]]
    """Alarms that stop a deployment and roll it back."""
    urls: list[pulumi.Output[str]]
    """One a route."""

    def __init__(self, name: str, args: TargetGroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:TargetGroup", name, None, opts)
        self._name, self._args = name, args
        self._shown_name = f"{args.service_name}{args.suffix}"
        self._first = next(iter(args.routes.values()))
        platform = args.platform
        self.target_group = self._target_group(name)
        self.sides = [Side(name=name, shown_name=self._shown_name, target_group=self.target_group)]
        if args.shifting:
            second, shown_name = (f"{one}-{ALTERNATE}" for one in (name, self._shown_name))
            self.sides.append(Side(name=second, shown_name=shown_name, target_group=self._target_group(second)))
        self.listener_rules = [self._listener_rule("target-group", *one) for one in args.routes.items()]
        self.test_rules = [self._listener_rule("test", *one) for one in args.test_routes.items()]
        self.resource_label = pulumi.Output.format(
            "{0}/{1}", platform.load_balancer_arn_suffix, self.target_group.arn_suffix
        )
        self.alarm_names = [self._errors(side).name for side in self.sides]
        for side in self.sides:
            self._unhealthy(side)
            self._slow(side)
        self.urls = [_url(platform, route) for route in args.routes.values()]
        self.register_outputs({"target_group_arn": self.target_group.arn, "url": self.urls[0]})

    @property
    def load_balancer_args(self) -> aws.ecs.ServiceLoadBalancerArgs:
        """The entry of a service by which ECS registers its tasks as targets."""
        return aws.ecs.ServiceLoadBalancerArgs(
            target_group_arn=self.target_group.arn,
            container_name=self._args.container_name,
            container_port=self._args.port,
            advanced_configuration=self._shift_args,
        )

    @property
    def _shift_args(self) -> aws.ecs.ServiceLoadBalancerAdvancedConfigurationArgs | None:
        if self._args.shifting is None:
            return None
        test_rule = next(iter(self.test_rules), None)
        return aws.ecs.ServiceLoadBalancerAdvancedConfigurationArgs(
            alternate_target_group_arn=self.sides[1].target_group.arn,
            production_listener_rule=self.listener_rules[0].arn,
            test_listener_rule=test_rule.arn if test_rule else None,
            role_arn=self._args.shifting.role_arn,
        )

    def _target_group(self, name: str) -> aws.lb.TargetGroup:
        route, check = self._first, self._first.chosen_check
        return aws.lb.TargetGroup(
            name,
            # A prefix, so that a replacement can exist beside what it replaces; AWS takes six characters.
            name_prefix=f"{self._args.service_name[:5].rstrip('-')}-",
            vpc_id=self._args.platform.vpc_id,
            target_type="ip",
            port=self._args.port,  # of no effect: ECS registers each task with the port that the task listens on
            protocol="HTTP",
            protocol_version=None if route.protocol == "HTTP1" else route.protocol,
            deregistration_delay=route.deregistration_delay_s,
            # A slow start goes with round robin alone (Application Load Balancers, "Routing algorithms").
            load_balancing_algorithm_type="round_robin" if route.slow_start_s else "least_outstanding_requests",
            slow_start=route.slow_start_s or None,
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
            tags={"Name": self._shown_name},
            # Another port must not replace the group: tasks of both ports are in it while a deployment goes on.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["port"]),
        )

    def _listener_rule(self, kind: str, priority: int, route: Route) -> aws.lb.ListenerRule:
        shifting = self._args.shifting
        return listener_rule(
            # With the priority in its name another route is another rule, and the old one stays until the tasks run.
            # A route that changes its target group keeps its rule: AWS refuses two of one priority.
            f"{self._args.service_name}-{kind}-rule-{priority}",
            platform=self._args.platform,
            route=route,
            priority=priority,
            actions=self._actions(route),
            tag=self._args.service_name,
            # Where ECS has set the weights, an `up` would send the requests back to tasks that have gone.
            opts=pulumi.ResourceOptions(
                parent=self, ignore_changes=["actions"] if shifting and shifting.owns_rules else []
            ),
        )

    def _actions(self, route: Route) -> list[aws.lb.ListenerRuleActionArgs]:
        forward, arn = aws.lb.ListenerRuleActionArgs, self.target_group.arn
        if self._args.shifting:
            return [forward(type="forward", forward=_weighted(self.sides))]
        if route.login is None:
            return [forward(type="forward", target_group_arn=arn)]
        return [route.login.action, forward(type="forward", order=2, target_group_arn=arn)]

    def _errors(self, side: Side) -> aws.cloudwatch.MetricAlarm:
        return self._alarm(
            side,
            "errors",
            Alarm(
                summary=f"Tasks of {side.shown_name} answer with errors.",
                runbook="a-service-answers-with-errors",
                measure=self.error_rate(side),
                threshold=ERROR_PERCENT,
                severity="page",
                periods=JUDGED_MINUTES,
                datapoints=BAD_MINUTES,
            ),
        )

    def _unhealthy(self, side: Side) -> None:
        # A task that starts is unhealthy until it answers: as long as its grace period at most.
        minutes = min(JUDGED_MINUTES + ceil(self._args.grace_s / 60), LONGEST_MINUTES)
        self._alarm(
            side,
            "unhealthy",
            Alarm(
                summary=f"Tasks of {side.shown_name} fail the load balancer's health check.",
                runbook="a-service-has-unhealthy-tasks",
                measure=self.metric(side, "UnHealthyHostCount", "Maximum"),
                threshold=1,
                periods=minutes,
                datapoints=minutes,
            ),
        )

    def _slow(self, side: Side) -> None:
        # The load balancer measures the group, so the route that may be slowest says it.
        allowed = [route.latency_p95_s for route in self._args.routes.values()]
        slowest_s = None if None in allowed else max(one for one in allowed if one is not None)
        if slowest_s is None:
            return
        self._alarm(
            side,
            "slow",
            Alarm(
                summary=f"One of twenty requests to {side.shown_name} takes longer than {slowest_s:g} s.",
                runbook="a-service-is-slow",
                measure=while_busy(self.metric(side, "TargetResponseTime", "p95"), self.metric(side, "RequestCount")),
                threshold=slowest_s,
                periods=SLOW_WINDOW_MINUTES,
                datapoints=SLOW_MINUTES,
            ),
        )

    def error_rate(self, side: Side) -> Formula:
        """Answers of the tasks with 5xx, in percent."""
        return error_rate(
            self.metric(side, "HTTPCode_Target_5XX_Count"), self.metric(side, "RequestCount"), at_least=LEAST_REQUESTS
        )

    def metric(self, side: Side, name: str, statistic: str = "Sum") -> Metric:
        """What the load balancer measures of the service's tasks."""
        return target_metric(
            self._args.platform.load_balancer_arn_suffix, side.target_group.arn_suffix, name, statistic
        )

    def _alarm(self, side: Side, name: str, alarm: Alarm) -> aws.cloudwatch.MetricAlarm:
        return alarm_to(self._args.platform.notified, f"{side.name}-{name}", alarm, self)


def _weighted(sides: Sequence[Side]) -> aws.lb.ListenerRuleActionForwardArgs:
    """All requests to the first one. ECS refuses a second one that no rule names."""
    weights = [ALL, *(0 for _ in sides[1:])]
    return aws.lb.ListenerRuleActionForwardArgs(
        target_groups=[
            aws.lb.ListenerRuleActionForwardTargetGroupArgs(arn=side.target_group.arn, weight=weight)
            for side, weight in zip(sides, weights, strict=True)
        ]
    )


def _url(platform: Platform, route: Route) -> pulumi.Output[str]:
    def url(known: Any) -> str:
        scheme = "https" if known["domain"] else "http"
        host = route.host or known["domain"] or known["dns_name"]
        return f"{scheme}://{host}{route.path.removesuffix('*')}"

    return pulumi.Output.all(dns_name=platform.load_balancer_dns_name, domain=platform.domain).apply(url)
