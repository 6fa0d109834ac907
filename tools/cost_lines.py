"""What a recorded environment costs a month, line by line: counts of the graph, assumptions, prices."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdas.capacity import metrics as of_capacity
from lambdas.cluster import metrics as of_every_controller
from lambdas.instances import metrics as of_instances
from lambdas.rebalancing import metrics as of_rebalancing

from .recorded_program import Graph

DATA = Path(__file__).parents[1] / "data"
MINUTES_A_MONTH = 43_800
"""730 hours; schedules are minutes apart."""
DETAILED_METRICS = 7
"""Metrics of EC2 that detailed monitoring bills, for each instance (EC2 user guide, "Manage detailed monitoring")."""
AGENT_METRICS = 3
"""Memory, disk, refused connections: user_data.py has the agent measure these, for each instance and for the group."""
DAYS_A_MONTH = 30

Factor = tuple[float, str]
Numbers = Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Price:
    """One row of prices.csv."""

    item: str
    unit: str
    usd: float
    date: str
    known: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a month's bill: the product of its factors, at a price."""

    what: str
    factors: Sequence[Factor]
    """Numbers, each with its word: (3, "gateways"), (730, "h")."""
    price: Price

    @property
    def usd(self) -> float:
        """Dollars a month."""
        per = 1_000_000 if self.price.unit == "million" else 1
        return math.prod(number for number, _ in self.factors) * self.price.usd / per


def prices(folder: Path = DATA) -> dict[str, Price]:
    """Item → price."""
    rows = rows_of(folder / "prices.csv")
    return {
        row["item"]: Price(
            **{key: row[key] for key in ("item", "unit", "date", "known", "source")}, usd=float(row["usd"])
        )
        for row in rows
    }


def assumptions(stack: str, folder: Path = DATA) -> dict[str, float]:
    """Name → number, for one of the columns of cost_assumptions.csv."""
    return {row["name"]: float(row[stack]) for row in rows_of(folder / "cost_assumptions.csv")}


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a table whose lines of comment begin with #."""
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def total(lines: Sequence[Line]) -> float:
    """Dollars a month."""
    return sum(line.usd for line in lines)


@dataclass(frozen=True, kw_only=True)
class Bill:
    """A graph, what is assumed of its month, and prices; each method is a part of the bill."""

    graph: Graph
    assumed: Numbers
    prices: Mapping[str, Price]

    def lines(self) -> list[Line]:
        """All of them, without those that come to nothing."""
        parts = (
            self._instances,
            self._network,
            self._balancer,
            self._logs,
            self._metrics,
            self._controllers,
            self._rest,
        )
        return [line for part in parts for line in part() if line.usd]

    def _line(self, what: str, item: str, *factors: Factor) -> Line:
        if item not in self.prices:
            raise LookupError(f"data/prices.csv has no {item}: add its price")
        return Line(what=what, factors=factors, price=self.prices[item])

    def _hours(self) -> Factor:
        return self.assumed["hours in a month"], "h"

    def _gigabytes(self, name: str) -> Factor:
        return self.assumed[name], "GB"

    def _group(self) -> Mapping[str, Any]:
        return self.graph.one("aws:autoscaling/group:Group").inputs

    def _size(self) -> Factor:
        return self._group()["minSize"], "instances"

    def _instances(self) -> Iterator[Line]:
        policy = self._group()["mixedInstancesPolicy"]
        kind = policy["launchTemplate"]["overrides"][0]["instanceType"]
        spread = policy["instancesDistribution"]
        count, word = self._size()
        base = min(count, spread["onDemandBaseCapacity"])
        on_demand = base + (count - base) * spread["onDemandPercentageAboveBaseCapacity"] / 100
        yield self._line("instances at minSize", kind, (on_demand, word), self._hours())
        spot = (count - on_demand, f"Spot {word}"), self._hours(), (self.assumed["Spot price"], "of the price")
        yield self._line("Spot instances at minSize", kind, *spot)
        for mapping in self.graph.one("aws:ec2/launchTemplate:LaunchTemplate")["blockDeviceMappings"]:
            volume = (mapping["ebs"]["volumeSize"], "GB")
            yield self._line("their volumes", f"{mapping['ebs']['volumeType']} storage", self._size(), volume)

    def _network(self) -> Iterator[Line]:
        gateways = len(self.graph.of("aws:ec2/natGateway:NatGateway"))
        yield self._line("NAT gateways", "NAT gateway", (gateways, "gateways"), self._hours())
        if gateways:
            yield self._line("data through NAT", "NAT data", self._gigabytes("data through NAT"))
        endpoints = [
            len(node["subnetIds"])
            for node in self.graph.of("aws:ec2/vpcEndpoint:VpcEndpoint")
            if node["vpcEndpointType"] == "Interface"
        ]
        yield self._line("interface endpoints", "interface endpoint", (sum(endpoints), "interfaces"), self._hours())
        if endpoints:
            data = self._gigabytes("data through interface endpoints")
            yield self._line("data through interface endpoints", "interface endpoint data", data)
        addresses = len(self.graph.of("aws:ec2/eip:Eip")) + sum(map(len, self._balancer_subnets()))
        yield self._line("public IPv4 addresses", "public IPv4 address", (addresses, "addresses"), self._hours())
        for name in ("data to the internet", "data between zones"):
            yield self._line(name, name, self._gigabytes(name))

    def _balancer_subnets(self) -> list[Sequence[str]]:
        return [node["subnets"] for node in self.graph.of("aws:lb/loadBalancer:LoadBalancer")]

    def _balancer(self) -> Iterator[Line]:
        count = (len(self._balancer_subnets()), "balancer")
        yield self._line("load balancer", "load balancer", count, self._hours())
        units = (self.assumed["load balancer capacity units"], "LCU")
        yield self._line("its capacity units", "load balancer capacity unit", units, self._hours())

    def _logs(self) -> Iterator[Line]:
        # Resources are registered in no fixed order.
        for group in sorted(self.graph.of("aws:cloudwatch/logGroup:LogGroup"), key=lambda node: node["name"]):
            name = group["name"]
            flow = name.endswith("/vpc-flow-logs")
            factors = self._flow_log_volume() if flow else [self._gigabytes(_volume_of(name))]
            short = "flow logs" if flow else f"logs {name}"
            yield self._line(short, "flow logs" if flow else "logs", *factors)
            kept = (group["retentionInDays"] / DAYS_A_MONTH, "months")
            compressed = (self.assumed["size of stored logs"], "compressed")
            yield self._line(f"{short}, stored", "stored logs", *factors, kept, compressed)

    def _flow_log_volume(self) -> list[Factor]:
        (flow_log,) = self.graph.of("aws:ec2/flowLog:FlowLog")
        factors = [self._gigabytes("flow logs at 60 s")]
        if flow_log["trafficType"] == "REJECT":
            factors.append((self.assumed["share of rejected traffic"], "rejected"))
        if flow_log["maxAggregationInterval"] > 60:  # noqa: PLR2004  the shorter of the two
            factors.append((self.assumed["share of records at 600 s"], "of the records"))
        return factors

    def _metrics(self) -> Iterator[Line]:
        # An alarm that computes is billed for each metric of its formula (price page, "Alarms").
        looked_at = sum(
            max(1, sum("metric" in query for query in alarm.inputs.get("metricQueries", [])))
            for alarm in self.graph.of("aws:cloudwatch/metricAlarm:MetricAlarm")
        )
        yield self._line("alarms", "alarm", (looked_at, "metrics of alarms"))
        suppressed = len(self.graph.of("aws:cloudwatch/compositeAlarm:CompositeAlarm"))
        yield self._line("alarms that wait for their cause", "composite alarm", (suppressed, "alarms"))
        dashboards = len(self.graph.of("aws:cloudwatch/dashboard:Dashboard"))
        yield self._line("dashboard", "dashboard", (dashboards, "dashboards"))
        own = (of_instances, of_capacity, of_rebalancing)
        modules = (*own, *[of_every_controller] * len(own))
        count = sum(map(len, map(_metric_names, modules)))
        yield self._line("metrics of the controllers", "metric", (count, "metrics"))
        size, word = self._size()
        yield self._line("metrics of the agents", "metric", ((size + 1) * AGENT_METRICS, "metrics"))
        if self.graph.one("aws:ec2/launchTemplate:LaunchTemplate")["monitoring"]["enabled"]:
            yield self._line("metrics of EC2 by the minute", "metric", (size, word), (DETAILED_METRICS, "metrics"))
        yield from self._container_insights()

    def _container_insights(self) -> Iterator[Line]:
        settings = {one["name"]: one["value"] for one in self.graph.one("aws:ecs/cluster:Cluster")["settings"]}
        level = settings["containerInsights"]
        if level == "disabled":
            return
        assumed, services = self.assumed, self.assumed["services"]
        count = assumed["metrics of a cluster"] + services * assumed["metrics of a service"]
        if level == "enhanced":
            tasks = services * assumed["tasks of a service"]
            count += tasks * assumed["metrics of a task"] + self._size()[0] * assumed["metrics of an instance"]
            count += tasks * assumed["containers of a task"] * assumed["metrics of a container"]
        item = "enhanced Container Insights metric" if level == "enhanced" else "metric"
        yield self._line("Container Insights", item, (count, "metrics"))

    def _controllers(self) -> Iterator[Line]:
        schedules = self.graph.of("aws:scheduler/schedule:Schedule")
        calls = sum(MINUTES_A_MONTH / _minutes(node["scheduleExpression"]) for node in schedules)
        yield self._line("calls of the controllers", "function call", (calls, "calls"))
        functions = self.graph.of("aws:lambda/function:Function")
        memory = sum(node["memorySize"] for node in functions) / len(functions) / 1024
        run = (self.assumed["seconds of a controller's run"], "s")
        yield self._line("their time", "function on arm64", (calls, "calls"), run, (memory, "GB"))
        if any((node.inputs.get("tracingConfig") or {}).get("mode") == "Active" for node in functions):
            yield self._line("their traces", "trace", (calls, "traces"))

    def _rest(self) -> Iterator[Line]:
        yield self._line("keys", "KMS key", (len(self.graph.of("aws:kms/key:Key")), "keys"))
        zones = len(self.graph.of("aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace"))
        yield self._line("private zone of the discovery", "hosted zone", (zones, "zone"))
        for node in self.graph.of("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"):
            kept = (node["rules"][0]["expiration"]["days"] / DAYS_A_MONTH, "months")
            yield self._line("access logs", "S3 storage", self._gigabytes("access logs"), kept)


def _volume_of(log_group: str) -> str:
    """The assumption that a log group's volume is."""
    for start, name in (("/aws/lambda/", "controller logs"), ("/aws/events/", "event logs")):
        if log_group.startswith(start):
            return name
    return f"{log_group.rpartition('/')[2]} logs"


def _metric_names(module: Any) -> list[str]:
    return [name for name, value in vars(module).items() if name.isupper() and isinstance(value, str) and _metric(name)]


def _metric(name: str) -> bool:
    return name not in ("CONTROLLER", "NAMESPACE")


def _minutes(expression: str) -> float:
    """`rate(1 minute)` → 1. Raises ValueError for another kind of schedule."""
    number, _, unit = expression.removeprefix("rate(").removesuffix(")").partition(" ")
    if unit not in ("minute", "minutes"):
        raise ValueError(f"{expression}: only rates in minutes are counted")
    return float(number)
