"""Arrows between the folders of an environment run one way, and through the doors."""

import ast
from pathlib import Path

import pytest

from infra import environment

ROOT = Path(environment.__file__).parent
ORDER = (
    "conflict", "conventions", "encryption", "monitoring", "network", "cluster", "instances", "load_balancer",
    "controllers", "settings", "aws_facts", "environment",
)  # fmt: skip
"""From the bottom to the top: each imports only what stands before it."""
FILES = sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")


def place(path: Path) -> str:
    """The folder, or the module beside the folders, that a file belongs to."""
    return path.relative_to(ROOT).with_suffix("").parts[0]


def imported_by(path: Path) -> list[tuple[str, str]]:
    """What a file imports of other places within the environment: module and name."""
    depth = len(path.relative_to(ROOT).parts)
    nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
    return [(node.module or "", name.name) for node in nodes if node.level == depth for name in node.names]


def door_of(folder: str) -> set[str]:
    (names,) = [
        ast.literal_eval(node.value)
        for node in ast.parse((ROOT / folder / "__init__.py").read_text()).body
        if isinstance(node, ast.Assign) and node.targets[0].id == "__all__"
    ]
    return set(names)


def test_every_folder_and_module_has_its_place():
    assert {place(path) for path in FILES} == set(ORDER)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_imports_only_from_below_and_through_the_door(path):
    own = place(path)
    for module, name in imported_by(path):
        if path.parent == ROOT or not module.startswith(own):
            place_of_module, *inner = module.split(".")
            assert ORDER.index(place_of_module) < ORDER.index(own), f"{module} is above {own}"
            assert not inner, f"{module} is behind the door of {place_of_module}"
            if (ROOT / place_of_module).is_dir():
                assert name in door_of(place_of_module), f"{place_of_module} does not offer {name}"


@pytest.mark.parametrize("folder", [name for name in ORDER if (ROOT / name).is_dir()])
def test_a_door_offers_nothing_that_nobody_takes(folder):
    above = [pair for path in FILES for pair in imported_by(path)]
    outside = [path.read_text() for path in (ROOT.parents[1] / "tools").glob("*.py")]
    outside += [path.read_text() for path in (ROOT.parents[1] / "tests").rglob("*.py")]
    taken = {name for module, name in above if module == folder}
    unused = {name for name in door_of(folder) - taken if not any(name in text for text in outside)}
    assert not unused
