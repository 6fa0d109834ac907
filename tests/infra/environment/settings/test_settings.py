import json
import re

import pulumi
import pytest

from infra.environment.settings import Section, Settings, parse
from tests.support.stack_files import config_of, stacks

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
        ("ecs-platform:network", {"zones": 1}, "network.zones: must be 2 or more, got 1; Number of"),
        ("ecs-platform:network", {"zones": "3"}, 'network.zones: must be a whole number, without quotes, got "3"; '),
        ("ecs-platform:network", {"cidr": "10.0.0.0/24"}, "10.0.0.0/24 has prefix /24; take /16 to /20"),
        ("ecs-platform:network", {"cidr": "10.0.0"}, "'10.0.0' is no IPv4 range"),
        (
            "ecs-platform:network",
            {"nat": "none"},
            "network.nat: none leaves instances no way to the ECS API; set interfaceEndpoints: true",
        ),
        (
            "ecs-platform:network",
            {"zoneIds": ["euc1-az1"]},
            "network.zoneIds: 1 zone is named (euc1-az1), zones is 3; make",
        ),
        ("ecs-platform:network", "yes", "ecs-platform:network: must hold settings, indented below it (cidr, zones, "),
        ("ecs-platform:network", "{broken", 'nat, interfaceEndpoints), got "{broken"; see docs/configuration.md'),
        ("ecs-platform:network", {"nat": "PerZone"}, 'single, none, got "PerZone"; did you mean perZone?'),
        ("ecs-platform:network", {"nat": "many"}, 'must be one of perZone, single, none, got "many"; NAT gateways'),
        ("ecs-platform:network", {"zones": None}, "has no value; give it one, or leave the line out for the default"),
        ("ecs-platform:network", {"interfaceEndpoints": "yes"}, 'true or false, without quotes, got "yes"; Interface'),
        ("ecs-platform:network", {"zoneIds": "euc1-az1"}, "network.zoneIds: must be a list, like [a, b], got"),
        ("ecs-platform:logs", {"retentionDays": 8}, "must be one of 1, 3, 5,"),
        (
            "ecs-platform:alarms",
            {"emails": ["ops"]},
            'ecs-platform:alarms.emails[0]: has the wrong form, got "ops"; Mail',
        ),
        ("ecs-platform:permissionsBoundaryArn", "", 'has the wrong form, got ""; ARN of the IAM policy'),
        ("ecs-platform:owner", "x" * 300, f'must have 256 or fewer characters, got "{"x" * 99}…; Who is responsible'),
        ("ecs-platform:owner", "me <me>", "'me <me>' cannot be a tag of AWS; use letters, digits"),
        (
            "ecs-platform:draining",
            {"standaloneWaitS": 901},
            "draining.standaloneWaitS: 901 is more than deadlineS, which",
        ),
        ("ecs-platform:environment", "Prod!", 'environment: has the wrong form, got "Prod!"; Name of'),
        (
            "ecs-platform:loadBalancer",
            {"domain": "example.com"},
            "hostedZoneId: not set, and domain is example.com; they belong",
        ),
        (
            "ecs-platform:loadBalancer",
            {"domain": "Example", "hostedZoneId": "Z1"},
            'loadBalancer.domain: has the wrong form, got "Example"; Domain of',
        ),
        ("ecs-platform:loadBalancer", {"domian": "example.com"}, "no such setting; did you mean domain?"),
        (
            "ecs-platform:loadBalancer",
            {"accessLogDays": 0},
            "loadBalancer.accessLogDays: must be 1 or more, got 0; Days",
        ),
        ("ecs-platform:discovery", {"namespace": "internal"}, "discovery.namespace: has the wrong form"),
        ("ecs-platform:tags", "a", "ecs-platform:tags: must hold keys and values, like {key: value}"),
        ("ecs-platform:tags", {"a.b": "<"}, "ecs-platform:tags[\"a.b\"]: '<' cannot be a tag of AWS"),
        ("ecs-platform:tags", {"owner": "x"}, "ecs-platform:tags.owner: the platform sets this tag itself"),
        ("ecs-platform:tags", {"AWS:x": "x"}, "ecs-platform:tags.AWS:x: tags that begin with aws: belong to AWS"),
        ("ecs-platform:tags", {"": "x"}, "ecs-platform:tags.: not a name for a tag; use 1 to 128 letters"),
        ("ecs-platform:tags", {"a": 1}, "ecs-platform:tags.a: must be text, in quotes where it looks like something"),
    ],
)
def test_a_wrong_setting_gives_its_path_the_problem_and_a_remedy(key, value, says):
    assert says in problem_of(key, value)


def test_a_missing_setting_says_what_it_is_for():
    (problem,) = problems_of({key: value for key, value in GOOD.items() if key != "ecs-platform:owner"})
    assert problem == "ecs-platform:owner: not set; Who is responsible for it; a tag of everything."


def test_keys_of_a_renamed_project_are_found():
    (problem,) = problems_of(GOOD | {"acme:network": "{}"}, project="acme")
    assert (
        problem == "acme:network: not read; keys of this program start with ecs-platform:, write ecs-platform:network"
    )


def test_foreign_keys_are_nobodys_business():
    assert parse(GOOD | {"datadog:site": "eu", "aws:profile": "ops"}).owner == "platform-team"


def test_further_tags_stand_beside_those_of_the_platform():
    tags = parse(GOOD | {"ecs-platform:tags": json.dumps({"team": "a"})}).all_tags
    assert tags == {"team": "a", "environment": "dev", "owner": "platform-team", "managed-by": "ecs-platform"}


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


JARGON = re.compile(r"pydantic|[Ii]nput should|[Ss]tring should|valid (string|integer|list)|[\\^$]|\(\?|_type\b|\|")


def wrong_values():
    """Every setting with values of every other kind."""

    def below(model, path):
        for name, field in model.model_fields.items():
            key = field.alias or name
            yield (*path, key)
            if issubclass(field.annotation if isinstance(field.annotation, type) else str, Section):
                yield from below(field.annotation, (*path, key))

    for path in below(Settings, ()):
        for wrong in ("", "§", 0, -1, 10**9, 0.5, True, None, [], [0], {"a": 0}, {"": {}}):
            value = wrong
            for step in reversed(path[1:]):
                value = {step: value}
            yield path[0], value if isinstance(value, str) else json.dumps(value)


def test_no_message_speaks_the_language_of_a_library():
    said = []
    for key, text in wrong_values():
        name = key if ":" in key else f"ecs-platform:{key}"
        try:
            parse(GOOD | {name: text})
        except pulumi.RunError as error:
            said += [line.removeprefix("  - ") for line in str(error).splitlines()[1:]]
    assert len(said) > 300
    assert [line for line in said if JARGON.search(re.sub(r"got .*?; ", "", line)) or "cannot be used" in line] == []
    assert [line for line in said if not re.match(r"(aws|ecs-platform):\S+: \S", line)] == []


def test_every_setting_is_described():
    def missing(model, path=""):
        for name, field in model.model_fields.items():
            inner = getattr(field.annotation, "model_fields", None)
            if inner:
                yield from missing(field.annotation, f"{path}{name}.")
            elif not field.description:
                yield path + name

    assert not list(missing(Settings))


@pytest.mark.parametrize("name", ["dev-instances", "dev-instances-2"])
def test_an_environment_is_not_named_like_the_instances_of_another(name):
    with pytest.raises(pulumi.RunError, match=rf"ecs-platform:environment: {name} reads like the instances of another"):
        parse({"aws:region": "eu-central-1", "ecs-platform:environment": name, "ecs-platform:owner": "me"})
