"""Draws the record of an update drill as one picture: instances and tasks by generation, phases, and what acted when.

python tools/update_picture.py RECORD FILE

The same record gives the same picture: nothing of it depends on the time or the machine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parent.parent))

import matplotlib as mpl

mpl.use("Agg")  # no screen

from matplotlib import pyplot as plt

from tools.drill_frames import Frame, Machine, Task, when
from tools.update_record import from_text
from tools.update_story import UpdateStory
from tools.update_verdict import STOPPING

OLD, OLD_LIGHT, NEW, NEW_LIGHT = "#30638e", "#a9c6df", "#d1782c", "#f4cfa9"
WAITING, LOST, RULE = "#b00020", "#b00020", "#222222"
SHORTEST_S: Final = 0.5
"""Seconds below which a phase is not named."""
DPI: Final = 110


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A part of a stack: how many there are at each look."""

    name: str
    colour: str
    counts: tuple[int, ...]
    hatch: str = ""


@dataclass(frozen=True, kw_only=True)
class Acts:
    """What somebody did: seconds since the beginning."""

    who: str
    what: str
    marker: str
    colour: str
    times: tuple[float, ...]


def times(story: UpdateStory) -> list[float]:
    """Seconds from the beginning of `pulumi up` to each look, and to the end."""
    return [max(0.0, frame.at - story.began) for frame in story.frames] + [story.until - story.began]


def instances(story: UpdateStory) -> list[Layer]:
    """The instances by generation, and by whether they come, serve or leave."""
    old, new = f"version {story.before}", f"version {story.wanted}"
    return _layers(
        story,
        (
            (f"{old}: in service", OLD, "", lambda each: each.version != story.wanted and _serves(each)),
            (f"{old}: drains or leaves", OLD_LIGHT, "///", lambda each: each.version != story.wanted and _leaves(each)),
            (f"{new}: in service", NEW, "", lambda each: each.version == story.wanted and _serves(each)),
            (f"{new}: starts", NEW_LIGHT, "...", lambda each: each.version == story.wanted and _starts(each)),
            (f"{new}: leaves", NEW_LIGHT, "///", lambda each: each.version == story.wanted and _leaves(each)),
        ),
        lambda frame: frame.machines,
    )


def _starts(machine: Machine) -> bool:
    return machine.lifecycle.startswith("Pending")


def _leaves(machine: Machine) -> bool:
    return machine.lifecycle.startswith("Terminating") or (not _starts(machine) and machine.registration == "DRAINING")


def _serves(machine: Machine) -> bool:
    return not _starts(machine) and not _leaves(machine)


def tasks(story: UpdateStory) -> list[Layer]:
    """The tasks that run, by generation; those that start or stop; and those without a place."""
    versions = story.versions()

    def new(task: Task) -> bool:
        return versions.get(task.instance_id) == story.wanted

    layers = _layers(
        story,
        (
            (f"run on version {story.before}", OLD, "", lambda each: each.status == "RUNNING" and not new(each)),
            (f"run on version {story.wanted}", NEW, "", lambda each: each.status == "RUNNING" and new(each)),
            ("start", NEW_LIGHT, "...", lambda each: each.status not in STOPPING | {"RUNNING"}),
            ("stop", OLD_LIGHT, "///", lambda each: each.status in STOPPING - {"STOPPED"}),
        ),
        lambda frame: frame.tasks,
    )
    waiting = tuple(map(_waiting, story.frames))
    return [*layers, Layer(name="wait for a place", colour=WAITING, counts=waiting)] if any(waiting) else layers


def _waiting(frame: Frame) -> int:
    counts = frame.counts
    return max(0, counts.desired - counts.running - counts.pending) if counts else 0


def _layers(
    story: UpdateStory,
    kinds: Sequence[tuple[str, str, str, Callable[[Any], bool]]],
    of: Callable[[Frame], Sequence[Any]],
) -> list[Layer]:
    found = [
        Layer(
            name=name, colour=colour, hatch=hatch,
            counts=tuple(sum(1 for each in of(frame) if fits(each)) for frame in story.frames),
        )
        for name, colour, hatch, fits in kinds
    ]  # fmt: skip
    return [each for each in found if any(each.counts)]


def acts(story: UpdateStory) -> list[Acts]:
    """What the controllers did, by what it was; the rebalancing's moves are there whether it made any or not."""
    kinds: tuple[tuple[str, str, str, str, Callable[[Mapping[str, Any]], bool]], ...] = (
        ("instances", "refresh started", "D", RULE, lambda line: line["event"] == "StartRefresh"),
        ("instances", "let into service", "^", NEW, lambda line: _completes(line, "ready", "CONTINUE")),
        ("instances", "never ready: abandoned", "X", LOST, lambda line: _completes(line, "ready", "ABANDON")),
        ("instances", "set to DRAINING", "v", OLD, lambda line: line.get("status") == "DRAINING"),
        ("instances", "released", "o", OLD_LIGHT, lambda line: _completes(line, "drain", "CONTINUE")),
        ("rebalancing", "rebalancing: count raised", "P", "#1b7f3b", lambda line: line["event"] == "Raise"),
        ("rebalancing", "rebalancing: count lowered", "s", "#1b7f3b", lambda line: line["event"] == "Lower"),
    )
    done = [line for line in story.lines if line.get("outcome") == "done"]
    found = [
        Acts(
            who=who, what=what, marker=marker, colour=colour,
            times=tuple(when(line) - story.began for line in done if line.get("controller") == who and fits(line)),
        )
        for who, what, marker, colour, fits in kinds
    ]  # fmt: skip
    return [each for each in found if each.times]


def _completes(line: Mapping[str, Any], hook: str, result: str) -> bool:
    return (line["event"], line.get("hook"), line.get("result")) == ("Complete", hook, result)


TITLES: Final[Mapping[str, str]] = {
    "update": "An update of the instances",
    "bad-image": "An update to an image whose instances never come up",
    "zone-loss": "An update in the middle of which a zone is lost",
}


def draw(story: UpdateStory, file: Path) -> None:
    """Draw a story into a picture."""
    figure, axes = plt.subplots(
        3, 1, figsize=(12, 9.2), sharex=True, gridspec_kw={"height_ratios": [4, 5, 2], "hspace": 0.12}
    )
    figure.subplots_adjust(left=0.09, right=0.74, top=0.90, bottom=0.13)
    at = times(story)
    _stack(axes[0], at, instances(story), "instances")
    layers = tasks(story)
    _stack(axes[1], at, layers, "tasks")
    axes[1].axhline(story.desired, linestyle="--", linewidth=1.2, color=RULE, label=f"wanted: {story.desired}")
    _acted(axes[2], acts(story), rebalances=story.rebalances)
    _mark(axes, story)
    for one in axes:
        one.set_xlim(0, at[-1])
        one.tick_params(labelsize=9)
    for one in axes[:2]:
        one.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), fontsize=9, frameon=False, borderaxespad=0)
    axes[2].set_xlabel("seconds since `pulumi up` began (on the emulator, whose times are shorter than those of AWS)")
    figure.suptitle(TITLES[story.kind], x=0.09, y=0.975, ha="left", fontsize=14, fontweight="bold")
    figure.savefig(file, dpi=DPI, metadata={"Software": None})
    plt.close(figure)


def _stack(axes: Any, at: Sequence[float], layers: Sequence[Layer], what: str) -> None:
    """A stack of steps: what a look saw holds until the next one."""
    below = [0] * len(at)
    for layer in layers:
        counts = [*layer.counts, layer.counts[-1]]
        above = [low + count for low, count in zip(below, counts, strict=True)]
        axes.fill_between(
            at, below, above, step="post", facecolor=layer.colour, edgecolor="#ffffff", hatch=layer.hatch,
            linewidth=0.3, label=layer.name,
        )  # fmt: skip
        below = above
    axes.set_ylabel(f"{what} (number)", fontsize=10)
    axes.set_ylim(0, max(below, default=1) + 1 if not layers else _highest(layers) * 1.12)
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.grid(axis="y", alpha=0.3)


def _highest(layers: Sequence[Layer]) -> int:
    return max(map(sum, zip(*(each.counts for each in layers), strict=True)))


def _acted(axes: Any, found: Sequence[Acts], *, rebalances: bool) -> None:
    """A row for each kind of act, the first one on top; an empty one at the bottom where no task was evened out."""
    names = [each.what for each in found]
    if not any(each.who == "rebalancing" for each in found):
        names.append("rebalancing: " + ("no move" if rebalances else "not deployed"))
    for number, each in enumerate(found, start=1):
        axes.scatter(
            each.times, [len(names) - number] * len(each.times), marker=each.marker, color=each.colour,
            edgecolors=RULE, linewidths=0.5, s=55, zorder=3,
        )  # fmt: skip
    axes.set_yticks(range(len(names)), names[::-1])
    axes.yaxis.tick_right()
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.set_ylabel("controllers' acts", fontsize=10)
    axes.grid(axis="y", alpha=0.3)


def _mark(axes: Sequence[Any], story: UpdateStory) -> None:
    """Phases as stripes with numbers, named below; the loss of a zone as a line."""
    named: list[str] = []
    for phase in (each for each in story.phases() if each.seconds >= SHORTEST_S):
        begin, end = phase.begin - story.began, phase.end - story.began
        named.append(f"{len(named) + 1}  {phase.name}: {phase.seconds:.0f} s")
        for one in axes:
            one.axvline(begin, color="#999999", linewidth=0.8, zorder=2)
            if len(named) % 2 == 0:
                one.axvspan(begin, end, color="#eeeeee", zorder=-1)
        axes[0].text(
            (begin + end) / 2, 1.02, str(len(named)), transform=axes[0].get_xaxis_transform(), ha="center", fontsize=10,
            fontweight="bold",
        )  # fmt: skip
    axes[0].figure.text(0.09, 0.04, "     ".join(named[:3]), fontsize=10)
    axes[0].figure.text(0.09, 0.015, "     ".join(named[3:]), fontsize=10)
    if story.loss is not None:
        for one in axes:
            one.axvline(story.loss.at - story.began, color=LOST, linewidth=1.5, linestyle=":", zorder=4)
        axes[1].plot([], [], color=LOST, linewidth=1.5, linestyle=":", label=f"{story.loss.zone} is lost")


def main(arguments: Sequence[str]) -> int:
    """Draw a record; 2 without one."""
    if len(arguments) != 2:  # noqa: PLR2004  record and picture
        print(__doc__, file=sys.stderr)
        return 2
    record, file = map(Path, arguments)
    try:
        story = from_text(record.read_text())
    except (OSError, ValueError) as wrong:
        print(f"error: {record}: {wrong}", file=sys.stderr)
        return 2
    draw(story, file)
    print(f"drew {file}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
