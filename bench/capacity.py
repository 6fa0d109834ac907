"""Measure one run of the capacity controller: API calls and CPU time, beside the algorithm of the talk's templates.

That one reads each instance with two calls, a page of one and its description, and publishes how many of the largest
task fit. It knows neither services nor interfaces, and decides nothing. AWS answers in the bytes that it sends, which
were made before, so that the CPU time is that of the controller and of botocore: see `big_cluster`.
"""

from __future__ import annotations

import contextlib
import gc
import io
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import page as benchmark_page
from bench.big_cluster import ATTRIBUTES, EVENTS, NOW, TASKS_PER_INSTANCE, World
from lambdas.capacity.run import run
from lambdas.capacity.settings import Grow, Hardware, Settings, Target
from lambdas.cluster.clients import Clients, create, lean_session
from lambdas.cluster.services import TaskDefinition
from lambdas.instances.passes import one_pass
from lambdas.instances.settings import Settings as InstancesSettings

SIZES = ((10, 10), (100, 50), (1000, 300), (5000, 300))
"""Instances and services."""
HEAD = (
    *("Instances", "Services", "Calls, first run", "Calls", "Calls of the templates", "Ratio", "CPU ms, first run"),
    *("CPU ms", "CPU ms, zone loss", "CPU ms of the templates", "Ratio"),
)
HEADING = "One run of the capacity controller"
ABOUT = """Beside the algorithm of the talk's templates, which reads each instance with two calls, knows neither
services nor network interfaces, and only publishes a number. Ours reads the services, too, and decides: 300 of them
are 33 of its calls. Only the first run after a start reads the task definitions. "Zone loss" is a run with
`capacity.zoneLoss` while a sixth of the tasks find no room.

The answers come as the bytes that AWS sends, and go through botocore's own parsers: {tasks} tasks and {attributes}
attributes an instance, and for each service a size of its own and {events} events. The fastest of {runs} runs, and
one of the templates'. {machine}.
"""
MEMORY = """What that means for the functions, with {services} services: Lambda gives one vCPU at {vcpu_mib:,} MiB, and
as much less of it as there is less memory ([Lambda developer guide][memory]). Seconds are those of this machine's CPU
and {answer_ms} ms for each answer of AWS, which is assumed; a run is cut off after {limit_s}. The price of a run grows
with memory only by the time that it waits. The instance controller is measured in a pass while nothing moves.

[memory]: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""
MEMORY_HEAD = (
    *("MiB", "Instances", "Seconds, first run", "Seconds", "Seconds, zone loss", "Seconds, instance controller"),
    *("GB-seconds", "GB-seconds, instance controller"),
)
MEMORY_SIZES_MIB = (256, 384, 512, 1024, 1769)
VCPU_MIB = 1769
"""Memory of a function with the equivalent of one vCPU (Lambda developer guide, function memory)."""
ANSWER_S = 0.03
"""Assumed time in which AWS answers a call, connection kept; no machine without an account can measure it."""
LIMIT_S = 90
"""Time limit of the controllers' functions, `TIMEOUT_S` of the program."""
RUNS = 5
SETTINGS = Settings(
    target=Target(cluster="bench", group_prefix="bench", switch_parameter="/switch", next_look_parameter="/next-look"),
    hardware=Hardware(instance_types=("m7g.2xlarge",), trunking=True),
)
INSTANCES_SETTINGS = InstancesSettings(target=SETTINGS.target)
ZONE_LOSS = replace(SETTINGS, grow=Grow(zone_loss=True))


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
    zone_loss: Measured
    """With unmet demand, where any zone may be lost."""
    instance_controller: Measured
    templates: Measured


def main() -> None:
    """Measure every size, and write the page's section."""
    benchmark_page.write(HEADING, page([measured(instances, services) for instances, services in SIZES]))


def measured(instances: int, services: int) -> Row:
    """One size: a first run, one that knows the task definitions, and one of the templates' algorithm."""
    world, short = World(instances, services), World(instances, services, unmet=True)
    aws, aws_short = world.connect(_clients()), short.connect(_clients())
    gc.freeze()  # as the function does when its clients are made
    known: dict[str, TaskDefinition] = {}
    first = _measure(world, lambda: run(aws, SETTINGS, NOW, known))
    return Row(
        instances,
        services,
        first,
        ours=_fastest(world, lambda: run(aws, SETTINGS, NOW, known)),
        zone_loss=_fastest(short, lambda: run(aws_short, ZONE_LOSS, NOW, known)),
        instance_controller=_fastest(world, lambda: one_pass(aws, INSTANCES_SETTINGS, NOW)),
        templates=_measure(world, lambda: _templates_run(aws)),
    )


def page(rows: Sequence[Row]) -> str:
    """The section: the table and what it compares, and what it means for the functions' memory."""
    cells = [
        [
            *(f"{each.instances:,}", each.services, each.first.calls, each.ours.calls, each.templates.calls),
            each.templates.calls / each.ours.calls,
            *(_ms(each.first), _ms(each.ours), _ms(each.zone_loss), _ms(each.templates)),
            each.templates.cpu_s / each.ours.cpu_s,
        ]
        for each in rows
    ]
    about = ABOUT.format(
        runs=RUNS,
        machine=benchmark_page.machine(),
        attributes=ATTRIBUTES,
        events=EVENTS,
        tasks=TASKS_PER_INSTANCE,
    )
    memory = MEMORY.format(
        services=rows[-1].services, vcpu_mib=VCPU_MIB, answer_ms=round(1000 * ANSWER_S), limit_s=LIMIT_S
    )
    sizes = [_memory_cells(mib, each) for each in rows[-2:] for mib in MEMORY_SIZES_MIB]
    return "\n".join(
        (about, benchmark_page.table(HEAD, cells), memory, benchmark_page.table(MEMORY_HEAD, sizes).rstrip())
    )


def _memory_cells(mib: int, row: Row) -> list[object]:
    runs = (row.first, row.ours, row.zone_loss, row.instance_controller)
    seconds = [each.cpu_s * VCPU_MIB / mib + each.calls * ANSWER_S for each in runs]
    billed = (seconds[1], seconds[3])
    return [mib, f"{row.instances:,}", *(round(each, 1) for each in seconds), *(each * mib / 1024 for each in billed)]


def _ms(measured: Measured) -> int:
    return round(1000 * measured.cpu_s)


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


def _fastest(world: World, once: Callable[[], object]) -> Measured:
    runs = [_measure(world, once) for _ in range(RUNS)]
    return Measured(calls=runs[0].calls, cpu_s=min(each.cpu_s for each in runs))


def _clients() -> Clients:
    keys = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}  # nothing is signed for anybody
    return create(lean_session(region_name="eu-west-1", **keys))


if __name__ == "__main__":
    main()
