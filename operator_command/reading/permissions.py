"""Whether the caller may do what a deployment does, as IAM's own simulation says: what it is asked, and what it means.

A simulation does not know what every call brings along (the address, how somebody signed in), and asks with one example
for each kind of resource. An action counts as denied where it is denied on all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from botocore.exceptions import ClientError

from lambdas.cluster.errors import code_of
from lambdas.cluster.read_cluster import batches

from .checked import Checked, Verdict

ACTIONS: Final = 100
"""Names of actions in one simulation: each is tried on each resource, and an answer holds so many by default (IAM API
reference, SimulatePrincipalPolicy)."""

STANDS_FOR: Final[Mapping[str, str]] = {
    "autoscaling:Describe*": "DescribeAutoScalingGroups",
    "ec2:Delete*": "DeleteVpc",
    "ec2:Describe*": "DescribeVpcs",
    "ec2:Detach*": "DetachInternetGateway",
    "ec2:Disassociate*": "DisassociateRouteTable",
    "ec2:Modify*": "ModifyVpcAttribute",
    "ec2:Replace*": "ReplaceRoute",
    "ec2:Revoke*": "RevokeSecurityGroupEgress",
    "ec2:UpdateSecurityGroupRule*": "UpdateSecurityGroupRuleDescriptionsIngress",
    "elasticloadbalancing:Delete*": "DeleteLoadBalancer",
    "elasticloadbalancing:Describe*": "DescribeLoadBalancers",
    "elasticloadbalancing:Modify*": "ModifyLoadBalancerAttributes",
    "elasticloadbalancing:Set*": "SetSecurityGroups",
    "kms:Describe*": "DescribeKey",
    "kms:EnableKey*": "EnableKeyRotation",
    "kms:Get*": "GetKeyPolicy",
    "kms:List*": "ListResourceTags",
    "lambda:Delete*": "DeleteFunction",
    "lambda:Get*": "GetFunction",
    "lambda:List*": "ListVersionsByFunction",
    "lambda:Put*": "PutFunctionEventInvokeConfig",
    "lambda:Update*": "UpdateFunctionConfiguration",
    "logs:*LogDelivery": "CreateLogDelivery",
    "logs:*MetricFilter*": "PutMetricFilter",
    "logs:*QueryDefinition*": "PutQueryDefinition",
    "s3:DeleteObject*": "DeleteObject",
    "s3:GetBucket*": "GetBucketPolicy",
    "s3:ListBucket*": "ListBucket",
    "s3:PutBucket*": "PutBucketPolicy",
    "servicediscovery:List*": "ListTagsForResource",
    "sns:Get*": "GetTopicAttributes",
    "sns:List*": "ListTagsForResource",
    "sns:Set*": "SetTopicAttributes",
    "sqs:GetQueue*": "GetQueueAttributes",
    "ssm:GetParameter*": "GetParameter",
}
"""The action that is asked for a pattern of the documents: a simulation takes no `*` in names."""

_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException"})

Raw = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Question:
    """What one simulation asks: each action on each resource, where the condition keys have these values."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    context: Mapping[str, str]

    def request(self, principal: str) -> dict[str, Any]:
        """The parameters of SimulatePrincipalPolicy."""
        return {
            "PolicySourceArn": principal,
            "ActionNames": list(self.actions),
            "ResourceArns": list(self.resources),
            "ContextEntries": [
                {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}
                for key, value in self.context.items()
            ],
        }


def checked_permissions(
    iam: Any, caller: str, role_arn: Callable[[str], str], documents: Iterable[Raw]
) -> Iterator[Checked]:
    """A line for each service of which the caller is denied something that the documents allow, or one line."""
    name = "permissions"
    try:
        principal = principal_of(caller, role_arn)
        if principal is None:
            said = f"not checked: IAM simulates users and roles, and {caller} is neither"
            yield Checked(verdict=Verdict.UNKNOWN, what=name, text=said)
            return
        asked = list(questions(documents))
        results = [each for question in asked for each in simulate(iam, principal, question)]
    except ClientError as error:
        if code_of(error) not in _DENIED:
            raise
        said = f"not checked: AWS denies {error.operation_name} to {caller}"
        yield Checked(verdict=Verdict.UNKNOWN, what=name, text=said)
        return
    denied = denied_actions(results)
    unknown = unknown_keys(results) if denied else []
    for service, actions in groupby(denied, key=lambda each: each.partition(":")[0]):
        said = f"denied: {', '.join(each.partition(':')[2] for each in actions)}"
        more = f" (the simulation knows no {', '.join(unknown)})" if unknown else ""
        remedy = "the deployer's policies allow it: docs/before-the-first-up.md#who-deploys"
        yield Checked(verdict=Verdict.PROBLEM, what=f"permissions of {service}", text=f"{said}{more}; {remedy}")
    if not denied:
        said = f"{principal} may do all {sum(len(each.actions) for each in asked)} things that a deployment does"
        yield Checked(verdict=Verdict.OK, what=name, text=said)


def principal_of(caller: str, role_arn: Callable[[str], str]) -> str | None:
    """The user, or the role that was assumed, by `role_arn` of its name: a session's ARN leaves its path out.

    None for root and for federated users, whom IAM does not simulate.
    """
    kind, _, rest = caller.split(":", 5)[5].partition("/")
    if kind == "assumed-role":
        return role_arn(rest.partition("/")[0])
    return caller if kind == "user" else None


def questions(documents: Iterable[Raw]) -> Iterator[Question]:
    """What is asked about the documents, ACTIONS of each at a time, with examples for what they leave open."""
    for document in documents:
        statements: Sequence[Raw] = document["Statement"]
        every = sorted({named(pattern) for each in statements for pattern in each["Action"]})
        for batch in batches(every, ACTIONS):
            own = [each for each in statements if not set(batch).isdisjoint(map(named, each["Action"]))]
            resources = dict.fromkeys(example(arn) for each in own for arn in each["Resource"] if not _all_of_ec2(arn))
            context = {key: value for each in reversed(own) for key, value in _context(each)}
            yield Question(actions=tuple(batch), resources=tuple(resources), context=context)


def named(pattern: str) -> str:
    """The action itself, or the one that stands for a pattern. Raises KeyError for a pattern without one."""
    return f"{pattern.partition(':')[0]}:{STANDS_FOR[pattern]}" if "*" in pattern else pattern


def example(resource: str) -> str:
    """An ARN that a pattern of ARNs holds for."""
    return resource if resource == "*" else resource.replace("*", "0")


def _all_of_ec2(resource: str) -> bool:
    """Whether it is no kind of resource: those that a deployment makes stand beside it."""
    return resource.split(":")[2:3] == ["ec2"] and resource.endswith(":*")


def _context(statement: Raw) -> Iterator[tuple[str, str]]:
    """Condition keys with a value that meets the statement's conditions; that a key is absent needs none."""
    for operator, keys in statement.get("Condition", {}).items():
        if operator != "Null":
            for key, values in keys.items():
                yield key, example(values if isinstance(values, str) else values[0])


def simulate(iam: Any, principal: str, question: Question) -> list[Raw]:
    """What IAM says of each action; one call, and more where it answers in pages."""
    pages = iam.get_paginator("simulate_principal_policy").paginate(**question.request(principal))
    return [each for page in pages for each in page["EvaluationResults"]]


def denied_actions(results: Iterable[Raw]) -> list[str]:
    """Those that are allowed on none of the resources, sorted."""
    seen: dict[str, bool] = {}
    for each in results:
        decisions = [each["EvalDecision"], *(one["EvalResourceDecision"] for one in _parts(each))]
        seen[each["EvalActionName"]] = seen.get(each["EvalActionName"], False) or "allowed" in decisions
    return sorted(action for action, allowed in seen.items() if not allowed)


def unknown_keys(results: Iterable[Raw]) -> list[str]:
    """Condition keys that the caller's policies ask for and that a simulation has no value for."""
    parts = (one for each in results for one in (each, *_parts(each)))
    return sorted({key for one in parts for key in one.get("MissingContextValues", [])})


def _parts(result: Raw) -> Sequence[Raw]:
    return result.get("ResourceSpecificResults", [])
