"""Measure one run of the capacity controller: API calls and CPU time, beside the algorithm of the talk's templates.

That one reads each instance with two calls, a page of one and its description, and publishes how many of the largest
task fit. It knows neither services nor interfaces, and decides nothing. AWS is played by a function in this process
(botocore checks the parameters and runs its paginators; nothing goes over the wire), so the CPU time is the program's.
"""

import contextlib
import io
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import page as benchmark_page
from lambdas.capacity.run import run
from lambdas.capacity.settings import Hardware, Settings, Target
from lambdas.cluster import tags
from lambdas.cluster.clients import Clients, create
from lambdas.cluster.services import TaskDefinition

SIZES = ((10, 10), (100, 50), (1000, 300), (5000, 300))
"""Instances and services."""
HEAD = (
    *("Instances", "Services", "Calls, first run", "Calls", "Calls of the templates", "Ratio"),
    *("CPU ms", "CPU ms of the templates", "Ratio"),
)
HEADING = "One run of the capacity controller"
ABOUT = """Beside the algorithm of the talk's templates, which reads each instance with two calls, knows neither
services nor network interfaces, and only publishes a number. Ours reads the services, too, and decides: 300 of them
are 33 of its calls. Only the first run after a start reads the task definitions. AWS is played in the same process, so
that the CPU time is the programs'. Medians of {runs} runs. {machine}.
"""
RUNS = 3
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = Settings(
    target=Target(cluster="bench", group_prefix="bench", switch_parameter="/switch", next_look_parameter="/next-look"),
    hardware=Hardware(instance_types=("m7g.2xlarge",), trunking=True),
)


class World:
    """A cluster of equal instances, one in ten of which has room, and services that have all their tasks."""

    def __init__(self, instances: int, services: int) -> None:
        """Keep the answers ready: what is measured is the program that asks."""
        self.calls: Counter[str] = Counter()
        self._instances = {f"ci-{number}": _instance(number) for number in range(instances)}
        self._services = {f"s{number}": _service(number) for number in range(services)}
        self._group = _group(instances)

    def __call__(self, operation: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answer a call."""
        self.calls[operation] += 1
        answers: dict[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {
            "GetParameter": lambda _: {"Parameter": {"Value": "running"}},
            "DescribeAutoScalingGroups": lambda _: {"AutoScalingGroups": [self._group]},
            "DescribeInstanceRefreshes": lambda _: {"InstanceRefreshes": []},
            "ListContainerInstances": lambda got: _page(list(self._instances), got, "containerInstanceArns"),
            "DescribeContainerInstances": lambda got: {
                "containerInstances": [self._instances[arn] for arn in got["containerInstances"]]
            },
            "ListServices": lambda got: _page(list(self._services), got, "serviceArns"),
            "DescribeServices": lambda got: {"services": [self._services[arn] for arn in got["services"]]},
            "DescribeTaskDefinition": lambda got: {"taskDefinition": _definition(got["taskDefinition"])},
            "GetMetricStatistics": lambda _: {"Datapoints": []},
            "PutMetricData": lambda _: {},
        }
        return answers[operation](params)


@dataclass(frozen=True)
class Measured:
    """One run."""

    calls: int
    cpu_s: float


@dataclass(frozen=True)
class Row:
    """What one size costs."""

    instances: int
    services: int
    first: Measured
    ours: Measured
    templates: Measured


def main() -> None:
    """Measure every size, and write the page's section."""
    benchmark_page.write(HEADING, page([measured(instances, services) for instances, services in SIZES]))


def measured(instances: int, services: int) -> Row:
    """One size: a first run, one that knows the task definitions, and one of the templates' algorithm."""
    world = World(instances, services)
    aws = _clients(world)
    known: dict[str, TaskDefinition] = {}
    first = _measure(world, lambda: run(aws, SETTINGS, NOW, known))
    return Row(
        instances,
        services,
        first,
        ours=_median(world, lambda: run(aws, SETTINGS, NOW, known)),
        templates=_median(world, lambda: _templates_run(aws)),
    )


def page(rows: Sequence[Row]) -> str:
    """The section: the table and what it compares."""
    cells = [
        [
            *(f"{each.instances:,}", each.services, each.first.calls, each.ours.calls, each.templates.calls),
            each.templates.calls / each.ours.calls,
            *(1000 * each.ours.cpu_s, 1000 * each.templates.cpu_s, each.templates.cpu_s / each.ours.cpu_s),
        ]
        for each in rows
    ]
    return f"{ABOUT.format(runs=RUNS, machine=benchmark_page.machine())}\n{benchmark_page.table(HEAD, cells)}"


def _templates_run(aws: Clients) -> None:
    """The algorithm of the talk's templates: one instance after the other."""
    cpu_units, memory_mib = 512, 1000
    fitting = 0
    pages = aws.ecs.get_paginator("list_container_instances").paginate(cluster="bench", maxResults=1)
    for page in pages:
        answer = aws.ecs.describe_container_instances(cluster="bench", containerInstances=page["containerInstanceArns"])
        for instance in answer["containerInstances"]:
            free = {each["name"]: each.get("integerValue", 0) for each in instance["remainingResources"]}
            fitting += min(free["CPU"] // cpu_units, free["MEMORY"] // memory_mib)
    aws.cloudwatch.put_metric_data(
        Namespace="Bench", MetricData=[{"MetricName": "SchedulableContainers", "Value": fitting, "Unit": "Count"}]
    )


def _measure(world: World, once: Callable[[], object]) -> Measured:
    world.calls.clear()
    began = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        once()
    return Measured(calls=world.calls.total(), cpu_s=time.process_time() - began)


def _median(world: World, once: Callable[[], object]) -> Measured:
    runs = [_measure(world, once) for _ in range(RUNS)]
    return Measured(calls=runs[0].calls, cpu_s=median(each.cpu_s for each in runs))


def _clients(world: World) -> Clients:
    keys = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}  # nothing is signed for anybody
    aws = create(boto3.Session(region_name="eu-west-1", **keys))

    def remember(params: Mapping[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["given"] = params

    def answer(model: Any, context: Mapping[str, Any], **_: Any) -> tuple[AWSResponse, Mapping[str, Any]]:
        return AWSResponse("", 200, {}, None), world(model.name, context["given"])

    for client in (aws.autoscaling, aws.cloudwatch, aws.ec2, aws.ecs, aws.ssm):
        client.meta.events.register_last("before-parameter-build", remember)
        client.meta.events.register("before-call", answer)
    return aws


def _page(items: list[str], params: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    start = int(params.get("nextToken", "0"))
    end = start + params["maxResults"]
    return {key: items[start:end]} | ({"nextToken": str(end)} if end < len(items) else {})


def _instance(number: int) -> Mapping[str, Any]:
    free = 4096 if number % 10 == 0 else 256
    amounts = {"registeredResources": (8192, 31_000), "remainingResources": (free, 2 * free)}
    return {
        "containerInstanceArn": f"ci-{number}",
        "ec2InstanceId": f"i-{number}",
        "status": "ACTIVE",
        "agentConnected": True,
        "runningTasksCount": 14,
        "attributes": [
            {"name": "ecs.instance-type", "value": "m7g.2xlarge"},
            {"name": "ecs.availability-zone", "value": "abc"[number % 3]},
            {"name": tags.TRUNK_ATTRIBUTE, "value": "trunk"},
        ],
        **{
            name: [{"name": "CPU", "integerValue": cpu}, {"name": "MEMORY", "integerValue": memory}]
            for name, (cpu, memory) in amounts.items()
        },
    }


def _service(number: int) -> Mapping[str, Any]:
    deployment = {"status": "PRIMARY", "taskDefinition": f"td-{number}", "desiredCount": 40, "runningCount": 40}
    return {
        "serviceName": f"s{number}",
        "status": "ACTIVE",
        "launchType": "EC2",
        "desiredCount": 40,
        "deployments": [{**deployment, "rolloutState": "COMPLETED", "updatedAt": NOW}],
    }


def _definition(arn: str) -> Mapping[str, Any]:
    """Ten kinds of tasks, no two of which cover each other."""
    kind = int(arn.rpartition("-")[2]) % 10
    container = {"name": "app", "cpu": 512 + 64 * kind, "memory": 2000 - 100 * kind}
    return {"taskDefinitionArn": arn, "networkMode": "awsvpc", "containerDefinitions": [container]}


def _group(instances: int) -> Mapping[str, Any]:
    return {
        "AutoScalingGroupName": "bench",
        "MinSize": instances,
        "MaxSize": 2 * instances,
        "DesiredCapacity": instances,
        "AvailabilityZones": ["a", "b", "c"],
        "Tags": [{"Key": tags.CLUSTER, "Value": "bench"}],
        "Instances": [
            {"InstanceId": f"i-{number}", "AvailabilityZone": "abc"[number % 3], "LifecycleState": "InService"}
            for number in range(instances)
        ],
    }


if __name__ == "__main__":
    main()
