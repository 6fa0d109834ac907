"""What the pack says of itself: its version, and the numbers of its README, which are counted."""

import json
import re
import tomllib

import yaml

from ecs_operations import RULES, evaluate
from ecs_operations.engine.configuration import PACK_CONFIGURATION, malformed
from tests.policies.foreign_findings import EXPECTED
from tests.support.stack_files import ROOT
from tools.mutations import broken_rules

README = (ROOT / "policies" / "README.md").read_text()


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


def test_what_it_says_to_copy_is_a_rule_of_the_pack_and_its_cases():
    rule, cases = re.findall(r"```python\n(.*?)```", README.partition("## Write a rule\n")[2], re.DOTALL)
    assert (ROOT / "policies" / "ecs_operations" / "rules" / "kms.py").read_text().endswith(rule)
    assert (ROOT / "tests" / "policies" / "cases" / "kms.py").read_text().endswith(cases)


def test_how_to_write_a_rule_fits_on_one_screen():
    section = README.partition("## Write a rule\n")[2].partition("\n## ")[0]
    assert len(section.splitlines()) <= 60


def test_there_is_one_version_everywhere():
    def read(path: str) -> dict:
        text = (ROOT / path).read_text()
        return tomllib.loads(text) if path.endswith("toml") else yaml.safe_load(text)

    packs = {read(path)["version"] for path in ("policies/PulumiPolicy.yaml", "template/policies/PulumiPolicy.yaml")}
    assert packs == {read("policies/pyproject.toml")["project"]["version"]}
    assert set(re.findall(r"ecs-operations@v(\S+)", README)) == packs


def test_the_folder_to_copy_has_the_profiles_of_the_pack():
    for profile in (ROOT / "policies" / "config").glob("*.json"):
        assert (ROOT / "template" / "policies" / "config" / profile.name).read_text() == profile.read_text()


def test_both_forms_of_output_are_shown_and_read():
    (old,), (new,) = (
        [block for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL) if marker in block]
        for marker in ("Policy Violations:", "Policies:\n")
    )
    assert broken_rules(old) == broken_rules(new) == {"logs-retention"}


def test_its_example_of_a_configuration_is_right():
    for text in re.findall(r"```json\n(.*?)```", README, re.DOTALL):
        given = json.loads(text)
        assert malformed(given) == []
        wrong = [one for one in evaluate([], given).findings if one.rule == PACK_CONFIGURATION]
        assert wrong == []
