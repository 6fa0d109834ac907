import json

import pulumi
import pytest

from infra.environment.settings import Settings, parse
from tests.support.wrong_settings import GOOD


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


@pytest.mark.parametrize("name", ["dev-instances", "dev-instances-2"])
def test_an_environment_is_not_named_like_the_instances_of_another(name):
    with pytest.raises(pulumi.RunError, match=rf"ecs-platform:environment: {name} reads like the instances of another"):
        parse({"aws:region": "eu-central-1", "ecs-platform:environment": name, "ecs-platform:owner": "me"})
