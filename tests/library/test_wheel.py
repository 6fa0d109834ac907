"""The wheels as others get them: built from this repository, installed, imported away from it."""

import json
import subprocess
import sys
import zipfile
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infra.environment.controllers import function
from tests.support.stack_files import ROOT
from tools import wheels

HASHES = (
    "import hashlib, json\n"
    "from ecs_platform.environment.controllers.function import archive\n"
    "print(json.dumps({package: {name: hashlib.sha256(open(asset.path, 'rb').read()).hexdigest()"
    " for name, asset in archive(package, 'cluster').assets.items()} for package in ('instances', 'capacity')}))"
)
"""What the engine hashes of the two functions' archives: names of files, and their content."""


def tracked(folder: str) -> set[str]:
    listed = subprocess.run(["git", "ls-files", "-z", folder], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()}


def content(wheel: Path) -> set[str]:
    return {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}


def metadata(wheel: Path) -> list[str]:
    archive = zipfile.ZipFile(wheel)
    (name,) = [name for name in archive.namelist() if name.endswith("METADATA")]
    return archive.read(name).decode().splitlines()


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> tuple[Path, Path]:
    """The wheels of the pack and of the library."""
    pack, library = wheels.build(tmp_path_factory.mktemp("wheels"))
    return pack, library


@pytest.fixture(scope="module")
def application(tmp_path_factory, built):
    """A fresh environment with both wheels; what they require is lent by this one."""
    folder = tmp_path_factory.mktemp("application")
    python = wheels.lent_environment(folder / ".venv", built)

    def run(code: str) -> str:
        done = subprocess.run(
            [python, "-c", code], cwd=folder, env={"PULUMI_ERROR_OUTPUT_STRING": "1"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def test_applications_import_the_platform_and_its_services(application):
    printed = application(
        "import ecs_platform, sys; from ecs_platform import *; print(Service.__module__, ecs_platform.__file__)"
    )
    assert printed.startswith("ecs_platform.services.service ")
    assert str(ROOT) not in printed


def test_a_platform_of_ones_own_imports_the_environment(application):
    code = "from ecs_platform.environment import AwsFacts, Environment, Settings, load_settings; print(Environment)"
    assert application(code) == "<class 'ecs_platform.environment.environment.Environment'>\n"


def required(wheel: Path) -> set[str]:
    """The distributions that come with a wheel: those that it asks for, those that they ask for, and so on."""
    waiting = [line.removeprefix("Requires-Dist: ") for line in metadata(wheel) if line.startswith("Requires-Dist")]
    found = set[str]()
    while waiting:
        wanted = Requirement(waiting.pop())
        name = canonicalize_name(wanted.name)
        if name not in found and (wanted.marker is None or wanted.marker.evaluate({"extra": ""})):
            found.add(name)
            waiting += requires(name) or []
    return found


@pytest.mark.parametrize(
    ("modules", "position"), [("ecs_operations.served.adapter", 0), ("ecs_platform.environment", 1)]
)
def test_what_a_wheel_imports_comes_with_it(application, built, modules, position):
    """The environment that lends here has more: boto3, for example, which a deployment to AWS does not install."""
    with_it = required(built[position]) | {"ecs-platform", "ecs-operations"}
    foreign = sorted(
        package
        for package, distributions in packages_distributions().items()
        if not with_it & set(map(canonicalize_name, distributions))
    )
    assert "boto3" in foreign
    # None in place of a module: its import fails as if it were not installed.
    assert application(f"import sys; sys.modules.update(dict.fromkeys({foreign})); import {modules}; print(1)") == "1\n"


def test_applications_do_not_load_what_makes_an_environment(application):
    code = "import ecs_platform, sys; print([m for m in sys.modules if m.startswith('ecs_platform.environment')])"
    assert application(code) == "[]\n"


def test_applications_may_have_packages_of_the_names_lambdas_and_infra(application):
    asked = "print([name for name in ('lambdas', 'infra') if importlib.util.find_spec(name) or name in sys.modules])"
    assert application(f"import importlib.util, sys, ecs_platform.environment; {asked}") == "[]\n"


@pytest.mark.parametrize("package", ["ecs_platform", "ecs_operations"])
def test_every_module_of_the_wheels_can_be_imported(application, package):
    code = (
        f"import importlib, pkgutil, {package}\n"
        f"for found in pkgutil.walk_packages({package}.__path__, '{package}.'):\n"
        "    importlib.import_module(found.name)\n"
        "print('all')"
    )
    assert application(code).endswith("all\n")


def test_the_functions_get_the_same_code_from_the_wheel_as_from_the_repository(application):
    """Otherwise a platform that moves from one to the other would deploy both controllers again."""
    installed = json.loads(application(HASHES))
    here = subprocess.run(
        [sys.executable, "-c", HASHES.replace("ecs_platform", "infra")], cwd=ROOT, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert installed == json.loads(here.stdout)
    for package, files in installed.items():
        assert f"lambdas/{package}/handler.py" in files
        assert set(files) == {"lambdas/__init__.py", *python_files(package), *python_files("cluster")}


def python_files(package: str) -> set[str]:
    return {name for name in tracked(f"lambdas/{package}") if name.endswith(".py")}


def test_the_code_of_the_functions_is_found_beside_the_library(application):
    code = "import ecs_platform, ecs_platform.environment.controllers.function as function; print(function.SOURCES)"
    assert Path(application(code).strip()).parts[-2:] == ("ecs_platform", "_lambdas")
    assert function.SOURCES == ROOT / "lambdas"


def test_the_library_holds_all_files_of_its_packages_and_a_mark_that_they_are_typed(built):
    sources = {f"ecs_platform/{name.removeprefix('infra/')}" for name in tracked("infra")}
    sources |= {f"ecs_platform/_{name}" for name in tracked("lambdas")}
    sources |= {f"ecs_platform/{name}" for name in tracked("operator_command")}
    sources |= {f"ecs_platform/operator_command/data/{name}.csv" for name in ("prices", "cost_assumptions")}
    assert content(built[1]) == sources | {"ecs_platform/py.typed"}  # which shows the types to checkers


def test_the_pack_holds_all_files_of_its_package_and_a_mark_that_they_are_typed(built):
    sources = {name.removeprefix("policies/") for name in tracked("policies/ecs_operations")}
    assert content(built[0]) == sources | {"ecs_operations/py.typed"}


def test_the_wheels_say_what_they_are_and_need(built):
    pack, library = map(metadata, built)
    assert {"Name: ecs-platform", "Requires-Dist: pulumi-aws<8,>=7.51"} <= set(library)
    assert {"Name: ecs-operations", "Requires-Dist: pulumi-policy<2,>=1.21"} <= set(pack)


def test_the_operators_command_is_a_script_of_the_wheel(application, built):
    (name,) = [name for name in zipfile.ZipFile(built[1]).namelist() if name.endswith("entry_points.txt")]
    assert b"ecs-platform = ecs_platform.operator_command.start:main" in zipfile.ZipFile(built[1]).read(name)
    code = "import sys; sys.argv[1:] = ['--help']; from ecs_platform.operator_command.start import main; main()"
    assert "Usage: ecs-platform" in application(code)


def test_without_its_extra_the_command_says_how_to_install_it(application):
    code = (
        "import importlib.util as util; find = util.find_spec\n"
        "util.find_spec = lambda name: None if name in ('rich', 'click') else find(name)\n"
        "import io, sys; sys.stderr = io.StringIO()\n"
        "from ecs_platform.operator_command.start import main; print(main(), sys.stderr.getvalue())"
    )
    assert application(code) == "3 error: click, rich missing: pip install 'ecs-platform[cli]'\n\n"


def test_two_builds_are_equal_byte_by_byte(built, tmp_path):
    (tmp_path / "ecs_platform-0.0.1-py3-none-any.whl").touch()  # of an older release, which is taken away
    again = wheels.build(tmp_path)
    assert [wheel.read_bytes() for wheel in again] == [wheel.read_bytes() for wheel in built]


@pytest.mark.parametrize(("project", "position"), [("ecs-operations", 0), ("ecs-platform", 1)])
def test_a_source_distribution_builds_the_same_wheel(built, tmp_path, project, position):
    command = [sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=wheels.PROJECTS[project], check=True, capture_output=True)
    (source,) = tmp_path.glob("*.tar.gz")
    (wheel,) = wheels.build(tmp_path / "wheel", [source])
    assert wheel.read_bytes() == built[position].read_bytes()


def test_the_library_cannot_be_installed_editable(tmp_path):
    """Its packages have other names in the wheel: an editable install would find none of them."""
    command = [*wheels.PIP, "install", *wheels.OFFLINE, "--target", str(tmp_path), "--editable", str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "import infra in the repository, or the wheel" in done.stdout + done.stderr
