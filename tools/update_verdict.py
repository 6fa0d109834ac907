"""What an update owes, judged by what was seen: each promise is a sentence with its figure."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent.parent))

from tools.drill_frames import Check, Frame
from tools.update_story import UpdateStory

STOPPING: Final = frozenset({"DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"})


@dataclass(frozen=True, kw_only=True)
class Moves:
    """The tasks that were stopped, by why."""

    once: tuple[str, ...] = ()
    """By the update, and they ran before it."""
    again: tuple[str, ...] = ()
    """By the update, and they were replacements themselves."""
    lost: tuple[str, ...] = ()
    """With the zone."""
    evened: tuple[str, ...] = ()
    """On instances that take tasks: by the rebalancing controller."""


def judge(story: UpdateStory) -> list[Check]:
    """The verdict on a story."""
    if story.kind == "bad-image":
        return [
            *_turned_back(story),
            _never_released_busy(story),
            _never_short(story),
            _whole(story),
            _untouched(story),
        ]
    checks = [_ended(story), _wanted_runs(story), _never_released_busy(story)]
    checks += [_whole(story), _shortage(story)] if story.kind == "zone-loss" else [_whole(story), _never_short(story)]
    return [*checks, _moved_once(story), _moved_at_most_the_misplaced(story), _even(story)]


def _ended(story: UpdateStory) -> Check:
    refresh = story.refresh()
    if refresh is None:
        return Check(holds=False, says="no instance refresh was started")
    return Check(holds=refresh.status == "Successful", says=f"the instance refresh ended {refresh.status}")


def _wanted_runs(story: UpdateStory) -> Check:
    return _all_run(story, story.wanted, "wanted")


def _all_run(story: UpdateStory, version: str, which: str) -> Check:
    found = [each for each in story.now.machines if each.lifecycle == "InService"]
    right = [each for each in found if each.version == version]
    says = f"{len(right)} of {len(found)} instances run the {which} version, {version}"
    return Check(holds=bool(found) and len(right) == len(found), says=says)


def released_busy(story: UpdateStory) -> dict[str, list[str]]:
    """Instances that were let go while tasks were on them, and these; those of a lost zone were not let go."""
    excused = story.loss.instances if story.loss else frozenset[str]()
    found: dict[str, list[str]] = {}
    served: set[str] = set()
    for frame in story.frames:
        served |= frame.in_service()
        for instance in served - excused - found.keys():
            if frame.let_go(instance) and (busy := frame.busy(instance)):
                found[instance] = busy
    return found


def released(story: UpdateStory) -> set[str]:
    """Instances that were in service and have left."""
    excused = story.loss.instances if story.loss else frozenset[str]()
    served = {each for frame in story.frames for each in frame.in_service()}
    return {each for each in served - excused if story.now.let_go(each)}


def _never_released_busy(story: UpdateStory) -> Check:
    early = released_busy(story)
    left = [line for line in story.lines if line["event"] == "Complete" and line.get("remaining")]
    if early or left:
        named = [f"{instance} with {', '.join(tasks)}" for instance, tasks in sorted(early.items())]
        named += [f"{line['instance_id']} with {len(line['remaining'])} tasks, as its log line says" for line in left]
        return Check(holds=False, says=f"instances were released with tasks on them: {'; '.join(named)}")
    return Check(holds=True, says=f"no instance was released with a live task ({len(released(story))} were released)")


def _least(story: UpdateStory) -> int:
    return min(len(frame.running()) for frame in story.frames)


def task_seconds_below(story: UpdateStory) -> float:
    """Seconds times the tasks that the service lacked: what stands here for lost requests."""
    ends = [*(frame.at for frame in story.frames[1:]), story.until]
    lacks = [max(0, story.desired - len(frame.running())) for frame in story.frames]
    return sum(
        (end - frame.at) * lack for frame, end, lack in zip(story.frames, ends, lacks, strict=True) if end > frame.at
    )


def _below(story: UpdateStory) -> str:
    return (
        f"{task_seconds_below(story):.1f} task-seconds below the desired count (the emulator has no traffic, so no "
        "requests can be counted)"
    )


def _never_short(story: UpdateStory) -> Check:
    least = _least(story)
    says = f"at no look fewer than {least} of {story.desired} tasks were running: {_below(story)}"
    return Check(holds=least >= story.desired, says=says)


def _shortage(story: UpdateStory) -> Check:
    """Only the loss of the zone may cost tasks."""
    lost_at = story.loss.at if story.loss else story.until
    before = [frame for frame in story.frames if frame.at < lost_at]
    least = min((len(frame.running()) for frame in before), default=0)
    says = f"before the zone was lost at no look fewer than {least} of {story.desired} tasks were running"
    return Check(holds=least >= story.desired, says=f"{says}; after it down to {_least(story)}: {_below(story)}")


def _whole(story: UpdateStory) -> Check:
    count = len(story.now.running())
    return Check(holds=count == story.desired, says=f"in the end {count} of {story.desired} tasks run")


def moves(story: UpdateStory) -> Moves:
    """Which tasks were stopped, and why: an update stops those of instances that take no more tasks."""
    first = {each.task_id for each in story.frames[0].tasks}
    parts: dict[str, list[str]] = {"once": [], "again": [], "lost": [], "evened": []}
    for task, (frame, instance) in stops(story.frames).items():
        machine = frame.machine(instance)
        if story.loss and instance in story.loss.instances and frame.at >= story.loss.at:
            parts["lost"].append(task)
        elif machine and (machine.lifecycle, machine.registration) == ("InService", "ACTIVE"):
            parts["evened"].append(task)
        else:
            parts["once" if task in first else "again"].append(task)
    return Moves(**{name: tuple(tasks) for name, tasks in parts.items()})


def stops(frames: list[Frame]) -> dict[str, tuple[Frame, str]]:
    """Task → the look at which it was first seen to stop, and where it stood."""
    found: dict[str, tuple[Frame, str]] = {}
    for frame in frames:
        for each in frame.tasks:
            if each.status in STOPPING and each.task_id not in found:
                found[each.task_id] = (frame, each.instance_id)
    return found


def _moved_once(story: UpdateStory) -> Check:
    found = moves(story)
    again, lost = len(found.again), len(found.lost)
    says = f"the update moved {len(found.once)} of {story.desired} tasks once, and {again} a second time"
    if story.kind == "zone-loss":  # what the zone took starts wherever there is room, and moves with its new instance
        says += f"; the zone took {lost} tasks, which may move once more"
    return Check(holds=again <= lost, says=says)


def misplaced(story: UpdateStory) -> int:
    """Tasks that stood on too full an instance or in too full a zone when the refresh was over."""
    ended = story.refreshed_at()
    frame = next((each for each in story.frames if ended is not None and each.at >= ended), story.now)
    zones: dict[str, list[int]] = {}
    for each in frame.machines:
        if each.lifecycle == "InService":
            zones.setdefault(each.zone, []).append(len(frame.busy(each.instance_id)))
    return fewest_moves(list(zones.values()))


def fewest_moves(zones: list[list[int]]) -> int:
    """Moves to an even spread over zones and, within each, over instances; given the tasks by zone and instance."""
    if not zones:
        return 0
    level, rest = divmod(sum(map(sum, zones)), len(zones))
    return min(
        sum(_excess(counts, level + (index in more)) for index, counts in enumerate(zones))
        for more in combinations(range(len(zones)), rest)
    )


def _excess(counts: list[int], total: int) -> int:
    """Tasks that leave their instances until `total` stand evenly in a zone; what does not divide stays put."""
    level, rest = divmod(total, len(counts))
    fullest = sorted(counts, reverse=True)
    return sum(max(0, count - level - (index < rest)) for index, count in enumerate(fullest))


def _moved_at_most_the_misplaced(story: UpdateStory) -> Check:
    evened, wrong = len(moves(story).evened), misplaced(story)
    if not story.rebalances:
        says = f"no rebalancing controller is deployed: {wrong} tasks were misplaced after the update, {evened} moved"
        return Check(holds=evened == 0, says=says)
    return Check(holds=evened <= wrong, says=f"after it {wrong} tasks were misplaced, and rebalancing moved {evened}")


def _even(story: UpdateStory) -> Check:
    most = story.difference()
    says = f"most difference of tasks between two instances of a zone in the end: {most}"
    if not story.rebalances:
        return Check(holds=True, says=f"{says}; not judged, for no rebalancing controller is deployed")
    return Check(holds=most <= 1, says=says)


def _turned_back(story: UpdateStory) -> Iterator[Check]:
    refresh = story.refresh()
    status = refresh.status if refresh else "never started"
    yield Check(holds=status == "RollbackSuccessful", says=f"the instance refresh ended {status}")
    yield _all_run(story, story.before, "old")
    served = {each for frame in story.frames for each in frame.in_service() if story.versions()[each] == story.wanted}
    yield Check(holds=not served, says=f"{len(served)} instances of version {story.wanted} entered service")
    starts = [each for each in story.lines if each["event"] == "StartRefresh" and each["outcome"] == "done"]
    yield Check(
        holds=len(starts) == 1 and story.blocked == 1,
        says=f"the rollout was tried {len(starts)} times and is blocked: RolloutsBlocked is {story.blocked}",
    )


def _untouched(story: UpdateStory) -> Check:
    stopped = stops(story.frames)
    return Check(holds=not stopped, says=f"{len(stopped)} tasks were moved")
