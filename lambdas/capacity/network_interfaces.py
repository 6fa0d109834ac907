"""Network interfaces: an account has so many in a Region, and each instance, trunk and task takes one.

How many are taken is looked at every quarter of an hour only (metrics.INTERFACES_MINUTES).
"""

from datetime import datetime
from typing import Any, Final

from .metrics import INTERFACES_MINUTES

SERVICE, QUOTA = "vpc", "L-DF5E4CA3"
"""The quota "Network interfaces per Region", 5,000 by default (Amazon VPC user guide, "Amazon VPC quotas")."""

PAGE: Final = 1000
"""Interfaces per DescribeNetworkInterfaces call (EC2 API reference, MaxResults)."""


def is_due(now: datetime) -> bool:
    """Whether the run of this minute looks."""
    return now.minute % INTERFACES_MINUTES == 0


def read_used_percent(ec2: Any, quotas: Any) -> float:
    """Percent of the quota that all of the account and Region use."""
    pages = ec2.get_paginator("describe_network_interfaces").paginate(PaginationConfig={"PageSize": PAGE})
    used = sum(len(page["NetworkInterfaces"]) for page in pages)
    allowed = quotas.get_service_quota(ServiceCode=SERVICE, QuotaCode=QUOTA)["Quota"]["Value"]
    return 100 * used / allowed
