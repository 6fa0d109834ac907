"""The archives of the functions: unpacked elsewhere, they import with nothing but what the runtime has."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTROLLERS = ("capacity", "instances")
WITHOUT_BOTO = [
    *[("instances", f"lambdas.cluster.{name}") for name in
      ("budgets", "environment", "instance_types", "lifecycle_hooks", "metrics", "read_cluster", "read_groups",
       "read_services", "services", "snapshot", "switch", "tags", "target")],
    *[(controller, f"lambdas.{controller}.{name}")
      for controller in CONTROLLERS for name in ("metrics", "plan", "settings")],
]  # fmt: skip
"""What the program and a simulation import."""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """Controller → the folder in which its archive was unpacked."""
    return {controller: archive_of(controller, tmp_path_factory.mktemp(controller)) for controller in CONTROLLERS}


def archive_of(controller, folder):
    archive, target = folder / "function.zip", folder / "task"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.write(ROOT / "lambdas" / "__init__.py", "lambdas/__init__.py")
        for package in ("cluster", controller):
            for path in sorted((ROOT / "lambdas" / package).glob("*.py")):
                packed.write(path, f"lambdas/{package}/{path.name}")
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(target)
    return target


def run_isolated(folder, code):
    # -I ignores the environment and the current folder, as nothing of this checkout may be needed.
    program = f"import sys; sys.path.insert(0, {str(folder)!r}); {code}"
    return subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("controller", CONTROLLERS)
def test_the_handler_is_found_where_aws_looks_for_it(unpacked, controller):
    code = f"from lambdas.{controller}.handler import handle; print(handle.__module__)"
    done = run_isolated(unpacked[controller], code)
    assert (done.stderr, done.stdout.strip()) == ("", f"lambdas.{controller}.handler")


@pytest.mark.parametrize("controller", CONTROLLERS)
def test_it_comes_from_the_archive_and_imports_no_third_party_but_boto3(unpacked, controller):
    code = (
        f"import lambdas.{controller}.handler as h; print(h.__file__); "
        "print(sorted({n.partition('.')[0] for n in sys.modules} & {'pulumi', 'pydantic', 'yaml', 'requests'}))"
    )
    path, foreign = run_isolated(unpacked[controller], code).stdout.splitlines()
    assert Path(path).is_relative_to(unpacked[controller])
    assert foreign == "[]"


@pytest.mark.parametrize(("controller", "module"), WITHOUT_BOTO)
def test_what_the_program_imports_needs_no_boto(unpacked, controller, module):
    code = f"import {module}; print('boto3' in sys.modules or 'botocore' in sys.modules)"
    done = run_isolated(unpacked[controller], code)
    assert (done.stderr, done.stdout.strip()) == ("", "False")
