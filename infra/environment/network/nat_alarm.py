"""The alarm on NAT gateways that have no port left."""

from __future__ import annotations

import pulumi

from ...common.alarms import Alarm
from ...common.measures import Metric

WINDOW_MINUTES, BAD_MINUTES = 5, 3
"""So many of the last minutes with refused connections raise an alarm."""


def nat_alarm(zone_id: str, gateway_id: pulumi.Input[str]) -> Alarm:
    """An alarm on connections that a gateway refuses: it takes 55,000 at a time to one destination.

    Source: Amazon VPC user guide, "NAT gateway basics" and "NAT gateway metrics and dimensions".
    """
    return Alarm(
        summary=f"The NAT gateway of {zone_id} refuses connections: all its ports to a destination are taken.",
        runbook="a-nat-gateway-refuses-connections",
        measure=Metric(namespace="AWS/NATGateway", name="ErrorPortAllocation", dimensions={"NatGatewayId": gateway_id}),
        threshold=1,
        severity="page",
        periods=WINDOW_MINUTES,
        datapoints=BAD_MINUTES,
    )
