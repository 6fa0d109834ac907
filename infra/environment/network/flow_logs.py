"""VPC flow logs: who talked to whom, for the day on which it matters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_aws as aws

from ...common import iam
from ..conventions import Conventions

_TRAFFIC_TYPES = {"all": "ALL", "rejected": "REJECT"}


@dataclass(frozen=True, kw_only=True)
class FlowLogsArgs:
    """The VPC whose traffic is recorded, and how much of it."""

    conventions: Conventions
    vpc_id: pulumi.Input[str]
    traffic: Literal["all", "rejected"] = "all"
    """By default all. `rejected` shows what security groups dropped, and nothing of what left in an incident."""
    interval_s: Literal[60, 600] = 60
    """Seconds that a record sums up (EC2 API, CreateFlowLogs). By default 60: an incident is read by the minute."""


class FlowLogs(pulumi.ComponentResource):
    """Traffic of a VPC, in a log group of its own."""

    log_group_name: str

    def __init__(self, name: str, args: FlowLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:FlowLogs", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        self.log_group_name = args.conventions.names.log_group("vpc-flow-logs")
        arn = args.conventions.location.log_group_arn(self.log_group_name)
        logs = aws.cloudwatch.LogGroup(
            f"{name}-log-group",
            name=self.log_group_name,  # the role's document names it, so that a preview can read the document
            retention_in_days=args.conventions.log_retention_days,
            kms_key_id=args.conventions.key_arn,
            opts=child_opts,
        )
        only_this_account = {"StringEquals": {"aws:SourceAccount": args.conventions.location.account}}
        role = aws.iam.Role(
            f"{name}-role",
            assume_role_policy=iam.trust("vpc-flow-logs.amazonaws.com", only_this_account),
            permissions_boundary=args.conventions.permissions_boundary_arn,
            opts=child_opts,
        )
        policy = aws.iam.RolePolicy(
            f"{name}-role",
            role=role.id,
            policy=iam.document(
                iam.allow(["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"], [arn, f"{arn}:*"]),
                iam.allow(["logs:DescribeLogGroups"], ["*"]),  # a list call has no resource to name
            ),
            opts=child_opts,
        )
        aws.ec2.FlowLog(
            f"{name}-flow-log",
            vpc_id=args.vpc_id,
            traffic_type=_TRAFFIC_TYPES[args.traffic],
            log_destination=logs.arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=args.interval_s,
            tags={"Name": f"{args.conventions.names.cluster}-flow-logs"},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        self.register_outputs({"log_group_name": self.log_group_name})
