"""The rules: a rule is found by its id, whose first words are the name of its file. Others import `RULES`.

The order here is the order of the documentation and of every report.
"""

from __future__ import annotations

from ecs_operations.engine.registry import collected, unique
from ecs_operations.rules import (
    access,
    alarms,
    alarms_required,
    alb,
    asg,
    asg_drain,
    asg_instance,
    asg_launch,
    bucket,
    capacity,
    cluster,
    dns,
    drain,
    event,
    iam,
    iam_role,
    kms,
    kms_key,
    lambda_,
    logs,
    lt,
    nlb,
    no_ignore_changes,
    prod,
    required_tags,
    route53,
    service,
    service_autoscaling,
    service_daemon,
    service_deployment,
    sg,
    sns_sqs,
    subnet,
    taskdef,
    taskdef_fits,
    taskdef_no,
    tg,
    vpc,
    vpc_ways,
)

_FILES = (
    required_tags, logs, vpc, vpc_ways, subnet, sg, iam, iam_role, access,
    asg, asg_launch, asg_instance, asg_drain, lt, drain, capacity,
    cluster, alb, nlb, tg, service, service_autoscaling, service_deployment, service_daemon, taskdef, taskdef_fits,
    taskdef_no, dns, route53, lambda_, event, sns_sqs, kms, kms_key, bucket, prod, alarms, alarms_required,
)  # fmt: skip
_BY_FILE = collected(_FILES)

RULES = unique((*_BY_FILE, no_ignore_changes.guarded_rule(_BY_FILE)))
"""All rules of the pack."""
