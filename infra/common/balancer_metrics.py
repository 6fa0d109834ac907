"""What load balancers measure (Application and Network Load Balancers, "CloudWatch metrics")."""

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


def network_metric(
    balancer: pulumi.Input[str], name: str, statistic: str = "Sum", *, target_group: pulumi.Input[str] | None = None
) -> Metric:
    """A metric of a Network Load Balancer, or of one target group behind it, named by the suffixes of their ARNs."""
    of_group = {} if target_group is None else {"TargetGroup": target_group}
    return Metric(
        namespace="AWS/NetworkELB", name=name, dimensions={"LoadBalancer": balancer, **of_group}, statistic=statistic
    )
