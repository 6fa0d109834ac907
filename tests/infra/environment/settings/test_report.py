import json
import re

import pulumi
import pytest

from infra.environment.settings import Section, Settings, parse
from tests.support.wrong_settings import GOOD, problem_of, problems_of


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
        ("ecs-platform:network", "{broken", 'flowLogs, flowLogIntervalS), got "{broken"; see docs/configuration.md'),
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
        (
            "ecs-platform:capacity",
            {"disruptionPercent": 20},
            "ecs-platform:capacity.disruptionPercent: is called disruption.percent now; write that instead (docs/upgr",
        ),
        ("ecs-platform:disruption", {"percent": 0}, "disruption.percent: must be 1 or more, got 0; Percent of"),
        ("ecs-platform:disruption", {"disruptionPercent": 9}, "no such setting; known are percent, quietTimes"),
        (
            "ecs-platform:disruption",
            {"quietTimes": ["22:00-06:00", "mon 07:00-19:00"]},
            "ecs-platform:disruption.quietTimes[1]: write it like Mon-Fri 07:00-19:00 or 22:00-06:00, in UTC, got 'mon",
        ),
        ("ecs-platform:disruption", {"quietTimes": "22:00-06:00"}, "quietTimes: must be a list, like [a, b], got"),
        ("ecs-platform:disruption", {"quietTimes": ["22:00-06:00"] * 21}, "must have 20 or fewer entries, got"),
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


def test_every_wrong_quiet_time_is_told_at_once():
    found = problems_of(GOOD | {"ecs-platform:disruption": json.dumps({"percent": 200, "quietTimes": ["noon", "", 7]})})
    assert [each.split(": ")[0] for each in found] == [
        "ecs-platform:disruption.percent",
        *(f"ecs-platform:disruption.quietTimes[{index}]" for index in range(3)),
    ]


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
