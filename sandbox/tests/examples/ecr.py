"""ECR repositories, their policies, and rules of the pull-through cache."""

from __future__ import annotations

import json

from sandbox.tests.example import TAGGED, TAGS, Example, document


def kept(number):
    selection = {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": number}
    return json.dumps({"rules": [{"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}]})


EXAMPLES = [
    Example(
        "aws:ecr/repository:Repository",
        {"imageTagMutability": "IMMUTABLE", "tags": TAGS},
        {"imageTagMutability": "MUTABLE", "imageScanningConfiguration": {"scanOnPush": True}, **TAGGED},
        {"name": "another"},
    ),
    Example(
        "aws:ecr/repository:Repository",
        {
            "imageTagMutability": "IMMUTABLE",
            "imageScanningConfiguration": {"scanOnPush": True},
            "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": "${key.arn}"}],
            "forceDelete": True,
        },
        {"imageScanningConfiguration": {"scanOnPush": False}},
        {"encryptionConfigurations": [{"encryptionType": "AES256"}]},
    ),
    Example(
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        {"repository": "${repository.name}", "policy": kept(10)},
        {"policy": kept(20)},
        {"repository": "another"},
    ),
    Example(
        "aws:ecr/repositoryPolicy:RepositoryPolicy",
        {"repository": "${repository.name}", "policy": document(Principal="*", Action="ecr:BatchGetImage")},
        {"policy": document(Principal="*", Action="ecr:GetDownloadUrlForLayer")},
        {"repository": "another"},
    ),
    Example(
        "aws:ecr/pullThroughCacheRule:PullThroughCacheRule",
        {"ecrRepositoryPrefix": "public", "upstreamRegistryUrl": "public.ecr.aws"},
        {},
        {"ecrRepositoryPrefix": "another"},
    ),
    Example(
        "aws:ecr/pullThroughCacheRule:PullThroughCacheRule",
        {
            "ecrRepositoryPrefix": "hub",
            "upstreamRegistryUrl": "registry-1.docker.io",
            "credentialArn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:ecr-pullthroughcache/hub-AbCdEf",
        },
        {"credentialArn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:ecr-pullthroughcache/other-AbCdEf"},
        {"upstreamRegistryUrl": "quay.io"},
    ),
]
