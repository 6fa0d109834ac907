"""Deployments of services that failed: counted in the cluster's record of events, with an alarm.

EventBridge could tell a topic by itself, but topics cannot narrow what it tells them to one account: it publishes
without a source that a condition could name (EventBridge user guide, "Amazon SNS permissions").
"""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from lambdas.cluster import metrics

from ...common.alarms import Alarm
from ...common.measures import Metric

FAILED = "SERVICE_DEPLOYMENT_FAILED"
"""The event of a deployment that failed, rolled back or not (ECS developer guide, "Service deployment state change
events")."""

FAILED_DEPLOYMENTS = "FailedDeployments"
"""The metric that the record is counted in."""


def failed_deployments(cluster_name: str) -> Metric:
    """Deployments that failed, of all services of a cluster."""
    return Metric(namespace=f"{metrics.namespace(cluster_name)}/events", name=FAILED_DEPLOYMENTS, dimensions={})


def count_failed_deployments(
    name: str, cluster_name: str, logs: aws.cloudwatch.LogGroup, opts: pulumi.ResourceOptions
) -> aws.cloudwatch.LogMetricFilter:
    """The filter that makes a metric of the record."""
    metric = failed_deployments(cluster_name)
    return aws.cloudwatch.LogMetricFilter(
        name,
        log_group_name=logs.name,
        pattern=f'{{ $.detail.eventName = "{FAILED}" }}',
        metric_transformation={"namespace": metric.namespace, "name": metric.name, "value": "1", "default_value": "0"},
        opts=opts,
    )


def failed_deployment_alarm(cluster_name: str) -> Alarm:
    """An alarm on each: whoever deployed sees it, unless nobody waited for the end."""
    return Alarm(
        summary="The deployment of a service failed; with its circuit breaker, ECS has rolled it back.",
        runbook="a-deployment-failed",
        measure=failed_deployments(cluster_name),
        threshold=1,
    )
