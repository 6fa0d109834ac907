"""What a role may do, by every policy that it has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from ecs_operations.facts import tokens
from ecs_operations.facts.calls import SENT_BY_A_ROLE, Call, allowed
from ecs_operations.facts.globs import UNSAID
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.places import account_of, region_of
from ecs_operations.facts.resource import Resource, refers
from ecs_operations.facts.shapes import listed
from ecs_operations.facts.statements import Statement, statements_at
from ecs_operations.facts.tags import default_tags
from ecs_operations.facts.values import Unknown, UnknownInputError

KEYS = ("id", "name", "arn")
AWS_POLICY = ":iam::aws:policy/"
"""Part of the ARN of a policy that AWS manages, in every partition."""

_OF_AWS: Mapping[str, tuple[str, ...]] = {
    "AdministratorAccess": ("*",),
    "PowerUserAccess": ("*",),
    "AutoScalingFullAccess": ("autoscaling:*",),
    "AmazonEC2FullAccess": ("ec2:*", "autoscaling:*", "elasticloadbalancing:*", "cloudwatch:*"),
    "AmazonECS_FullAccess": ("ecs:*",),
    "AmazonSQSFullAccess": ("sqs:*",),
    "AmazonSNSFullAccess": ("sns:*",),
    "AWSLambda_FullAccess": ("lambda:*",),
    "service-role/AWSLambdaRole": ("lambda:invokefunction",),
    **dict.fromkeys(
        (
            "service-role/AWSLambdaBasicExecutionRole", "service-role/AWSLambdaVPCAccessExecutionRole",
            "service-role/AWSLambdaSQSQueueExecutionRole", "service-role/AWSLambdaDynamoDBExecutionRole",
            "service-role/AWSLambdaKinesisExecutionRole",
        ),
        ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"),
    ),
    "service-role/AmazonECSTaskExecutionRolePolicy": (
        "ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer",
        "ecr:BatchGetImage", "logs:CreateLogStream", "logs:PutLogEvents",
    ),
    **dict.fromkeys(
        ("AmazonEC2ContainerRegistryReadOnly", "AmazonEC2ContainerRegistryPullOnly"),
        ("ecr:GetAuthorizationToken", "ecr:Batch*", "ecr:Get*", "ecr:Describe*", "ecr:List*"),
    ),
    "AmazonEC2ContainerRegistryPowerUser": ("ecr:*",),
    "SecretsManagerReadWrite": ("secretsmanager:*",),
    "ReadOnlyAccess": ("*:BatchGet*", "*:Describe*", "*:Get*", "*:List*"),
    "job-function/ViewOnlyAccess": ("*:Describe*", "*:List*"),
    "AWSDenyAll": (),
    "AmazonSSMReadOnlyAccess": ("ssm:Describe*", "ssm:Get*", "ssm:List*"),
    "service-role/AmazonEC2ContainerServiceforEC2Role": ("ecs:*", "ecr:*", "logs:*"),
    "AWSLambdaExecute": ("logs:*",),
    "CloudWatchLogsFullAccess": ("logs:*",),
    "AWSXRayDaemonWriteAccess": ("xray:*",),
    "AmazonSSMManagedInstanceCore": ("ssm:*",),
}  # fmt: skip
"""Policy of AWS → what it allows on every resource, as far as rules ask (source: AWS managed policy reference)."""

ATTACHMENTS = {
    tokens.ROLE_POLICY_ATTACHMENT: ("role", "policyArn"),
    tokens.POLICY_ATTACHMENT: ("roles", "policyArn"),
    tokens.EXCLUSIVE_ATTACHMENTS: ("roleName", "policyArns"),
}
"""Type → the property that names the role, and the one that names the policies."""


def documents_of(resource: Resource) -> Iterator[tuple[Statement, ...]]:
    """Yield the documents that a policy or a role holds itself, as statements.

    Raises UnknownInputError when one is not known.
    """
    if resource.type == tokens.ROLE:
        for index in range(len(listed(resource.get("inlinePolicies")))):
            yield statements_at(resource, "inlinePolicies", index, "policy")
    else:
        yield statements_at(resource, "policy")


def may_call(graph: Graph, role: Resource, call: Call) -> bool:
    """Return whether a role may make a call, by its policies and within its boundary.

    Raises UnknownInputError when only a document that is not known could say so.
    """
    asked = replace(call, context={**_context(graph, role), **call.context}, role_tags=_tags(role))
    found, lost = _naming(graph, role, call.action)
    if allowed(found, asked):
        return _within_boundary(graph, role, asked)
    if lost is not None and not _denied(found, asked):
        raise UnknownInputError(lost)
    return False


@lru_cache(maxsize=4096)
def _naming(graph: Graph, role: Resource, action: str) -> tuple[tuple[Statement, ...], str | None]:
    """Return those statements of a role's policies that name an action, and the path of a policy that is not known."""
    found, lost = _granted(graph, role)
    return tuple(statement for statement in found if statement.names(action)), lost


@lru_cache(maxsize=1024)
def _granted(graph: Graph, role: Resource) -> tuple[tuple[Statement, ...], str | None]:
    """Return the statements of all policies of a role, and the path of one that is not known."""
    found, lost = list(_of_aws(graph, role)), list[str]()
    for holder in _holders(graph, role):
        try:
            found += [statement for document in documents_of(holder) for statement in document]
        except UnknownInputError as unknown:
            lost.append(f"{unknown.path} of {holder.name}")
    return tuple(found), next(iter(lost), None)


def _denied(found: Iterable[Statement], call: Call) -> bool:
    everything = Statement(denies=False, actions=("*",), resources=("*",))
    return not allowed([everything, *found], call)


def _within_boundary(graph: Graph, role: Resource, call: Call) -> bool:
    if not role.has("permissionsBoundary") or role.undecided("permissionsBoundary"):
        return True
    for text in role.texts("permissionsBoundary"):
        actions = _OF_AWS.get(text.partition(AWS_POLICY)[2])
        if actions is not None and not allowed([_on_everything(actions)], call):
            return False
    boundaries = graph.targets(role, "permissionsBoundary", (tokens.MANAGED_POLICY,), *KEYS)
    return all(allowed(document, call) for policy in boundaries for document in documents_of(policy))


def _context(graph: Graph, role: Resource) -> dict[str, tuple[str, ...]]:
    return {
        **SENT_BY_A_ROLE,
        "aws:requestedregion": (region_of(role),),
        "aws:principalaccount": (account_of(graph),),
        "aws:resourceaccount": (account_of(graph),),
    }


def _tags(role: Resource) -> Mapping[str, str] | None:
    """Return the tags of a role, its provider's included; None if they are not known."""
    given = (default_tags(role), role.peek("tags"))
    if any(isinstance(one, Unknown) for one in given):
        return None
    tags = {key: value for one in given if isinstance(one, dict) for key, value in one.items()}
    return {str(key).lower(): UNSAID if isinstance(value, Unknown) else str(value) for key, value in tags.items()}


def _holders(graph: Graph, role: Resource) -> list[Resource]:
    attached = [
        policy
        for attachment in _attachments(graph, role)
        for policy in graph.targets(attachment, ATTACHMENTS[attachment.type][1], (tokens.MANAGED_POLICY,), *KEYS)
    ]
    inline = [
        policy
        for policy in graph.sources((tokens.ROLE_POLICY,), "role", role, *KEYS)
        if not any(
            _takes_away(one, policy, "policyNames") for one in _exclusive(graph, role, tokens.EXCLUSIVE_POLICIES)
        )
    ]
    named = graph.targets(role, "managedPolicyArns", (tokens.MANAGED_POLICY,), *KEYS)
    return list(dict.fromkeys([role, *inline, *attached, *named]))


def _attachments(graph: Graph, role: Resource) -> list[Resource]:
    found = list(graph.sources((tokens.ROLE_POLICY_ATTACHMENT,), "role", role, *KEYS))
    found += [one for one in graph.of(tokens.POLICY_ATTACHMENT) if refers(one, "roles", role, *KEYS)]
    exclusive = _exclusive(graph, role, tokens.EXCLUSIVE_ATTACHMENTS)
    return [*(one for one in found if not any(_detaches(other, one) for other in exclusive)), *exclusive]


def _exclusive(graph: Graph, role: Resource, kind: str) -> list[Resource]:
    """Return what takes away all policies of a role that it does not name itself."""
    return [one for one in graph.of(kind) if refers(one, "roleName", role, *KEYS)]


def _takes_away(exclusive: Resource, policy: Resource, property_: str) -> bool:
    return not exclusive.undecided(property_) and not refers(exclusive, property_, policy, *KEYS)


def _detaches(exclusive: Resource, attachment: Resource) -> bool:
    if exclusive.undecided("policyArns") or attachment.undecided("policyArn"):
        return False
    linked = attachment.dependencies.get("policyArn", frozenset()) & exclusive.dependencies.get(
        "policyArns", frozenset()
    )
    return not linked and not attachment.texts("policyArn") & exclusive.texts("policyArns")


def _of_aws(graph: Graph, role: Resource) -> Iterator[Statement]:
    texts = [text for one in _attachments(graph, role) for text in one.texts(ATTACHMENTS[one.type][1])]
    for text in (*texts, *role.texts("managedPolicyArns")):
        if actions := _OF_AWS.get(text.partition(AWS_POLICY)[2]):
            yield _on_everything(actions)


def _on_everything(actions: Iterable[str]) -> Statement:
    return Statement(denies=False, actions=tuple(action.lower() for action in actions), resources=("*",))


def has_unread_policy(graph: Graph, role: Resource) -> bool:
    """Return whether a role has a policy of another program, or one of AWS of which it is not known what it allows."""
    attached = _attachments(graph, role)
    texts = {text for one in attached for text in one.texts(ATTACHMENTS[one.type][1])} | role.texts("managedPolicyArns")
    return any(":policy/" in text and not _is_read(graph, text) for text in texts) or any(
        one.undecided(ATTACHMENTS[one.type][1]) for one in attached
    )


def _is_read(graph: Graph, arn: str) -> bool:
    if AWS_POLICY in arn:
        return arn.partition(AWS_POLICY)[2] in _OF_AWS
    return any(arn in policy.known("arn", "id") for policy in graph.of(tokens.MANAGED_POLICY))


def managed_policies(holder: Resource, property_: str) -> Iterator[str]:
    """Yield the names of the policies of AWS in a property, without their path; unknown ones are left out."""
    given = holder.peek(property_)
    for arn in given if isinstance(given, list) else [given]:
        if not isinstance(arn, Unknown) and AWS_POLICY in str(arn):
            yield str(arn).rpartition("/")[2]
