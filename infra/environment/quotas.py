"""Alarms on the account's quotas: the group cannot grow, or a service be added, long before anything else is wrong.

AWS measures the use of these quotas, and CloudWatch knows what is allowed (CloudWatch user guide, "Visualizing your
service quotas and setting alarms"; EC2 user guide, "Amazon EC2 usage metrics"). vCPUs count all of the account and
Region; of the load balancers the fullest one counts, which may be somebody else's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pulumi

from ..common.alarms import Alarm
from ..common.measures import Metric, of_quota
from .monitoring import AlarmTopics

USED_PERCENT = 80
"""Percent of a quota in use: what is left must last until AWS has raised it, which takes days for some."""

PERIOD_S = 300
"""Seconds of a period: AWS measures the use of quotas every five minutes."""

INSTANCES = "EC2"
"""The service whose quotas a rollout needs more of, while it lasts."""

ACCELERATED = {"g": "G", "vt": "G", "p": "P", "inf": "Inf", "trn": "Trn"}
"""First letters of an instance type → the class of its quota; all others that run here are Standard."""


@dataclass(frozen=True, kw_only=True)
class QuotasArgs:
    """What the environment asks of the account's quotas."""

    alarm_topics: AlarmTopics
    instance_types: Sequence[str]
    on_demand: bool
    """Whether instances may be on demand."""
    spot: bool
    """Whether instances may be Spot."""
    max_healthy_percent: int
    """Upper limit of the group during a rollout, in percent."""


class Quotas(pulumi.ComponentResource):
    """One alarm for each quota that stops the environment when it is full."""

    def __init__(self, name: str, args: QuotasArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:Quotas", name, None, opts)
        for short, what, metric in watched(args.instance_types, on_demand=args.on_demand, spot=args.spot):
            grows = metric.dimensions["Service"] == INSTANCES
            used_percent = used_before_a_rollout(args.max_healthy_percent) if grows else USED_PERCENT
            alarm = Alarm(
                summary=f"{used_percent} percent or more of the account's quota of {what} are in use.",
                runbook="a-quota-is-nearly-used-up",
                measure=of_quota(metric),
                threshold=used_percent,
                period_s=PERIOD_S,
            )
            args.alarm_topics.alarm(f"{name}-{short}", alarm, self)
        self.register_outputs({})


def used_before_a_rollout(max_healthy_percent: int) -> int:
    """Percent of a quota of what instances take, from which on a rollout may not fit; USED_PERCENT at most."""
    return min(USED_PERCENT, 100 * 100 // max_healthy_percent)


def watched(instance_types: Sequence[str], *, on_demand: bool, spot: bool) -> Iterator[tuple[str, str, Metric]]:
    """Short name, what it counts, and how much of it is in use."""
    kinds = sorted({class_of(kind) for kind in instance_types})
    for purchase, wanted in (("OnDemand", on_demand), ("Spot", spot)):
        for kind in kinds if wanted else ():
            text = f"vCPUs of {kind} instances {'on demand' if purchase == 'OnDemand' else 'of Spot'}"
            yield f"{kind}-{purchase}".lower(), text, _use(INSTANCES, "vCPU", f"{kind}/{purchase}")
    balancer = "Elastic Load Balancing"
    yield "routing-rules", "rules of a load balancer", _use(balancer, "RoutingRulesPerApplicationLoadBalancer")
    target_groups = _use(balancer, "TargetGroupsPerApplicationLoadBalancer")
    yield "target-groups", "target groups of a load balancer", target_groups


def class_of(instance_type: str) -> str:
    """The class of instances whose quota a type counts against."""
    letters = re.match(r"[a-z]+?(?=\d)", instance_type)
    return ACCELERATED.get(letters[0] if letters else "", "Standard")


def _use(service: str, resource: str, quota_class: str = "None") -> Metric:
    return Metric(
        namespace="AWS/Usage",
        name="ResourceCount",
        dimensions={"Service": service, "Resource": resource, "Type": "Resource", "Class": quota_class},
        statistic="Maximum",
    )
