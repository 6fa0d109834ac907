"""What would the capacity controller do? Its decision on the demo's cluster, as a small table.

A service of some tasks starts in the demo's environment, which is deployed if it does not stand. The code of the
controller looks at the cluster through the AWS APIs and decides, with the settings of the deployed function if there is
one. Nothing is ordered and nothing is removed; the service is taken away at the end.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import demo
import drill
from botocore.exceptions import ClientError
from capacity_rows import rows
from drill_stage import Stage
from rich.console import Console
from rich.table import Table

from lambdas.capacity.observe import observe
from lambdas.capacity.plan import Decision, plan
from lambdas.capacity.settings import Hardware, Settings, Target
from lambdas.cluster.clients import Clients
from lambdas.cluster.read_groups import read_groups
from sandbox.refusal import Refusal

PLACING_S = 5
"""Seconds that the service has to start what fits; the emulator places within one."""


def main(arguments: Sequence[str]) -> int:
    """Print the decision; 1 if there is nothing to decide on."""
    parser = argparse.ArgumentParser(prog="capacity_table", description="The capacity controller's decision.")
    parser.add_argument(
        "--tasks", type=int, default=40, help="tasks of the service, 128 CPU units and 256 MiB each (40)"
    )
    given = parser.parse_args(arguments)
    os.chdir(demo.ROOT)
    try:
        decision = decided(drill.on_stage(), given.tasks)
    except (drill.DrillError, demo.StepFailedError, Refusal, ValueError) as failure:
        print(f"\nstopped: {failure}", file=sys.stderr)
        return 1
    Console().print(table(decision))
    return 0


def decided(stage: Stage, tasks: int) -> Decision:
    """Set the service up, decide, and take it away."""
    if stage.has_service():
        raise drill.DrillError("a service of another drill stands in the cluster; is one running?")
    aws = clients(stage)
    settings = settings_of(stage, aws)
    try:
        stage.start_service(tasks, stop_timeout_s=30)
        time.sleep(PLACING_S)
        now = datetime.now(UTC)
        return plan(observe(aws, settings, now, {}), settings, now)
    finally:
        stage.end_service()


def clients(stage: Stage) -> Clients:
    """The controller's clients, of the emulator."""
    names = ("autoscaling", "cloudwatch", "ec2", "ecs", "ssm")
    return Clients(**{name: stage.client(name) for name in names})


def settings_of(stage: Stage, aws: Clients) -> Settings:
    """The settings of the deployed function; without one, the defaults on the types that the group has launched."""
    try:
        found = stage.client("lambda").get_function_configuration(FunctionName=f"{stage.cluster}-capacity")
        return Settings.from_environment(found["Environment"]["Variables"])
    except ClientError:
        groups = read_groups(aws.autoscaling, stage.cluster)
    types = sorted({each.instance_type for group in groups for each in group.instances if each.instance_type})
    target = Target(cluster=stage.cluster, switch_parameter="")
    return Settings(target=target, hardware=Hardware(instance_types=tuple(types)))


def table(decision: Decision) -> Table:
    """The rows to look at."""
    drawn = Table(title="\nWhat the capacity controller would do", show_header=False)
    for what, value in rows(decision):
        drawn.add_row(what, value)
    return drawn


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
