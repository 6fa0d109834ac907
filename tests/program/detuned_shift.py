"""A service that shifts traffic, weakened: its settings, its rule, its roles."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ecs_operations import Resource
from ecs_operations.facts.tokens import SERVICE
from tools.graph_changes import Change, changed, edited, relinked

SHIFTS = "service-deployment-shift"
WEIGHED = "no-ignore-changes-on-guarded"
CHECKOUT = "checkout-service"


def settings(**changes: Any) -> Change:
    key = "deploymentConfiguration"
    return edited(SERVICE, CHECKOUT, lambda inputs: {**inputs, key: {**inputs[key], **changes}})


def balancer(**changes: Any) -> Change:
    def edit(inputs: dict[str, Any]) -> dict[str, Any]:
        return {**inputs, "loadBalancers": [{**one, **changes} for one in inputs["loadBalancers"]]}

    return edited(SERVICE, CHECKOUT, edit)


def calls(statement: dict[str, Any]) -> Change:
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})
    return changed("aws:iam/rolePolicy:RolePolicy", "checkout-hooks", policy=document)


def trusts(principal: dict[str, str]) -> Change:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return changed("aws:iam/role:Role", "checkout-traffic-shift", assumeRolePolicy=document)


def weighed(ignore: tuple[str, ...]) -> Change:
    def change(found: Sequence[Resource]) -> list[Resource]:
        return [
            replace(one, ignore_changes=ignore) if "checkout-target-group-rule" in one.name else one for one in found
        ]

    return change


DETUNED_SHIFTS: list[tuple[Change, set[str]]] = [
    (balancer(advancedConfiguration=None), {SHIFTS}),
    (settings(bakeTimeInMinutes=None), {SHIFTS}),
    (settings(bakeTimeInMinutes="0"), {"service-deployment-alarms"}),
    (settings(canaryConfiguration={"canaryPercent": 100}), {SHIFTS}),
    (settings(canaryConfiguration={"canaryPercent": 5, "canaryBakeTimeInMinutes": "0"}), {SHIFTS}),
    (settings(strategy="ROLLING"), {WEIGHED}),
    (weighed(()), {"service-deployment-weights"}),
    (weighed(("conditions", "actions")), set()),
    (relinked(SERVICE, CHECKOUT, "alarms", lambda urn: None if "alternate" in urn else urn), {SHIFTS}),
    (changed(SERVICE, CHECKOUT, alarms=None), {"service-deployment-alarms"}),
    (changed(SERVICE, CHECKOUT, deploymentCircuitBreaker=None), {"service-circuit-breaker"}),
    (
        changed(
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            "checkout-traffic-shift",
            policyArn="arn:aws:iam::aws:policy/AdministratorAccess",
        ),
        {"iam-no-managed-admin"},
    ),
    (trusts({"AWS": "*"}), {"access-named"}),
    (calls({"Action": ["lambda:*"], "Resource": ["*"]}), {"iam-no-wildcards"}),
    (calls({"Action": ["lambda:InvokeFunction"], "Resource": ["*"]}), {"iam-no-wildcards"}),
]
"""Change of a service that shifts traffic → rules that notice it."""
