"""What holds for every file: who imports whom, how long things get, what is documented."""

import ast
import re
import subprocess
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path

import pulumi
import pytest

ROOT = Path(__file__).parent.parent
SOURCES = ("infra", "policies", "lambdas", "sandbox", "tools", "bench", "simulation", "examples")
FILES = sorted(path for folder in SOURCES for path in (ROOT / folder).rglob("*.py") if ".venv" not in path.parts)
TESTS = sorted((ROOT / "tests").rglob("*.py"))

MAY_IMPORT = {
    "infra": {"infra", "lambdas.cluster", "lambdas.instances.settings", "lambdas.capacity.settings", "lambdas"},
    "policies": {"ecs_operations"},
    "lambdas": {"lambdas"},
    "sandbox": {"sandbox"},
    "tools": {"tools", "infra", "ecs_operations", "policies", "sandbox", "lambdas"},
    "bench": {"bench", "tools", "ecs_operations", "lambdas"},
    "simulation": {"simulation", "lambdas"},
    "examples": {"ecs_platform"},
}
OWN = {"infra", "policies", "ecs_operations", "lambdas", "sandbox", "tools", "bench", "simulation", "examples", "tests"}


def imports_of(path: Path) -> set[str]:
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *(node.module or "").split(".")]).strip(".")
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_what_its_layer_may(path):
    layer = path.relative_to(ROOT).parts[0]
    allowed = MAY_IMPORT[layer]
    wrong = {
        name
        for name in imports_of(path)
        if name.split(".")[0] in OWN and not any(name == ok or name.startswith(f"{ok}.") for ok in allowed)
    }
    assert not wrong


def test_components_ask_nobody_for_their_inputs():
    readers = {"pulumi.Config", "os.environ", "boto3", "infra.environment.settings"}
    allowed = {"settings.py", "environment.py", "aws_facts.py", "__init__.py"}
    offenders = {
        path.name: name
        for path in (ROOT / "infra").rglob("*.py")
        if path.name not in allowed
        for name in readers
        if re.search(rf"(?<![\w.]){re.escape(name)}\(", path.read_text()) or name in imports_of(path)
    }
    assert not offenders


@pytest.mark.parametrize("path", [*FILES, *TESTS], ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_holds_one_concept(path):
    limit = 500 if "tests" in path.parts else 400
    assert len(path.read_text().splitlines()) <= limit
    assert path.stem not in {"utils", "helpers", "common", "misc"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_functions_are_short(path):
    long = {
        node.name: node.end_lineno - node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno > (80 if node.name == "__init__" else 45)
    }
    assert not long


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_public_classes_say_why_they_exist(path):
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree) or not tree.body, "no module docstring"
    silent = [
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert not silent


def modules_of_infra():
    return [
        import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for path in sorted((ROOT / "infra").rglob("*.py"))
        if path.stem != "__init__"
    ]


def components():
    return [
        value
        for module in modules_of_infra()
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, pulumi.ComponentResource)
        and value.__module__ == module.__name__
    ]


@pytest.mark.parametrize("component", components(), ids=lambda component: component.__name__)
def test_a_component_is_written_like_the_others(component):
    module = import_module(component.__module__)
    args = getattr(module, f"{component.__name__}Args")
    assert is_dataclass(args)
    assert args.__dataclass_params__.frozen
    assert f'"ecs-platform:index:{component.__name__}"' in Path(module.__file__).read_text()
    source = Path(module.__file__).read_text()
    unused = [field.name for field in fields(args) if not re.search(rf"\.{field.name}\b", source)]
    assert not unused


def test_children_never_inherit_the_callers_options():
    merged = [path.name for path in (ROOT / "infra").rglob("*.py") if ".merge(" in path.read_text()]
    assert not merged


def test_every_test_file_is_collected():
    names = [path.name for path in TESTS if "def test_" in path.read_text()]
    assert [name for name in names if not name.startswith("test_")] == []
    assert len(names) == len(set(names)), "two test files share a name"


def test_no_address_of_a_registry_and_no_path_of_a_machine_is_committed():
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    pattern = re.compile(
        r"(pypi\.org|pythonhosted|registry\.npmjs|proxy\.golang|--(extra-)?index-url|/home/\w+/|/root/|/work/)"
    )
    found = {
        name: match[0]
        for name in tracked.split("\0")
        if name
        and name != "tests/test_structure.py"
        and (ROOT / name).is_file()
        and (match := pattern.search((ROOT / name).read_text(errors="ignore")))
    }
    assert not found
