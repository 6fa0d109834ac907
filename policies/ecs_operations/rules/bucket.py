"""S3 buckets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ecs_operations.engine.registry import Config, Results, Rule, Setting, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.calls import Call, allowed, meets_conditions
from ecs_operations.facts.globs import UNSAID
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.places import account_of, arns_of
from ecs_operations.facts.resource import Resource, refers
from ecs_operations.facts.resource_policies import own_statements
from ecs_operations.facts.shapes import is_true, number, rows
from ecs_operations.facts.statements import EVERYBODY, Statement
from ecs_operations.facts.values import Unknown

KEYS = ("id", "bucket", "arn")


BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


EVERYBODYS_GROUPS = ("/global/AllUsers", "/global/AuthenticatedUsers")


PUBLIC_ACLS = ("public-read", "public-read-write", "authenticated-read", "website")


@Rule(
    id="bucket-not-public",
    summary="No bucket can become public.",
    fix="Add an s3.BucketPublicAccessBlock with all four settings true; leave acl out.",
    severity=Severity.CRITICAL,
    source="Amazon S3 user guide, Blocking public access to your Amazon S3 storage",
    anchors=("Security Hub S3.8", "checkov CKV2_6", "checkov CKV_53", "cdk-nag AwsSolutions-S2"),
    types=(tokens.BUCKET,),
    unknown=WhenUnknown.SKIP,
    guards=("acl", "grants"),
)
def bucket_not_public(bucket: Resource, graph: Graph, _config: Config) -> Results:
    """One policy or one object's list of grants makes logs of customers public; the block refuses both, for good."""
    if bucket.get("acl") in PUBLIC_ACLS:
        yield f"is public by its acl {bucket.get('acl')}"
    for grant in rows(bucket.get("grants")):
        if str(grant.get("uri", "")).endswith(EVERYBODYS_GROUPS):
            yield f"is granted to {str(grant['uri']).rpartition('/')[2]}"
    blocks = graph.sources((tokens.PUBLIC_ACCESS_BLOCK,), "bucket", bucket, *KEYS)
    if not blocks:
        yield "has no public access block"
    for block in blocks:
        if off := [flag for flag in BLOCKS if not is_true(block.get(flag))]:
            yield f"its public access block leaves out {', '.join(off)}"


@Rule(
    id="bucket-encrypted",
    summary="A bucket is encrypted, and is reached by TLS only.",
    fix="Add an s3.BucketPolicy that denies s3:* to everybody where aws:SecureTransport is false, and an "
    "s3.BucketServerSideEncryptionConfiguration.",
    severity=Severity.MEDIUM,
    source="Amazon S3 user guide, Security best practices: enforce encryption of data in transit; Setting default "
    "server-side encryption behavior",
    anchors=("Security Hub S3.5", "cdk-nag AwsSolutions-S10", "checkov CKV_19"),
    types=(tokens.BUCKET,),
    unknown=WhenUnknown.SKIP,
    guards=("serverSideEncryptionConfiguration",),
)
def bucket_encrypted(bucket: Resource, graph: Graph, _config: Config) -> Results:
    """What is read over HTTP is read along the way. S3 encrypts by itself; said, it stays so, with the key you mean.

    The website of a bucket knows no TLS.
    """
    if not _encryptions(bucket, graph):
        yield "has no encryption configuration"
    if bucket.has("website"):
        return
    statements = own_statements(graph, bucket) or ()
    if not all(any(_refuses_http(one, action, bucket, graph) for one in statements) for action in _OBJECTS):
        yield "its policy does not refuse requests without TLS"


_OBJECTS = ("s3:GetObject", "s3:PutObject")


def _encryptions(bucket: Resource, graph: Graph) -> list[Any]:
    found = [one.get("rules") for one in graph.sources((tokens.BUCKET_ENCRYPTION,), "bucket", bucket, *KEYS)]
    return [*found, *([bucket.get("serverSideEncryptionConfiguration")] if _inline(bucket) else [])]


def _inline(bucket: Resource) -> bool:
    return bucket.has("serverSideEncryptionConfiguration")


def _refuses_http(statement: Statement, action: str, bucket: Resource, graph: Graph) -> bool:
    objects = tuple(f"{arn}/x" for arn in arns_of(graph, bucket))
    call = Call(action=action, resources=objects, context={"aws:securetransport": ("false",)})
    if not statement.denies or ("AWS", EVERYBODY) not in statement.principals or statement.not_principals:
        return False
    reaches = allowed([replace(statement, denies=False, conditions=())], call)
    return reaches and meets_conditions(statement, call) is True


WRITERS = {
    "application": ("logdelivery.elasticloadbalancing.amazonaws.com",),
    "network": ("delivery.logs.amazonaws.com",),
}
"""Kind of load balancer → the services that write its access logs (source: Elastic Load Balancing user guides)."""


@Rule(
    id="bucket-logs",
    summary="A bucket of logs takes the logs that are sent to it, and forgets them in time.",
    fix="Allow s3:PutObject under AWSLogs/<account> to logdelivery.elasticloadbalancing.amazonaws.com "
    "(delivery.logs.amazonaws.com for a network load balancer), encrypt with AES256, and add an "
    "s3.BucketLifecycleConfiguration with an expiration.",
    severity=Severity.MEDIUM,
    source="Elastic Load Balancing user guide, Enable access logs for your Application Load Balancer; Amazon S3 user "
    "guide, Expiring objects",
    anchors=("Security Hub S3.13", "checkov CKV2_61"),
    types=(tokens.BUCKET,),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="maximumDays",
            default=3653,
            minimum=1,
            maximum=36_500,
            description="Days that logs are kept at most; the default is the longest that CloudWatch Logs knows.",
        ),
    ),
    guards=("lifecycleRules",),
)
def bucket_logs(bucket: Resource, graph: Graph, config: Config) -> Results:
    """Logs that are refused are missing in the incident that they were meant for; those that stay cost, and leak.

    A load balancer writes neither without a policy that names its service, nor under a KMS key.
    """
    balancers = [one for one in graph.of(*tokens.LOAD_BALANCERS) if _logs_to(one, bucket)]
    flows = [one for one in graph.of(tokens.FLOW_LOG) if refers(one, "logDestination", bucket, *KEYS)]
    if not balancers and not flows:
        return
    starts = {f"{_prefix(balancer)}AWSLogs/" for balancer in balancers} | ({"AWSLogs/"} if flows else set())
    expiries = [rule for rule in _lifecycle(bucket, graph) if _expires(rule, config["maximumDays"])]
    if not all(any(_is_about(rule, start) for rule in expiries) for start in starts):
        yield f"holds logs that do not expire within {config['maximumDays']} days"
    for balancer in balancers:
        kind = str(balancer.get("loadBalancerType", default="application"))
        if kind in WRITERS and not _may_write(bucket, balancer, WRITERS[kind], graph):
            yield f"its policy does not let {WRITERS[kind][0]} write the logs of {balancer.name}"
        if kind == "application" and any("aws:kms" in str(one) for one in _encryptions(bucket, graph)):
            yield f"is encrypted with a KMS key, under which {balancer.name} cannot write its logs"


def _logs_to(balancer: Resource, bucket: Resource) -> bool:
    return any(refers(balancer, property_, bucket, *KEYS) for property_ in ("accessLogs", "connectionLogs"))


def _may_write(bucket: Resource, balancer: Resource, services: tuple[str, ...], graph: Graph) -> bool:
    objects = tuple(f"{arn}/{_prefix(balancer)}AWSLogs/{account_of(graph)}/{UNSAID}" for arn in arns_of(graph, bucket))
    statements = own_statements(graph, bucket) or ()
    as_service = Call(action="s3:PutObject", resources=objects, services=services, context=_SENT)
    return allowed(statements, as_service) or any(map(_names_account, statements))


_SENT: Mapping[str, tuple[str, ...]] = {
    "aws:securetransport": ("true",),
    "aws:principalisawsservice": ("true",),
    "aws:principalorgid": (),
    "aws:principalaccount": (),
    "s3:x-amz-server-side-encryption": (),
    "s3:x-amz-server-side-encryption-aws-kms-key-id": (),
}
"""What the writer of logs sends; it leaves the encryption to the bucket."""


def _prefix(balancer: Resource) -> str:
    prefix = balancer.peek("accessLogs", "prefix")
    return UNSAID if isinstance(prefix, Unknown) else f"{prefix}/" if prefix else ""


def _names_account(statement: Statement) -> bool:
    """Regions from before August 2022 write as an account of Elastic Load Balancing instead of a service."""
    accounts = [name for kind, name in statement.principals if kind == "AWS" and name != EVERYBODY]
    return bool(accounts) and not statement.denies and statement.names("s3:PutObject")


def _lifecycle(bucket: Resource, graph: Graph) -> Iterator[Any]:
    for one in graph.sources((tokens.BUCKET_LIFECYCLE,), "bucket", bucket, *KEYS):
        yield from rows(one.get("rules"))
    yield from rows(bucket.get("lifecycleRules"))


def _expires(rule: Any, longest: int) -> bool:
    if not isinstance(rule, dict) or not (rule.get("status") == "Enabled" or rule.get("enabled") is True):
        return False
    expiration = rule.get("expiration")
    days = number(expiration.get("days")) if isinstance(expiration, dict) else None
    return days is not None and 0 < days <= longest


def _is_about(rule: Any, start: str) -> bool:
    """Whether a rule is about all objects with this start, as far as that is known."""
    found = rule.get("filter")
    filters = found if isinstance(found, dict) else {}
    if any(filters.get(key) for key in ("and", "tag", "objectSizeGreaterThan")) or rule.get("tags"):
        return False
    prefix = filters.get("prefix") or rule.get("prefix") or ""
    return UNSAID in start or start.startswith(str(prefix)) or str(prefix).startswith(start)
