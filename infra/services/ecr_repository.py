"""Where the images of an application lie: a private repository of ECR whose tags stay what they are."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from ..common import iam
from ..common.args import inputs, refused
from ..common.inputs import Texts, instance_problem, range_problem
from ..contract import Platform
from .image_reference import image_at

PULL_ACTIONS: Final = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
"""What a pull needs of a repository (Amazon ECR user guide, "Private repository policy examples")."""

LONGEST_NAME: Final = 248
"""Characters: of the 256 that ECR takes (ECR API, RepositoryName) Pulumi adds eight."""

_NAME: Final = re.compile(r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*")
_ACCOUNT: Final = re.compile(r"\d{12}", re.ASCII)


@inputs
class EcrRepositoryArgs:
    """Who pulls, and which images stay."""

    platform: Platform | None = None
    """Whose KMS key encrypts the images, where it has one; another key replaces the repository. By default a key of
    ECR's own does."""
    pull_accounts: Texts = ()
    """Other accounts that may pull, 12 digits each; the execution roles of services there have what it takes besides.
    By default none."""
    immutable_tags: bool = True
    """Whether ECR refuses to push another image under a tag that there is. By default it does."""
    scan_on_push: bool = True
    """Whether ECR looks for known vulnerabilities in each image that is pushed, as far as the registry's own scanning
    settings do not say it already. By default it does."""
    untagged_days: int = 14
    """Days after its push until an image without a tag goes, 1 or more; the parts of an image for several processors
    stay as long as it. By default 14."""
    kept_images: int | None = 100
    """How many images with a tag stay, the last ones pushed, 1 or more; None: all. What still runs cannot be started
    any more when it goes, so keep more than are pushed between two deployments. By default 100."""
    force_delete: bool = False
    """Whether the repository can be deleted while images are in it, and they with it. By default `pulumi destroy` fails
    then."""

    def problem(self) -> str | None:
        """What ECR does not take."""
        if wrong := [one for one in self.pull_accounts if not _ACCOUNT.fullmatch(one)]:
            return f"pull_accounts: must be ids of accounts, 12 digits each, got {wrong[0]!r}"
        return range_problem("untagged_days", self.untagged_days, 1) or (
            None if self.kept_images is None else range_problem("kept_images", self.kept_images, 1)
        )


class EcrRepository(pulumi.ComponentResource):
    """A private repository of ECR, which keeps what it was given and lets in nobody who was not named.

    What it makes of AWS is there under AWS's names.
    """

    repository: aws.ecr.Repository
    repository_url: pulumi.Output[str]
    """Where images are pushed to, without a tag."""
    lifecycle_policy: aws.ecr.LifecyclePolicy
    repository_policy: aws.ecr.RepositoryPolicy | None
    """None where no other account pulls."""

    def __init__(self, name: str, args: EcrRepositoryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Raises pulumi.RunError for a name that ECR does not take: it is the start of the repository's."""
        _check(name, args)
        super().__init__("ecs-platform:index:EcrRepository", name, None, opts)
        self._name, child_opts = name, pulumi.ResourceOptions(parent=self)
        self.repository = aws.ecr.Repository(
            name,
            encryption_configurations=_encryption(args.platform),
            force_delete=args.force_delete,
            image_scanning_configuration=aws.ecr.RepositoryImageScanningConfigurationArgs(
                scan_on_push=args.scan_on_push
            ),
            image_tag_mutability="IMMUTABLE" if args.immutable_tags else "MUTABLE",
            opts=child_opts,
        )
        self.repository_url = self.repository.repository_url
        self.lifecycle_policy = aws.ecr.LifecyclePolicy(
            f"{name}-lifecycle",
            repository=self.repository.name,
            policy=lifecycle_policy(untagged_days=args.untagged_days, kept_images=args.kept_images),
            opts=child_opts,
        )
        self.repository_policy = None
        if args.pull_accounts:
            self.repository_policy = aws.ecr.RepositoryPolicy(
                f"{name}-pulls",
                repository=self.repository.name,
                policy=pull_policy(args.pull_accounts),
                opts=child_opts,
            )
        self.register_outputs({"repository_url": self.repository_url})

    def image(self, digest: pulumi.Input[str]) -> pulumi.Output[str]:
        """The image of a digest, `sha256:...`, as ServiceArgs take it.

        Raises pulumi.RunError for what is no digest; an Output that turns out to be none fails the preview.
        """
        return image_at(self._name, self.repository_url, digest)


def lifecycle_policy(*, untagged_days: int, kept_images: int | None) -> str:
    """What ECR deletes (Amazon ECR user guide, "Lifecycle policy properties").

    It deletes no part of an image for several processors before the image itself (same guide, "Lifecycle policy
    evaluation rules").
    """
    untagged: dict[str, Any] = {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": untagged_days,
    }
    tagged: dict[str, Any] = {
        "tagStatus": "tagged",
        "tagPatternList": ["*"],
        "countType": "imageCountMoreThan",
        "countNumber": kept_images,
    }
    rules = {f"Images without a tag, after {untagged_days} days": untagged}
    if kept_images is not None:
        rules[f"All but the last {kept_images} images with a tag"] = tagged
    every = [
        {"rulePriority": number, "description": text, "selection": selection, "action": {"type": "expire"}}
        for number, (text, selection) in enumerate(rules.items(), start=1)
    ]
    return json.dumps({"rules": every})


def pull_policy(accounts: Texts) -> str:
    """Other accounts may pull, and nothing else."""
    statement = {"Sid": "Pull", "Effect": "Allow", "Principal": {"AWS": sorted(set(accounts))}}
    return iam.document({**statement, "Action": list(PULL_ACTIONS)})


def _encryption(platform: Platform | None) -> Any:
    """The platform's key where it has one: then ECR asks KMS for it; else the images are encrypted all the same."""
    if platform is None:
        return None

    def encryption(arn: str | None) -> list[aws.ecr.RepositoryEncryptionConfigurationArgs]:
        return [aws.ecr.RepositoryEncryptionConfigurationArgs(encryption_type="KMS", kms_key=arn)] if arn else []

    return pulumi.Output.from_input(platform.key_arn).apply(encryption)


def _check(name: Any, args: EcrRepositoryArgs) -> None:
    if not (isinstance(name, str) and _NAME.fullmatch(name) and len(name) <= LONGEST_NAME):
        raise refused(
            f"name: must be the start of a repository's name: up to {LONGEST_NAME} of a-z, 0-9, and . _ - / between "
            f"them; got {name!r}"
        )
    if problem := instance_problem("args", args, EcrRepositoryArgs):
        raise refused(f"{name}: {problem}; write EcrRepository({name!r}, EcrRepositoryArgs(...))")
