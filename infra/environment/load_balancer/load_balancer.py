"""The public load balancer: it knows no application, and answers 404 where no listener rule matches.

Applications add target groups, listener rules and security-group rules from their own stacks. What the load balancer
may reach is therefore nothing but what they asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ...common.alarms import Alarm
from ...common.balancer_metrics import balancer_metric
from ...common.measures import Metric, error_rate
from ..conventions import Conventions
from ..monitoring import AlarmTopics
from ..network import Network
from .access_logs import AccessLogs, AccessLogsArgs
from .certificate import Certificate, CertificateArgs

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
"""TLS 1.3, and 1.2 with forward secrecy and authenticated ciphers only (Application Load Balancers, "Security
policies")."""

NOT_FOUND = aws.lb.ListenerDefaultActionArgs(
    type="fixed-response",
    fixed_response=aws.lb.ListenerDefaultActionFixedResponseArgs(
        content_type="text/plain", status_code="404", message_body="not found"
    ),
)
TO_HTTPS = aws.lb.ListenerDefaultActionArgs(
    type="redirect",
    redirect=aws.lb.ListenerDefaultActionRedirectArgs(protocol="HTTPS", port="443", status_code="HTTP_301"),
)

ERROR_PERCENT, MINUTES, BAD_MINUTES = 5, 5, 3
"""The load balancer's own errors (targets that hang up, time-outs), in percent of the requests, in so many of the last
minutes raise an alarm: single ones come with every deployment."""

REFUSED_PER_MINUTE = 10
"""Requests that found no target at all (503), which make a minute a bad one: while there are no targets, the load
balancer counts no requests, so that a rate of them says nothing."""

IDLE_TIMEOUT_RANGE_S = 1, 4000
"""Least and longest idle timeout (Application Load Balancers, "Load balancer attributes")."""


@dataclass(frozen=True, kw_only=True)
class LoadBalancerArgs:
    """Domain and hosted zone belong together: both or neither."""

    conventions: Conventions
    network: Network
    alarm_topics: AlarmTopics
    domain: str | None = None
    """Domain of the environment: it and its direct subdomains lead to the load balancer by HTTPS. By default HTTP only,
    under the name that AWS gives."""
    hosted_zone_id: str | None = None
    """The public Route 53 zone of the domain. By default none, as without a domain."""
    deletion_protection: bool = True
    """Whether deleting it is refused. By default it is; without, a destroy deletes its access logs as well."""
    access_log_days: int = 90
    """Days that access logs are kept, 1 or more."""
    idle_timeout_s: int = 60
    """Seconds that a connection may be silent, within IDLE_TIMEOUT_RANGE_S; targets keep theirs open longer. By
    default 60."""

    def __post_init__(self) -> None:
        if (self.domain is None) != (self.hosted_zone_id is None):
            raise ValueError("domain: give domain and hosted_zone_id together, or neither")


class LoadBalancer(pulumi.ComponentResource):
    """An Application Load Balancer in the public subnets. With a domain, HTTP leads to HTTPS."""

    arn_suffix: pulumi.Output[str]
    """The load balancer in metrics' dimensions."""
    dns_name: pulumi.Output[str]
    zone_id: pulumi.Output[str]
    """The zone that aliases to the load balancer name."""
    security_group_id: pulumi.Output[str]
    http_listener_arn: pulumi.Output[str]
    https_listener_arn: pulumi.Output[str] | None
    """None without a domain."""

    def __init__(self, name: str, args: LoadBalancerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:LoadBalancer", name, None, opts)
        self._name, self._args = name, args
        self._child_opts = pulumi.ResourceOptions(parent=self)
        security_group = self._security_group()
        balancer = self._balancer(security_group)
        self._alarms(balancer)
        self.http_listener_arn = self._listener("http", balancer, port=80).arn
        self.https_listener_arn = None
        if args.domain and args.hosted_zone_id:
            certificate = Certificate(
                f"{name}-certificate",
                CertificateArgs(domain=args.domain, alarm_topics=args.alarm_topics, hosted_zone_id=args.hosted_zone_id),
                self._child_opts,
            )
            self.https_listener_arn = self._listener("https", balancer, port=443, certificate=certificate).arn
            self._records(balancer, args.domain, args.hosted_zone_id)
        self.arn_suffix, self.dns_name, self.zone_id = balancer.arn_suffix, balancer.dns_name, balancer.zone_id
        self.security_group_id = security_group.id
        self.register_outputs({"dns_name": self.dns_name, "security_group_id": self.security_group_id})

    def _security_group(self) -> aws.ec2.SecurityGroup:
        security_group = aws.ec2.SecurityGroup(
            f"{self._name}-security-group",
            vpc_id=self._args.network.vpc_id,
            description="The public load balancer: open to the internet, egress by the services that it reaches",
            tags={"Name": f"{self._args.conventions.names.cluster}-load-balancer"},
            opts=self._child_opts,
        )
        for protocol, port in {"http": 80, "https": 443}.items():
            if protocol == "https" and not self._args.domain:
                continue
            aws.vpc.SecurityGroupIngressRule(
                f"{self._name}-{protocol}",
                security_group_id=security_group.id,
                description=f"{protocol.upper()} from the internet",
                cidr_ipv4="0.0.0.0/0",
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                opts=self._child_opts,
            )
        return security_group

    def _balancer(self, security_group: aws.ec2.SecurityGroup) -> aws.lb.LoadBalancer:
        args = self._args
        logs = AccessLogs(
            f"{self._name}-access-logs",
            AccessLogsArgs(
                conventions=args.conventions,
                retention_days=args.access_log_days,
                keep_on_destroy=args.deletion_protection,
            ),
            self._child_opts,
        )
        return aws.lb.LoadBalancer(
            f"{self._name}-load-balancer",
            name=args.conventions.names.cluster,  # 32 characters at most: an automatic suffix would not always fit
            load_balancer_type="application",
            internal=False,
            subnets=args.network.public_subnet_ids,
            security_groups=[security_group.id],
            access_logs={"enabled": True, "bucket": logs.bucket_name},
            enable_deletion_protection=args.deletion_protection,
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            enable_zonal_shift=True,
            idle_timeout=args.idle_timeout_s,
            # A public load balancer needs the way to the internet, while it is made and while it is deleted.
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[logs.policy, *args.network.egress], protect=args.conventions.protect
            ),
        )

    def _listener(
        self, protocol: str, balancer: aws.lb.LoadBalancer, *, port: int, certificate: Certificate | None = None
    ) -> aws.lb.Listener:
        return aws.lb.Listener(
            f"{self._name}-{protocol}",
            load_balancer_arn=balancer.arn,
            port=port,
            protocol=protocol.upper(),
            ssl_policy=TLS_POLICY if certificate else None,
            certificate_arn=certificate.arn if certificate else None,
            default_actions=[TO_HTTPS if self._args.domain and not certificate else NOT_FOUND],
            opts=self._child_opts,
        )

    def _records(self, balancer: aws.lb.LoadBalancer, domain: str, hosted_zone_id: str) -> None:
        for role, record_name in {"domain": domain, "wildcard": f"*.{domain}"}.items():
            aws.route53.Record(
                f"{self._name}-{role}",
                zone_id=hosted_zone_id,
                name=record_name,
                type="A",
                aliases=[{"name": balancer.dns_name, "zone_id": balancer.zone_id, "evaluate_target_health": True}],
                opts=self._child_opts,
            )

    def _alarms(self, balancer: aws.lb.LoadBalancer) -> None:
        def metric(name: str) -> Metric:
            return balancer_metric(balancer.arn_suffix, name)

        names = self._args.conventions.names
        refused = Alarm(
            summary="The load balancer refuses requests: it has no target for them.",
            runbook="the-load-balancer-answers-with-errors",
            measure=metric("HTTPCode_ELB_503_Count"),
            threshold=REFUSED_PER_MINUTE,
            severity="page",
            periods=MINUTES,
            datapoints=BAD_MINUTES,
            name=names.no_targets_alarm,
        )
        errors = Alarm(
            summary="The load balancer itself answers with errors: targets are missing, or do not answer.",
            runbook="the-load-balancer-answers-with-errors",
            measure=error_rate(metric("HTTPCode_ELB_5XX_Count"), metric("RequestCount")),
            threshold=ERROR_PERCENT,
            severity="page",
            periods=MINUTES,
            datapoints=BAD_MINUTES,
            name=names.load_balancer_alarm,
        )
        no_targets = self._args.alarm_topics.alarm(f"{self._name}-no-targets", refused, self)
        self._args.alarm_topics.alarm(f"{self._name}-errors", errors, self, worse=no_targets)
