"""The policies of resources themselves: whom a topic, a queue, a key, a bucket or a log group lets in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ecs_operations.facts import tokens
from ecs_operations.facts.calls import Call, allowed
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.places import account_of, arns_of, region_of
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.statements import Statement, statements_at
from ecs_operations.facts.values import UnknownInputError

EVENTS, CLOUDWATCH, NOTIFICATIONS = "events.amazonaws.com", "cloudwatch.amazonaws.com", "sns.amazonaws.com"

POLICY_RESOURCES = {
    tokens.TOPIC: (tokens.TOPIC_POLICY, "arn"),
    tokens.QUEUE: (tokens.QUEUE_POLICY, "queueUrl"),
    tokens.KEY: (tokens.KEY_POLICY, "keyId"),
    tokens.BUCKET: (tokens.BUCKET_POLICY, "bucket"),
}
"""Type → the resource that gives it a policy, and the property by which that names it."""
_KEYS = ("id", "arn", "url", "name", "bucket", "keyId")
PUBLISH = ("kms:GenerateDataKey", "kms:Decrypt")
"""What a service needs of the key of a topic or queue that it sends to (Amazon SNS developer guide, Key management)."""

_NOT_SENT = ("aws:principalorgid", "aws:principalaccount", "aws:principalarn", "aws:sourcevpc", "aws:sourcevpce")


def own_statements(graph: Graph, target: Resource) -> list[Statement] | None:
    """Return the statements of a resource's policy, None if it has none. Raises UnknownInputError if not known.

    A policy that is a resource of its own takes the place of the one that the resource was made with.
    """
    kind, property_ = POLICY_RESOURCES[target.type]
    given = list(graph.sources((kind,), property_, target, *_KEYS))
    found = given or ([target] if target.has("policy") else [])
    return [statement for holder in found for statement in statements_at(holder, "policy")] if found else None


def lets(graph: Graph, target: Resource, service: str, action: str, source: Resource | None) -> bool:
    """Return whether a resource's own policy lets a service act on it for a source of events."""
    call = Call(
        action=action, resources=arns_of(graph, target), services=(service,), context=_sent(graph, service, source)
    )
    return allowed(own_statements(graph, target) or (), call)


def logs_let(graph: Graph, group: Resource, service: str, action: str, source: Resource | None) -> bool:
    """Return whether a resource policy of CloudWatch Logs lets a service write to a group.

    Raises UnknownInputError when only a policy that is not known could.
    """
    resources = tuple(
        f"{arn.removesuffix(':*')}:{end}" for arn in arns_of(graph, group) for end in ("*", "log-stream:x")
    )
    call = Call(action=action, resources=resources, services=(service,), context=_sent(graph, service, source))
    found, lost = list[Statement](), list[UnknownInputError]()
    for policy in graph.of(tokens.LOG_RESOURCE_POLICY):
        try:
            found += statements_at(policy, "policyDocument")
        except UnknownInputError as unknown:
            lost.append(UnknownInputError(f"{unknown.path} of {policy.name}"))
    if allowed(found, call):
        return True
    if lost:
        raise lost[0]
    return False


def _sent(graph: Graph, service: str, source: Resource | None) -> dict[str, tuple[str, ...]]:
    """Return what the call of a service comes with (IAM user guide, AWS global condition context keys)."""
    account = (account_of(graph),)
    arns = arns_of(graph, source) if source is not None else ()
    return {
        **dict.fromkeys(_NOT_SENT, ()),
        **({"aws:sourcearn": arns} if arns else {}),
        "aws:sourceaccount": account,
        "aws:sourceowner": account,
        "aws:principalservicename": (service,),
        "aws:principalisawsservice": ("true",),
        "aws:securetransport": ("true",),
    }


def keys_of(graph: Graph, resource: Resource, property_: str) -> tuple[Resource, ...]:
    """Return the keys of this stack that a property names, also by an alias."""
    aliases = graph.targets(resource, property_, (tokens.KEY_ALIAS,), "arn", "name", "id") if _aliased(graph) else ()
    by_alias = [key for alias in aliases for key in graph.targets(alias, "targetKeyId", (tokens.KEY,), "id", "arn")]
    direct = () if by_alias else graph.targets(resource, property_, (tokens.KEY,), "arn", "id", "keyId")
    return tuple(dict.fromkeys((*by_alias, *direct)))


def _aliased(graph: Graph) -> bool:
    return bool(graph.of(tokens.KEY_ALIAS))


def refused_of_key(
    graph: Graph,
    key: Resource,
    service: str,
    actions: Iterable[str],
    context: Mapping[str, tuple[str, ...]],
    source: Resource | None = None,
) -> list[str]:
    """Return the actions that a key's policy does not let a service do. Without a policy it lets no service in."""
    found = own_statements(graph, key) or ()
    sent = {**_sent(graph, service, source), "kms:viaservice": (), "aws:requestedregion": (region_of(key),), **context}
    call = Call(action="", resources=arns_of(graph, key), services=(service,), context=sent)
    return [action for action in actions if not allowed(found, replace(call, action=action))]


def refused_to_sender(graph: Graph, target: Resource, service: str, sources: Iterable[Resource]) -> list[str]:
    """Return `key: actions` for each key of a topic or queue under which a service cannot send to it for its sources.

    EventBridge does not tell KMS for whom it asks (Amazon SNS developer guide, Enable compatibility between event
    sources from AWS services and encrypted topics).
    """
    context: dict[str, tuple[str, ...]] = (
        {"aws:sourcearn": (), "aws:sourceaccount": (), "aws:sourceowner": ()} if service == EVENTS else {}
    )
    found: dict[str, None] = {}
    for key in keys_of(graph, target, "kmsMasterKeyId"):
        for source in sources:
            if refused := refused_of_key(graph, key, service, PUBLISH, context, source):
                found[f"{key.name}: {', '.join(refused)}"] = None
    return list(found)


def may_assume(graph: Graph, role: Resource, service: str) -> bool:
    """Return whether a role's trust policy lets a service assume it. Raises UnknownInputError if it is not known."""
    call = Call(action="sts:AssumeRole", services=(service,), context=_sent(graph, service, None))
    return allowed(statements_at(role, "assumeRolePolicy"), call)
