"""Every plain input of a component of an environment has an effect that can be seen in a rendered resource."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import date
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pulumi_aws as aws
import pytest

import infra.environment
from infra.common.alarms import Alarm
from infra.common.measures import Metric
from infra.common.names import Names
from infra.environment.cluster import Cluster, ClusterArgs
from infra.environment.controllers import (
    CapacityController,
    CapacityControllerArgs,
    InstanceController,
    InstanceControllerArgs,
    KillSwitch,
    KillSwitchArgs,
    RebalancingController,
    RebalancingControllerArgs,
)
from infra.environment.encryption import Encryption, EncryptionArgs
from infra.environment.instances import InstancesArgs, Promise
from infra.environment.load_balancer import LoadBalancerArgs
from infra.environment.monitoring import AlarmTopics, AlarmTopicsArgs, DeadLetterQueueArgs, Subscribers
from infra.environment.network import Discovery, DiscoveryArgs, Network, NetworkArgs
from infra.environment.overview import OverviewArgs
from infra.environment.quotas import Quotas, QuotasArgs
from lambdas.capacity import settings as capacity
from lambdas.cluster.disruption import BUDGET, Disruption
from lambdas.instances import settings as instances
from lambdas.rebalancing import settings as rebalancing
from tests.support.builders import (
    LOCATION,
    ZONES,
    a_dead_letter_queue,
    a_load_balancer_graph,
    a_network,
    a_network_graph,
    alarm_topics,
    an_instance_graph,
    some_conventions,
)
from tests.support.effects import value_at
from tests.support.graph import Graph, graph_of

GROUP, TEMPLATE, BALANCER = aws.autoscaling.Group, aws.ec2.LaunchTemplate, aws.lb.LoadBalancer
DISTRIBUTION = "mixedInstancesPolicy.instancesDistribution"
MEASURE = Metric(namespace="N", name="M", dimensions={"D": "1"})
PACKAGES = [*iter_modules(infra.environment.__path__)]
FUNCTION, ALARM = aws.lambda_.Function, aws.cloudwatch.MetricAlarm
LINKS = {"alarm_topics", "cluster", "network", "depends_on", "deployed", "switch", "load_balancer", "instances"}
"""Components and resources: they show as links, which the components' own tests follow."""
OTHERS = some_conventions(names=Names("other"))
PLACE = LOCATION.__class__(partition="aws", region="eu-west-1", account=LOCATION.account)


@dataclass(frozen=True, kw_only=True)
class Effect:
    """An input with another value, and what is then at a path of a resource, and was not before."""

    given: Any
    kind: type
    at: str
    is_: Any
    name: str | None = None
    beside: dict[str, Any] = field(default_factory=dict)
    """Inputs without which this one would be refused."""


def the_cluster(**changes: Any) -> Graph:
    def program() -> None:
        inputs = {"conventions": some_conventions(), "alarm_topics": alarm_topics()}
        Cluster("main", ClusterArgs(**(inputs | changes)))

    return graph_of(program)


def the_topics(**changes: Any) -> Graph:
    inputs: dict[str, Any] = {"conventions": some_conventions(), **changes}

    def program() -> None:
        topics = AlarmTopics("t", AlarmTopicsArgs(**inputs))
        topics.alarm("a", Alarm(summary="Off.", runbook="off", measure=MEASURE, threshold=1), topics)

    return graph_of(program)


def the_key(**changes: Any) -> Graph:
    inputs = {"names": Names("test"), "location": LOCATION}
    return graph_of(lambda: Encryption("key", EncryptionArgs(**(inputs | changes))))


def a_controller(component: type, of: type, inputs: dict[str, Any]) -> Graph:
    """A controller named `ctl`, with what it needs."""

    def program() -> None:
        base, topic = some_conventions(), alarm_topics()
        links = {
            "alarm_topics": topic,
            "cluster": Cluster("main", ClusterArgs(conventions=base, alarm_topics=topic)),
            "switch": KillSwitch("switch", KillSwitchArgs(conventions=base)),
        }
        component("ctl", of(**({"conventions": base} | links | inputs)))

    return graph_of(program)


def the_instance_controller(**changes: Any) -> Graph:
    inputs = {
        "instance_types": ["m7g.large"],
        "ready": instances.Ready(),
        "drain": instances.Drain(),
        "watch": instances.Watch(),
        "rollout": instances.Rollout(),
        "disruption": BUDGET,
    }
    return a_controller(InstanceController, InstanceControllerArgs, inputs | changes)


def the_capacity_controller(**changes: Any) -> Graph:
    promise = Promise(largest_task_cpu_units=1024, largest_task_memory_mib=2048, tasks_per_instance=10)
    inputs = {
        "trunking": True,
        "promise": promise,
        "grow": capacity.Grow(),
        "shrink": capacity.Shrink(),
        "disruption": BUDGET,
    }
    inputs |= {"max_healthy_percent": 110, "instance_types": ["m7g.large"]}
    return a_controller(CapacityController, CapacityControllerArgs, inputs | changes)


def the_rebalancing_controller(**changes: Any) -> Graph:
    return a_controller(RebalancingController, RebalancingControllerArgs, changes)


def the_quotas(**changes: Any) -> Graph:
    inputs = {"instance_types": ["m7g.large"], "on_demand": True, "spot": False, "max_healthy_percent": 110}
    return graph_of(lambda: Quotas("q", QuotasArgs(alarm_topics=alarm_topics(), **(inputs | changes))))


def the_switch(**changes: Any) -> Graph:
    return graph_of(lambda: KillSwitch("k", KillSwitchArgs(**({"conventions": some_conventions()} | changes))))


def the_names(**changes: Any) -> Graph:
    def program() -> None:
        Discovery("d", DiscoveryArgs(network=Network("net", a_network()), **({"namespace": "a.internal"} | changes)))

    return graph_of(program)


def seen(variable: str) -> str:
    """Where a variable of a function stands."""
    return f"environment.variables.{variable}"


GRAPHS: dict[type, Callable[..., Graph]] = {
    NetworkArgs: a_network_graph,
    LoadBalancerArgs: a_load_balancer_graph,
    InstancesArgs: an_instance_graph,
    ClusterArgs: the_cluster,
    AlarmTopicsArgs: the_topics,
    DeadLetterQueueArgs: lambda **changes: graph_of(lambda: a_dead_letter_queue(**changes)),
    EncryptionArgs: the_key,
    InstanceControllerArgs: the_instance_controller,
    CapacityControllerArgs: the_capacity_controller,
    RebalancingControllerArgs: the_rebalancing_controller,
    KillSwitchArgs: the_switch,
    DiscoveryArgs: the_names,
    QuotasArgs: the_quotas,
}
ELSEWHERE = {OverviewArgs}
"""Made of whole components: tests/program/test_alarm_metrics.py looks at what they show."""
EFFECTS: dict[type, dict[str, Effect]] = {
    NetworkArgs: {
        "conventions": Effect(given=some_conventions(log_retention_days=7), kind=aws.cloudwatch.LogGroup,
                              at="retentionInDays", is_=7),
        "cidr": Effect(given="10.1.0.0/16", kind=aws.ec2.Vpc, at="cidrBlock", is_="10.1.0.0/16"),
        "zones": Effect(given=ZONES[1:], kind=aws.ec2.Subnet, name="net-public-euc1-az1", at="cidrBlock", is_=None),
        "nat": Effect(given="single", kind=aws.ec2.NatGateway, name="net-nat-euc1-az2", at="subnetId", is_=None),
        "interface_endpoints": Effect(given=True, kind=aws.ec2.VpcEndpoint, name="net-endpoints-kms",
                                      at="vpcEndpointType", is_="Interface"),
        "flow_logs": Effect(given="rejected", kind=aws.ec2.FlowLog, at="trafficType", is_="REJECT"),
        "flow_log_interval_s": Effect(given=600, kind=aws.ec2.FlowLog, at="maxAggregationInterval", is_=600),
    },
    LoadBalancerArgs: {
        "conventions": Effect(given=OTHERS, kind=BALANCER, at="name", is_="ecs-other"),
        "domain": Effect(given="a.example.com", kind=aws.acm.Certificate, at="domainName", is_="a.example.com",
                         beside={"hosted_zone_id": "Z1"}),
        "hosted_zone_id": Effect(given="Z2", kind=aws.route53.Record, name="public-domain", at="zoneId", is_="Z2",
                                 beside={"domain": "a.example.com"}),
        "deletion_protection": Effect(given=False, kind=BALANCER, at="enableDeletionProtection", is_=False),
        "access_log_days": Effect(given=5, kind=aws.s3.BucketLifecycleConfiguration, at="rules.0.expiration.days",
                                  is_=5),
        "idle_timeout_s": Effect(given=77, kind=BALANCER, at="idleTimeout", is_=77),
    },
    InstancesArgs: {
        "conventions": Effect(given=OTHERS, kind=GROUP, at="namePrefix", is_="ecs-other-instances-"),
        "ami_id": Effect(given="ami-1", kind=TEMPLATE, at="imageId", is_="ami-1"),
        "instance_types": Effect(given=["m7g.large"], kind=GROUP,
                                 at="mixedInstancesPolicy.launchTemplate.overrides", is_=[
                                     {"instanceType": "m7g.large"}]),
        "min_size": Effect(given=5, kind=GROUP, at="minSize", is_=5),
        "max_size": Effect(given=40, kind=GROUP, at="maxSize", is_=40),
        "on_demand_base": Effect(given=2, kind=GROUP, at=f"{DISTRIBUTION}.onDemandBaseCapacity", is_=2),
        "on_demand_percent": Effect(
            given=10, kind=GROUP, at=f"{DISTRIBUTION}.onDemandPercentageAboveBaseCapacity", is_=10),
        "volume_gib": Effect(given=99, kind=TEMPLATE, at="blockDeviceMappings.0.ebs.volumeSize", is_=99),
        "trunking": Effect(given=False, kind=aws.ecs.AccountSettingDefault, at="name", is_=None),
        "ready_deadline_s": Effect(given=900, kind=aws.autoscaling.LifecycleHook, name="nodes-readiness-hook",
                                   at="heartbeatTimeout", is_=1020),
        "drain_deadline_s": Effect(given=1200, kind=aws.autoscaling.LifecycleHook, name="nodes-draining-hook",
                                   at="heartbeatTimeout", is_=1320),
        "retain_abandoned": Effect(given=True, kind=GROUP, at="instanceLifecyclePolicy", is_={
            "retentionTriggers": {"terminateHookAbandon": "retain"}}),
    },
    ClusterArgs: {
        "conventions": Effect(given=OTHERS, kind=aws.ecs.Cluster, at="name", is_="ecs-other"),
        "container_insights": Effect(given="disabled", kind=aws.ecs.Cluster, at="settings.0.value", is_="disabled"),
    },
    AlarmTopicsArgs: {
        "conventions": Effect(given=some_conventions(key_arn="arn:k"), kind=aws.sns.Topic, name="t-page-topic",
                              at="kmsMasterKeyId", is_="arn:k"),
        "subscribers": Effect(given={"ticket": Subscribers(emails=["a@example.com"])}, kind=aws.sns.TopicSubscription,
                              at="endpoint", is_="a@example.com"),
        "fallback_emails": Effect(given=["b@example.com"], kind=aws.sns.TopicSubscription, at="endpoint",
                                  is_="b@example.com"),
        "runbook_url": Effect(given="https://x", kind=aws.cloudwatch.MetricAlarm, at="alarmDescription",
                              is_="Off. Severity: ticket. Runbook: https://x#off"),
    },
    DeadLetterQueueArgs: {
        "location": Effect(given=PLACE, kind=aws.sqs.QueuePolicy, at="policy.Statement.0.Resource.0",
                           is_="arn:aws:sqs:eu-west-1:123456789012:dead-letter-queue-0a1b2c3"),
        "sender": Effect(given="sns.amazonaws.com", kind=aws.sqs.QueuePolicy,
                         at="policy.Statement.0.Principal.Service", is_="sns.amazonaws.com"),
        "source_arn": Effect(given="arn:x", kind=aws.sqs.QueuePolicy,
                             at="policy.Statement.0.Condition.ArnLike.aws:SourceArn", is_="arn:x"),
        "retention_s": Effect(given=60, kind=aws.sqs.Queue, at="messageRetentionSeconds", is_=60),
        "tolerated": Effect(given=4, kind=aws.cloudwatch.MetricAlarm, at="threshold", is_=5),
    },
    InstanceControllerArgs: {
        "conventions": Effect(given=OTHERS, kind=FUNCTION, at="name", is_="ecs-other-instances"),
        "instance_types": Effect(given=["m7g.4xlarge"], kind=aws.iam.RolePolicy, name="ctl-role",
                                 at="policy.Statement.8.Condition.StringEquals.ec2:InstanceType", is_=["m7g.4xlarge"]),
        "ready": Effect(given=instances.Ready(deadline_s=700), kind=FUNCTION, at=seen("READY_DEADLINE_S"), is_="700"),
        "drain": Effect(given=instances.Drain(deadline_s=700), kind=FUNCTION, at=seen("DRAIN_DEADLINE_S"), is_="700"),
        "watch": Effect(given=instances.Watch(observations=9), kind=FUNCTION, at=seen("WATCH_OBSERVATIONS"), is_="9"),
        "rollout": Effect(given=instances.Rollout(bake_s=9), kind=FUNCTION, at=seen("ROLLOUT_BAKE_S"), is_="9"),
        "renewal": Effect(given=instances.Renewal(max_age_days=9), kind=FUNCTION, at=seen("RENEWAL_MAX_AGE_DAYS"),
                          is_="9"),
        "disruption": Effect(given=Disruption(quiet=("22:00-06:00",)), kind=FUNCTION, at=seen("DISRUPTION_QUIET"),
                             is_="22:00-06:00"),
        "image_released": Effect(given=date(2026, 9, 22), kind=FUNCTION, at=seen("IMAGE_RELEASED"), is_="2026-09-22"),
        "max_image_age_days": Effect(given=9, kind=ALARM, name="ctl-image-old", at="threshold", is_=9),
        "pace": Effect(given=instances.Pace(poll_s=9), kind=FUNCTION, at=seen("PACE_POLL_S"), is_="9"),
    },
    CapacityControllerArgs: {
        "conventions": Effect(given=OTHERS, kind=FUNCTION, at="name", is_="ecs-other-capacity"),
        "instance_types": Effect(given=["m7g.xlarge"], kind=FUNCTION, at=seen("HARDWARE_INSTANCE_TYPES"),
                                 is_="m7g.xlarge"),
        "trunking": Effect(given=False, kind=FUNCTION, at=seen("HARDWARE_TRUNKING"), is_="false"),
        "promise": Effect(
            given=Promise(largest_task_cpu_units=512, largest_task_memory_mib=2048, tasks_per_instance=10),
            kind=FUNCTION, at=seen("FLOOR_CPU_UNITS"), is_="512"),
        "grow": Effect(given=capacity.Grow(headroom_tasks=5), kind=FUNCTION, at=seen("GROW_HEADROOM_TASKS"), is_="5"),
        "max_healthy_percent": Effect(given=200, kind=ALARM, name="ctl-few-addresses", at="threshold", is_=50),
        "shrink": Effect(given=capacity.Shrink(hold_s=60), kind=FUNCTION, at=seen("SHRINK_HOLD_S"), is_="60"),
        "disruption": Effect(given=Disruption(quiet=("22:00-06:00", "Sat 06:00-22:00")), kind=FUNCTION,
                             at=seen("DISRUPTION_QUIET"), is_="22:00-06:00,Sat 06:00-22:00"),
    },
    RebalancingControllerArgs: {
        "conventions": Effect(given=OTHERS, kind=FUNCTION, at="name", is_="ecs-other-rebalancing"),
        "dry_run_days": Effect(given=30, kind=aws.ssm.Parameter, name="ctl-dry-run", at="insecureValue", is_="30"),
        "moves": Effect(given=rebalancing.Moves(soak_s=60), kind=FUNCTION, at=seen("MOVES_SOAK_S"), is_="60"),
        "disruption": Effect(given=Disruption(percent=20), kind=FUNCTION, at=seen("DISRUPTION_PERCENT"), is_="20"),
    },
    KillSwitchArgs: {
        "conventions": Effect(given=OTHERS, kind=aws.ssm.Parameter, at="name", is_="/ecs-platform/other/controllers"),
    },
    DiscoveryArgs: {
        "namespace": Effect(given="b.internal", kind=aws.servicediscovery.PrivateDnsNamespace, at="name",
                            is_="b.internal"),
    },
    QuotasArgs: {
        "instance_types": Effect(given=["g5g.xlarge"], kind=ALARM, name="q-g-ondemand", at="threshold", is_=80),
        "on_demand": Effect(given=False, kind=ALARM, name="q-standard-ondemand", at="threshold", is_=None),
        "max_healthy_percent": Effect(given=200, kind=ALARM, name="q-standard-ondemand", at="threshold", is_=50),
        "spot": Effect(given=True, kind=ALARM, name="q-standard-spot", at="threshold", is_=80),
    },
    EncryptionArgs: {
        "names": Effect(given=Names("other"), kind=aws.kms.Alias, at="name", is_="alias/ecs-other"),
        "location": Effect(given=PLACE, kind=aws.kms.Key, at="policy.Statement.1.Principal.Service",
                           is_="logs.eu-west-1.amazonaws.com"),
        "protect": Effect(given=False, kind=aws.kms.Key, at="protect", is_=False),
    },
}  # fmt: skip


def shown(graph: Graph, effect: Effect) -> Any:
    nodes = graph.of(effect.kind, effect.name)
    if effect.at == "protect":
        return nodes[0].protect
    return value_at(nodes[0].inputs if nodes else {}, effect.at)


@pytest.mark.parametrize(("of", "name"), [(of, name) for of, effects in EFFECTS.items() for name in effects])
def test_an_input_shows_in_a_resource(of, name):
    effect = EFFECTS[of][name]
    assert shown(GRAPHS[of](**effect.beside, **{name: effect.given}), effect) == effect.is_
    if not effect.beside:
        assert shown(GRAPHS[of](), effect) != effect.is_


def test_no_component_is_without_such_a_test():
    packages = [infra.environment, *(import_module(f"infra.environment.{each.name}") for each in PACKAGES)]
    public = {value for package in packages for name, value in vars(package).items() if name.endswith("Args")}
    assert public == {*EFFECTS, *ELSEWHERE}


@pytest.mark.parametrize("of", EFFECTS)
def test_no_plain_input_is_without_such_a_test(of):
    assert set(EFFECTS[of]) == {one.name for one in fields(of)} - LINKS
