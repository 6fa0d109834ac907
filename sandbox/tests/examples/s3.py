"""S3 buckets and the configurations that belong to one bucket each."""

from __future__ import annotations

from sandbox.tests.example import TAGGED, TAGS, Example, document

EXAMPLES = [
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
