"""Whether the caller may do what a deployment does, as IAM's own simulation says: what it is asked, and what it means.

A simulation does not know what every call brings along (the address, how somebody signed in), and asks with one example
for each kind of resource. Each statement is asked with its own: an action counts as denied where one example meets a
Deny, or where no example of a statement is allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
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
_MIXED: Final = "InvalidInput"
"""What IAM says of actions that it does not simulate in one call, and of one that it does not simulate at all."""

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

    def halves(self) -> tuple[Question, Question]:
        """The same with one half of the actions, and with the other."""
        middle = len(self.actions) // 2
        return replace(self, actions=self.actions[:middle]), replace(self, actions=self.actions[middle:])


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What IAM says to one question."""

    results: tuple[Raw, ...] = ()
    unchecked: tuple[str, ...] = ()
    """Actions that it takes into no simulation, not even alone."""


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
        answers = [simulate(iam, principal, question) for question in questions(documents)]
    except ClientError as error:
        if code_of(error) not in _DENIED:
            raise
        said = f"not checked: AWS denies {error.operation_name} to {caller}"
        yield Checked(verdict=Verdict.UNKNOWN, what=name, text=said)
        return
    denied = list(_denied_by_service(answers))
    yield from denied
    yield from _unchecked(answers)
    asked = {result["EvalActionName"] for answer in answers for result in answer.results}
    if asked and not denied:
        said = f"IAM's simulation allows {principal} all {len(asked)} things that a deployment does"
        yield Checked(verdict=Verdict.OK, what=name, text=said)


def _denied_by_service(answers: Sequence[Answer]) -> Iterator[Checked]:
    denied = denied_actions(answers)
    unknown = unknown_keys(answers) if denied else []
    for service, actions in groupby(denied, key=lambda each: each.partition(":")[0]):
        said = f"denied: {', '.join(each.partition(':')[2] for each in actions)}"
        more = f" (the simulation knows no {', '.join(unknown)})" if unknown else ""
        remedy = "the deployer's policies allow it: docs/before-the-first-up.md#who-deploys"
        yield Checked(verdict=Verdict.PROBLEM, what=f"permissions of {service}", text=f"{said}{more}; {remedy}")


def _unchecked(answers: Iterable[Answer]) -> Iterator[Checked]:
    if found := sorted({action for answer in answers for action in answer.unchecked}):
        said = f"not checked: IAM takes into no simulation {', '.join(found)}"
        yield Checked(verdict=Verdict.UNKNOWN, what="permissions", text=said)


def principal_of(caller: str, role_arn: Callable[[str], str]) -> str | None:
    """The user, or the role that was assumed, by `role_arn` of its name: a session's ARN leaves its path out.

    None for root and for federated users, whom IAM does not simulate.
    """
    kind, _, rest = caller.split(":", 5)[5].partition("/")
    if kind == "assumed-role":
        return role_arn(rest.partition("/")[0])
    return caller if kind == "user" else None


def questions(documents: Iterable[Raw]) -> Iterator[Question]:
    """What is asked about the documents: ACTIONS at a time of the statements with the same resources and context."""
    together: dict[tuple[tuple[str, ...], tuple[tuple[str, str], ...]], set[str]] = {}
    for document in documents:
        for each in document["Statement"]:
            asked_with = (tuple(dict.fromkeys(_examples(each, document))), tuple(_context(each)))
            together.setdefault(asked_with, set()).update(map(named, each["Action"]))
    for (resources, context), actions in together.items():
        for batch in batches(sorted(actions), ACTIONS):
            yield Question(actions=tuple(batch), resources=resources, context=dict(context))


def named(pattern: str) -> str:
    """The action itself, or the one that stands for a pattern. Raises KeyError for a pattern without one."""
    return f"{pattern.partition(':')[0]}:{STANDS_FOR[pattern]}" if "*" in pattern else pattern


def example(resource: str) -> str:
    """An ARN that a pattern of ARNs holds for."""
    return resource if resource == "*" else resource.replace("*", "0")


def _examples(statement: Raw, document: Raw) -> Iterator[str]:
    """One of each kind of resource. All of EC2 is no kind: those that the document names elsewhere stand for it."""
    kinds = [arn for each in document["Statement"] for arn in each["Resource"] if not _all_of_ec2(arn)]
    for resource in statement["Resource"]:
        if _all_of_ec2(resource):
            yield from (example(kind) for kind in kinds if fnmatchcase(kind, resource))
        else:
            yield example(resource)


def _all_of_ec2(resource: str) -> bool:
    return resource.split(":")[2:3] == ["ec2"] and resource.endswith(":*")


def _context(statement: Raw) -> Iterator[tuple[str, str]]:
    """Condition keys with a value that meets the statement's conditions; that a key is absent needs none."""
    for operator, keys in statement.get("Condition", {}).items():
        if operator != "Null":
            for key, values in keys.items():
                yield key, example(values if isinstance(values, str) else values[0])


def simulate(iam: Any, principal: str, question: Question) -> Answer:
    """What IAM says of each action; one call, and more where it answers in pages or refuses to take them together.

    It says not beforehand which actions "require different authorization information": halves are asked by themselves.
    """
    try:
        pages = iam.get_paginator("simulate_principal_policy").paginate(**question.request(principal))
        return Answer(results=tuple(each for page in pages for each in page["EvaluationResults"]))
    except ClientError as error:
        if code_of(error) != _MIXED:
            raise
    if len(question.actions) == 1:
        return Answer(unchecked=question.actions)
    first, second = (simulate(iam, principal, half) for half in question.halves())
    return Answer(results=first.results + second.results, unchecked=first.unchecked + second.unchecked)


def denied_actions(answers: Iterable[Answer]) -> list[str]:
    """Those that one example denies explicitly, or that a question's examples allow nowhere; sorted."""
    return sorted({action for answer in answers for action in _denied_in(answer)})


def _denied_in(answer: Answer) -> Iterator[str]:
    seen: dict[str, set[str]] = {}
    for each in answer.results:
        decisions = {each["EvalDecision"], *(one["EvalResourceDecision"] for one in _parts(each))}
        seen.setdefault(each["EvalActionName"], set()).update(decisions)
    return (action for action, found in seen.items() if "explicitDeny" in found or "allowed" not in found)


def unknown_keys(answers: Iterable[Answer]) -> list[str]:
    """Condition keys that the caller's policies ask for and that a simulation has no value for."""
    results = [each for answer in answers for each in answer.results]
    parts = (one for each in results for one in (each, *_parts(each)))
    return sorted({key for one in parts for key in one.get("MissingContextValues", [])})


def _parts(result: Raw) -> Sequence[Raw]:
    return result.get("ResourceSpecificResults", [])
