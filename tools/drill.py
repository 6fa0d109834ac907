"""The drill: an instance with running tasks is told to terminate, and you watch it drain.

It runs in the demo's environment, which it deploys if it does not stand: the stack, the deployed function and its
events and schedule are what runs on AWS; the AWS is the emulator of the sandbox.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from rich.console import Console

from sandbox.clients import Sessions
from sandbox.refusal import Refusal
from sandbox.server import Sandbox
from tools import demo
from tools.drill_frames import Check
from tools.drill_show import Show, table, verdict
from tools.drill_stage import Stage
from tools.drill_story import Story

LONGEST_WAIT_S = 150
"""Seconds until the drill gives up: more than two turns of the schedule, should the event be lost."""

PAUSE_S = 0.4
"""Seconds between two looks; the emulator moves five times a second."""

ABOUT = """
What is real here: the stack, the lifecycle hooks, the event rule and the schedule, and the deployed code of the
controller, which talks to AWS APIs. What the emulator adds to moto: hooks that wait, instances and ECS agents that
come and go, services that place and stop tasks, events and schedules that run the function. Its times are shorter
than those of AWS: a task takes a twentieth of its stop timeout. sandbox/docs/emulator.md says what it leaves out.
"""


class DrillError(Exception):
    """The drill could not be held; the sentence says why."""


def main(arguments: Sequence[str]) -> int:
    """Hold the drill; 0 if the drain kept its promise, 1 if it did not or could not be seen."""
    parser = argparse.ArgumentParser(prog="drill", description="Drain an instance of the demo, and watch.")
    parser.add_argument("--tasks", type=int, default=4, help="tasks of the service (4)")
    parser.add_argument("--stop-timeout", type=int, default=120, help="seconds that a task takes to stop on AWS (120)")
    given = parser.parse_args(arguments)
    os.chdir(demo.ROOT)
    console = Console()
    try:
        stage = on_stage()
        print(ABOUT)
        return hold(stage, console, given.tasks, given.stop_timeout)
    except (DrillError, demo.StepFailedError, demo.BusyError, Refusal) as failure:
        print(f"\nstopped: {failure}", file=sys.stderr)
        return 1


def on_stage() -> Stage:
    """The demo's environment; its platform is deployed if it does not stand."""
    if not standing():
        demo.deploy_platform()
    found = Sandbox.of(os.environ).running()
    outputs: dict[str, Any] = outputs_of_stack()
    sessions = Sessions(found.address, found.key)
    return Stage(outputs=outputs, client=lambda service: sessions.client(service, outputs["region"]))


def standing() -> bool:
    """Whether the demo was deployed, all of it."""
    found = Sandbox.of(os.environ).emulator()
    return found is not None and found.alive() and demo.STACK in demo.stacks() and "clusterName" in outputs_of_stack()


def outputs_of_stack() -> dict[str, Any]:
    """The outputs of the demo's stack."""
    return json.loads(demo.captured("pulumi", "stack", "output", "--stack", demo.STACK, "--json"))


def hold(stage: Stage, console: Console, tasks: int, stop_timeout_s: int) -> int:
    """Set the service up, terminate an instance, watch, judge, clean up."""
    if stage.has_service():
        raise DrillError("a service of another drill stands in the cluster; is one running?")
    print(f"a service of {tasks} tasks starts in {stage.cluster}")
    try:
        stage.start_service(tasks, stop_timeout_s)
        wait(lambda: settled(stage, tasks), "the service did not start on instances in service")
        checks = drain_one(stage, console, tasks)
    finally:
        print("\nthe service is deleted, its tasks stop")
        stage.end_service()
        wait(lambda: not stage.has_service(), "the service did not end")
    print(verdict(checks))
    print("\nThe demo stands. `make demo-down` takes it away.")
    return 0 if all(check.holds for check in checks) else 1


def drain_one(stage: Stage, console: Console, tasks: int) -> list[Check]:
    """Tell the instance with the most tasks to terminate, watch, and judge."""
    first = stage.look()
    victim = max(first.in_service(), key=lambda each: (len(first.tasks_on(each)), each))
    print(f"{victim}, with {len(first.tasks_on(victim))} of them, is told to terminate\n")
    began = time.time()
    story = Story(victim=victim, desired=tasks, frames=[first])
    stage.terminate(victim)
    watch(stage, story, console, began)
    console.print(table(story.timeline(), began, title="\nTimeline"))
    return story.verdict()


def watch(stage: Stage, story: Story, console: Console, began: float) -> None:
    """Look until everything is at rest again, or the time is over."""
    with Show(console, began) as show:
        while not story.over() and time.time() - began < LONGEST_WAIT_S:
            time.sleep(PAUSE_S)
            story.frames.append(stage.look())
            story.lines = stage.lines(began)
            show.update(story)


def settled(stage: Stage, tasks: int) -> bool:
    """Whether nothing moves and all tasks run."""
    return stage.look().calm(tasks)


def wait(condition: Callable[[], bool], otherwise: str) -> None:
    """Wait for a condition, up to LONGEST_WAIT_S; DrillError with a sentence after that."""
    end = time.monotonic() + LONGEST_WAIT_S
    while not condition():
        if time.monotonic() > end:
            raise DrillError(otherwise)
        time.sleep(PAUSE_S)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
