"""What a traffic shift needs at AWS beside the target groups: how ECS may change rules, and call functions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from ..common import iam
from ..common.late import UNKNOWN_TEXT, previewed
from ..contract import Platform
from .infrastructure_role import ecs_role, infrastructure_role
from .lifecycle_hook import LifecycleHook, function_problem
from .traffic_shift import TrafficShift

BALANCERS_POLICY: Final = "AmazonECSInfrastructureRolePolicyForLoadBalancers"
"""Policy of AWS for rules (ECS developer guide, "Amazon ECS infrastructure IAM role for load balancers")."""


@dataclass(frozen=True, kw_only=True)
class Shifting:
    """The shift of one service."""

    test_header: str | None
    role_arn: pulumi.Output[str]
    """What ECS acts as to change listener rules."""
    configuration: aws.ecs.ServiceDeploymentConfigurationArgs | None
    """The strategy; None where a deployed service gets its second target groups, which happens step by step."""
    needed: Sequence[pulumi.Resource]
    """What has to be there before the service."""

    @property
    def owns_rules(self) -> bool:
        """Whether ECS may have changed the weights of the rules."""
        return self.configuration is not None


def shifting(
    name: str, platform: Platform, shift: TrafficShift | None, *, prepares: bool, opts: pulumi.ResourceOptions
) -> Shifting | None:
    """The shift of the service `name`, if it has one.

    A deployed service that has had none `prepares`: ECS wants to know its rules and both target groups by a rolling
    deployment first (ECS developer guide, "Update the deployment strategy from rolling update to blue/green").
    """
    if shift is None:
        return None
    role, attachment = infrastructure_role(f"{name}-traffic-shift", platform, BALANCERS_POLICY, opts)
    needed: list[pulumi.Resource] = [attachment]
    hooks: list[aws.ecs.ServiceDeploymentConfigurationLifecycleHookArgs] = []
    if shift.hooks:
        hooks_role, policy = _hooks_role(f"{name}-hooks", platform, shift.hooks, opts)
        needed.append(policy)
        hooks = [_hook(one, hooks_role.arn) for one in shift.hooks]
    if prepares:
        pulumi.log.info(f"{name}: this deployment replaces tasks step by step once more, the next one shifts traffic")
    configuration = aws.ecs.ServiceDeploymentConfigurationArgs(**shift.configuration, lifecycle_hooks=hooks or None)
    return Shifting(
        test_header=shift.test_header,
        role_arn=role.arn,
        configuration=None if prepares else configuration,
        needed=needed,
    )


def _hooks_role(
    name: str, platform: Platform, hooks: Sequence[LifecycleHook], opts: pulumi.ResourceOptions
) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
    """A role that may call these functions and nothing else."""
    role = ecs_role(name, platform, opts)
    arns = pulumi.Output.all(*(previewed(hook.function_arn) for hook in hooks))
    policy = aws.iam.RolePolicy(name, role=role.id, policy=arns.apply(_may_call), opts=opts)
    return role, policy


def _may_call(arns: Sequence[Any]) -> str:
    for arn in arns:
        if arn != UNKNOWN_TEXT and (problem := function_problem(arn)):
            raise pulumi.RunError(f"LifecycleHook.{problem}")
    return iam.document(iam.allow(["lambda:InvokeFunction"], sorted(set(arns))))


def _hook(hook: LifecycleHook, role_arn: pulumi.Input[str]) -> aws.ecs.ServiceDeploymentConfigurationLifecycleHookArgs:
    details: Mapping[str, str] = hook.details
    return aws.ecs.ServiceDeploymentConfigurationLifecycleHookArgs(
        hook_target_arn=hook.function_arn,
        role_arn=role_arn,
        lifecycle_stages=list(hook.stages),
        hook_details=json.dumps(dict(details), sort_keys=True) if details else None,
    )
