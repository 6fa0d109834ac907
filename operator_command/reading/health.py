"""What `doctor` looks at: everything about a cluster that another hand may have left or changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from lambdas.capacity import metrics as capacity
from lambdas.cluster.errors import code_of
from lambdas.cluster.read_cluster import batches, read_container_instances
from lambdas.cluster.read_groups import read_ec2_instances, read_groups, read_hooks, read_refreshes
from lambdas.cluster.read_services import SERVICES
from lambdas.instances import metrics as instances
from lambdas.instances.ghosts import suspects
from lambdas.instances.snapshot import InstancesSnapshot
from lambdas.rebalancing import metrics as rebalancing

from ..connection import Connection
from .controllers import Controllers, read_controllers

Raw = Mapping[str, Any]

_TAG: Final = "managed-by"
_MAKER: Final = "ecs-platform"
"""The tag of all that the platform's program makes."""
_TAGGED: Final = 20
"""Resources whose tags a call tells."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule of the load balancer, with the target groups that it forwards to."""

    arn: str
    target_groups: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Balancing:
    """The environment's load balancer, and the target groups of its network."""

    rules: tuple[Rule, ...] = ()
    target_groups: Mapping[str, bool] | None = None
    """ARN → whether a load balancer forwards to it; None where the environment has no balancer of its name."""
    served: frozenset[str] = frozenset()
    """Target groups that a service of the cluster registers its tasks with."""
    of_addresses: frozenset[str] = frozenset()
    """Target groups whose targets are addresses, as those of tasks; not functions, instances or balancers."""
    ours: frozenset[str] = frozenset()
    """Target groups that the platform's program made, by their tag."""


FUNCTIONS: Final = (instances.CONTROLLER, capacity.CONTROLLER, rebalancing.CONTROLLER)
"""The controllers, as their functions are called after the cluster's name."""


@dataclass(frozen=True, kw_only=True)
class Health:
    """All of it."""

    cluster: str
    now: datetime
    controllers: Controllers
    snapshot: InstancesSnapshot
    """With the groups' hooks and refreshes, and EC2's word on registrations without agent and group."""
    scalers: tuple[str, ...] = ()
    """Whatever else sets a group's size or drains its instances, in words."""
    stopped_functions: tuple[str, ...] = ()
    """Controllers whose reserved concurrency is 0."""
    stopped_schedules: tuple[str, ...] = ()
    """Schedules of the controllers that are not ENABLED."""
    balancing: Balancing = Balancing()


def read_health(connection: Connection, now: datetime) -> Health:
    """Read it; about twenty calls and one for each ten services."""
    cluster = connection.cluster
    controllers = read_controllers(connection)
    seen = _snapshot(connection, controllers)
    names = [each.name for each in seen.groups]
    return Health(
        cluster=cluster,
        now=now,
        controllers=controllers,
        snapshot=seen,
        scalers=(*_policies(connection, names), *_providers(connection, names)),
        stopped_functions=tuple(
            each for each in (f"{cluster}-{name}" for name in FUNCTIONS) if _stopped(connection, each)
        ),
        stopped_schedules=tuple(_schedules(connection)),
        balancing=_balancing(connection),
    )


def _snapshot(connection: Connection, controllers: Controllers) -> InstancesSnapshot:
    aws = connection.aws
    groups = read_groups(aws.autoscaling, connection.cluster, controllers.instances.target.group_prefix)
    groups = tuple(
        replace(
            each,
            hooks=read_hooks(aws.autoscaling, each.name),
            refreshes=read_refreshes(aws.autoscaling, each.name),
        )
        for each in groups
    )
    seen = InstancesSnapshot(groups=groups, container_instances=read_container_instances(aws.ecs, connection.cluster))
    asked = [each.instance_id for each in suspects(seen)]
    return replace(seen, ec2_instances={**dict.fromkeys(asked), **read_ec2_instances(aws.ec2, asked)})


def _policies(connection: Connection, groups: Iterable[str]) -> Iterable[str]:
    autoscaling = connection.aws.autoscaling
    for group in groups:
        policies = _all(autoscaling, "describe_policies", "ScalingPolicies", AutoScalingGroupName=group)
        yield from (f"scaling policy {each['PolicyName']} of {group}" for each in policies)
        actions = _all(
            autoscaling, "describe_scheduled_actions", "ScheduledUpdateGroupActions", AutoScalingGroupName=group
        )
        yield from (f"scheduled action {each['ScheduledActionName']} of {group}" for each in actions)


def _providers(connection: Connection, groups: Sequence[str]) -> Iterable[str]:
    ecs = connection.client("ecs")
    cluster = ecs.describe_clusters(clusters=[connection.cluster])["clusters"][0]
    names = [each for each in cluster.get("capacityProviders", []) if not each.startswith("FARGATE")]
    found = ecs.describe_capacity_providers(capacityProviders=names)["capacityProviders"] if names else []
    for each in found:
        provider: Raw = each.get("autoScalingGroupProvider") or {}
        if not any(provider.get("autoScalingGroupArn", "").endswith(f"autoScalingGroupName/{name}") for name in groups):
            continue
        if (provider.get("managedScaling") or {}).get("status") == "ENABLED":
            yield f"managed scaling of the capacity provider {each['name']}"
        if provider.get("managedDraining") == "ENABLED":
            yield f"managed draining of the capacity provider {each['name']}"


def _stopped(connection: Connection, function: str) -> bool:
    found = connection.client("lambda").get_function_concurrency(FunctionName=function)
    return found.get("ReservedConcurrentExecutions") == 0


def _schedules(connection: Connection) -> Iterable[str]:
    pages = connection.client("scheduler").get_paginator("list_schedules").paginate(NamePrefix=f"{connection.cluster}-")
    found = [each for page in pages for each in page["Schedules"]]
    return (each["Name"] for each in found if each.get("State") != "ENABLED")


def _balancing(connection: Connection) -> Balancing:
    elb = connection.client("elbv2")
    try:
        balancer = elb.describe_load_balancers(Names=[connection.cluster])["LoadBalancers"][0]
    except ClientError as error:
        if code_of(error) != "LoadBalancerNotFound":
            raise
        return Balancing()
    listeners = _all(elb, "describe_listeners", "Listeners", LoadBalancerArn=balancer["LoadBalancerArn"])
    rules = [
        rule for each in listeners for rule in _all(elb, "describe_rules", "Rules", ListenerArn=each["ListenerArn"])
    ]
    found = _all(elb, "describe_target_groups", "TargetGroups")
    groups = [each for each in found if each.get("VpcId") == balancer.get("VpcId")]
    return Balancing(
        rules=tuple(_rule(each) for each in rules if not each.get("IsDefault")),
        target_groups={each["TargetGroupArn"]: bool(each.get("LoadBalancerArns")) for each in groups},
        served=frozenset(_served(connection)),
        of_addresses=frozenset(each["TargetGroupArn"] for each in groups if each.get("TargetType") == "ip"),
        ours=frozenset(_ours(elb, [each["TargetGroupArn"] for each in groups])),
    )


def _all(client: Any, operation: str, key: str, **asked: Any) -> list[Raw]:
    return [each for page in client.get_paginator(operation).paginate(**asked) for each in page[key]]


def _ours(elb: Any, arns: Sequence[str]) -> Iterable[str]:
    for batch in batches(arns, _TAGGED):
        for each in elb.describe_tags(ResourceArns=batch)["TagDescriptions"]:
            if {"Key": _TAG, "Value": _MAKER} in each["Tags"]:
                yield each["ResourceArn"]


def _rule(raw: Raw) -> Rule:
    actions: Sequence[Raw] = raw.get("Actions", [])
    direct = {each["TargetGroupArn"] for each in actions if each.get("TargetGroupArn")}
    weighted = [one for each in actions for one in (each.get("ForwardConfig") or {}).get("TargetGroups", [])]
    return Rule(arn=raw["RuleArn"], target_groups=frozenset(direct | {each["TargetGroupArn"] for each in weighted}))


def _served(connection: Connection) -> Iterable[str]:
    ecs, cluster = connection.client("ecs"), connection.cluster
    pages = ecs.get_paginator("list_services").paginate(cluster=cluster, maxResults=100)
    arns = [arn for page in pages for arn in page["serviceArns"]]
    for batch in batches(arns, SERVICES):
        for service in ecs.describe_services(cluster=cluster, services=batch)["services"]:
            yield from (
                each["targetGroupArn"] for each in service.get("loadBalancers", []) if each.get("targetGroupArn")
            )
