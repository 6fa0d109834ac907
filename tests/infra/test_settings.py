import json

import pulumi
import pytest

from infra.settings import Settings, parse
from tests.stack_files import config_of, stacks

GOOD = {"aws:region": "eu-central-1", "ecs-platform:environment": "dev", "ecs-platform:owner": "platform-team"}


def problems_of(values: dict[str, str], project: str = "ecs-platform") -> list[str]:
    with pytest.raises(pulumi.RunError) as error:
        parse(values, project)
    first, *lines = str(error.value).splitlines()
    assert first.startswith(f"the settings of this stack need {len(lines)} change")
    return [line.removeprefix("  - ") for line in lines]


def problem_of(key: str, value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    (problem,) = problems_of(GOOD | {key: text})
    return problem


@pytest.mark.parametrize("stack", stacks())
def test_every_stack_file_of_the_repository_is_valid(stack):
    assert parse(config_of(stack)).environment == stack


def test_the_defaults_are_what_production_needs():
    settings = parse(GOOD)
    assert (settings.network.zones, settings.network.nat) == (3, "perZone")
    assert settings.cluster.container_insights == "enhanced"
    assert settings.logs.retention_days == 90


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


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("aws:region", "eu-centrl-1", "there is no Region 'eu-centrl-1'; did you mean eu-central-1?"),
        ("aws:region", "moon", "there is no Region 'moon'; known are af-south-1"),
        ("ecs-platform:netwrk", {}, "ecs-platform:netwrk: no such setting; did you mean network?"),
        ("ecs-platform:network", {"zonse": 3}, "network.zonse: no such setting; did you mean zones?"),
        ("ecs-platform:network", {"zones": 1}, "network.zones: input should be greater than or equal to 2, got 1"),
        ("ecs-platform:network", {"zones": "3"}, 'network.zones: input should be a valid integer, got "3"'),
        ("ecs-platform:network", {"cidr": "10.0.0.0/24"}, "10.0.0.0/24 has prefix /24; take /16 to /20"),
        ("ecs-platform:network", {"cidr": "10.0.0"}, "'10.0.0' is no IPv4 range"),
        ("ecs-platform:network", {"nat": "none"}, "set interfaceEndpoints: true"),
        ("ecs-platform:network", {"zoneIds": ["euc1-az1"]}, "1 different zones named, zones is 3; make them equal"),
        ("ecs-platform:network", "yes", 'ecs-platform:network: input should be an object, got "yes"'),
        ("ecs-platform:network", "{broken", "ecs-platform:network: input should be an object"),
        ("ecs-platform:environment", "Prod!", "string should match pattern"),
        ("ecs-platform:loadBalancer", {"domain": "example.com"}, "domain and hostedZoneId belong together"),
        (
            "ecs-platform:loadBalancer",
            {"domain": "Example", "hostedZoneId": "Z1"},
            "loadBalancer.domain: string should match pattern",
        ),
        ("ecs-platform:loadBalancer", {"domian": "example.com"}, "no such setting; did you mean domain?"),
        ("ecs-platform:loadBalancer", {"accessLogDays": 0}, "loadBalancer.accessLogDays: input should be greater"),
        ("ecs-platform:discovery", {"namespace": "internal"}, "discovery.namespace: string should match pattern"),
        ("ecs-platform:tags", {"a": 1}, "ecs-platform:tags.a: input should be a valid string, got 1"),
    ],
)
def test_a_wrong_setting_gives_its_path_the_problem_and_a_remedy(key, value, says):
    assert says in problem_of(key, value)


def test_a_missing_setting_says_what_it_is_for():
    (problem,) = problems_of({key: value for key, value in GOOD.items() if key != "ecs-platform:owner"})
    assert problem == "ecs-platform:owner: not set; Who is called when it breaks; a tag of everything."


def test_keys_of_a_renamed_project_are_found():
    (problem,) = problems_of(GOOD | {"acme:network": "{}"}, project="acme")
    assert problem.startswith("acme:network: not read")
    assert problem.endswith("write ecs-platform:network")


def test_foreign_keys_are_nobodys_business():
    assert parse(GOOD | {"datadog:site": "eu", "aws:profile": "ops"}).owner == "platform-team"


def test_the_tags_of_the_platform_win_over_own_ones():
    tags = parse(GOOD | {"ecs-platform:tags": json.dumps({"owner": "x", "team": "a"})}).all_tags
    assert tags == {"team": "a", "environment": "dev", "owner": "platform-team", "managed-by": "ecs-platform"}


def test_every_setting_is_described():
    def missing(model, path=""):
        for name, field in model.model_fields.items():
            inner = getattr(field.annotation, "model_fields", None)
            if inner:
                yield from missing(field.annotation, f"{path}{name}.")
            elif not field.description:
                yield path + name

    assert not list(missing(Settings))
