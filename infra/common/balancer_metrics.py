"""What an Application Load Balancer measures (its user guide, "CloudWatch metrics")."""

from __future__ import annotations

import pulumi

from .measures import Metric


def balancer_metric(balancer: pulumi.Input[str], name: str, statistic: str = "Sum") -> Metric:
    """A metric of the whole load balancer, named by the suffix of its ARN."""
    return Metric(namespace="AWS/ApplicationELB", name=name, dimensions={"LoadBalancer": balancer}, statistic=statistic)


def target_metric(
    balancer: pulumi.Input[str], target_group: pulumi.Input[str], name: str, statistic: str = "Sum"
) -> Metric:
    """A metric of one target group behind it, both named by the suffixes of their ARNs."""
    return Metric(
        namespace="AWS/ApplicationELB",
        name=name,
        dimensions={"LoadBalancer": balancer, "TargetGroup": target_group},
        statistic=statistic,
    )
