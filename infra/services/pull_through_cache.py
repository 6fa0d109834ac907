"""Images of other registries by way of ECR, which keeps what was pulled once."""

from __future__ import annotations

import re
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from ..common.args import inputs, refused
from ..common.inputs import instance_problem
from .image_reference import image_at
from .secret_arn import secret_problem
from .service_name import name_problem

OPEN: Final = ("public.ecr.aws", "quay.io", "registry.k8s.io")
"""Registries that ask for no credentials (ECR API, CreatePullThroughCacheRule, and Amazon ECR user guide, "Sync an
upstream registry")."""

CLOSED: Final = ("cgr.dev", "ghcr.io", "registry-1.docker.io", "registry.gitlab.com", "*.azurecr.io")
"""Those that do (same source)."""

CREDENTIALS_PREFIX: Final = "ecr-pullthroughcache/"
"""Start of the name of a secret that ECR reads (ECR API, CredentialArn)."""

PREFIX_LENGTHS: Final = range(2, 31)
"""Characters of a prefix (ECR API, PullThroughCacheRuleRepositoryPrefix)."""

_PREFIX: Final = re.compile(r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*")
_CREDENTIALS: Final = re.compile(rf"(?:[^:]+:){{6}}{CREDENTIALS_PREFIX}[^:]+")
_OF_AZURE: Final = re.compile(r"[a-z0-9]+\.azurecr\.io")
_MEANT: Final = {"docker.io": "registry-1.docker.io", "hub.docker.com": "registry-1.docker.io", "k8s.gcr.io": OPEN[2]}


@inputs
class PullThroughCacheArgs:
    """Which registry, and under which names its images are found.

    For another private ECR `aws.ecr.PullThroughCacheRule` makes a rule, with the role that it takes.
    """

    upstream: str
    """Host of the registry that images come from: public.ecr.aws, quay.io, registry.k8s.io, cgr.dev, ghcr.io,
    registry-1.docker.io (Docker Hub), registry.gitlab.com, or NAME.azurecr.io."""
    prefix: str
    """Start of the names of the repositories that ECR makes in this account, up to its `/`, 2 to 30 characters; an
    account and Region have it once."""
    credential_arn: pulumi.Input[str] | None = None
    """Whole ARN of a secret in this account and Region, with the keys `username` and `accessToken`, whose name starts
    with `ecr-pullthroughcache/` and which no key of the platform encrypts. By default none: the first three registries
    ask for none, the others need one."""

    def problem(self) -> str | None:
        """What ECR does not take."""
        return self._upstream_problem() or self._prefix_problem() or self._credentials_problem()

    def _upstream_problem(self) -> str | None:
        host = self.upstream
        if host in (*OPEN, *CLOSED[:-1]) or _OF_AZURE.fullmatch(host):
            return None
        meant = _MEANT.get(host)
        hint = f"did you mean {meant}?" if meant else f"there are {', '.join((*OPEN, *CLOSED))}"
        return f"upstream: must be the host of a registry that ECR can cache, got {host!r}; {hint}"

    def _prefix_problem(self) -> str | None:
        if _PREFIX.fullmatch(self.prefix) and len(self.prefix) in PREFIX_LENGTHS:
            return None
        return f"prefix: must be 2 to 30 of a-z, 0-9, and . _ - / between them, got {self.prefix!r}"

    def _credentials_problem(self) -> str | None:
        arn = self.credential_arn
        if arn is None:
            missing = (
                f"credential_arn: {self.upstream} asks for credentials; give the arn of a Secret named "
                f"{CREDENTIALS_PREFIX}..."
            )
            return None if self.upstream in OPEN else missing
        if self.upstream in OPEN:
            return f"credential_arn: {self.upstream} asks for none; leave it out"
        return credential_problem(arn) if isinstance(arn, str) else None


class PullThroughCache(pulumi.ComponentResource):
    """A rule by which ECR fetches, keeps and serves the images of another registry.

    ECR makes a repository for each of them when it is pulled first, for which a container that runs it has
    `pull_through_cache=True`.
    """

    rule: aws.ecr.PullThroughCacheRule
    repository_prefix: pulumi.Output[str]
    """What stands before the upstream's name of an image."""

    def __init__(self, name: str, args: PullThroughCacheArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Raises pulumi.RunError for a name that is no DNS name, and for args of another class."""
        if problem := name_problem(name):
            raise refused(problem)
        if problem := instance_problem("args", args, PullThroughCacheArgs):
            raise refused(f"{name}: {problem}; write PullThroughCache({name!r}, PullThroughCacheArgs(...))")
        super().__init__("ecs-platform:index:PullThroughCache", name, None, opts)
        self._name = name
        self.rule = aws.ecr.PullThroughCacheRule(
            f"{name}-rule",
            ecr_repository_prefix=args.prefix,
            upstream_registry_url=args.upstream,
            credential_arn=_known_credentials(name, args.credential_arn),
            opts=pulumi.ResourceOptions(parent=self),
        )
        host = pulumi.Output.all(self.rule.registry_id, self.rule.region).apply(lambda known: registry_host(*known))
        self.repository_prefix = pulumi.Output.format("{0}/{1}", host, self.rule.ecr_repository_prefix)
        self.register_outputs({"repository_prefix": self.repository_prefix})

    def image(self, name: str, digest: pulumi.Input[str]) -> pulumi.Output[str]:
        """An image of the upstream by its name there, for example `library/nginx`, and its digest.

        Raises pulumi.RunError for what is no digest; an Output that turns out to be none fails the preview.
        """
        if not _PREFIX.fullmatch(str(name)):
            raise refused(f"{self._name}: name: must be that of a repository, without host and tag, got {name!r}")
        return image_at(self._name, pulumi.Output.format("{0}/{1}", self.repository_prefix, name), digest)


def registry_host(account: str, region: str) -> str:
    """The private registry of an account in a Region (Amazon ECR user guide, "Amazon ECR registries")."""
    return f"{account}.dkr.ecr.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"


def credential_problem(arn: Any) -> str | None:
    """Whether ECR would not read a secret."""
    if problem := secret_problem(arn):
        return f"credential_arn: {problem}"
    if _CREDENTIALS.fullmatch(arn):
        return None
    return (
        f"credential_arn: must be a whole secret of Secrets Manager whose name starts with {CREDENTIALS_PREFIX}, "
        f"got {arn!r}"
    )


def _known_credentials(name: str, arn: pulumi.Input[str] | None) -> pulumi.Input[str] | None:
    if arn is None or isinstance(arn, str):
        return arn

    def checked(known: Any) -> str:
        if problem := credential_problem(known):
            raise pulumi.RunError(f"{name}: {problem}")
        return known

    return pulumi.Output.from_input(arn).apply(checked)
