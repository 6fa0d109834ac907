"""A function that looks at a deployment while it shifts traffic, and may end it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Final, Literal, TypeAlias

import pulumi

from ..common.args import inputs
from ..common.inputs import known_text_problem

Stage: TypeAlias = Literal[
    "RECONCILE_SERVICE",
    "PRE_SCALE_UP",
    "POST_SCALE_UP",
    "TEST_TRAFFIC_SHIFT",
    "POST_TEST_TRAFFIC_SHIFT",
    "PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
]
"""Stages of a deployment in their order (Amazon ECS API reference, DeploymentLifecycleHook). The provider's
documentation does not list PRE_PRODUCTION_TRAFFIC_SHIFT."""

Stages: TypeAlias = list[Stage] | tuple[Stage, ...]

OF_TEST_TRAFFIC: Final = ("TEST_TRAFFIC_SHIFT", "POST_TEST_TRAFFIC_SHIFT")
"""Stages in which the new tasks have test traffic."""

_FUNCTION: Final = re.compile(
    r"^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9$_-]+)?\Z"
)


@inputs
class LifecycleHook:
    """A Lambda function that ECS calls at stages of a deployment, under a role that may call it and nothing else.

    It answers `{"hookStatus": "SUCCEEDED"}`, `FAILED`, which rolls back, or `IN_PROGRESS`: then it is called again. An
    error of the function rolls back, too (Amazon ECS developer guide, "Lifecycle hooks").
    """

    function_arn: pulumi.Input[str]
    """The function, of this Region; a version or an alias may stand at its end."""
    stages: Stages
    """When it is called. `PRODUCTION_TRAFFIC_SHIFT` is there at each step of a shift."""
    details: Mapping[str, str] = field(default_factory=dict[str, str])
    """What the function gets as `hookDetails` in each call. By default nothing."""

    def problem(self) -> str | None:
        """Whether it would never be called."""
        if isinstance(self.function_arn, str) and (problem := function_problem(self.function_arn)):
            return problem
        if not self.stages:
            return "stages: must be one or more, got none; write ['POST_SCALE_UP'] to look at the new tasks"
        twice = [one for one in self.stages if self.stages.count(one) > 1]
        return f"stages: {twice[0]} stands there twice; once is enough" if twice else None


def function_problem(arn: object) -> str | None:
    """Whether a known value is no ARN of a function."""
    if problem := known_text_problem("function_arn:", arn):
        return problem
    if _FUNCTION.match(str(arn)):
        return None
    return (
        "function_arn: must be the ARN of a Lambda function, arn:aws:lambda:REGION:ACCOUNT:function:NAME, got "
        f"{arn!r}; write function.arn"
    )
