"""Where the stack stands, and the ARNs that follow from it.

ARNs made of known parts are known in a preview, so that IAM documents and container definitions can be read, and
checked by the policy pack, before anything exists.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Location:
    """An account in a Region of a partition (`aws`, `aws-cn`, `aws-us-gov`)."""

    partition: str
    region: str
    account: str

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a regional resource, for example `arn("ecs", "cluster/ecs-dev")`."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def iam_arn(self, resource: str) -> str:
        """The ARN of something of IAM, which has no Region, for example `iam_arn("role/x")`."""
        return f"arn:{self.partition}:iam::{self.account}:{resource}"

    def log_group_arn(self, name: str) -> str:
        """The ARN of a log group, without the `:*` that stands for its streams."""
        return self.arn("logs", f"log-group:{name}")
