"""What is set about draining is what the controller, the hook and the group do."""

import json

import pytest

from infra.environment.settings import parse

GOOD = {"aws:region": "eu-central-1", "ecs-platform:environment": "dev", "ecs-platform:owner": "platform-team"}


@pytest.mark.parametrize(
    ("given", "result", "retains"),
    [
        ({}, "CONTINUE", False),
        ({"atDeadline": "terminate"}, "CONTINUE", False),
        ({"atDeadline": "keep"}, "ABANDON", True),
    ],
)
def test_at_the_deadline_an_instance_goes_or_is_abandoned_and_retained_as_it_is_set(given, result, retains):
    draining = parse(GOOD | {"ecs-platform:draining": json.dumps(given)}).draining
    assert (draining.to_controller().result, draining.retain_abandoned) == (result, retains)
