"""The way to what the inputs do not model: a function changes the arguments of one child before it is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeAlias, TypeVar

import pulumi
from pulumi_aws import appautoscaling, cloudwatch, ec2, ecs, iam, lb, servicediscovery

Child: TypeAlias = Literal[
    "service",
    "task_definition",
    "task_role",
    "execution_role",
    "log_group",
    "security_group",
    "target_group",
    "listener_rule",
    "service_registry",
    "scalable_target",
]
"""The attributes of a Service that show the same resource."""

Transform: TypeAlias = Callable[[dict[str, Any]], None]
"""It gets the arguments of the resource by their names in pulumi_aws, and changes them in place: a later release of the
library may give others."""

ChildName = TypeVar("ChildName", bound=str)

_KINDS: Final[Mapping[str, tuple[type, str]]] = {
    "service": (ecs.Service, ""),
    "task_definition": (ecs.TaskDefinition, ""),
    "task_role": (iam.Role, "-task-role"),
    "execution_role": (iam.Role, "-task-execution"),
    "log_group": (cloudwatch.LogGroup, ""),
    "security_group": (ec2.SecurityGroup, ""),
    "target_group": (lb.TargetGroup, ""),
    "listener_rule": (lb.ListenerRule, ""),
    "service_registry": (servicediscovery.Service, ""),
    "scalable_target": (appautoscaling.Target, ""),
}
"""Child → its class, and the end of its name where others have the class, too."""


def transformations(service: str, changes: Mapping[ChildName, Transform]) -> list[pulumi.ResourceTransformation]:
    """For the options of all children of a service. A preview says what each has changed."""

    def changed(given: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        for child, transform in changes.items():
            kind, end = _KINDS[child]
            if isinstance(given.resource, kind) and given.name.endswith(end):
                return pulumi.ResourceTransformationResult(_transformed(service, child, transform, given), given.opts)
        return None

    return [changed] if changes else []


def _transformed(
    service: str, child: str, transform: Transform, given: pulumi.ResourceTransformationArgs
) -> dict[str, Any]:
    before = {name: value for name, value in given.props.items() if value is not None}
    after = dict(before)
    if transform(after) is not None:
        raise pulumi.RunError(f"{service}: transform: {child} has to change what it gets, and return nothing")
    if unknown := sorted(set(after) - set(given.props)):
        raise pulumi.RunError(f"{service}: transform: {child} has no argument {', '.join(unknown)}")
    names = [name for name in {**before, **after} if before.get(name) is not after.get(name)]
    if not names:
        raise pulumi.RunError(
            f"{service}: transform: {child} changes nothing; give lists and maps anew, or leave it out"
        )
    pulumi.log.info(f"{service}: transform changes {', '.join(sorted(names))} of {child}")
    return dict(given.props) | dict.fromkeys(before) | after
