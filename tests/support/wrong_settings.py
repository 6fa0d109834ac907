"""What the settings say of a stack file that is wrong."""

from __future__ import annotations

import json

import pulumi
import pytest

from infra.environment.settings import parse

GOOD = {"aws:region": "eu-central-1", "ecs-platform:environment": "dev", "ecs-platform:owner": "platform-team"}
"""The least that a stack file holds."""


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
