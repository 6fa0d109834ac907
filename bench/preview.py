"""What the components cost: previews of this program against a flat program with the same resources, in one run."""

from __future__ import annotations

import re
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import environments, flat_program
from bench import page as benchmark_page
from tools.sandboxed import Done, Project, project_copy

COPIES = (1, 5, 20)
RUNS = 3
KINDS = ("components", "flat")
HEADING = "Components against flat resources"
PACK = ("--policy-pack", "policies", "--policy-pack-config", "advisory.json")
ADVISORY = '{"all": "advisory"}'
"""Nothing fails: copies of one environment share names, which rules notice, and a preview that fails ends early."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Medians over the runs of one preview."""

    resources: int
    seconds: float
    peak_mib: float


def main(arguments: Sequence[str]) -> int:
    """Measure all cases and write the table; sizes may be given as arguments."""
    if wrong := [argument for argument in arguments if not argument.isdecimal() or int(argument) < 1]:
        print(f"error: {', '.join(wrong)}: sizes are numbers of environments, for example 1 5 20", file=sys.stderr)
        return 2
    copies = tuple(sorted({int(argument) for argument in arguments})) or COPIES
    costs: dict[tuple[int, str, bool], Cost] = {}
    with project_copy() as project:
        project.new_stack("bench")
        (project.folder / "advisory.json").write_text(ADVISORY)
        sources = programs(project, copies)
        for size in copies:
            costs.update(measured(project, size, {kind: sources[size, kind] for kind in KINDS}))
    benchmark_page.write(HEADING, page(costs))
    return 0


def measured(project: Project, size: int, sources: Mapping[str, str]) -> dict[tuple[int, str, bool], Cost]:
    """Preview all cases of one size in turn, several times, so that a busy minute of the machine meets all alike."""
    cases = [(kind, pack) for kind in KINDS for pack in (False, True)]
    done: dict[tuple[str, bool], list[Done]] = {case: [] for case in cases}
    for _ in range(RUNS):
        for kind, pack in cases:
            (project.folder / "__main__.py").write_text(sources[kind])
            done[kind, pack].append(preview(project, PACK if pack else ()))
            print(f"{size}× {kind}, pack {pack}: {done[kind, pack][-1].seconds:.1f} s", flush=True)
    return {(size, *case): median(runs) for case, runs in done.items()}


def programs(project: Project, copies: Sequence[int]) -> dict[tuple[int, str], str]:
    """(size, kind) → source of the program to preview."""
    done = project.pulumi("preview", "--stack", "bench", "--json")
    resources = flat_program.recorded(done.text)
    own = sum(one.type != flat_program.PROVIDER for one in resources)
    return {
        **{(size, "components"): environments.program(size) for size in copies},
        **{(size, "flat"): flat_program.program(resources, size * own) for size in copies},
    }


def preview(project: Project, options: Sequence[str]) -> Done:
    """Preview what stands in the folder; raise RuntimeError when it fails."""
    done = project.pulumi("preview", "--stack", "bench", "--suppress-outputs", *options)
    if done.code:
        raise RuntimeError(done.text[-3000:])
    return done


def median(runs: Sequence[Done]) -> Cost:
    """The medians of some runs of one case."""
    found = re.search(r"\+ (\d+) to create", runs[0].text)
    return Cost(
        resources=int(found[1]) if found else 0,
        seconds=statistics.median(one.seconds for one in runs),
        peak_mib=statistics.median(one.peak_mib for one in runs),
    )


def page(costs: Mapping[tuple[int, str, bool], Cost]) -> str:
    """The section of the page: one row for each size, with and without the pack."""
    rows = []
    for size, pack in sorted({(size, pack) for size, _, pack in costs}):
        ours, flat = costs[size, "components", pack], costs[size, "flat", pack]
        rows.append(
            [
                f"{size}×", "yes" if pack else "no", ours.resources, flat.resources, ours.seconds, flat.seconds,
                ours.seconds / flat.seconds, f"{ours.peak_mib:.0f}", f"{flat.peak_mib:.0f}",
                ours.peak_mib / flat.peak_mib,
            ]
        )  # fmt: skip
    headings = [
        "Environments", "Pack", "Resources", "Resources, flat", "Seconds", "Seconds, flat", "Ratio of time", "MiB",
        "MiB, flat", "Ratio of memory",
    ]  # fmt: skip
    sizes = [str(size) for size in sorted({size for size, _, _ in costs})]
    environments = f"{', '.join(sizes[:-1])} and {sizes[-1]}" if sizes[1:] else sizes[0]
    return f"""\
`pulumi preview` of {environments} environments in one stack, against a generated program that makes the same AWS
resources with the same inputs and links, one after the other, without components and without look-ups. Medians of
{RUNS} runs; MiB is the sum over all processes of the preview: engine, language host, program, provider, pack.
{benchmark_page.machine()}.

{benchmark_page.table(headings, rows)}"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
