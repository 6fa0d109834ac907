from __future__ import annotations

import json
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

RULE = "access-named"
GITHUB = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
SUB, AUD = "token.actions.githubusercontent.com:sub", "token.actions.githubusercontent.com:aud"


def document(principal: Any, action: Any = "sts:AssumeRole", **statement: Any) -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", "Principal": principal, "Action": action, **statement}]})


def role(principal: Any, **statement: Any) -> Resource:
    return a(tokens.ROLE, assumeRolePolicy=document(principal, **statement))


def policy(kind: str, principal: Any, **statement: Any) -> Resource:
    return a(kind, policy=document(principal, "*", Resource="*", **statement))


def on(operator: str, key: str, value: Any) -> dict[str, Any]:
    return {"Condition": {operator: {key: value}}}


def of_account(account: str, key: str = "aws:SourceAccount") -> dict[str, Any]:
    return on("StringEquals", key, account)


def url(**changes: Any) -> Resource:
    return a(tokens.FUNCTION_URL, **{"authorizationType": "AWS_IAM", **changes})


BOTH = {"StringEquals": {AUD: "sts.amazonaws.com"}, "StringLike": {SUB: "repo:shop/web:*"}}
WITHOUT_TLS = {"Effect": "Deny", **on("Bool", "aws:SecureTransport", "false")}

CASES = (
    good(RULE, "a service", role({"Service": "lambda.amazonaws.com"})),
    good(RULE, "another account by its number", role({"AWS": ["111122223333", "arn:aws:iam::444455556666:root"]})),
    good(RULE, "one organization", role({"AWS": "*"}, **on("StringEquals", "aws:PrincipalOrgID", "o-1"))),
    good(RULE, "one role by its pattern", role("*", **on("ArnLike", "aws:PrincipalArn", "arn:aws:iam::1:role/web-*"))),
    good(RULE, "one subject", role({"Federated": GITHUB}, Condition=BOTH)),
    good(RULE, "what is refused to everybody", policy(tokens.BUCKET_POLICY, "*", **WITHOUT_TLS)),
    good(RULE, "everybody of the account, through one service", policy(
        tokens.KEY, "*", **of_account("111122223333", "kms:CallerAccount"))),
    good(RULE, "a queue of a topic", policy(
        tokens.QUEUE_POLICY, "*", **on("ArnEquals", "aws:SourceArn", "arn:aws:sns:eu-central-1:1:t"))),
    good(RULE, "a queue of a bucket", policy(
        tokens.QUEUE, {"Service": "s3.amazonaws.com"}, **on("ArnLike", "aws:SourceArn", "arn:aws:s3:*:*:logs"))),
    good(RULE, "EventBridge in a topic, which takes no condition", policy(
        tokens.TOPIC_POLICY, {"Service": "events.amazonaws.com"})),
    good(RULE, "alarms of the account", policy(
        tokens.TOPIC, {"Service": "cloudwatch.amazonaws.com"}, **of_account("111122223333"))),
    good(RULE, "others", *(policy(kind, {"AWS": "arn:aws:iam::1:root"}) for kind in (
        tokens.KEY_POLICY, tokens.BUCKET, tokens.BUCKET_POLICY, tokens.REPOSITORY_POLICY, tokens.SECRET_POLICY)),
         a(tokens.LOG_RESOURCE_POLICY, policyDocument=document({"Service": "es.amazonaws.com"}))),
    good(RULE, "a URL with authentication", url()),
    good(RULE, "an odd document", a(tokens.ROLE, assumeRolePolicy="none"), a(tokens.KEY, policy='{"Statement": [3]}')),
    bad(RULE, "everybody", "lets everybody in (sts:assumerole)", role("*")),
    bad(RULE, "everybody in a list", "lets everybody in", role({"AWS": ["arn:aws:iam::1:root", "*"]})),
    bad(RULE, "every account with a role of this name", "lets everybody in", role({"AWS": "arn:aws:iam::*:role/web"})),
    bad(RULE, "everybody but one", "lets everybody in", a(tokens.KEY, policy=json.dumps({"Statement": {
        "Effect": "Allow", "NotPrincipal": {"AWS": "1"}, "Action": "kms:*", "Resource": "*"}}))),
    bad(RULE, "everybody who knows a word", "lets everybody in", role("*", **of_account("x", "sts:ExternalId"))),
    bad(RULE, "an organization, if there is one", "lets everybody in",
        role("*", **on("StringEqualsIfExists", "aws:PrincipalOrgID", "o-1"))),
    bad(RULE, "any organization", "lets everybody in", role("*", **on("StringLike", "aws:PrincipalOrgID", "*"))),
    bad(RULE, "every organization by its first letter", "lets everybody in",
        role("*", **on("StringLike", "aws:PrincipalOrgID", "o-*"))),
    bad(RULE, "every account by its first digit", "lets everybody in",
        role("*", **on("StringLike", "aws:PrincipalAccount", ["0*", "1*", "2*"]))),
    good(RULE, "the roles of one team",
         role("*", **on("ArnLike", "aws:PrincipalArn", "arn:aws:iam::123456789012:role/team-*"))),
    bad(RULE, "every organization but one", "lets everybody in",
        role("*", **on("StringNotEquals", "aws:PrincipalOrgID", "o-1"))),
    bad(RULE, "all of no organizations", "lets everybody in",
        role("*", **on("ForAllValues:StringEquals", "aws:PrincipalOrgID", ["o-1"]))),
    bad(RULE, "from every address", "lets everybody in", role("*", **on("IpAddress", "aws:SourceIp", "0.0.0.0/0"))),
    bad(RULE, "a key", "lets everybody in", policy(tokens.KEY_POLICY, {"AWS": "*"})),
    bad(RULE, "a queue", "lets everybody in", policy(tokens.QUEUE_POLICY, "*")),
    bad(RULE, "a topic", "lets everybody in", policy(tokens.TOPIC_POLICY, "*")),
    bad(RULE, "a bucket", "lets everybody in", policy(tokens.BUCKET_POLICY, "*")),
    bad(RULE, "a repository", "lets everybody in", policy(tokens.REPOSITORY_POLICY, "*")),
    bad(RULE, "a secret", "lets everybody in", policy(tokens.SECRET_POLICY, "*")),
    bad(RULE, "a queue of the topics of all", "lets everybody in",
        policy(tokens.QUEUE_POLICY, "*", **on("ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:*"))),
    bad(RULE, "a queue of the rules of all", "lets events.amazonaws.com in for every account",
        policy(tokens.QUEUE_POLICY, {"Service": "events.amazonaws.com"})),
    bad(RULE, "a topic of the alarms of all", "lets cloudwatch.amazonaws.com in for every account",
        policy(tokens.TOPIC_POLICY, {"Service": ["cloudwatch.amazonaws.com"]})),
    bad(RULE, "every repository", "lets everybody in whom", role(
        {"Federated": GITHUB}, **on("StringEquals", AUD, "sts.amazonaws.com"))),
    bad(RULE, "every repository by a pattern", "lets everybody in whom", role(
        {"Federated": GITHUB}, **on("StringLike", SUB, "repo:*"))),
    bad(RULE, "every user of an application", "lets everybody in whom",
        role({"Federated": "cognito-identity.amazonaws.com"})),
    bad(RULE, "a URL without authentication", "answers everybody on the Internet", url(authorizationType="NONE")),
    bad(RULE, "a URL for scripts of every site", "scripts of every site",
        url(cors={"allowOrigins": ["*"], "allowCredentials": True})),
    unknown(RULE, "the document", a(tokens.ROLE, assumeRolePolicy=UNKNOWN)),
    unknown(RULE, "whether a URL asks who calls", url(authorizationType=UNKNOWN)),
    other(RULE, "a queue without a policy", a(tokens.QUEUE)),
)  # fmt: skip
