"""The table: one entry for each resource type that the sandbox makes for real; the rest of the sandbox takes `TABLE`.

A file is named after the part of pulumi_aws that its types come from, and after what they are where there are many.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sandbox.entries import (
    acm,
    appautoscaling,
    autoscaling,
    cloudwatch_alarms,
    cloudwatch_events,
    cloudwatch_logs,
    ec2_flow_logs,
    ec2_gateways,
    ec2_launch_templates,
    ec2_routes,
    ec2_security_groups,
    ec2_vpc_endpoints,
    ec2_vpcs,
    ecr,
    ecs_clusters,
    ecs_services,
    efs,
    iam,
    kms,
    lambda_functions,
    lb_listeners,
    lb_load_balancers,
    lb_target_groups,
    route53,
    s3,
    scheduler,
    secretsmanager,
    servicediscovery,
    sns,
    sqs,
    ssm,
)
from sandbox.resource import Entry

_FILES: Final = (
    acm,
    appautoscaling,
    autoscaling,
    cloudwatch_alarms,
    cloudwatch_events,
    cloudwatch_logs,
    ec2_flow_logs,
    ec2_gateways,
    ec2_launch_templates,
    ec2_routes,
    ec2_security_groups,
    ec2_vpc_endpoints,
    ec2_vpcs,
    ecr,
    ecs_clusters,
    ecs_services,
    efs,
    iam,
    kms,
    lambda_functions,
    lb_listeners,
    lb_load_balancers,
    lb_target_groups,
    route53,
    s3,
    scheduler,
    secretsmanager,
    servicediscovery,
    sns,
    sqs,
    ssm,
)

TABLE: Final[Mapping[str, Entry]] = {token: entry for file in _FILES for token, entry in file.ENTRIES.items()}
