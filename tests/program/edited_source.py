"""The program and the shop as an edited copy of their source registers them."""

from __future__ import annotations

import importlib
import runpy
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.stack_files import ROOT
from tools.mutation import Edit

PARTS = ("__main__.py", "infra", "lambdas", "examples")
PACKAGES = ("infra", "lambdas", "ecs_platform")


def copied(folder: Path) -> Path:
    """What a program is made of, as a copy."""
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__", ".venv", ".pulumi"))
        else:
            shutil.copy(source, folder / part)
    return folder


@contextmanager
def edited(folder: Path, edits: Iterable[Edit]) -> Iterator[Callable[[str], Callable[[], None]]]:
    """Hand out what runs a program of the copy by its path; edits and imports are undone at the end."""
    sources: dict[Path, str] = {}
    with _imports_from(folder):
        try:
            for edit in edits:
                path = folder / edit.file
                sources.setdefault(path, path.read_text())
                path.write_text(edit(path.read_text()))
            yield lambda name: lambda: _run(folder / name)
        finally:
            for path, source in sources.items():
                path.write_text(source)


def _run(path: Path) -> None:
    sys.modules["ecs_platform"] = importlib.import_module("infra")
    runpy.run_path(str(path))


@contextmanager
def _imports_from(folder: Path) -> Iterator[None]:
    """Import the packages of the repository from this folder, without what is loaded or compiled of them."""
    kept = {name: sys.modules.pop(name) for name in [*sys.modules] if name.split(".")[0] in PACKAGES}
    written, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        sys.dont_write_bytecode = written
        for name in [name for name in sys.modules if name.split(".")[0] in PACKAGES]:
            del sys.modules[name]
        sys.modules.update(kept)
        importlib.invalidate_caches()
