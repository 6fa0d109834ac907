"""One KMS key for what the platform writes: log groups and topics.

Dead-letter queues stay with the key that SQS manages, and volumes with the account's EBS key: a key of ours
would need grants there that protect nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from lambdas.capacity.metrics import CONTROLLER as CAPACITY
from lambdas.instances.metrics import CONTROLLER as INSTANCES
from lambdas.rebalancing.metrics import CONTROLLER as REBALANCING

from ..common import iam
from ..common.location import Location
from ..common.names import Names, function_log_group

DELETION_WINDOW_DAYS = 30
"""Days until a key that was destroyed is gone, 7 to 30 (KMS, ScheduleKeyDeletion): logs cannot be read without it."""

_USE = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
_PUBLISH = ["kms:Decrypt", "kms:GenerateDataKey*"]


@dataclass(frozen=True, kw_only=True)
class EncryptionArgs:
    """One key an environment: its alias is the cluster's name, its policy is about one account and Region."""

    names: Names
    location: Location
    protect: bool = True
    """Whether the engine refuses to delete the key: what it encrypted cannot be read without. By default it does."""


class Encryption(pulumi.ComponentResource):
    """A key that rotates every year, and that the AWS services which write for the platform may use."""

    key_arn: pulumi.Output[str]

    def __init__(self, name: str, args: EncryptionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:Encryption", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        key = aws.kms.Key(
            f"{name}-key",
            description=f"Logs and topics of {args.names.cluster}",
            enable_key_rotation=True,
            deletion_window_in_days=DELETION_WINDOW_DAYS,
            policy=key_policy(args.location, args.names),
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        aws.kms.Alias(
            f"{name}-alias",
            name=f"alias/{args.names.cluster}",  # how people find the key in a console
            target_key_id=key.id,
            opts=child_opts,
        )
        self.key_arn = key.arn
        self.register_outputs({"key_arn": self.key_arn})


def key_policy(location: Location, names: Names) -> str:
    """Who may use the key: the account by its own IAM, Logs for this environment's groups, and alarms of this account.

    CloudWatch says for which account it asks (SNS developer guide, "Enable compatibility between event sources from
    AWS services and encrypted topics"). EventBridge does not, and nothing here publishes from it.
    """
    account_root = location.iam_arn("root")
    own_account = {"StringEquals": {"aws:SourceAccount": location.account}}
    own_groups = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_groups(location, names)}}
    return iam.document(
        iam.allow(["kms:*"], ["*"]) | {"Principal": {"AWS": account_root}},
        iam.allow_service(f"logs.{location.region}.amazonaws.com", _USE, ["*"], own_groups),
        iam.allow_service("cloudwatch.amazonaws.com", _PUBLISH, ["*"], own_account),
    )


def log_groups(location: Location, names: Names) -> list[str]:
    """Every log group of an environment, those of its services included. None matches one of another environment."""
    functions = (function_log_group(names.function(each)) for each in (INSTANCES, CAPACITY, REBALANCING))
    found = (f"{names.log_group_prefix}*", *functions, names.event_log_group, names.insights_log_group)
    return [location.log_group_arn(each) for each in found]
