"""The archive of the function: unpacked elsewhere, it imports with nothing but what the runtime has."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PACKAGES = ("cluster", "instances")


@pytest.fixture
def unpacked(tmp_path):
    archive = tmp_path / "function.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.write(ROOT / "lambdas" / "__init__.py", "lambdas/__init__.py")
        for package in PACKAGES:
            for path in sorted((ROOT / "lambdas" / package).glob("*.py")):
                packed.write(path, f"lambdas/{package}/{path.name}")
    target = tmp_path / "task"
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(target)
    return target


def run_isolated(folder, code):
    # -I ignores the environment and the current folder, as nothing of this checkout may be needed.
    program = f"import sys; sys.path.insert(0, {str(folder)!r}); {code}"
    return subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False)


def test_the_handler_is_found_where_aws_looks_for_it(unpacked):
    done = run_isolated(unpacked, "from lambdas.instances.handler import handle; print(handle.__module__)")
    assert (done.stderr, done.stdout.strip()) == ("", "lambdas.instances.handler")


def test_it_comes_from_the_archive_and_imports_no_third_party_but_boto3(unpacked):
    code = (
        "import lambdas.instances.handler as h; print(h.__file__); "
        "print(sorted({n.partition('.')[0] for n in sys.modules} & {'pulumi', 'pydantic', 'yaml', 'requests'}))"
    )
    done = run_isolated(unpacked, code)
    path, foreign = done.stdout.splitlines()
    assert Path(path).is_relative_to(unpacked)
    assert foreign == "[]"


@pytest.mark.parametrize(
    "module",
    [
        "lambdas.cluster.budgets",
        "lambdas.cluster.environment",
        "lambdas.cluster.instance_types",
        "lambdas.cluster.snapshot",
        "lambdas.cluster.tags",
        "lambdas.cluster.read_groups",
        "lambdas.cluster.read_cluster",
        "lambdas.instances.plan",
        "lambdas.instances.settings",
    ],
)
def test_what_the_program_and_the_simulation_import_needs_no_boto(unpacked, module):
    done = run_isolated(unpacked, f"import {module}; print('boto3' in sys.modules or 'botocore' in sys.modules)")
    assert (done.stderr, done.stdout.strip()) == ("", "False")
