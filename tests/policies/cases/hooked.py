"""Groups with a terminating hook, for the cases of several files."""

from __future__ import annotations

from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.ecs_groups import MANAGED_TAG
from ecs_operations.facts.hooks import TERMINATING
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import DROP, a

OF_ECS: dict[str, Any] = {"tags": [{"key": MANAGED_TAG, "value": "true", "propagateAtLaunch": True}]}
"""What makes a group one of an ECS cluster."""
NAMED: dict[str, Any] = {"namePrefix": "web-", **OF_ECS}
PLAIN = a(tokens.GROUP, "web", namePrefix="web-")
"""A group of web servers without ECS."""
GROUP = a(tokens.GROUP, "web", **NAMED)


HOSTS = a(tokens.LAUNCH_TEMPLATE, "hosts", userData=UNKNOWN)


def undecided(**inputs: Any) -> Resource:
    """A group of which only AWS knows what its instances do when they start."""
    return a(tokens.GROUP, "web", depends={"launchTemplate": [HOSTS]}, namePrefix="web-", **inputs)


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
