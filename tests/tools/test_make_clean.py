"""`make clean` removes what make made, and nothing of anybody else, whatever the folder is called."""

import os
import shutil
import subprocess

import pytest

from tests.support.stack_files import ROOT

ODD = 'it\'s a (copy) of "mine"'


@pytest.fixture
def project(tmp_path):
    """A folder with a space, quotes and parentheses in its name, and neighbours named after its words."""
    for word in (*ODD.split(), "it"):
        (tmp_path / word).mkdir()
        (tmp_path / word / "kept").touch()
    folder = tmp_path / ODD
    folder.mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    return folder


def clean(folder):
    # As from a shell: a make around the tests would have it say which folder it enters.
    outside = {name: value for name, value in os.environ.items() if name not in ("MAKELEVEL", "MAKEFLAGS", "MFLAGS")}
    done = subprocess.run(["make", "clean"], cwd=folder, capture_output=True, text=True, check=True, env=outside)
    return (done.stdout + done.stderr).splitlines()


def names(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def with_files(folder, *files):
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).touch()


MADE = (
    ".venv/.made-by-make", ".venv/lib/a.py", ".engine/.made-by-make", ".engine/pulumi", ".sandbox/emulator.log",
    ".pyright.log", ".ruff_cache/x", "infra/__pycache__/a.pyc", "dist/ecs_platform-0.1.0-py3-none-any.whl",
)  # fmt: skip


def test_all_that_make_made_goes_and_no_neighbour_is_touched(project):
    with_files(project, *MADE, "infra/a.py")
    neighbours = names(project.parent) - {f"{ODD}/{name}" for name in names(project)}
    assert clean(project) == []
    assert names(project) == {"Makefile", "infra/a.py"}
    assert not (project / "dist").exists()
    assert neighbours <= names(project.parent)


def test_an_environment_and_an_engine_that_make_did_not_make_stay_and_are_named(project):
    own = {".venv/pyvenv.cfg", ".venv/lib/__pycache__/a.pyc", ".engine/pulumi", "dist/mine-1.0.whl"}
    with_files(project, *own)
    assert clean(project) == [".venv stays: make did not make it", ".engine stays: make did not make it"]
    assert names(project) == {"Makefile", *own}


def test_a_link_to_an_environment_that_others_use_stays(project, tmp_path):
    with_files(tmp_path / "shared", ".made-by-make")
    (project / ".venv").symlink_to(tmp_path / "shared")
    assert clean(project) == [".venv stays: it is a link"]
    assert (tmp_path / "shared" / ".made-by-make").exists()
