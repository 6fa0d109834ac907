"""Draws the folders and who imports whom into docs/architecture.md; with --check, exits 1 when the page differs.

python tools/architecture_picture.py [--check]

The arrows are the imports that import-linter's own engine finds. One that follows from others is left out: where a
knows b, and b knows c, an import of c by a adds nothing to the picture.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TypeVar

import grimp

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "architecture.md"
PACKAGES = {
    "infra": "infra/",
    "lambdas": "lambdas/",
    "operator_command": "operator_command/",
    "ecs_operations": "policies/ecs_operations/",
    "sandbox": "sandbox/",
    "tools": "tools/",
    "bench": "bench/",
}
"""Root package → the folder that it is."""
INSIDE = "infra.environment"
"""The package whose inner arrows have a picture of their own."""

T = TypeVar("T", bound=Hashable)
Arrows = Mapping[str, frozenset[str]]
"""Name → the names that it imports."""


@dataclass(frozen=True)
class Code:
    """All modules, with what they import."""

    imported: Arrows
    packages: frozenset[str]
    """Those that are folders."""
    upper: frozenset[str]
    """The modules of a root's own folder that import its other folders; their neighbours lie below these folders."""


@dataclass(frozen=True, order=True)
class Node:
    """What the picture shows as one thing."""

    box: str
    """The frame that it stands in: the folder that holds it, as the repository names it."""
    label: str

    @property
    def key(self) -> str:
        """Its name in the drawing's text."""
        return re.sub(r"\W+", "_", f"{self.box}{self.label}").strip("_")


def repository_node(module: str, code: Code) -> Node | None:
    """A folder of a root, or its modules; a root's own `__init__` is no part, see `_behind_doors`."""
    root, _, rest = module.partition(".")
    box, part = PACKAGES[root], rest.split(".")[0]
    if not rest:
        return None
    if f"{root}.{part}" in code.packages:
        return Node(box, f"{part}/")
    if root == "infra":
        return Node(box, f"{part}.py")
    if module in code.upper:
        return Node(box, ", ".join(sorted(f"{one.partition('.')[2]}.py" for one in code.upper if root_of(one) == root)))
    beside_upper = any(root_of(one) == root for one in code.upper)
    return Node(box, "other modules" if beside_upper else "all modules")


def environment_node(module: str, code: Code) -> Node | None:
    """A folder or module directly below the environment."""
    if not module.startswith(f"{INSIDE}."):
        return None
    part = module.removeprefix(f"{INSIDE}.").split(".")[0]
    return Node("infra/environment/", f"{part}/" if f"{INSIDE}.{part}" in code.packages else f"{part}.py")


PICTURES = {"packages": repository_node, "environment": environment_node}
"""Name of the markers → what shows which node a module belongs to, or None where the picture leaves it out."""


def root_of(module: str) -> str:
    """The top package of a module."""
    return module.partition(".")[0]


def code_of(imported: Arrows) -> Code:
    """Find out which modules are folders, and which import the folders beside them."""
    packages = frozenset(module.rpartition(".")[0] for module in imported)
    own = [module for module in imported if module.count(".") == 1 and module not in packages]

    def reaches_folders(module: str) -> bool:
        root = root_of(module)
        return any(
            root_of(other) == root and any(other == one or other.startswith(f"{one}.") for one in packages - {root})
            for other in reachable(imported, module)
        )

    return Code(imported, packages, frozenset(module for module in own if reaches_folders(module)))


def imports(root: Path = ROOT) -> dict[str, frozenset[str]]:
    """Module → what it imports, for every module of the repository but the tests that lie beside the code."""
    sys.path[:0] = [str(root), str(root / "policies")]
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    modules = [module for module in graph.modules if "tests" not in module.split(".")]
    return {module: frozenset(graph.find_modules_directly_imported_by(module)) for module in modules}


def arrows_of(code: Code, node_of: Callable[[str, Code], Node | None]) -> dict[Node, frozenset[Node]]:
    """The imports of modules as arrows between nodes; a node alone has none."""
    found: dict[Node, set[Node]] = {}
    for module, targets in code.imported.items():
        if node := node_of(module, code):
            others = {other for target in _behind_doors(targets, code) if (other := node_of(target, code))}
            found.setdefault(node, set()).update(others - {node})
    return {node: frozenset(others) for node, others in found.items()}


def _behind_doors(targets: Iterable[str], code: Code) -> Iterator[str]:
    """A root's own `__init__` is a door: to import it is to import what it imports."""
    for target in targets:
        yield from code.imported.get(target, ()) if target in PACKAGES else (target,)


def reachable(arrows: Mapping[T, Iterable[T]], start: T, but: T | None = None) -> frozenset[T]:
    """All that `start` knows, directly or through others, on paths that avoid `but`."""
    seen: set[T] = set()
    waiting = list(arrows.get(start, ()))
    while waiting:
        node = waiting.pop()
        if node not in seen and node != but:
            seen.add(node)
            waiting += arrows.get(node, ())
    return frozenset(seen)


def without_implied(arrows: Mapping[T, frozenset[T]]) -> dict[T, frozenset[T]]:
    """Leave out each arrow that follows from others; those of a circle stay, where each follows from the rest."""

    def implied(node: T, target: T) -> bool:
        return any(
            target in reachable(arrows, other, but=node) and other not in reachable(arrows, target)
            for other in arrows[node] - {target}
        )

    return {node: frozenset(one for one in targets if not implied(node, one)) for node, targets in arrows.items()}


def mermaid(arrows: Mapping[Node, frozenset[Node]]) -> str:
    """The text of a drawing, the same for the same arrows."""
    lines = ["```mermaid", "flowchart TB"]
    for number, (box, nodes) in enumerate(groupby(sorted(arrows), lambda node: node.box)):
        lines.append(f'    subgraph box{number}["{box}"]')
        lines += [f'        {node.key}["{node.label}"]' for node in nodes]
        lines.append("    end")
    lines += [f"    {node.key} --> {target.key}" for node in sorted(arrows) for target in sorted(arrows[node])]
    return "\n".join([*lines, "```"])


def page_with(page: str, drawings: Mapping[str, str]) -> str:
    """The page with each drawing between its markers; a marker that the page lacks is an error."""
    for name, drawing in drawings.items():
        begin, end = f"<!-- picture: {name} -->", f"<!-- end of picture: {name} -->"
        before, found, rest = page.partition(begin)
        _, closed, after = rest.partition(end)
        if not (found and closed):
            raise ValueError(f"docs/architecture.md: the markers of the picture {name!r} are missing")
        page = f"{before}{begin}\n{drawing}\n{end}{after}"
    return page


def drawings(code: Code) -> dict[str, str]:
    """Every picture's text by its name."""
    return {name: mermaid(without_implied(arrows_of(code, node_of))) for name, node_of in PICTURES.items()}


def main(arguments: list[str]) -> int:
    """Write the page, or compare it."""
    page = PAGE.read_text()
    wanted = page_with(page, drawings(code_of(imports())))
    if "--check" not in arguments:
        PAGE.write_text(wanted)
        return 0
    if page == wanted:
        return 0
    print("docs/architecture.md differs from the imports: run python tools/architecture_picture.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
