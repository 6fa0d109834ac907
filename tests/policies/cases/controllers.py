"""A controller: a function on a schedule, and what its role may do."""

from __future__ import annotations

import json
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a

PREFIX = "arn:aws:autoscaling:eu-central-1:111122223333:autoScalingGroup:*:autoScalingGroupName/"


def controller(
    *actions: str,
    resource: str = f"{PREFIX}web-*",
    by_rule: bool = False,
    known: bool = True,
    managed: bool = False,
    condition: dict[str, Any] | None = None,
    environment: dict[str, Any] | None = None,
    also: tuple[dict[str, Any], ...] = (),
    runs: dict[str, Any] | None = None,
    **options: Any,
) -> tuple[Resource, ...]:
    """A scheduled function whose role may take these actions on groups of these names.

    `runs` are inputs of its schedule, `options` its own.
    """
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource, "Condition": condition or {}}
    text = json.dumps({"Statement": [statement, *also]}) if known else UNKNOWN
    role = a(tokens.ROLE, "controller")
    function = a(tokens.FUNCTION, "controller", depends={"role": [role]}, timeout=50, **options,
                 environment={"variables": environment or {}})  # fmt: skip
    return (role, function, *_starts(function, by_rule=by_rule, runs=runs or {}), *_grants(role, text, managed=managed))


def _starts(function: Resource, *, by_rule: bool, runs: dict[str, Any]) -> tuple[Resource, ...]:
    every = {"scheduleExpression": "rate(1 minute)", **runs}
    if not by_rule:
        return (a(tokens.SCHEDULE, "minute", depends={"target": [function]}, **every),)
    rule = a(tokens.EVENT_RULE, "minute", **every)
    return (rule, a(tokens.EVENT_TARGET, "minute", depends={"rule": [rule], "arn": [function]}))


def _grants(role: Resource, text: Any, *, managed: bool) -> tuple[Resource, ...]:
    if not managed:
        return (a(tokens.ROLE_POLICY, "controller", depends={"role": [role]}, policy=text),)
    policy = a(tokens.MANAGED_POLICY, "controller", policy=text)
    return (policy, a(tokens.ROLE_POLICY_ATTACHMENT, "controller", depends={"role": [role], "policyArn": [policy]}))
