"""The targets of make in a folder whose name has a space, quotes and parentheses."""

import os
import shutil
import subprocess
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.engine.workspace import PARTS, ROOT

pytestmark = pytest.mark.engine

ODD = 'it\'s a (copy) of "mine"'
NEEDED = (*PARTS, "Makefile", "sandbox", "tools", "data", "requirements.txt", "requirements-sandbox.txt",
          "requirements-dev.txt", "constraints.txt", "pyproject.toml", "README.md")  # fmt: skip


@pytest.fixture
def project(tmp_path):
    """A copy of the project, with an environment that make takes for its own; what it needs is lent by this one."""
    folder = tmp_path / ODD
    folder.mkdir()
    for part in NEEDED:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", ".venv"))
        else:
            shutil.copy(ROOT / part, folder / part)
            os.utime(folder / part, (0, 0))  # older than the stamps below: nothing is to be installed
    venv.create(folder / ".venv", with_pip=False, symlinks=True)
    (site,) = (folder / ".venv" / "lib").glob("python*/site-packages")
    (site / "lent.pth").write_text(sysconfig.get_path("purelib"))
    for stamp in (".made-by-make", ".sandbox", ".development"):
        (folder / ".venv" / stamp).touch()
    (folder / ".engine").symlink_to(ROOT / ".engine")
    return folder


def make(folder: Path, *arguments: str) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("SANDBOX_", "PULUMI_"))}
    done = subprocess.run(
        ["make", *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_targets_work_in_a_folder_of_any_name_and_clean_leaves_what_was_there(project):
    try:
        assert "engine: /" in make(project, "setup")
        assert "to create" in make(project, "preview")
        assert "ecs_platform" in make(project, "wheels")
    finally:
        make(project, "clean")
    assert {path.name for path in project.iterdir()} == {*NEEDED, ".engine"}
    assert not [*project.rglob("__pycache__")]
    assert [path.name for path in project.parent.iterdir()] == [ODD]
