"""What the policy pack costs: previews with it against previews without, by number of resources, and time per rule."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "policies"))

from bench import flat_program
from bench import page as benchmark_page
from bench.preview import ADVISORY, PACK, Cost, median, preview
from ecs_operations import RULES, Rule, evaluate
from ecs_operations.facts.resource import Resource
from tools.sandboxed import Done, Project, project_copy

SIZES = (100, 500, 2000)
RUNS = 3
SLOWEST = 10
HEADING = "What the policy pack adds"


def main(arguments: Sequence[str]) -> int:
    """Measure all sizes and write the tables; sizes may be given as arguments."""
    sizes = tuple(int(argument) for argument in arguments) or SIZES
    with project_copy() as project:
        project.new_stack("bench")
        (project.folder / "advisory.json").write_text(ADVISORY)
        resources = flat_program.recorded(project.pulumi("preview", "--stack", "bench", "--json").text)
        costs = {size: measured(project, flat_program.program(resources, size), size) for size in sizes}
    rules = {size: times([*repeated(resources, size)]) for size in sizes}
    benchmark_page.write(HEADING, page(costs, rules))
    return 0


def measured(project: Project, source: str, size: int) -> tuple[Cost, Cost]:
    """The medians without and with the pack, run in turn."""
    (project.folder / "__main__.py").write_text(source)
    done: dict[bool, list[Done]] = {False: [], True: []}
    for _ in range(RUNS):
        for pack, runs in done.items():
            runs.append(preview(project, PACK if pack else ()))
            print(f"{size} resources, pack {pack}: {runs[-1].seconds:.1f} s", flush=True)
    return median(done[False]), median(done[True])


def repeated(resources: Sequence[flat_program.Recorded], total: int) -> Sequence[Resource]:
    """As many resources as wanted, as the pack sees them: those given, again and again under other names."""
    rest = [one for one in resources if one.type != flat_program.PROVIDER]
    return [_resource(rest[index % len(rest)], index // len(rest)) for index in range(total)]


def _resource(one: flat_program.Recorded, copy: int) -> Resource:
    return Resource(
        type=one.type,
        name=f"{one.name}-{copy}",
        urn=f"{one.urn}-{copy}",
        inputs=one.inputs,
        dependencies={key: frozenset(f"{urn}-{copy}" for urn in urns) for key, urns in one.links.items()},
    )


def times(
    resources: Sequence[Resource], rules: Sequence[Rule] = RULES, clock: Callable[[], float] = time.perf_counter
) -> dict[str, float]:
    """Rule → seconds that it takes over these resources, the median of the runs."""
    found: dict[str, float] = {}
    for rule in rules:
        runs: list[float] = []
        for _ in range(RUNS):
            began = clock()
            evaluate(resources, rules=(rule,))
            runs.append(clock() - began)
        found[rule.id] = statistics.median(runs)
    return found


def page(costs: Mapping[int, tuple[Cost, Cost]], rules: Mapping[int, Mapping[str, float]]) -> str:
    """The section of the page: the previews, and the rules that take longest."""
    previews = [
        [
            size,
            without.seconds,
            with_pack.seconds,
            with_pack.seconds / without.seconds,
            f"{with_pack.peak_mib - without.peak_mib:.0f}",
        ]
        for size, (without, with_pack) in costs.items()
    ]
    largest = max(rules)
    slow = sorted(rules[largest], key=lambda rule: -rules[largest][rule])[:SLOWEST]
    by_rule = [[rule, *(f"{rules[size][rule] * 1000:.1f}" for size in rules)] for rule in slow]
    total = ["all", *(f"{sum(rules[size].values()) * 1000:.0f}" for size in rules)]
    return f"""\
`pulumi preview` of generated programs without components. Medians of {RUNS} runs. {benchmark_page.machine()}.
Most of what the pack adds is the way of each resource to each policy; the rules themselves are the second table.

{benchmark_page.table(["Resources", "Seconds without", "Seconds with", "Ratio", "MiB more"], previews)}
Milliseconds that each rule takes over all resources of a stack, without the engine; the {SLOWEST}
slowest of {len(RULES)}:

{benchmark_page.table(["Rule", *(f"{size} resources" for size in rules)], [*by_rule, total])}"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
