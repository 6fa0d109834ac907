"""The update drill: another image is wanted, and you watch instances and tasks move to it, or come back.

It runs in the demo's environment, as the drill of one instance does. `--story bad-image`: no instance of the new image
ever comes up in ECS. `--story zone-loss`: in the middle of the update a zone is lost.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import urllib.request
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, get_args

sys.path.insert(0, str(Path(__file__).parent.parent))

from rich.console import Console

from sandbox.refusal import Refusal
from sandbox.server import Sandbox
from tools import demo, drill, update_settings
from tools.demo_leftovers import alone
from tools.demo_steps import Steps
from tools.drill_show import Show, table, verdict
from tools.drill_stage import OVER_INSTANCES, OVER_ZONES, Stage
from tools.update_record import to_text
from tools.update_story import Kind, Loss, UpdateStory
from tools.update_verdict import judge

LONGEST_S: Final = 600
"""Seconds from `pulumi up` until the drill gives up."""

CONTROLLERS: Final = ("instances", "rebalancing")
"""Whose log lines are told, as far as they are deployed."""

MOST_PERCENT: Final[Mapping[Kind, int]] = {"update": 110, "zone-loss": 110, "bad-image": 200}
"""rollout.maxHealthyPercent: its default, and what makes all instances of a bad image start, and fail, at once."""

ABOUT = """
What is real here: the stack and `pulumi up`, the template versions, the lifecycle hooks, the events and schedules, and
the deployed code of the controllers, which talks to AWS APIs. What the emulator adds to moto: instances, agents, tasks
and instance refreshes that take their time, shorter than those of AWS. It has no traffic. The drill's settings are the
demo's with waits as short as they may be: sandbox/docs/emulator.md and tools/update_settings.py say which.
"""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be tried."""

    kind: Kind
    tasks: int
    most_percent: int
    """Upper limit of the group during the update, in percent of its size."""


def main(arguments: Sequence[str]) -> int:
    """Hold the drill; 0 if the update kept its promises, 1 if it did not or could not be seen."""
    parser = argparse.ArgumentParser(prog="update-drill", description="Update the demo's instances, and watch.")
    parser.add_argument("--story", choices=get_args(Kind), default="update", help="what happens meanwhile (update)")
    parser.add_argument("--tasks", type=int, default=12, help="tasks of the service (12)")
    parser.add_argument("--most-percent", type=int, help="rollout.maxHealthyPercent (110; with a bad image 200)")
    parser.add_argument("--record", type=Path, help="file for all that was seen, for tools/update_picture.py (none)")
    given = parser.parse_args(arguments)
    record = given.record.resolve() if given.record else None
    os.chdir(demo.ROOT)
    console = Console()
    try:
        stage = drill.on_stage()
        print(ABOUT)
        most_percent = given.most_percent or MOST_PERCENT[given.story]
        story = hold(stage, console, Wanted(kind=given.story, tasks=given.tasks, most_percent=most_percent))
    except (drill.DrillError, demo.StepFailedError, demo.BusyError, Refusal) as failure:
        print(f"\nstopped: {failure}", file=sys.stderr)
        return 1
    if record:
        record.write_text(to_text(story))
        print(f"\nrecorded in {given.record}")
    return told(story, console)


def told(story: UpdateStory, console: Console) -> int:
    """Tell the phases and the verdict; 1 when a promise is broken."""
    console.print(table(story.timeline(), story.began, title="\nTimeline"))
    print("\nPhases")
    for phase in story.phases():
        print(f"  {phase.seconds:6.1f} s  {phase.name}")
    checks = judge(story)
    print(verdict(checks, "the update"))
    print("\nThe demo stands, with the drill's settings; `make demo` gives it its own, `make demo-down` takes it away.")
    return 0 if all(check.holds for check in checks) else 1


def hold(stage: Stage, console: Console, wanted: Wanted) -> UpdateStory:
    """Set the service up, change the settings, watch, and clean up."""
    if stage.has_service():
        raise drill.DrillError("a service of another drill stands in the cluster; is one running?")
    images = update_settings.releases(published(stage))
    running = used_images(stage)
    image = update_settings.other(images, running.values())
    now = next(name for name, each in images.items() if each == running[stage.wanted_version()])
    apply(console, "the drill's settings", settings_file(now, wanted))
    drill.wait(lambda: complete(stage), "the instances did not all come into service")
    print(f"a service of {wanted.tasks} tasks starts in {stage.cluster}")
    try:
        stage.start_service(wanted.tasks, 60, (OVER_ZONES, OVER_INSTANCES))
        drill.wait(lambda: drill.settled(stage, wanted.tasks), "the service did not start on instances in service")
        muted = [images[image]] if wanted.kind == "bad-image" else []
        with broken("images", muted, "muted"):
            print(f"the image {now} runs, {image} is wanted\n")
            return update(stage, console, wanted, settings_file(image, wanted))
    finally:
        print("\nthe service is deleted, its tasks stop")
        stage.end_service()
        drill.wait(lambda: not stage.has_service(), "the service did not end")


def complete(stage: Stage) -> bool:
    """Whether the group has as many instances as it wants, and all of them serve."""
    (group,) = stage.groups()
    frame = stage.look()
    return frame.calm(0) and len(frame.machines) == group["DesiredCapacity"]


def published(stage: Stage) -> list[dict[str, Any]]:
    """The images that AWS publishes, as the emulator has them."""
    pages = stage.client("ssm").get_paginator("get_parameters_by_path").paginate(Path=update_settings.IMAGES)
    return [each for page in pages for each in page["Parameters"]]


def used_images(stage: Stage) -> dict[str, str]:
    """Template version → image, of what runs and of what is wanted. DrillError where the zones are not even."""
    (group,) = stage.groups()
    if len({each["AvailabilityZone"] for each in group["Instances"]}) < min(2, len(group["Instances"])):
        raise drill.DrillError("all instances stand in one zone, as after a lost one; `make demo-down` begins anew")
    versions = {each["LaunchTemplate"]["Version"] for each in group["Instances"]} | {stage.wanted_version()}
    template = group["Instances"][0]["LaunchTemplate"]["LaunchTemplateId"]
    found = stage.client("ec2").describe_launch_template_versions(LaunchTemplateId=template, Versions=sorted(versions))[
        "LaunchTemplateVersions"
    ]
    return {str(each["VersionNumber"]): each["LaunchTemplateData"]["ImageId"] for each in found}


def settings_file(image: str, wanted: Wanted) -> Path:
    """A stack file of the sandbox's own: the project's stays as it is."""
    text = update_settings.settings(
        Path(f"Pulumi.{demo.STACK}.yaml").read_text(), Path("settings.schema.json").read_text(), image,
        wanted.most_percent,
    )  # fmt: skip
    file = Sandbox.of(os.environ).folder / f"Pulumi.{demo.STACK}.drill.yaml"
    file.write_text(text)
    return file


def apply(console: Console, title: str, file: Path) -> None:
    """Bring the demo's stack to other settings."""
    sandbox = Sandbox.of(os.environ)
    with alone(sandbox):
        Steps(sandbox.folder / "demo.log", console=console).run(
            title, "pulumi", "up", "--stack", demo.STACK, "--config-file", str(file), "--yes", "--skip-preview",
            "--suppress-outputs",
        )  # fmt: skip


def update(stage: Stage, console: Console, wanted: Wanted, file: Path) -> UpdateStory:
    """Have the other image wanted, and watch until everything is at rest again, or the time is over."""
    first = stage.look()
    story = UpdateStory(
        kind=wanted.kind, desired=wanted.tasks, began=round(time.time(), 2), before=first.machines[0].version,
        frames=[first], until=first.at, rebalances=stage.has_function("rebalancing"),
    )  # fmt: skip
    with Show(console, story.began) as show, broken_later() as lose:
        see = partial(look, stage, story, show)
        with ThreadPoolExecutor(1) as pool:
            applied = pool.submit(apply, Console(quiet=True), "the update", file)
            while not applied.done():
                see()
            applied.result()
        story.wanted, story.wanted_at = stage.wanted_version(), round(time.time(), 2)
        while not story.over() and time.time() - story.began < LONGEST_S:
            see()
            if wanted.kind == "zone-loss" and story.loss is None and half_way(story):
                story.loss = the_loss(story, lose)
    return story


def look(stage: Stage, story: UpdateStory, show: Show) -> None:
    """Look once, and show it."""
    time.sleep(drill.PAUSE_S)
    story.see(stage.look())
    story.lines = stage.lines(story.began, CONTROLLERS)
    if (ended := story.refreshed_at()) is not None:
        story.blocked = stage.measured("instances", "RolloutsBlocked", ended)
    show.update(story)


def half_way(story: UpdateStory) -> bool:
    """Whether tasks have begun to move to the new instances."""
    new = story.marked
    return any(each.instance_id in new and each.status != "STOPPED" for each in story.now.tasks)


def the_loss(story: UpdateStory, lose: Callable[[str], None]) -> Loss:
    """Lose the zone with the most tasks."""
    tasks = {each.zone: 0 for each in story.now.machines}
    for each in story.now.machines:
        tasks[each.zone] += len(story.now.busy(each.instance_id))
    zone = max(tasks, key=lambda each: (tasks[each], each))
    at = round(time.time(), 2)
    lose(zone)
    lost = frozenset(each.instance_id for each in story.now.machines if each.zone == zone)
    return Loss(at=at, zone=zone, instances=lost)


@contextmanager
def broken(kind: str, names: Sequence[str], how: str) -> Generator[None]:
    """Have things of the emulator broken meanwhile."""
    for name in names:
        order(kind, name, {how: True})
    try:
        yield
    finally:
        for name in names:
            order(kind, name, {how: False})


@contextmanager
def broken_later() -> Generator[Callable[[str], None]]:
    """Give the means to lose a zone; it comes back at the end."""
    lost: list[str] = []

    def lose(zone: str) -> None:
        order("zones", zone, {"lost": True})
        lost.append(zone)

    try:
        yield lose
    finally:
        for zone in lost:
            order("zones", zone, {"lost": False})


def order(kind: str, name: str, what: dict[str, bool]) -> None:
    """Tell the emulator what is to break, or to work again."""
    found = Sandbox.of(os.environ).running()
    request = urllib.request.Request(  # noqa: S310  the emulator's own address
        f"{found.address}/_emulator/{kind}/{name}",
        data=json.dumps(what).encode(),
        headers={"X-Emulator-Key": found.key},
    )
    straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with straight.open(request, timeout=30):
        pass


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
