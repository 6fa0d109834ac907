from __future__ import annotations

from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.hooks import LAUNCHING
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown
from tests.policies.cases.controllers import controller
from tests.policies.cases.hooked import HOSTS, NAMED, PLAIN, hook, undecided

REFRESH, MAINTENANCE = "asg-instance-refresh", "asg-instance-maintenance"
START = "autoscaling:StartInstanceRefresh"
NUMBERED: dict[str, Any] = {**NAMED, "launchTemplate": {"id": UNKNOWN, "version": UNKNOWN}}
MIXED = {"mixedInstancesPolicy": {"launchTemplate": {"launchTemplateSpecification": {"version": "$Latest"}}}}


def owned(ignore: tuple[str, ...] = ("launchTemplate",)) -> Resource:
    return a(tokens.GROUP, "web", ignore=ignore, **NUMBERED)


VERSION = "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.version"


def mixed(ignored: str) -> Resource:
    return a(tokens.GROUP, "web", ignore=(ignored,), **MIXED, **NAMED)


def refreshed(ignore: tuple[str, ...] = (), **preferences: Any) -> Resource:
    refresh = {"strategy": "Rolling", "preferences": {"minHealthyPercentage": 90, **preferences}}
    return a(tokens.GROUP, "web", ignore=ignore, instanceRefresh=refresh, **NUMBERED)


def protected(**preferences: Any) -> Resource:
    refresh = {"strategy": "Rolling", "preferences": preferences}
    return a(tokens.GROUP, "web", protectFromScaleIn=True, instanceRefresh=refresh, **NUMBERED)


def moving(**template: Any) -> Resource:
    return a(tokens.GROUP, "web", instanceRefresh={"strategy": "Rolling"}, **NAMED, **template)


def maintained(least: Any, most: Any = 110) -> Resource:
    policy = {"minHealthyPercentage": least, "maxHealthyPercentage": most}
    return a(tokens.GROUP, "web", instanceMaintenancePolicy=policy, **NAMED)


CASES = (
    good(REFRESH, "a controller owns the template", owned(), *controller(START)),
    good(REFRESH, "the provider's refresh", refreshed()),
    good(REFRESH, "the provider's defaults", a(tokens.GROUP, instanceRefresh={"strategy": "Rolling"}, **NUMBERED)),
    good(REFRESH, "half at once, but launched first", refreshed(minHealthyPercentage=50, maxHealthyPercentage=150)),
    good(REFRESH, "protected instances are refreshed", protected(scaleInProtectedInstances="Refresh")),
    bad(REFRESH, "nobody rolls it out", "reaches no running instance", owned(())),
    bad(REFRESH, "a controller of other groups", "reaches no running", owned(), *controller(START, resource="arn:x")),
    bad(REFRESH, "two owners", "controller may start refreshes, but Pulumi changes", owned(()), *controller(START)),
    bad(REFRESH, "half at once", "50 % of the instances away", refreshed(minHealthyPercentage=50)),
    bad(REFRESH, "all at once, but launched first", "100 % of the instances away",
        refreshed(minHealthyPercentage=0, maxHealthyPercentage=101)),
    good(REFRESH, "three checkpoints", refreshed(checkpointPercentages=[10, 50, 100])),
    good(REFRESH, "no warm-up behind a launching hook",
         refreshed(instanceWarmup=0), hook(lifecycleTransition=LAUNCHING)),
    good(REFRESH, "a version that the controller owns", owned(('launchTemplate["version"]',)), *controller(START)),
    good(REFRESH, "all that a controller owns", owned(("*",)), *controller(START)),
    bad(REFRESH, "half of the instances", "with 50 % of the instances replaced", refreshed(checkpointPercentages=[50])),
    bad(REFRESH, "no warm-up", "instanceWarmup 0, and no launching hook", refreshed(instanceWarmup="0")),
    bad(REFRESH, "a controller that is switched off", "reaches no running",
        owned(), *controller(START, runs={"state": "DISABLED"})),
    bad(REFRESH, "a rollback to the new version", "returns to the new version", refreshed(autoRollback=True)),
    bad(REFRESH, "protected instances are left out", "leaves out instances", protected()),
    bad(REFRESH, "a refresh that never starts", "never starts", refreshed(ignore=("launchTemplate",))),
    bad(REFRESH, "the latest version", "launchTemplate follows a moving",
        moving(launchTemplate={"version": "$Latest"})),
    bad(REFRESH, "the latest version, mixed", "mixedInstancesPolicy follows a moving", moving(**MIXED)),
    good(REFRESH, "a version inside a policy", mixed(VERSION), *controller(START)),
    bad(REFRESH, "a policy that stays for ever", "ignores all of mixedInstancesPolicy",
        mixed("mixedInstancesPolicy"), *controller(START)),
    unknown(REFRESH, "the checkpoints", refreshed(checkpointPercentages=UNKNOWN)),
    unknown(REFRESH, "the role's document", owned(), *controller(START, known=False)),
    other(REFRESH, "no group", a(tokens.LAUNCH_TEMPLATE)),
    unknown(REFRESH, "whether it is one of ECS", undecided(), HOSTS),
    other(REFRESH, "a group of web servers", PLAIN),
    good(MAINTENANCE, "launches first", maintained(100)),
    good(MAINTENANCE, "a tenth at once", maintained("90", 100)),
    good(MAINTENANCE, "a policy that is taken away", maintained(-1, -1)),
    bad(MAINTENANCE, "nothing needs to be healthy", "100 % of them away at once", maintained(0, 100)),
    bad(MAINTENANCE, "a quarter, although launched first", "75 % of them away at once", maintained(25, 120)),
    unknown(MAINTENANCE, "the share", maintained(UNKNOWN)),
    unknown(MAINTENANCE, "whether it is one of ECS", HOSTS,
            undecided(instanceMaintenancePolicy={"minHealthyPercentage": 0, "maxHealthyPercentage": 100})),
    other(MAINTENANCE, "no policy", a(tokens.GROUP, **NAMED)),
    other(MAINTENANCE, "a group of web servers",
          a(tokens.GROUP, instanceMaintenancePolicy={"minHealthyPercentage": 0})),
)  # fmt: skip
