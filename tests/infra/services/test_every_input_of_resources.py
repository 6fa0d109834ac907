"""Every input of what an application has beside its services has an effect that can be seen in a rendered resource."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from infra import (
    EcrRepository,
    EcrRepositoryArgs,
    Password,
    PullThroughCache,
    PullThroughCacheArgs,
    Secret,
    SecretArgs,
)
from tests.support.application import a_platform
from tests.support.effects import value_at
from tests.support.graph import ACCOUNT, REGION, graph_of

REPOSITORY, LIFECYCLE, PULLS = aws.ecr.Repository, aws.ecr.LifecyclePolicy, aws.ecr.RepositoryPolicy
CACHE = aws.ecr.PullThroughCacheRule
SECRET, VERSION = aws.secretsmanager.Secret, aws.secretsmanager.SecretVersion
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
CREDENTIALS = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:ecr-pullthroughcache/hub-AbCdEf"
IN_HUB = {"upstream": "registry-1.docker.io", "credential_arn": CREDENTIALS}


@dataclass(frozen=True, kw_only=True)
class Effect:
    """An input with another value than in `base`, and what is then at a path of a resource, and was not before."""

    given: Any
    kind: type
    at: str
    is_: Any
    base: dict[str, Any] = field(default_factory=dict)
    """Inputs without which this one would be refused."""
    without: dict[str, Any] | None = None
    """Those that are compared with, where `base` without the input would be refused. By default `base`."""


MADE: dict[type, Callable[[dict[str, Any]], Any]] = {
    EcrRepositoryArgs: lambda given: EcrRepository("shop", EcrRepositoryArgs(**given)),
    PullThroughCacheArgs: lambda given: PullThroughCache(
        "cache", PullThroughCacheArgs(**({"upstream": "quay.io", "prefix": "quay"} | given))
    ),
    SecretArgs: lambda given: Secret("db", SecretArgs(**given)),
    Password: lambda given: Secret("db", SecretArgs(value=Password(**given))),
}
"""Class of inputs → the component that is made with some of them."""

EFFECTS: dict[type, dict[str, Effect]] = {
    EcrRepositoryArgs: {
        "platform": Effect(
            given=a_platform(key_arn=KEY), kind=REPOSITORY, at="encryptionConfigurations.0.kmsKey", is_=KEY),
        "pull_accounts": Effect(
            given=["111122223333"], kind=PULLS, at="policy.Statement.0.Principal.AWS", is_=["111122223333"]),
        "immutable_tags": Effect(given=False, kind=REPOSITORY, at="imageTagMutability", is_="MUTABLE"),
        "scan_on_push": Effect(given=False, kind=REPOSITORY, at="imageScanningConfiguration.scanOnPush", is_=False),
        "untagged_days": Effect(given=3, kind=LIFECYCLE, at="policy.rules.0.selection.countNumber", is_=3),
        "kept_images": Effect(given=7, kind=LIFECYCLE, at="policy.rules.1.selection.countNumber", is_=7),
        "force_delete": Effect(given=True, kind=REPOSITORY, at="forceDelete", is_=True),
    },
    PullThroughCacheArgs: {
        "upstream": Effect(given="public.ecr.aws", kind=CACHE, at="upstreamRegistryUrl", is_="public.ecr.aws"),
        "prefix": Effect(given="other", kind=CACHE, at="ecrRepositoryPrefix", is_="other"),
        "credential_arn": Effect(
            given=CREDENTIALS, kind=CACHE, at="credentialArn", is_=CREDENTIALS, base=IN_HUB, without={}),
    },
    SecretArgs: {
        "value": Effect(
            given=pulumi.Output.from_input("hunter2"), kind=VERSION, at="secretString", is_="hunter2"),
        "platform": Effect(given=a_platform(key_arn=KEY), kind=SECRET, at="kmsKeyId", is_=KEY),
        "recovery_window_days": Effect(given=0, kind=SECRET, at="recoveryWindowInDays", is_=0),
    },
    Password: {
        "length": Effect(given=17, kind=VERSION, at="length of secretString", is_=17),
        "generation": Effect(given=2, kind=VERSION, at="name", is_="db-password-2"),
    },
}  # fmt: skip


def shown(of: type, given: dict[str, Any], effect: Effect) -> Any:
    nodes = graph_of(lambda: MADE[of](given)).of(effect.kind)
    if effect.at == "name":
        return nodes[0].name
    found = value_at(nodes[0].inputs if nodes else {}, effect.at.removeprefix("length of "))
    return len(found) if effect.at.startswith("length of ") else found


@pytest.mark.parametrize(("of", "name"), [(of, name) for of, effects in EFFECTS.items() for name in effects])
def test_an_input_shows_in_a_resource(of, name):
    effect = EFFECTS[of][name]
    assert shown(of, effect.base | {name: effect.given}, effect) == effect.is_
    assert shown(of, effect.base if effect.without is None else effect.without, effect) != effect.is_


@pytest.mark.parametrize("of", EFFECTS)
def test_no_input_is_without_such_a_test(of):
    assert set(EFFECTS[of]) == {one.name for one in fields(of)}
