import json

import pytest

from infra.environment.settings import parse
from tests.support.stack_files import config_of, stacks
from tests.support.wrong_settings import GOOD, problems_of


@pytest.mark.parametrize("stack", stacks())
def test_every_stack_file_of_the_repository_is_valid(stack):
    assert parse(config_of(stack)).environment == stack


def test_everything_wrong_is_reported_at_once():
    problems = problems_of(
        {
            "aws:region": "eu-centrl-1",
            "ecs-platform:enviroment": "dev",
            "ecs-platform:owner": "me",
            "ecs-platform:network": json.dumps({"zones": 1, "cidr": "10.0.0.0/28", "natt": "single"}),
            "ecs-platform:logs": json.dumps({"retentionDays": "7"}),
        }
    )
    assert [problem.split(": ")[0] for problem in problems] == [
        "aws:region",
        "ecs-platform:environment",
        "ecs-platform:network.cidr",
        "ecs-platform:network.zones",
        "ecs-platform:network.natt",
        "ecs-platform:logs.retentionDays",
        "ecs-platform:enviroment",
    ]


def test_keys_of_a_renamed_project_are_found():
    (problem,) = problems_of(GOOD | {"acme:network": "{}"}, project="acme")
    assert (
        problem == "acme:network: not read; keys of this program start with ecs-platform:, write ecs-platform:network"
    )


def test_foreign_keys_are_nobodys_business():
    assert parse(GOOD | {"datadog:site": "eu", "aws:profile": "ops"}).owner == "platform-team"


@pytest.mark.parametrize("empty", ["", "{}", " ", "null"])
@pytest.mark.parametrize("key", ["network", "instances", "tags"])
def test_a_section_whose_lines_are_all_left_out_has_its_defaults(key, empty):
    if (key, empty) != ("tags", "null"):  # YAML's null comes as empty text
        assert parse(GOOD | {f"ecs-platform:{key}": empty}) == parse(GOOD)


def test_an_empty_section_within_a_section_has_its_defaults():
    assert parse(GOOD | {"ecs-platform:instances": '{"largestTask": null}'}) == parse(GOOD)


def test_an_empty_required_setting_is_not_set():
    (problem,) = problems_of(GOOD | {"ecs-platform:owner": ""})
    assert problem == "ecs-platform:owner: not set; Who is responsible for it; a tag of everything."


def test_contradictions_of_all_sections_are_reported_beside_wrong_fields():
    problems = problems_of(
        {
            "ecs-platform:environment": "Dev",
            "ecs-platform:tags": json.dumps({"environment": "x", "n": 1}),
            "ecs-platform:network": json.dumps({"nat": "none", "zones": 1, "zoneIds": ["euc1-az1"]}),
            "ecs-platform:draining": json.dumps({"deadlineS": 60, "standaloneWaitS": 61, "agentGoneS": 61}),
            "ecs-platform:loadBalancer": json.dumps({"domain": "example.com"}),
        }
    )
    assert [problem.split(": ")[0].removeprefix("ecs-platform:") for problem in problems] == [
        "aws:region",
        "environment",
        "owner",
        "tags.n",
        "network.zones",
        "network.nat",
        "draining.standaloneWaitS",
        "draining.agentGoneS",
        "loadBalancer.hostedZoneId",
        "tags.environment",
    ]


@pytest.mark.parametrize("namespace", ["ecsplatform", "ecs_platform", "ecs-plattform", "platform"])
def test_a_misspelled_namespace_is_noticed_once(namespace):
    values = {key: value for key, value in GOOD.items() if key != "ecs-platform:owner"}
    (problem,) = problems_of(values | {f"{namespace}:owner": "me"})
    assert problem == (
        f"{namespace}:owner: not read; keys of this program start with ecs-platform:, write ecs-platform:owner"
    )
