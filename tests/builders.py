"""Valid inputs of components; a test changes only what it is about."""

from collections.abc import Mapping
from typing import Any

from infra.addressing import Zone
from infra.alerts import Alerts, AlertsArgs
from infra.cluster import Cluster, ClusterArgs
from infra.dead_letters import DeadLetters, DeadLettersArgs
from infra.foundation import Foundation
from infra.instance_controller import InstanceController, InstanceControllerArgs, rollback_alarms
from infra.instances import Instances, InstancesArgs
from infra.kill_switch import KillSwitch, KillSwitchArgs
from infra.location import Location
from infra.names import Names
from infra.network import Network, NetworkArgs
from lambdas.instances import settings
from tests.graph import ACCOUNT, REGION, Graph, graph_of

ZONES = [Zone(id=f"euc1-az{n}", name=f"{REGION}{letter}") for n, letter in ((1, "a"), (2, "b"), (3, "c"))]
LOCATION = Location(partition="aws", region=REGION, account=ACCOUNT)


def alerts() -> Alerts:
    """A component: to be made within a program that a test runs."""
    return Alerts("alerts", AlertsArgs(foundation=a_foundation()))


def a_foundation(**changes) -> Foundation:
    inputs = {
        "names": Names("test"),
        "location": LOCATION,
        "tags": {"environment": "test", "owner": "me", "managed-by": "ecs-platform"},
    }
    return Foundation(**(inputs | changes))


def an_instance_graph(*, preview: bool = False, network: Mapping[str, Any] | None = None, **changes: Any) -> Graph:
    """A network, a cluster, and Instances named `nodes` with `changes` to its inputs."""

    def program() -> None:
        foundation = changes.pop("foundation", a_foundation())
        inputs = {
            "foundation": foundation,
            "cluster": Cluster("main", ClusterArgs(foundation=foundation, alerts=alerts())),
            "network": Network(
                "net",
                NetworkArgs(
                    **({"foundation": foundation, "cidr": "10.0.0.0/16", "zones": ZONES} | dict(network or {}))
                ),
            ),
            "ami_id": "ami-0123456789abcdef0",
            "instance_types": ["m7g.large", "m6g.large"],
            "min_size": 3,
            "max_size": 30,
            "needs": [],
        }
        Instances("nodes", InstancesArgs(**(inputs | changes)))

    return graph_of(program, preview=preview)


def undelivered() -> DeadLetters:
    """A component: to be made within a program that a test runs."""
    args = DeadLettersArgs(
        location=LOCATION,
        alerts=alerts(),
        sender="events.amazonaws.com",
        source_arn=LOCATION.arn("events", "rule/x-*"),
    )
    return DeadLetters("undelivered", args)


def a_controller_graph(
    *, foundation: Mapping[str, Any] | None = None, drain: Mapping[str, Any] | None = None, preview: bool = False
) -> Graph:
    """The instance controller of the environment `test`, named `ctl`, with what it needs."""

    def program() -> None:
        base, topic = a_foundation(**(foundation or {})), alerts()
        InstanceController(
            "ctl",
            InstanceControllerArgs(
                foundation=base,
                alerts=topic,
                cluster=Cluster("main", ClusterArgs(foundation=base, alerts=topic)),
                switch=KillSwitch("switch", KillSwitchArgs(foundation=base)),
                ready=settings.Ready(),
                drain=settings.Drain(**(drain or {})),
                watch=settings.Watch(),
                rollout=settings.Rollout(alarms=rollback_alarms(base.names)),
            ),
        )

    return graph_of(program, preview=preview)
