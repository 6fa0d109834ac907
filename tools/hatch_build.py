"""What the wheel `ecs-platform` holds: the library under the name that applications import, with the controllers' code.

In this repository the library is `infra/` beside `lambdas/` and `operator_command/`. In an application's environment
none of these names may be taken, so the wheel has `infra/` as `ecs_platform/` with the others in it, as `_lambdas/` and
`operator_command/`; absolute imports of them are written accordingly. Within each folder all imports are
relative and stay as they are.
"""

from __future__ import annotations

import ast
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "ecs_platform"
CODE = f"{PACKAGE}._lambdas"
COMMAND = "operator_command"
"""The folder of the console script."""
TABLES = ("prices.csv", "cost_assumptions.csv")
"""What the command counts costs with."""
TYPED = f"{PACKAGE}/py.typed"
"""Says to type checkers that the annotations are meant for them (PEP 561)."""

_IMPORT = re.compile(r"^(\s*)import lambdas$", re.MULTILINE)
_FROM = re.compile(r"^(\s*)from lambdas(?=[. ])", re.MULTILINE)
_PROGRAM = re.compile(r"^(\s*)from infra(?=[. ])", re.MULTILINE)


class LibraryHook(BuildHookInterface[Any]):
    """Gives hatchling the files of the wheel. There is no editable install: the repository's programs run in place."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the files where hatchling takes them from. Raises ValueError for an editable install."""
        if version == "editable":
            raise ValueError("ecs-platform cannot be installed editable: import infra in the repository, or the wheel")
        self._folder = Path(tempfile.mkdtemp(prefix="ecs-platform-"))
        for name, text in sorted(files(Path(self.root))):
            path = self._folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            build_data["force_include"][str(path)] = name

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove them again."""
        del version, build_data, artifact_path
        shutil.rmtree(self._folder)


def files(root: Path) -> Iterator[tuple[str, str]]:
    """Name in the wheel → text. Raises ValueError for an import that would ask for a top-level `lambdas`."""
    for path in (root / "infra").rglob("*.py"):
        yield f"{PACKAGE}/{path.relative_to(root / 'infra').as_posix()}", as_installed(path)
    for path in (root / "lambdas").rglob("*.py"):
        name = f"{CODE.replace('.', '/')}/{path.relative_to(root / 'lambdas').as_posix()}"
        yield name, path.read_text(encoding="utf-8")
    for path in (root / COMMAND).rglob("*.py"):
        yield f"{PACKAGE}/{path.relative_to(root).as_posix()}", as_installed(path)
    for table in TABLES:
        yield f"{PACKAGE}/{COMMAND}/data/{table}", (root / "data" / table).read_text(encoding="utf-8")
    yield TYPED, ""


def as_installed(path: Path) -> str:
    """A module's text with its imports of `lambdas` as the wheel has them."""
    text = path.read_text(encoding="utf-8")
    text = _IMPORT.sub(rf"\1from {PACKAGE} import _lambdas as lambdas", text)
    text = _PROGRAM.sub(rf"\1from {PACKAGE}", _FROM.sub(rf"\1from {CODE}", text))
    if left := [name for name in _imported(text) if name.split(".")[0] in ("lambdas", "infra", COMMAND)]:
        raise ValueError(f"{path}: the wheel has no {left[0]}; write `import lambdas` or `from lambdas... import ...`")
    return text


def _imported(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""
