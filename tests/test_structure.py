"""What holds for every file and no linter says; who imports whom stands in pyproject.toml, under import-linter."""

import ast
import inspect
import re
import subprocess
import tomllib
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path

import pulumi
import pytest

ROOT = Path(__file__).parent.parent
TRACKED = [
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\0")
    if name and (ROOT / name).is_file()
]  # fmt: skip
PYTHON = [path for path in TRACKED if path.suffix == ".py"]
COLLECTED = [
    ROOT / folder
    for folder in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]["testpaths"]
]
OWN = {path.parent.name for path in ROOT.glob("*/*.py")} | {"ecs_operations"}
"""Every folder of the repository that Python could import."""
SAYS_NOTHING = {"utils", "helpers", "common", "misc"}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def components() -> list[type[pulumi.ComponentResource]]:
    modules = [
        import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for path in PYTHON
        if path.is_relative_to(ROOT / "infra") and path.stem != "__init__"
    ]
    return [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, pulumi.ComponentResource)
        and value.__module__ == module.__name__
    ]


def test_the_files_and_the_components_are_found():
    assert {"infra/__init__.py", "policies/__main__.py", "tests/test_structure.py"} <= set(map(named, PYTHON))
    assert {"LoadBalancer", "Service"} <= {component.__name__ for component in components()}


@pytest.mark.parametrize("component", components(), ids=lambda component: component.__name__)
def test_a_component_is_written_like_the_others(component):
    """Frozen Args that are all used, and a type token of its own name."""
    module = import_module(component.__module__)
    source = inspect.getsource(module)
    args = getattr(module, f"{component.__name__}Args")
    assert isinstance(args, type)
    assert is_dataclass(args)
    assert vars(args)["__dataclass_params__"].frozen
    assert f'"ecs-platform:index:{component.__name__}"' in source
    read = source + "".join(inspect.getsource(import_module(one.__module__)) for one in inspect.getmro(args)[:-1])
    assert [field.name for field in fields(args) if not re.search(rf"\.{field.name}\b", read)] == []


def test_children_never_inherit_the_callers_options():
    infra = [path for path in PYTHON if path.is_relative_to(ROOT / "infra")]
    assert [named(path) for path in infra if ".merge(" in path.read_text()] == []


def test_an_example_imports_nothing_of_the_repository_but_the_installed_library():
    imported = {
        (named(path), name.split(".")[0])
        for path in PYTHON
        if path.is_relative_to(ROOT / "examples")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert ("examples/shop/__main__.py", "ecs_platform") in imported
    assert [one for one in imported if one[1] in OWN] == []


def test_a_file_holds_one_concept_that_its_name_says():
    assert [named(path) for path in PYTHON if len(path.read_text().splitlines()) > 400] == []
    assert [named(path) for path in PYTHON if path.stem in SAYS_NOTHING] == []


def test_every_test_file_is_collected():
    with_tests = [path for path in PYTHON if re.search(r"^def test_", path.read_text(), re.MULTILINE)]
    assert [
        named(path)
        for path in with_tests
        if not path.name.startswith("test_") or not any(path.is_relative_to(folder) for folder in COLLECTED)
    ] == []
    names = [path.name for path in with_tests]
    assert len(names) == len(set(names)), "two test files share a name"


def test_no_address_of_a_registry_and_no_path_of_a_machine_is_committed():
    pattern = re.compile(
        r"(pypi\.org|pythonhosted|registry\.npmjs|proxy\.golang|--(extra-)?index-url|/home/\w+/|/root/|/work/)"
    )
    found = {
        named(path): match[0]
        for path in TRACKED
        if path != Path(__file__) and (match := pattern.search(path.read_text(errors="ignore")))
    }
    assert found == {}
