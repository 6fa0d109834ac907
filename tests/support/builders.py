"""Valid inputs of components; a test changes only what it is about."""

from collections.abc import Mapping
from typing import Any

from infra.common.location import Location
from infra.common.names import Names
from infra.environment.cluster import Cluster, ClusterArgs
from infra.environment.controllers import (
    InstanceController,
    InstanceControllerArgs,
    KillSwitch,
    KillSwitchArgs,
    rollback_alarms,
)
from infra.environment.conventions import Conventions
from infra.environment.instances import Instances, InstancesArgs
from infra.environment.load_balancer import LoadBalancer, LoadBalancerArgs
from infra.environment.monitoring import AlarmTopics, AlarmTopicsArgs, DeadLetterQueue, DeadLetterQueueArgs
from infra.environment.network import Network, NetworkArgs, Zone
from lambdas.cluster.disruption import BUDGET
from lambdas.instances import settings
from tests.support.graph import ACCOUNT, REGION, Graph, graph_of

ZONES = [Zone(id=f"euc1-az{n}", name=f"{REGION}{letter}") for n, letter in ((1, "a"), (2, "b"), (3, "c"))]
LOCATION = Location(partition="aws", region=REGION, account=ACCOUNT)


def alarm_topics() -> AlarmTopics:
    """A component: to be made within a program that a test runs."""
    return AlarmTopics("alarm_topic", AlarmTopicsArgs(conventions=some_conventions()))


def some_conventions(**changes) -> Conventions:
    inputs = {
        "names": Names("test"),
        "location": LOCATION,
        "tags": {"environment": "test", "owner": "me", "managed-by": "ecs-platform"},
    }
    return Conventions(**(inputs | changes))


def a_network(**changes) -> NetworkArgs:
    inputs = {
        "conventions": some_conventions(),
        "alarm_topics": alarm_topics(),
        "cidr": "10.0.0.0/16",
        "zones": ZONES,
    }
    return NetworkArgs(**(inputs | changes))


def a_network_graph(**changes) -> Graph:
    """A Network named `net`."""
    return graph_of(lambda: Network("net", a_network(**changes)))


def a_load_balancer_graph(**changes) -> Graph:
    """A network, and a LoadBalancer named `public` with `changes` to its inputs."""

    def program() -> None:
        inputs = {
            "conventions": some_conventions(),
            "network": Network("net", a_network()),
            "alarm_topics": alarm_topics(),
        }
        LoadBalancer("public", LoadBalancerArgs(**(inputs | changes)))

    return graph_of(program)


def an_instance_graph(
    *,
    preview: bool = False,
    network: Mapping[str, Any] | None = None,
    lookups: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Graph:
    """A network, a cluster, and Instances named `nodes` with `changes` to its inputs."""

    def program() -> None:
        conventions = changes.pop("conventions", some_conventions())
        topic = alarm_topics()
        inputs = {
            "conventions": conventions,
            "alarm_topics": topic,
            "cluster": Cluster("main", ClusterArgs(conventions=conventions, alarm_topics=topic)),
            "network": Network("net", a_network(**({"conventions": conventions} | dict(network or {})))),
            "ami_id": "ami-0123456789abcdef0",
            "instance_types": ["m7g.large", "m6g.large"],
            "min_size": 3,
            "max_size": 30,
            "depends_on": [],
        }
        Instances("nodes", InstancesArgs(**(inputs | changes)))

    return graph_of(program, preview=preview, lookups=lookups)


def a_dead_letter_queue(**changes) -> DeadLetterQueue:
    """A component: to be made within a program that a test runs."""
    inputs = {
        "location": LOCATION,
        "alarm_topics": alarm_topics(),
        "sender": "events.amazonaws.com",
        "source_arn": LOCATION.arn("events", "rule/x-*"),
    }
    return DeadLetterQueue("dead-letter-queue", DeadLetterQueueArgs(**(inputs | changes)))


def a_controller_graph(
    *,
    conventions: Mapping[str, Any] | None = None,
    drain: Mapping[str, Any] | None = None,
    rollout: Mapping[str, Any] | None = None,
    pace: settings.Pace | None = None,
    preview: bool = False,
) -> Graph:
    """The instance controller of the environment `test`, named `ctl`, with what it needs."""

    def program() -> None:
        base, topic = some_conventions(**(conventions or {})), alarm_topics()
        switch = KillSwitch("switch", KillSwitchArgs(conventions=base))
        controller = InstanceController(
            "ctl",
            InstanceControllerArgs(
                conventions=base,
                alarm_topics=topic,
                cluster=Cluster("main", ClusterArgs(conventions=base, alarm_topics=topic)),
                switch=switch,
                instance_types=["m7g.large"],
                ready=settings.Ready(),
                drain=settings.Drain(**(drain or {})),
                watch=settings.Watch(),
                rollout=settings.Rollout(alarms=rollback_alarms(base.names), **(rollout or {})),
                disruption=BUDGET,
                pace=pace or settings.Pace(),
            ),
        )
        controller.alarm_on_silence(after=switch.parameter)

    return graph_of(program, preview=preview)
