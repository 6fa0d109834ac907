"""Groups with a terminating hook, for the cases of several files."""

from __future__ import annotations

from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.hooks import TERMINATING
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import DROP, a

LAUNCHING = "autoscaling:EC2_INSTANCE_LAUNCHING"
NAMED: dict[str, Any] = {"namePrefix": "web-"}
GROUP = a(tokens.GROUP, "web", **NAMED)


def hook(**changes: Any) -> Resource:
    depends = {"autoscalingGroupName": [GROUP]}
    given = {"name": "drain", "lifecycleTransition": TERMINATING, "defaultResult": "CONTINUE", **changes}
    return a(tokens.LIFECYCLE_HOOK, "drain", depends=depends, **given)


def initial(transition: str = TERMINATING, **changes: Any) -> Resource:
    hooks = [{"name": "drain", "lifecycleTransition": transition, "defaultResult": "CONTINUE", **changes}]
    return a(tokens.GROUP, "web", **NAMED, initialLifecycleHooks=hooks)


def provider(managed: Any = DROP) -> Resource:
    inner = {"autoScalingGroupArn": UNKNOWN, **({} if managed is DROP else {"managedDraining": managed})}
    return a(tokens.CAPACITY_PROVIDER, "web", depends={"autoScalingGroupProvider": [GROUP]},
             autoScalingGroupProvider=inner)  # fmt: skip
