import json

import pulumi
import pytest

from infra.environment.settings import Settings, parse
from tests.support.wrong_settings import GOOD, problem_of, problems_of


def test_the_defaults_are_what_production_needs():
    settings = parse(GOOD)
    assert (settings.network.zones, settings.network.nat) == (3, "perZone")
    assert settings.cluster.container_insights == "enhanced"
    assert settings.logs.retention_days == 90


def test_further_tags_stand_beside_those_of_the_platform():
    tags = parse(GOOD | {"ecs-platform:tags": json.dumps({"team": "a"})}).all_tags
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


@pytest.mark.parametrize("name", ["dev-", "d", "-dev", "1dev", "Dev", "dev_1", "a" * 21])
def test_an_environment_has_a_name_that_aws_takes_everywhere(name):
    assert problem_of("ecs-platform:environment", name).startswith(
        f'ecs-platform:environment: has the wrong form, got "{name}"'
    )


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1", "us-iso-east-1", "us-isob-east-1", "eusc-de-east-1"])
def test_a_region_of_another_partition_is_refused(region):
    assert f"{region} is in another partition than aws" in problem_of("aws:region", region)


@pytest.mark.parametrize("key", ["Environment", "OWNER", "managed-By", "owner"])
def test_a_tag_of_the_platform_is_its_own_in_every_case(key):
    assert "the platform sets this tag itself" in problem_of("ecs-platform:tags", {key: "x"})


def test_tags_that_differ_in_case_alone_are_one_tag_to_iam():
    first, second = problems_of(GOOD | {"ecs-platform:tags": json.dumps({"Team": "a", "team": "b"})})
    assert "IAM takes it for the same tag as team" in first
    assert "IAM takes it for the same tag as Team" in second


@pytest.mark.parametrize(
    ("capacity", "instances", "refused"),
    [
        ({"headroomTasks": 8}, {}, False),
        ({"headroomTasks": 59}, {"maxSize": 30}, False),
        ({"headroomTasks": 61}, {"maxSize": 30}, True),
        ({"headroomTasks": 41, "zoneLoss": True}, {"maxSize": 30}, True),
        ({"headroomTasks": 40, "zoneLoss": True}, {"maxSize": 30}, False),
        ({"headroomTasks": 30}, {"maxSize": 30, "largestTask": {"cpuUnits": 2048}}, False),
        ({"headroomTasks": 31}, {"maxSize": 30, "largestTask": {"cpuUnits": 2048}}, True),
    ],
)
def test_headroom_has_room_below_the_largest_size(capacity, instances, refused):
    values = {"ecs-platform:capacity": json.dumps(capacity), "ecs-platform:instances": json.dumps(instances)}
    if not refused:
        parse(GOOD | values)
        return
    (problem,) = problems_of(GOOD | values)
    assert problem.startswith(f"ecs-platform:capacity.headroomTasks: {capacity['headroomTasks']}, but 30 instances")


@pytest.mark.parametrize(("text", "value"), [("false", False), ("true", True)])
def test_the_engine_may_have_quoted_a_truth_value(text, value):
    assert parse(GOOD | {"ecs-platform:protect": text}).protect is value
    assert "must be true or false" in problem_of("ecs-platform:protect", "no")


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("dev-instances", "instances"),
        ("dev-instances-2", "instances"),
        ("dev-events", "events"),
    ],
)
def test_an_environment_is_not_named_like_what_policies_of_another_grant(name, word):
    with pytest.raises(pulumi.RunError, match=rf"ecs-platform:environment: {name} reads like the {word} of another"):
        parse({"aws:region": "eu-central-1", "ecs-platform:environment": name, "ecs-platform:owner": "me"})
