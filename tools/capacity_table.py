"""What does the capacity controller decide? The deployed function's decision on the demo's cluster, as a small table.

A service of some tasks starts in the demo's environment, which is deployed if it does not stand. Then the deployed
function is called, as its schedule does it. The kill switch is thrown meanwhile: the controllers measure, and say what
they would do. Afterwards the service is taken away and the switch set back, so that nothing has changed.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from rich.console import Console
from rich.table import Table

from lambdas.capacity.settings import Settings
from lambdas.cluster import wake
from lambdas.cluster.switch import PAUSED
from sandbox.refusal import Refusal
from tools import demo, drill
from tools.capacity_rows import decision_of, rows
from tools.drill_stage import NAME, Stage


def main(arguments: Sequence[str]) -> int:
    """Print the decision; 1 if there is none."""
    parser = argparse.ArgumentParser(prog="capacity", description="The capacity controller's decision.")
    parser.add_argument(
        "--tasks", type=int, default=12, help="tasks of the service, 128 CPU units and 256 MiB each (12)"
    )
    given = parser.parse_args(arguments)
    os.chdir(demo.ROOT)
    try:
        line = decided(drill.on_stage(), given.tasks)
    except (drill.DrillError, demo.StepFailedError, demo.BusyError, Refusal, ValueError) as failure:
        print(f"\nstopped: {failure}", file=sys.stderr)
        return 1
    Console().print(table(line))
    print("\nThe controllers were paused meanwhile; the service is gone. The demo stands: `make demo-down` ends it.")
    return 0


def decided(stage: Stage, tasks: int) -> Mapping[str, Any]:
    """Set the service up, have the deployed function decide, and take the service away; the function's line."""
    if stage.has_service():
        raise drill.DrillError("a service of another drill stands in the cluster; is one running?")
    function = f"{stage.cluster}-capacity"
    with paused(stage, function):
        try:
            print(f"a service of {tasks} tasks starts in {stage.cluster}")
            stage.start_service(tasks, stop_timeout_s=30)
            drill.wait(lambda: placed(stage, tasks), "the service did not come to rest")
            print(f"{function} is called")
            # As the schedule does: an event would leave it to a run that looks already.
            payload = json.dumps(wake.SCHEDULE)
            answer = stage.client("lambda").invoke(FunctionName=function, LogType="Tail", Payload=payload)
        finally:
            stage.end_service()
            drill.wait(lambda: not stage.has_service(), "the service did not end")
    printed = base64.b64decode(answer["LogResult"]).decode()
    if "FunctionError" in answer:
        raise drill.DrillError(f"the function failed:\n{printed}")
    return decision_of(printed)


@contextmanager
def paused(stage: Stage, function: str) -> Generator[None]:
    """The controllers paused by their kill switch, as an operator would do it; set back at the end."""
    found = stage.client("lambda").get_function_configuration(FunctionName=function)
    name = Settings.from_environment(found["Environment"]["Variables"]).target.switch_parameter
    ssm = stage.client("ssm")
    before = ssm.get_parameter(Name=name)["Parameter"]["Value"]
    ssm.put_parameter(Name=name, Value=PAUSED, Overwrite=True)
    try:
        yield
    finally:
        ssm.put_parameter(Name=name, Value=before, Overwrite=True)


def placed(stage: Stage, tasks: int) -> bool:
    """Whether the service runs all that fits: nothing is pending, and ECS complained of the rest."""
    (service,) = stage.client("ecs").describe_services(cluster=stage.cluster, services=[NAME])["services"]
    complaint = any("unable to place" in each["message"] for each in service["events"])
    return service["pendingCount"] == 0 and (service["runningCount"] == tasks or complaint)


def table(line: Mapping[str, Any]) -> Table:
    """The rows to look at."""
    drawn = Table(title="\nWhat the capacity controller decides", show_header=False)
    for what, value in rows(line):
        drawn.add_row(what, value)
    return drawn


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
