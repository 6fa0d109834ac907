"""One release has one version, wherever it is written."""

import re
import tomllib

import yaml

from tests.support.stack_files import ROOT


def version_in(project: str) -> str:
    return tomllib.loads((ROOT / project).read_text())["project"]["version"]


def test_the_library_the_pack_and_the_changelog_say_one_version():
    pack = yaml.safe_load((ROOT / "policies" / "PulumiPolicy.yaml").read_text())["version"]
    (latest, *_) = re.findall(r"^## \[(\S+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert version_in("pyproject.toml") == version_in("policies/pyproject.toml") == pack == latest
