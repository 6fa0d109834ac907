"""What holds for the tests themselves."""

import ast
from pathlib import Path

HERE = Path(__file__).parent


def imported(path: Path) -> set[str]:
    """The modules that a file imports from."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}


def test_what_tests_share_is_in_no_test_module():
    found = {
        str(path.relative_to(HERE)): borrowed
        for path in HERE.rglob("*.py")
        if (borrowed := {name for name in imported(path) if name.rpartition(".")[2].startswith("test_")})
    }
    assert found == {}
