"""Who is let in: the policies of roles, keys, queues, topics, buckets, repositories, secrets and log groups."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ecs_operations.engine.registry import Config, Results, Rule, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.breadth import names_callers
from ecs_operations.facts.calls import is_positive
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.resource_policies import CLOUDWATCH, EVENTS, NOTIFICATIONS
from ecs_operations.facts.shapes import listed
from ecs_operations.facts.statements import Condition, Statement, statements_at

DOCUMENTS: Mapping[str, str] = {
    tokens.ROLE: "assumeRolePolicy",
    tokens.LOG_RESOURCE_POLICY: "policyDocument",
    **dict.fromkeys(
        (
            tokens.KEY, tokens.KEY_POLICY, tokens.QUEUE, tokens.QUEUE_POLICY, tokens.TOPIC, tokens.TOPIC_POLICY,
            tokens.BUCKET, tokens.BUCKET_POLICY, tokens.REPOSITORY_POLICY, tokens.SECRET_POLICY,
        ),
        "policy",
    ),
}  # fmt: skip
"""Type → the property with its document."""


BUCKETS = "s3.amazonaws.com"
SAYS_FOR_WHOM: Mapping[str, frozenset[str]] = {
    **dict.fromkeys((tokens.QUEUE, tokens.QUEUE_POLICY), frozenset({EVENTS, NOTIFICATIONS, BUCKETS})),
    **dict.fromkeys((tokens.TOPIC, tokens.TOPIC_POLICY), frozenset({CLOUDWATCH, BUCKETS})),
}
"""Type → services that send it the account and the ARN for which they act (sources: Amazon SQS and SNS developer
guides, Cross-service confused deputy). EventBridge takes no condition in the policy of a topic."""


TENANTS = ("token.actions.githubusercontent.com", "gitlab.com", "app.terraform.io", "api.bitbucket.org")
"""Identity providers that sign for everybody: only the subject says for whom."""


@Rule(
    id="access-named",
    summary="Whoever is let in is named: no policy is open to everybody, or to every account.",
    fix="Name accounts, roles or services in Principal, and the source that a service acts for in a condition "
    "(aws:SourceArn, aws:SourceAccount, aws:PrincipalOrgID); set authorization_type AWS_IAM of a function URL.",
    severity=Severity.CRITICAL,
    source="IAM user guide, AWS JSON policy elements: Principal; The confused deputy problem; AWS Lambda developer "
    "guide, Control access to Lambda function URLs",
    anchors=(
        "checkov CKV_33", "checkov CKV_60", "checkov CKV_70", "checkov CKV_168", "checkov CKV_169", "checkov CKV_258",
    ),
    types=(*DOCUMENTS, tokens.FUNCTION_URL),
    unknown=WhenUnknown.SKIP,
    guards=("assumeRolePolicy", "policy", "policyDocument", "authorizationType"),
)  # fmt: skip
def access_named(resource: Resource, _config: Config) -> Results:
    """A role that any account may assume, or a key that any may use, makes every other safeguard a courtesy.

    A condition counts when a call must meet it and its value names somebody: not with IfExists, not `*`. A service
    that acts for every account lets every account in.
    """
    if resource.type == tokens.FUNCTION_URL:
        yield from _url(resource)
        return
    if not resource.has(DOCUMENTS[resource.type]):
        return
    for statement in statements_at(resource, DOCUMENTS[resource.type]):
        if not statement.denies:
            yield from _open(statement, resource)


def _open(statement: Statement, resource: Resource) -> Results:
    actions = ", ".join(statement.actions[:3]) or "everything"
    named = names_callers(statement)
    for kind, name in statement.principals:
        if kind == "AWS" and _is_anybody(name) and not named:
            yield f"lets everybody in ({actions}), must name who may come"
        elif kind == "Service" and name in SAYS_FOR_WHOM.get(resource.type, ()) and not named:
            yield f"lets {name} in for every account ({actions})"
        elif kind == "Federated" and not _names_subject(statement, name):
            yield f"lets everybody in whom {name} knows ({actions})"


def _is_anybody(name: str) -> bool:
    return bool(re.fullmatch(r"\*|arn:[^:]*:(iam|sts)::[^:]*[*?][^:]*:.*", name))


def _names_subject(statement: Statement, provider: str) -> bool:
    wanted = "sub" if provider.rpartition("oidc-provider/")[2].split("/")[0] in TENANTS else ""
    return any(_is_subject(condition, wanted) for condition in statement.conditions)


def _is_subject(condition: Condition, wanted: str) -> bool:
    claim = condition.key.rpartition(":")[2]
    if condition.key.startswith("aws:") or not is_positive(condition) or (wanted and claim != wanted):
        return False
    return bool(condition.values) and not any(re.match(r"(\w+:)?[*?]", value) for value in condition.values)


def _url(url: Resource) -> Results:
    if url.get("authorizationType") == "NONE":
        yield "answers everybody on the Internet: authorizationType is NONE"
    origins = listed(url.get("cors", "allowOrigins"))
    if "*" in origins and url.get("cors", "allowCredentials", default=False) in (True, "true"):
        yield "lets scripts of every site call it in the name of who is logged in"
