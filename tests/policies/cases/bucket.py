from __future__ import annotations

import json
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

PUBLIC, ENCRYPTED, LOGS = "bucket-not-public", "bucket-encrypted", "bucket-logs"
ALL = dict.fromkeys(("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True)
BUCKET = a(tokens.BUCKET, "logs", bucket="shop-logs")
OF_BUCKET = {"bucket": [BUCKET]}


def block(**changes: Any) -> Resource:
    return a(tokens.PUBLIC_ACCESS_BLOCK, depends=OF_BUCKET, **{**ALL, **changes})


def encryption(algorithm: str = "AES256") -> Resource:
    rules = [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm}}]
    return a(tokens.BUCKET_ENCRYPTION, depends=OF_BUCKET, rules=rules)


def policy(*statements: dict[str, Any]) -> Resource:
    return a(tokens.BUCKET_POLICY, depends=OF_BUCKET, policy=json.dumps({"Statement": list(statements)}))


def refused(**changes: Any) -> dict[str, Any]:
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    resources = ["arn:aws:s3:::shop-logs", "arn:aws:s3:::shop-logs/*"]
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": resources,
        "Condition": condition,
        **changes,
    }


def written(service: str = "logdelivery.elasticloadbalancing.amazonaws.com", **changes: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::shop-logs/web/AWSLogs/111122223333/*",
        **changes,
    }


def balancer(kind: str = "application") -> Resource:
    return a(
        tokens.LOAD_BALANCER,
        "web",
        loadBalancerType=kind,
        accessLogs={"bucket": "shop-logs", "enabled": True, "prefix": "web"},
    )


def expiry(**changes: Any) -> Resource:
    rule = {"status": "Enabled", "expiration": {"days": 90}, **changes}
    return a(tokens.BUCKET_LIFECYCLE, depends=OF_BUCKET, rules=[rule])


FLOW_LOG = a(tokens.FLOW_LOG, depends={"logDestination": [BUCKET]}, logDestinationType="s3")
INLINE = a(tokens.BUCKET, "logs", bucket="shop-logs", policy=json.dumps({"Statement": refused()}),
           serverSideEncryptionConfiguration={"rule": {"applyServerSideEncryptionByDefault": {
               "sseAlgorithm": "aws:kms"}}})  # fmt: skip

CASES = (
    good(PUBLIC, "all four", BUCKET, block()),
    bad(PUBLIC, "no block", "no public access block", BUCKET),
    bad(PUBLIC, "three of four", "leaves out ignorePublicAcls", BUCKET, block(ignorePublicAcls=False)),
    bad(PUBLIC, "two that are silent", "leaves out blockPublicPolicy, restrictPublicBuckets",
        BUCKET, block(blockPublicPolicy=None, restrictPublicBuckets=None)),
    bad(PUBLIC, "by its acl", "is public by its acl public-read", a(tokens.BUCKET, "logs", acl="public-read"), block()),
    bad(PUBLIC, "by a grant", "is granted to AllUsers", block(), a(tokens.BUCKET, "logs", grants=[
        {"type": "Group", "uri": "http://acs.amazonaws.com/groups/global/AllUsers", "permissions": ["READ"]}])),
    unknown(PUBLIC, "a flag", BUCKET, block(blockPublicAcls=UNKNOWN)),
    other(PUBLIC, "no bucket", FLOW_LOG),
    good(ENCRYPTED, "both", BUCKET, encryption(), policy(refused())),
    good(ENCRYPTED, "both inline", INLINE),
    good(ENCRYPTED, "objects by their pattern", BUCKET, encryption(), policy(
        refused(Action=["s3:Get*", "s3:Put*"], Resource="*", Principal={"AWS": "*"}))),
    good(ENCRYPTED, "a website, which has no TLS", encryption(), a(
        tokens.BUCKET, "logs", bucket="shop-logs", website={"indexDocument": "index.html"})),
    bad(ENCRYPTED, "HTTP", "does not refuse requests without TLS", BUCKET, encryption(), policy(written())),
    bad(ENCRYPTED, "no policy", "does not refuse requests without TLS", BUCKET, encryption()),
    bad(ENCRYPTED, "HTTP to read", "does not refuse", BUCKET, encryption(), policy(refused(Action="s3:PutObject"))),
    bad(ENCRYPTED, "HTTP for all but one", "does not refuse",
        BUCKET, encryption(), policy(refused(Principal={"AWS": "arn:aws:iam::1:root"}))),
    bad(ENCRYPTED, "HTTP for another bucket's objects", "does not refuse",
        BUCKET, encryption(), policy(refused(Resource="arn:aws:s3:::other/*"))),
    bad(ENCRYPTED, "TLS is refused", "does not refuse", BUCKET, encryption(), policy(
        refused(Condition={"Bool": {"aws:SecureTransport": "true"}}))),
    bad(ENCRYPTED, "HTTP is refused from one address", "does not refuse", BUCKET, encryption(), policy(
        refused(Condition={"Bool": {"aws:SecureTransport": "false"}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}))),
    bad(ENCRYPTED, "no configuration", "has no encryption configuration", BUCKET, policy(refused())),
    unknown(ENCRYPTED, "the policy", BUCKET, encryption(), a(tokens.BUCKET_POLICY, depends=OF_BUCKET, policy=UNKNOWN)),
    other(ENCRYPTED, "no bucket", FLOW_LOG),
    good(LOGS, "of a load balancer", BUCKET, balancer(), policy(written()), expiry()),
    good(LOGS, "by an account of Elastic Load Balancing", BUCKET, balancer(), expiry(), policy(
        written(Principal={"AWS": "arn:aws:iam::054676820928:root"}))),
    good(LOGS, "of a network load balancer", BUCKET, balancer("network"), expiry(), encryption("aws:kms"), policy(
        written("delivery.logs.amazonaws.com"))),
    good(LOGS, "of a VPC", BUCKET, FLOW_LOG, expiry()),
    good(LOGS, "with an expiry of its own", FLOW_LOG, a(
        tokens.BUCKET, "logs", lifecycleRules=[{"enabled": True, "expiration": {"days": 7}}])),
    bad(LOGS, "no policy", "does not let logdelivery.elasticloadbalancing", BUCKET, balancer(), expiry()),
    bad(LOGS, "a policy for flow logs", "does not let logdelivery.elasticloadbalancing",
        BUCKET, balancer(), expiry(), policy(written("delivery.logs.amazonaws.com"))),
    bad(LOGS, "a policy to read", "does not let", BUCKET, balancer(), expiry(), policy(written(Action="s3:GetObject"))),
    bad(LOGS, "a policy for other objects", "does not let",
        BUCKET, balancer(), expiry(), policy(written(Resource="arn:aws:s3:::shop-logs/other/*"))),
    bad(LOGS, "a KMS key", "under which web cannot write",
        BUCKET, balancer(), expiry(), policy(written()), encryption("aws:kms")),
    bad(LOGS, "for ever", "do not expire within 3653 days", BUCKET, FLOW_LOG),
    bad(LOGS, "an expiry of other objects", "do not expire", BUCKET, FLOW_LOG, expiry(filter={"prefix": "tmp/"})),
    bad(LOGS, "after a century", "do not expire", BUCKET, FLOW_LOG, expiry(expiration={"days": 36_500})),
    good(LOGS, "an expiry of the logs alone", BUCKET, FLOW_LOG, expiry(filter={"prefix": "AWSLogs/"})),
    bad(LOGS, "only what is encrypted by its writer", "does not let", BUCKET, balancer(), expiry(), policy(
        written(), {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "*", "Condition": {
            "StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}})),
    bad(LOGS, "an expiry that is off", "do not expire within 3653 days", BUCKET, FLOW_LOG, expiry(status="Disabled")),
    bad(LOGS, "moved, but kept", "do not expire within 3653 days", BUCKET, FLOW_LOG, expiry(
        expiration=None, transitions=[{"days": 30, "storageClass": "GLACIER"}])),
    unknown(LOGS, "the rules", BUCKET, FLOW_LOG, a(tokens.BUCKET_LIFECYCLE, depends=OF_BUCKET, rules=UNKNOWN)),
    other(LOGS, "a bucket without logs", BUCKET),
)  # fmt: skip
