"""The library as applications get it: built from this repository, installed, imported away from it."""

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]


def ran(*command, **more) -> str:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def built(folder: Path) -> Path:
    ran(*PIP, "wheel", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    return built(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def application(tmp_path_factory, wheel):
    """A fresh environment with the wheel; what the wheel requires is lent by this one."""
    folder = tmp_path_factory.mktemp("application")
    venv.create(folder / ".venv", with_pip=False)
    python = folder / ".venv" / "bin" / "python"
    site = Path(ran(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    ran(*PIP, "install", "--no-deps", "--no-index", "--target", site, wheel)
    (site / "lent.pth").write_text(sysconfig.get_path("purelib"))

    def run(code: str) -> str:
        return ran(python, "-c", code, cwd=folder, env={"PULUMI_ERROR_OUTPUT_STRING": "1"})

    return run


def test_applications_import_the_platform_and_its_services(application):
    printed = application(
        "import ecs_platform, sys; from ecs_platform import *; print(Service.__module__, ecs_platform.__file__)"
    )
    assert printed.startswith("ecs_platform.services.service ")
    assert str(ROOT) not in printed


def test_applications_may_have_a_package_of_the_name_lambdas(application):
    assert application("import ecs_platform, sys; print([m for m in sys.modules if m.startswith('lambdas')])") == "[]\n"


def test_every_module_of_the_wheel_can_be_imported(application):
    assert application(
        "import importlib, pkgutil, ecs_platform\n"
        "for found in pkgutil.walk_packages(ecs_platform.__path__, 'ecs_platform.'):\n"
        "    importlib.import_module(found.name)\n"
        "from ecs_platform.environment.controllers import function\n"
        "assert (function.SOURCES / 'instances' / 'handler.py').is_file()\n"
        "print('all')"
    ).endswith("all\n")


def test_the_wheel_holds_all_python_files_of_its_packages_and_a_mark_that_they_are_typed(wheel):
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    sources = {f"ecs_platform/{path.relative_to(ROOT / 'infra')}" for path in (ROOT / "infra").rglob("*.py")}
    sources |= {f"ecs_platform/_{path.relative_to(ROOT)}" for path in (ROOT / "lambdas").rglob("*.py")}
    assert names == sources | {"ecs_platform/py.typed"}  # which shows the types to applications' checkers


def test_the_wheel_says_what_it_is_and_needs(wheel):
    archive = zipfile.ZipFile(wheel)
    (metadata,) = [name for name in archive.namelist() if name.endswith("METADATA")]
    text = archive.read(metadata).decode()
    assert "Name: ecs-platform\n" in text
    assert "Requires-Dist: pulumi-aws" in text


def test_two_builds_are_equal_byte_by_byte(wheel, tmp_path):
    assert built(tmp_path).read_bytes() == wheel.read_bytes()
