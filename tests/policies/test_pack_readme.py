"""What the pack says of itself: its version is that of the release, and the numbers of its README are counted."""

import json
import re
import tomllib

import yaml

from ecs_operations import RULES
from tests.policies.test_foreign_program import EXPECTED
from tests.support.stack_files import ROOT

README = (ROOT / "policies" / "README.md").read_text()


def test_the_pack_the_package_and_the_changelog_say_one_version():
    pack = yaml.safe_load((ROOT / "policies" / "PulumiPolicy.yaml").read_text())["version"]
    package = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    (latest, *_) = re.findall(r"^## \[(\S+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert pack == package == latest


def test_the_readme_shows_that_version():
    pack = yaml.safe_load((ROOT / "policies" / "PulumiPolicy.yaml").read_text())["version"]
    shown = re.findall(r"ecs-operations v(\S+)", README)
    assert set(shown) == {pack}


def test_its_numbers_are_counted():
    assert f"finds {len(EXPECTED)} broken rules" in README
    assert f"{len([rule for rule in RULES if not rule.reads_ignore_changes])} rules, 97 resources" in README


def test_it_says_why_development_goes_without():
    given = json.loads((ROOT / "policies" / "config" / "development.json").read_text())
    said = re.findall(r"^\| `([a-z0-9-]+)` \| [^|]+ \| [^|]+ \|$", README, re.MULTILINE)
    assert said == list(given)
