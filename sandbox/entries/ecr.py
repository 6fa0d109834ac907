"""ECR repositories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.resource import Call, Entry, Naming, Tagging
from sandbox.steps import ID, IDS, among, fill, one_of, op, prop, text


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


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:ecr/repository:Repository": REPOSITORY,
}
