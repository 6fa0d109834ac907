"""The public door: `import ecs_platform` is `import infra` here."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import infra
from tests.support.stack_files import ROOT

PAGE = (ROOT / "docs" / "services.md").read_text()
MODULES = [*(ROOT / "infra" / "services").glob("*.py"), ROOT / "infra" / "contract.py", ROOT / "infra/common/alarms.py"]


def test_the_exported_names_are_sorted_and_are_all_that_the_package_imports():
    (imports, exported) = ({}, infra.__all__)
    for node in ast.walk(ast.parse((ROOT / "infra" / "__init__.py").read_text())):
        if isinstance(node, ast.ImportFrom):
            imports |= {alias.asname or alias.name: alias.name for alias in node.names}
    assert set(imports) == set(exported) == {name for name in exported if hasattr(infra, name)}
    assert len(exported) == len(set(exported))


@pytest.mark.parametrize("name", infra.__all__)
def test_every_exported_name_is_explained_on_the_page(name):
    assert re.search(rf"[`(\[ =]{name}[`(,)\]]", PAGE)


def test_importing_the_library_loads_nothing_of_the_environment_and_of_the_controllers():
    code = "import infra, sys; print([m for m in sys.modules if m.startswith(('infra.environment', 'lambdas'))])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def optional_fields() -> dict[str, str]:
    """Module.Class.field with a default → its docstring."""
    found = {}
    for path in MODULES:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and node.decorator_list:
                found |= {f"{path.stem}.{node.name}.{name}": text for name, text in _described(node) if name}
    return found


def _described(node: ast.ClassDef):
    for here, below in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(here, ast.AnnAssign) and here.value is not None and isinstance(here.target, ast.Name):
            match below:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    pass
                case _:
                    text = ""
            yield ("" if node.name.startswith(("_", "RouteClaims")) else here.target.id), " ".join(text.split())


@pytest.mark.parametrize(("field", "text"), optional_fields().items())
def test_what_an_optional_field_does_by_default_is_the_end_of_its_description(field, text):
    assert re.search(r"(^|[.;] )[Bb]y default [^.]+(\. ?\d[^.]*)?\.$", text), f"{field}: {text}"


def test_optional_fields_are_found():
    assert {"service_args.ServiceArgs.port", "routing.Route.host", "contract.Platform.domain"} <= set(optional_fields())
    assert Path(infra.__file__).parent == ROOT / "infra"
