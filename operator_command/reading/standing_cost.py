"""What stands of an environment that is billed by the hour, and the prices that it is counted with."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lambdas.cluster.read_cluster import batches

from ..connection import Connection
from .controllers import read_controllers
from .one_instance import read_group
from .standing import of_environment

FILTER: Final = 100
"""Ids in a filter: EC2 allows 200."""

Raw = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Billed:
    """Counts of what stands."""

    instances: Mapping[tuple[str, bool], int]
    """Instance type and whether it is Spot → how many of the group run."""
    volumes: Mapping[str, int]
    """Volume type → GiB of all volumes of these instances."""
    nat_gateways: int
    endpoint_interfaces: int
    """Network interfaces of interface endpoints, one for each subnet of each."""
    load_balancers: int
    addresses: int
    """Public IPv4 addresses: one of each NAT gateway, and one of each zone of each balancer that faces the internet."""
    alarms: int


@dataclass(frozen=True, kw_only=True)
class Prices:
    """USD by item, in the units of prices.csv, and the assumptions that hours and Spot are counted with."""

    usd: Mapping[str, float]
    region: str
    """The Region that the prices are of."""
    date: str
    """The day of the oldest price."""
    hours: float
    """Hours in a month."""
    spot: float
    """Price of Spot as a share of that on demand."""


def read_prices() -> Prices:
    """The tables that the cost page is made of: `data/` of the checkout, or their copies in the wheel."""
    rows = _rows("prices.csv")
    assumed = {row["name"]: float(row["prod"]) for row in _rows("cost_assumptions.csv")}
    return Prices(
        usd={row["item"]: float(row["usd"]) for row in rows},
        region=rows[0]["region"],
        date=min(row["date"] for row in rows),
        hours=assumed["hours in a month"],
        spot=assumed["Spot price"],
    )


def _rows(name: str) -> list[dict[str, str]]:
    own, checkout = Path(__file__).parents[1] / "data" / name, Path(__file__).parents[2] / "data" / name
    text = (own if own.exists() else checkout).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def read_billed(connection: Connection) -> Billed:
    """Count it; two calls for each 100 instances, and a handful."""
    ec2 = connection.client("ec2")
    group = read_group(connection, read_controllers(connection))
    ids = [each.instance_id for each in group.instances]
    machines = list(_instances(ec2, ids))
    networks = sorted({str(each["VpcId"]) for each in machines if each.get("VpcId")})
    balancers = _balancers(connection, networks)
    gateways = _in_networks(ec2, "describe_nat_gateways", "NatGateways", networks, state=["pending", "available"])
    endpoints = _in_networks(ec2, "describe_vpc_endpoints", "VpcEndpoints", networks)
    facing = [each for each in balancers if each.get("Scheme") == "internet-facing"]
    return Billed(
        instances=Counter((each["InstanceType"], each.get("InstanceLifecycle") == "spot") for each in machines),
        volumes=_volumes(ec2, [each["InstanceId"] for each in machines]),
        nat_gateways=len(gateways),
        endpoint_interfaces=sum(
            len(each.get("SubnetIds", [])) for each in endpoints if each.get("VpcEndpointType") == "Interface"
        ),
        load_balancers=len(balancers),
        addresses=len(gateways) + sum(len(each.get("AvailabilityZones", [])) for each in facing),
        alarms=_alarms(connection),
    )


def _instances(ec2: Any, ids: Sequence[str]) -> Iterator[Raw]:
    for batch in batches(ids, FILTER):
        wanted = [
            {"Name": "instance-id", "Values": batch},
            {"Name": "instance-state-name", "Values": ["pending", "running"]},
        ]
        for page in ec2.get_paginator("describe_instances").paginate(Filters=wanted):
            yield from (each for reservation in page["Reservations"] for each in reservation["Instances"])


def _volumes(ec2: Any, ids: Sequence[str]) -> Counter[str]:
    sizes: Counter[str] = Counter()
    for batch in batches(ids, FILTER):
        wanted = [{"Name": "attachment.instance-id", "Values": batch}]
        for page in ec2.get_paginator("describe_volumes").paginate(Filters=wanted):
            for each in page["Volumes"]:
                sizes[each.get("VolumeType", "")] += each["Size"]
    return sizes


def _in_networks(ec2: Any, operation: str, key: str, networks: Sequence[str], state: Sequence[str] = ()) -> list[Raw]:
    if not networks:
        return []
    wanted = [{"Name": "vpc-id", "Values": list(networks)}]
    wanted += [{"Name": "state", "Values": list(state)}] if state else []
    pages = ec2.get_paginator(operation).paginate(Filters=wanted)
    return [each for page in pages for each in page[key]]


def _balancers(connection: Connection, networks: Sequence[str]) -> list[Raw]:
    pages = connection.client("elbv2").get_paginator("describe_load_balancers").paginate()
    return [each for page in pages for each in page["LoadBalancers"] if each.get("VpcId") in networks]


def _alarms(connection: Connection) -> int:
    pages = connection.aws.cloudwatch.get_paginator("describe_alarms").paginate(AlarmTypes=["MetricAlarm"])
    return sum(of_environment(each, connection.cluster) for page in pages for each in page["MetricAlarms"])
