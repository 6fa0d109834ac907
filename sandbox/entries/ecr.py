"""ECR repositories, their policies, and rules of the pull-through cache."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.resource import Call, Entry, Naming, Tagging
from sandbox.steps import ID, IDS, among, fill, one_of, op, prop, text, upsert


def _repository_setting(operation: str, **parameters: Any) -> Any:
    return op(operation, repositoryName=ID, **parameters)


def _scanning(call: Call) -> dict[str, Any]:
    return {"scanOnPush": bool((call.new.get("imageScanningConfiguration") or {}).get("scanOnPush"))}


def _encryption(call: Call) -> Any:
    given = call.new.get("encryptionConfigurations")
    return {key: value for key, value in given[0].items() if value} if given else None


REPOSITORY: Final = Entry(
    service="ecr",
    create=fill("create_repository", "repository.repositoryName", encryptionConfiguration=_encryption),
    read=one_of("describe_repositories", "repositories", {"repositoryName": ID}, repositoryNames=IDS),
    delete=op("delete_repository", repositoryName=ID, force=lambda call: bool(call.get("forceDelete"))),
    changes={
        ("imageTagMutability",): _repository_setting(
            "put_image_tag_mutability", imageTagMutability=prop("imageTagMutability", "MUTABLE")
        ),
        ("imageScanningConfiguration",): _repository_setting(
            "put_image_scanning_configuration", imageScanningConfiguration=_scanning
        ),
    },
    names={"name": "repositoryName", "arn": "repositoryArn", "repositoryUrl": "repositoryUri"},
    blind=among("encryptionConfigurations"),
    naming=Naming(longest=256, lower=True),
    tagging=Tagging(
        add="tag_resource",
        remove="untag_resource",
        target={"resourceArn": text("arn:{partition}:ecr:{region}:{account}:repository/{id}")},
        look="list_tags_for_resource",
    ),
)


def _policy_of(put: str, get: str, delete: str) -> Entry:
    """A document beside a repository; its id is the repository's name."""
    write = op(put, repositoryName=prop("repository"), **{_DOCUMENTS[put]: prop("policy")})
    return Entry(
        service="ecr",
        create=upsert(write, prop("repository")),
        read=op(get, repositoryName=ID),
        delete=op(delete, repositoryName=ID),
        update=write,
        replaces=among("repository"),
        names={"repository": "repositoryName", "policy": _DOCUMENTS[put]},
    )


_DOCUMENTS: Final = {"put_lifecycle_policy": "lifecyclePolicyText", "set_repository_policy": "policyText"}

LIFECYCLE_POLICY: Final = _policy_of("put_lifecycle_policy", "get_lifecycle_policy", "delete_lifecycle_policy")
REPOSITORY_POLICY: Final = _policy_of("set_repository_policy", "get_repository_policy", "delete_repository_policy")


PULL_THROUGH_CACHE_RULE: Final = Entry(
    service="ecr",
    create=upsert(fill("create_pull_through_cache_rule"), prop("ecrRepositoryPrefix")),
    read=one_of(
        "describe_pull_through_cache_rules",
        "pullThroughCacheRules",
        {"ecrRepositoryPrefix": ID},
        ecrRepositoryPrefixes=IDS,
    ),
    delete=op("delete_pull_through_cache_rule", ecrRepositoryPrefix=ID),
    changes={
        ("credentialArn", "customRoleArn"): op(
            "update_pull_through_cache_rule",
            ecrRepositoryPrefix=ID,
            credentialArn=prop("credentialArn"),
            customRoleArn=prop("customRoleArn"),
        )
    },
)


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:ecr/repository:Repository": REPOSITORY,
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": LIFECYCLE_POLICY,
    "aws:ecr/repositoryPolicy:RepositoryPolicy": REPOSITORY_POLICY,
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": PULL_THROUGH_CACHE_RULE,
}
