"""The sandbox is a product of its own: what it imports, and in which order."""

from __future__ import annotations

import ast
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1]
FILES = sorted(FOLDER.rglob("*.py"))
LIBRARIES = {
    "boto3",
    "botocore",
    "flask",
    "google",
    "grpc",
    "jmespath",
    "jsonpath_ng",
    "moto",
    "pulumi",
    "pulumi_aws",
    "werkzeug",
    "yaml",
}
FOR_TESTS = {"hypothesis", "pytest"}


def name_of(path: Path) -> str:
    parts = path.relative_to(FOLDER.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> set[str]:
    """Every module that a file names in an import, wherever in the file it stands."""
    package = path.relative_to(FOLDER.parent).parts[:-1]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *filter(None, [node.module])])
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_imports_nothing_but_the_sandbox_and_its_libraries(path):
    known = sys.stdlib_module_names | LIBRARIES | {"sandbox"} | (FOR_TESTS if "tests" in path.parts else set())
    assert {name.split(".")[0] for name in imports_of(path)} - known == set()


def test_no_two_files_import_each_other_even_within_functions_or_through_others():
    names = {name_of(path) for path in FILES}
    arrows = {
        name_of(path): {
            end for name in imports_of(path) if (end := name if name in names else name.rpartition(".")[0]) in names
        }
        for path in FILES
        if path.name != "__init__.py"
    }
    order = [*TopologicalSorter(arrows).static_order()]
    assert order.index("sandbox.emulator.targets") < order.index("sandbox.emulator.events")


def test_the_emulator_knows_nothing_of_the_provider_in_front_of_it():
    upward = {
        f"{name_of(path)} -> {name}"
        for path in (FOLDER / "emulator").rglob("*.py")
        for name in imports_of(path)
        if name.startswith("sandbox.") and not name.startswith("sandbox.emulator")
    }
    assert upward == set()
