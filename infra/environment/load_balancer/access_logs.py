"""Access logs: a private bucket with expiry."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ...common import iam
from ..conventions import Conventions

LOG_DELIVERY = "logdelivery.elasticloadbalancing.amazonaws.com"
"""Who writes access logs, in every Region (Application Load Balancers, "Enable access logs", bucket policy)."""

ABANDONED_UPLOAD_DAYS = 1
"""Days until the parts of an upload that was never finished go; they cost, and no listing shows them."""


@dataclass(frozen=True, kw_only=True)
class AccessLogsArgs:
    """How long logs are kept, and whether they outlast the load balancer."""

    conventions: Conventions
    retention_days: int
    """Days that a log is kept, 1 or more."""
    keep_on_destroy: bool = True
    """Whether a destroy stops at a bucket that holds logs, as by default. False deletes them with it."""


class AccessLogs(pulumi.ComponentResource):
    """A private bucket that only load balancers of this account may write to.

    S3 holds the key: Elastic Load Balancing cannot write to a bucket under a KMS key.
    """

    bucket_name: pulumi.Output[str]
    policy: aws.s3.BucketPolicy
    """A load balancer depends on it: before it exists, switching its logs on is refused."""

    def __init__(self, name: str, args: AccessLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:AccessLogs", name, None, opts)
        self._name = name
        self._child_opts = pulumi.ResourceOptions(parent=self)
        bucket = aws.s3.Bucket(
            f"{name}-bucket",
            force_destroy=not args.keep_on_destroy,
            opts=pulumi.ResourceOptions(parent=self, protect=args.conventions.protect),
        )
        access = self._private(bucket)
        aws.s3.BucketLifecycleConfiguration(
            f"{name}-expiry",
            bucket=bucket.bucket,
            rules=[
                {
                    "id": "expiry",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "expiration": {"days": args.retention_days},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": ABANDONED_UPLOAD_DAYS},
                }
            ],
            opts=self._child_opts,
        )
        self.policy = aws.s3.BucketPolicy(
            f"{name}-bucket-policy",
            bucket=bucket.bucket,
            policy=bucket.bucket.apply(lambda bucket_name: _bucket_policy(args.conventions, bucket_name)),
            opts=pulumi.ResourceOptions(parent=self, depends_on=access),
        )
        self.bucket_name = bucket.bucket
        self.register_outputs({"bucket_name": self.bucket_name})

    def _private(self, bucket: aws.s3.Bucket) -> list[pulumi.Resource]:
        block = aws.s3.BucketPublicAccessBlock(
            f"{self._name}-public-access-block",
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._child_opts,
        )
        ownership = aws.s3.BucketOwnershipControls(
            f"{self._name}-ownership",
            bucket=bucket.bucket,
            rule={"object_ownership": "BucketOwnerEnforced"},
            # One after the other: S3 refuses two changes of a bucket's access at a time (OperationAborted).
            opts=pulumi.ResourceOptions(parent=self, depends_on=[block]),
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{self._name}-encryption",
            bucket=bucket.bucket,
            rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
            opts=self._child_opts,
        )
        return [block, ownership]


def _bucket_policy(conventions: Conventions, bucket_name: str) -> str:
    """Nothing but the account in the path says whose load balancers may write, as in AWS's own example.

    Log delivery does not promise aws:SourceArn; a condition on it would refuse every log where it is missing.
    """
    location = conventions.location
    bucket_arn = f"arn:{location.partition}:s3:::{bucket_name}"
    write = iam.allow_service(LOG_DELIVERY, ["s3:PutObject"], [f"{bucket_arn}/AWSLogs/{location.account}/*"])
    without_tls = {
        "Effect": "Deny",
        "Action": "s3:*",
        "Principal": "*",
        "Resource": [bucket_arn, f"{bucket_arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return iam.document(write, without_tls)
