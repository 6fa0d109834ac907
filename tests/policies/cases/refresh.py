from __future__ import annotations

from typing import Any

from ecs_operations import tokens
from ecs_operations.model import UNKNOWN, Resource
from tests.policies.cases.build import a, bad, good, other, unknown
from tests.policies.cases.controllers import controller

RULE, AGE = "asg-instance-refresh", "asg-max-instance-lifetime"
START = "autoscaling:StartInstanceRefresh"
NUMBERED = {"launchTemplate": {"id": UNKNOWN, "version": UNKNOWN}}
MIXED = {"mixedInstancesPolicy": {"launchTemplate": {"launchTemplateSpecification": {"version": "$Latest"}}}}


def aged(days: Any) -> Resource:
    seconds = days if days is UNKNOWN else days * 86400
    return a(tokens.GROUP, "web", namePrefix="web-", maxInstanceLifetime=seconds, **NUMBERED)


def owned(ignore: tuple[str, ...] = ("launchTemplate",)) -> Resource:
    return a(tokens.GROUP, "web", ignore=ignore, namePrefix="web-", **NUMBERED)


def refreshed(ignore: tuple[str, ...] = (), **preferences: Any) -> Resource:
    refresh = {"strategy": "Rolling", "preferences": {"minHealthyPercentage": 90, **preferences}}
    return a(tokens.GROUP, "web", ignore=ignore, instanceRefresh=refresh, **NUMBERED)


def protected(**preferences: Any) -> Resource:
    refresh = {"strategy": "Rolling", "preferences": preferences}
    return a(tokens.GROUP, "web", protectFromScaleIn=True, instanceRefresh=refresh, **NUMBERED)


def moving(**template: Any) -> Resource:
    return a(tokens.GROUP, "web", instanceRefresh={"strategy": "Rolling"}, **template)


CASES = (
    good(RULE, "a controller owns the template", owned(), *controller(START)),
    good(RULE, "the provider's refresh", refreshed()),
    good(RULE, "the provider's defaults", a(tokens.GROUP, instanceRefresh={"strategy": "Rolling"}, **NUMBERED)),
    good(RULE, "half at once, but launched first", refreshed(minHealthyPercentage=50, maxHealthyPercentage=150)),
    good(RULE, "protected instances are refreshed", protected(scaleInProtectedInstances="Refresh")),
    bad(RULE, "nobody rolls it out", "reaches no running instance", owned(())),
    bad(RULE, "a controller of other groups", "reaches no running", owned(), *controller(START, resource="arn:x")),
    bad(RULE, "two owners", "controller may start refreshes, but Pulumi changes", owned(()), *controller(START)),
    bad(RULE, "half at once", "50 % of the instances away", refreshed(minHealthyPercentage=50)),
    bad(RULE, "a rollback to the new version", "returns to the new version", refreshed(autoRollback=True)),
    bad(RULE, "protected instances are left out", "leaves out instances", protected()),
    bad(RULE, "a refresh that never starts", "never starts", refreshed(ignore=("launchTemplate",))),
    bad(RULE, "the latest version", "launchTemplate follows a moving", moving(launchTemplate={"version": "$Latest"})),
    bad(RULE, "the latest version, mixed", "mixedInstancesPolicy follows a moving", moving(**MIXED)),
    unknown(RULE, "the role's document", owned(), *controller(START, known=False)),
    other(RULE, "no group", a(tokens.LAUNCH_TEMPLATE)),
    good(AGE, "four weeks", aged(28)),
    good(AGE, "a controller rolls out", owned(), *controller(START)),
    good(AGE, "the provider rolls out", refreshed()),
    good(AGE, "a day, as configured", aged(1), minimumDays=1),
    bad(AGE, "neither", "keeps an instance for ever", owned()),
    bad(AGE, "none is zero", "keeps an instance for ever", aged(0)),
    bad(AGE, "a day", "after 1 days, 7 to 90 are wanted", aged(1)),
    bad(AGE, "a year", "after 365 days, 7 to 90 are wanted", aged(365)),
    unknown(AGE, "the lifetime", aged(UNKNOWN)),
    unknown(AGE, "the role's document", owned(), *controller(START, known=False)),
    other(AGE, "no group", a(tokens.LAUNCH_TEMPLATE)),
)
