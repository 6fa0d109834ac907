"""Valid inputs of components; a test changes only what it is about."""

from infra.addressing import Zone
from infra.alerts import Alerts, AlertsArgs
from infra.foundation import Foundation
from infra.location import Location
from infra.names import Names
from tests.graph import ACCOUNT, REGION

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
