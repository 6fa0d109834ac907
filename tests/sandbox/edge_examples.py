"""Balancers, domains and buckets."""

from __future__ import annotations

from tests.sandbox.example import TAGGED, TAGS, Example, document

EXAMPLES = [
    *(
        example
        for area in ("lb", "alb")
        for example in (
            Example(
                f"aws:{area}/loadBalancer:LoadBalancer",
                {
                    "subnets": ["${subnet.id}", "${other_subnet.id}"],
                    "securityGroups": ["${group.id}"],
                    "dropInvalidHeaderFields": True,
                    "idleTimeout": 60,
                    "tags": TAGS,
                },
                {"idleTimeout": 90, "securityGroups": ["${other_group.id}"], **TAGGED},
                {"internal": True},
            ),
            Example(
                f"aws:{area}/listener:Listener",
                {
                    "loadBalancerArn": "${balancer.arn}",
                    "port": 8080,
                    "protocol": "HTTP",
                    "defaultActions": [
                        {
                            "type": "fixed-response",
                            "fixedResponse": {"contentType": "text/plain", "statusCode": "404", "messageBody": "no"},
                        }
                    ],
                    "tags": TAGS,
                },
                {
                    "defaultActions": [
                        {"type": "redirect", "redirect": {"port": "443", "protocol": "HTTPS", "statusCode": "HTTP_301"}}
                    ],
                    **TAGGED,
                },
                {"loadBalancerArn": "another"},
            ),
            Example(
                f"aws:{area}/listenerRule:ListenerRule",
                {
                    "listenerArn": "${listener.arn}",
                    "priority": 10,
                    "conditions": [{"pathPattern": {"values": ["/a/*"]}}, {"hostHeader": {"values": ["a.example"]}}],
                    "actions": [{"type": "forward", "targetGroupArn": "${targets.arn}"}],
                    "tags": TAGS,
                },
                {"conditions": [{"pathPattern": {"values": ["/b/*"]}}], "priority": 20, **TAGGED},
                {"listenerArn": "another"},
            ),
            Example(
                f"aws:{area}/listenerCertificate:ListenerCertificate",
                {"listenerArn": "${secure.arn}", "certificateArn": "${other_certificate.arn}"},
                {},
                {"certificateArn": "another"},
            ),
            Example(
                f"aws:{area}/targetGroup:TargetGroup",
                {
                    "vpcId": "${vpc.id}",
                    "port": 8080,
                    "protocol": "HTTP",
                    "targetType": "ip",
                    "deregistrationDelay": 30,
                    "healthCheck": {"path": "/health", "interval": 10, "timeout": 5, "matcher": "200-299"},
                    "tags": TAGS,
                },
                {
                    "deregistrationDelay": 60,
                    "healthCheck": {"path": "/ready", "interval": 10, "matcher": "200"},
                    **TAGGED,
                },
                {"port": 80},
            ),
        )
    ),
    Example(
        "aws:acm/certificate:Certificate",
        {"domainName": "a.example.com", "validationMethod": "DNS", "tags": TAGS},
        TAGGED,
        {"domainName": "b.example.com"},
    ),
    Example(
        "aws:acm/certificateValidation:CertificateValidation",
        {"certificateArn": "${certificate.arn}"},
        {},
        {"certificateArn": "another"},
        stays=True,
    ),
    Example(
        "aws:route53/zone:Zone",
        {"name": "example.com", "comment": "c", "tags": TAGS},
        {"comment": "changed", **TAGGED},
        {"name": "example.org"},
    ),
    Example(
        "aws:route53/record:Record",
        {"zoneId": "${zone.zoneId}", "name": "www", "type": "A", "ttl": 60, "records": ["10.0.0.1"]},
        {"records": ["10.0.0.1", "10.0.0.2"]},
        {"type": "AAAA"},
    ),
    Example(
        "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
        {"name": "shop.internal", "vpc": "${vpc.id}", "description": "d", "tags": TAGS},
        {"description": "changed", **TAGGED},
        {"name": "other.internal"},
    ),
    Example(
        "aws:servicediscovery/service:Service",
        {
            "name": "cart",
            "dnsConfig": {
                "namespaceId": "${namespace.id}",
                "dnsRecords": [{"ttl": 10, "type": "A"}],
                "routingPolicy": "MULTIVALUE",
            },
            "forceDestroy": True,
            "tags": TAGS,
        },
        {
            "dnsConfig": {
                "namespaceId": "${namespace.id}",
                "dnsRecords": [{"ttl": 20, "type": "A"}],
                "routingPolicy": "MULTIVALUE",
            },
            **TAGGED,
        },
        {"name": "another"},
    ),
    Example(
        "aws:s3/bucket:Bucket",
        {"forceDestroy": True, "tags": TAGS},
        TAGGED,
        {"bucket": "another"},
    ),
    Example(
        "aws:s3/bucketPolicy:BucketPolicy",
        {"bucket": "${bucket.bucket}", "policy": document(Principal="*", Action="s3:GetObject", Resource="*")},
        {"policy": document(Principal="*", Action="s3:PutObject", Resource="*")},
        {"bucket": "another"},
    ),
    Example(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        {"bucket": "${bucket.bucket}", "blockPublicAcls": True, "blockPublicPolicy": True},
        {"restrictPublicBuckets": True},
        {"bucket": "another"},
    ),
    Example(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        {
            "bucket": "${bucket.bucket}",
            "rules": [
                {
                    "id": "expire",
                    "status": "Enabled",
                    "expiration": {"days": 30},
                    "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
                }
            ],
        },
        {"rules": [{"id": "expire", "status": "Enabled", "expiration": {"days": 60}}]},
        {"bucket": "another"},
    ),
    Example(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        {
            "bucket": "${bucket.bucket}",
            "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}],
        },
        {
            "rules": [
                {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "${key.arn}"}}
            ]
        },
        {"bucket": "another"},
        stays=True,
    ),
    Example(
        "aws:s3/bucketVersioning:BucketVersioning",
        {"bucket": "${bucket.bucket}", "versioningConfiguration": {"status": "Enabled"}},
        {"versioningConfiguration": {"status": "Suspended"}},
        {"bucket": "another"},
        stays=True,
    ),
    Example(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        {"bucket": "${bucket.bucket}", "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        {"rule": {"objectOwnership": "BucketOwnerPreferred"}},
        {"bucket": "another"},
    ),
]
