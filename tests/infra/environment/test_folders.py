"""Folders of an environment know each other by their doors alone; import-linter says which may know which."""

import ast
from pathlib import Path

import pytest

from infra import environment

ROOT = Path(environment.__file__).parent
FILES = sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")


FOLDERS = sorted({path.parent.name for path in FILES if path.parent != ROOT})


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
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    return set(names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_imports_other_folders_through_their_doors(path):
    own = place(path)
    for module, name in imported_by(path):
        if path.parent == ROOT or not module.startswith(own):
            place_of_module, *inner = module.split(".")
            assert not inner, f"{module} is behind the door of {place_of_module}"
            if (ROOT / place_of_module).is_dir():
                assert name in door_of(place_of_module), f"{place_of_module} does not offer {name}"


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_door_offers_nothing_that_nobody_takes(folder):
    above = [pair for path in FILES for pair in imported_by(path)]
    outside = [path.read_text() for path in (ROOT.parents[1] / "tools").glob("*.py")]
    outside += [path.read_text() for path in (ROOT.parents[1] / "tests").rglob("*.py")]
    taken = {name for module, name in above if module == folder}
    unused = {name for name in door_of(folder) - taken if not any(name in text for text in outside)}
    assert not unused


def test_a_test_stands_where_its_source_stands():
    tests = set(Path(__file__).parent.rglob("test_*.py")) - {Path(__file__)}
    sources = {
        path.relative_to(Path(__file__).parent).parent / path.stem.removeprefix("test_").removeprefix("settings_of_")
        for path in tests
    }
    about_all = {Path("settings/defaults"), Path("every_environment_input")}
    assert {path for path in sources - about_all if not (ROOT / path).with_suffix(".py").exists()} == set()
