import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.support.stack_files import ROOT, stacks
from tools import configuration_docs


def test_the_reference_of_settings_is_up_to_date(capsys):
    assert configuration_docs.main(["--check"]) == 0, capsys.readouterr().err


def test_a_changed_setting_makes_the_check_fail(tmp_path, monkeypatch):
    page = configuration_docs.ROOT / ".sandbox-test-configuration.md"
    monkeypatch.setattr(configuration_docs, "PAGE", page)
    assert configuration_docs.main(["--check"]) == 1


def problems_with(stack_file: dict) -> list[str]:
    checked = Draft202012Validator(configuration_docs.schema())
    found = [each for error in checked.iter_errors(stack_file) for each in _causes(error)]
    return [".".join(map(str, [*error.absolute_path, error.validator])) for error in found]


def _causes(error) -> list:
    """What is wrong in a section, rather than that it is not empty."""
    choices = [each for each in error.context or [] if each.validator_value != "null"]
    return choices if len(choices) < len(error.context or []) else [error]


@pytest.mark.parametrize("stack", stacks())
def test_the_stack_files_name_the_schema_and_keep_it(stack):
    text = (ROOT / f"Pulumi.{stack}.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=settings.schema.json\n")
    assert problems_with(yaml.safe_load(text)) == []


def test_the_schema_refuses_what_the_program_refuses():
    required = {"aws:region": "eu-central-1", "ecs-platform:environment": "dev", "ecs-platform:owner": "me"}
    wrong = {"ecs-platform:network": {"zones": 1, "natt": "single"}, "ecs-platform:netwrok": {}}
    assert problems_with({"config": required | {"other:key": 1}}) == []
    assert set(problems_with({"config": required | wrong})) == {
        "config.ecs-platform:network.additionalProperties",
        "config.ecs-platform:network.zones.minimum",
        "config.anyOf",
    }
    assert problems_with({"config": {}}) == ["config.required"] * len(required)


@pytest.mark.parametrize(
    "empty",
    [{"ecs-platform:network": None}, {"ecs-platform:tags": None}, {"ecs-platform:instances": {"largestTask": None}}],
)
def test_a_section_whose_lines_are_all_comments_is_fine(empty):
    required = {"aws:region": "eu-central-1", "ecs-platform:environment": "dev", "ecs-platform:owner": "me"}
    assert problems_with({"config": required | empty}) == []
