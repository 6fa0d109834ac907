"""How connections reach a service through a Network Load Balancer: a target group, a listener, and who may connect."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any

import pulumi
import pulumi_aws as aws

from ..common.alarms import Alarm, alarm_to
from ..common.balancer_metrics import network_metric
from ..common.measures import Metric
from ..contract import Platform
from .port import TLS_POLICY, Port, certificate_problem
from .security_group import way_in
from .target_group import JUDGED_MINUTES, LONGEST_MINUTES


@dataclass(frozen=True, kw_only=True)
class NetworkTargetGroupArgs:
    """Which port of a load balancer leads to which port of a service's tasks."""

    platform: Platform
    service_name: str
    port: Port
    """One that no other service of the program has (network_target_groups)."""
    container_name: str
    """The container that listens on it."""
    grace_s: int
    """Seconds from its start in which a task may fail the health check."""


class NetworkTargetGroup(pulumi.ComponentResource):
    """The addresses of a service's tasks at a Network Load Balancer, the listener that leads there, and alarms."""

    target_group: aws.lb.TargetGroup
    listener: aws.lb.Listener
    """A service depends on it: ECS refuses a target group that no load balancer uses."""
    alarm_names: list[pulumi.Output[str]]
    """Alarms that stop a deployment and roll it back."""

    def __init__(self, name: str, args: NetworkTargetGroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:NetworkTargetGroup", name, None, opts)
        self._name, self._args = name, args
        self._child_opts = pulumi.ResourceOptions(parent=self)
        self._shown_name = f"{args.service_name} (port {args.port})"
        self.target_group = self._target_group()
        self.listener = self._listener()
        self._let_in()
        self.alarm_names = self._alarms()
        self.register_outputs({"target_group_arn": self.target_group.arn, "listener_arn": self.listener.arn})

    @property
    def load_balancer_args(self) -> aws.ecs.ServiceLoadBalancerArgs:
        """The entry of a service by which ECS registers its tasks as targets."""
        return aws.ecs.ServiceLoadBalancerArgs(
            target_group_arn=self.target_group.arn,
            container_name=self._args.container_name,
            container_port=self._args.port.port,
        )

    def _target_group(self) -> aws.lb.TargetGroup:
        args, port = self._args, self._args.port
        preserved = None if port.speaks_udp else str(bool(port.preserve_client_ip)).lower()
        return aws.lb.TargetGroup(
            self._name,
            # A prefix, so that a replacement can exist beside what it replaces; AWS takes six characters.
            name_prefix=f"{args.service_name[:5].rstrip('-')}-",
            vpc_id=args.platform.vpc_id,
            target_type="ip",
            port=port.port,  # of no effect: ECS registers each task with the port that the task listens on
            protocol=port.target_protocol,
            deregistration_delay=port.deregistration_delay_s,
            # Without, a client talks to a task that has left until it is stopped, and to nobody after that.
            connection_termination=True,
            # AWS does not end the flows of UDP to unhealthy tasks (Elastic Load Balancing API, TargetGroupAttribute).
            target_health_states=None if port.speaks_udp else [{"enable_unhealthy_connection_termination": True}],
            preserve_client_ip=preserved,
            proxy_protocol_v2=port.proxy_protocol,
            stickiness={"type": "source_ip", "enabled": True} if port.stickiness else None,
            health_check=aws.lb.TargetGroupHealthCheckArgs(**port.health_check.rendered),
            tags={"Name": self._name},
            # Another port must not replace the group: tasks of both ports are in it while a deployment goes on.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["port"]),
        )

    def _listener(self) -> aws.lb.Listener:
        port = self._args.port
        return aws.lb.Listener(
            f"{self._name}-listener",
            load_balancer_arn=port.used_balancer.arn,
            port=port.listener_port,
            protocol=port.protocol,
            certificate_arn=self._certificate_arn(),
            ssl_policy=(port.tls_policy or TLS_POLICY) if port.protocol == "TLS" else None,
            alpn_policy=port.alpn,
            tcp_idle_timeout_seconds=port.idle_timeout_s,
            default_actions=[aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=self.target_group.arn)],
            tags={"Name": self._name},
            opts=self._child_opts,
        )

    def _certificate_arn(self) -> pulumi.Output[str] | None:
        arn = self._args.port.certificate_arn
        return None if arn is None else pulumi.Output.from_input(arn).apply(self._checked_certificate)

    def _checked_certificate(self, arn: Any) -> str:
        if problem := certificate_problem(arn):
            raise pulumi.RunError(f"{self._args.service_name}: ports: {problem}")
        return arn

    def _let_in(self) -> None:
        port, service = self._args.port, self._args.service_name
        for caller in port.allow_from:
            for transport in port.transports:
                way_in(
                    f"{self._name}-from-{caller.name}-{transport}",
                    caller,
                    security_group_id=port.used_balancer.security_group_id,
                    description=f"{caller.name} calls {service}",
                    protocol=transport,
                    port=port.listener_port,
                    opts=self._child_opts,
                )

    def _alarms(self) -> list[pulumi.Output[str]]:
        # A task that starts is unhealthy until it answers: as long as its grace period at most.
        minutes = min(JUDGED_MINUTES + ceil(self._args.grace_s / 60), LONGEST_MINUTES)
        notified = self._args.platform.notified
        none = alarm_to(
            notified,
            f"{self._name}-no-healthy-task",
            Alarm(
                summary=f"No task of {self._shown_name} passes the load balancer's health check.",
                runbook="a-port-has-no-healthy-task",
                measure=self._metric("HealthyHostCount"),
                comparison="LessThanThreshold",
                threshold=1,
                severity="page",
                periods=minutes,
                datapoints=minutes,
            ),
            self,
        )
        alarm_to(
            notified,
            f"{self._name}-unhealthy",
            Alarm(
                summary=f"Tasks of {self._shown_name} fail the load balancer's health check.",
                runbook="a-service-has-unhealthy-tasks",
                measure=self._metric("UnHealthyHostCount"),
                threshold=1,
                periods=minutes,
                datapoints=minutes,
            ),
            self,
            worse=none,
        )
        return [none.name]

    def _metric(self, name: str) -> Metric:
        """Of the zone that counts most: each node counts the tasks that it may send to."""
        balancer = self._args.port.balancer
        return network_metric(balancer.arn_suffix, name, "Maximum", target_group=self.target_group.arn_suffix)
