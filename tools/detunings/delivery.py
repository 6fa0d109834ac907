"""What is sent and may be done: events, queues, topics, keys, logs, functions, roles, buckets."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ecs_operations import Resource
from ecs_operations.facts import tokens
from tools.graph_changes import Change, Inputs, edited, joined
from tools.mutation import Edit, Mutation, mutation

Statement = dict[str, Any]
ROLE_POLICY, QUEUE_POLICY = tokens.ROLE_POLICY, tokens.QUEUE_POLICY
CONTROLLER = "-instance-controller-role"
CONTROLLER_SOURCE = "infra/environment/controllers/instance_controller.py"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


def _statements(kind: str, name: str, edit: Callable[[list[Statement]], list[Statement]], of: str = "policy") -> Change:
    """Change the statements of a document."""

    def change(inputs: Inputs) -> Inputs:
        document = json.loads(inputs[of])
        return {**inputs, of: json.dumps({**document, "Statement": edit(document["Statement"])})}

    return edited(kind, name, change)


def _also(*more: Mapping[str, Any], kind: str = ROLE_POLICY, name: str = CONTROLLER, of: str = "policy") -> Change:
    """Add statements; by default to the role of the instance controller."""
    return _statements(kind, name, lambda found: [*found, *({"Effect": "Allow", **one} for one in more)], of)


def _allowing(action: str, **changes: Any) -> Change:
    """Change the statement of the instance controller's role that allows an action."""

    def edit(found: list[Statement]) -> list[Statement]:
        return [{**one, **changes} if action in one["Action"] else one for one in found]

    return _statements(ROLE_POLICY, CONTROLLER, edit)


def _replaced(kind: str, name: str, old: str, new: str, of: str = "policy") -> Change:
    return edited(kind, name, lambda inputs: {**inputs, of: Edit(of, old, new)(inputs[of])})


def _like(kind: str, name: str, as_: str, **inputs: Any) -> Change:
    """Add a resource beside one of the program, which it depends on by none of its inputs."""

    def make(resources: Sequence[Resource]) -> Resource:
        found = next(one for one in resources if one.type == kind and one.name.endswith(name))
        urn = found.urn.replace(kind, as_) + "-added"
        return replace(found, type=as_, name="added", urn=urn, inputs=inputs, dependencies={}, ignore_changes=())

    return joined(make)


CONTROLLER_GONE = "asg-instance-refresh asg-max-instance-lifetime"
OTHER_CLUSTER = {"ArnEquals": {"ecs:cluster": "arn:aws:ecs:eu-central-1:123456789012:cluster/other"}}
OTHER_INSTANCES = ["arn:aws:ecs:eu-central-1:123456789012:container-instance/other/*"]
ANY_CLUSTER = {"ArnLike": {"ecs:cluster": "*"}}
DENIED = {"Effect": "Deny", "Action": "ecs:*", "Resource": "*", "Condition": {"Null": {"ecs:cluster": "false"}}}

OF_THE_CONTROLLER = (
    mutation("a controller that may drain another cluster only", "drain-handler-permissions",
             _allowing("ecs:UpdateContainerInstancesState", Condition=OTHER_CLUSTER),
             Edit(CONTROLLER_SOURCE, "container-instance/{", "container-instance/other-{")),
    mutation("a controller that may drain instances of another cluster only", "drain-handler-permissions",
             _allowing("ecs:UpdateContainerInstancesState", Resource=OTHER_INSTANCES)),
    mutation("a controller that may drain where a condition of another service holds", "drain-handler-permissions",
             _allowing("ecs:UpdateContainerInstancesState", Condition={"StringEquals": {"ec2:Region": "eu-central-1"}})),
    mutation("a controller that may not find its instances", "drain-handler-permissions",
             _allowing("ecs:ListContainerInstances", Action=["ecs:DeregisterContainerInstance"])),
    mutation("a controller that is refused what it is allowed", "drain-handler-permissions", _also(DENIED)),
    mutation("a controller that is refused all but another Region", CONTROLLER_GONE,
             _also({"Effect": "Deny", "NotAction": "iam:*", "Resource": "*",
                    "Condition": {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}})),
    mutation("a controller of groups with a tag that this one lacks", CONTROLLER_GONE,
             _allowing("autoscaling:CompleteLifecycleAction",
                       Condition={"StringEquals": {"aws:ResourceTag/environment": "dev"}})),
    mutation("a controller of groups in another account", CONTROLLER_GONE,
             _replaced(ROLE_POLICY, CONTROLLER, "arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup",
                       "arn:aws:autoscaling:eu-central-1:999999999999:autoScalingGroup")),
    mutation("a controller with a second factor", CONTROLLER_GONE,
             _allowing("autoscaling:CompleteLifecycleAction",
                       Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})),
)  # fmt: skip

OF_PERMISSIONS = (
    mutation("any role is passed on", "iam-no-wildcards",
             _allowing("iam:PassRole", Resource=["arn:aws:iam::*:role/*"])),
    mutation("every object of every bucket", "iam-no-wildcards",
             _also({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::*"})),
    mutation("every group of the account", "iam-no-wildcards",
             _allowing("autoscaling:CompleteLifecycleAction",
                       Resource="arn:aws:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/*")),
    mutation("a condition that narrows nothing", "iam-no-wildcards",
             _allowing("ecs:ListServices", Condition=ANY_CLUSTER),
             Edit("infra/common/iam.py", '({"Condition": condition} if condition else {})', "{}")),
    mutation("a condition that holds where the key is missing", "iam-no-wildcards",
             _allowing("ecs:ListServices", Condition={"ArnEqualsIfExists": OTHER_CLUSTER["ArnEquals"]})),
    mutation("a condition on all of no values", "iam-no-wildcards",
             _allowing("ecs:ListServices", Condition={"ForAllValues:ArnLike": OTHER_CLUSTER["ArnEquals"]})),
    mutation("all that has to do with roles", "iam-no-wildcards",
             _also({"Action": "iam:*Role*", "Resource": "arn:aws:iam::123456789012:role/web"})),
    mutation("all updates", "iam-no-wildcards",
             _also({"Action": "ecs:Update*", "Resource": "arn:aws:ecs:eu-central-1:123456789012:service/ecs-prod/*"})),
    mutation("all but one action", "iam-no-wildcards", _also({"NotAction": "iam:*", "Resource": "arn:aws:s3:::logs"})),
    mutation("all but one resource", "iam-no-wildcards",
             _also({"Action": "ecs:UpdateService", "NotResource": "arn:aws:ecs:eu-central-1:123456789012:service/a/b"})),
    mutation("a person with everything", "iam-no-wildcards",
             _like(ROLE_POLICY, CONTROLLER, tokens.USER_POLICY, user="u",
                   policy=json.dumps({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}))),
    mutation("an administrator by the old attachment", "iam-no-managed-admin",
             _like(ROLE_POLICY, CONTROLLER, tokens.POLICY_ATTACHMENT, policyArn=ADMIN, roles=["r"])),
    mutation("an administrator by exclusive attachments", "iam-no-managed-admin",
             _like(ROLE_POLICY, CONTROLLER, tokens.EXCLUSIVE_ATTACHMENTS, policyArns=[ADMIN], roleName="r")),
    mutation("an administrator in another partition", "iam-no-managed-admin",
             _like(ROLE_POLICY, CONTROLLER, tokens.PEOPLE_POLICY_ATTACHMENT, group="g",
                   policyArn="arn:aws-cn:iam::aws:policy/job-function/SystemAdministrator")),
)  # fmt: skip

OF_THE_PLATFORM: tuple[Mutation, ...] = (*OF_THE_CONTROLLER, *OF_PERMISSIONS)

OF_THE_SHOP: tuple[Mutation, ...] = ()
