"""Every input of what an application has beside its services has an effect that can be seen in a rendered resource."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from infra import (
    Caller,
    EcrRepository,
    EcrRepositoryArgs,
    ExistingNetworkLoadBalancer,
    NetworkLoadBalancer,
    NetworkLoadBalancerArgs,
    Password,
    PullThroughCache,
    PullThroughCacheArgs,
    Secret,
    SecretArgs,
    Service,
)
from tests.support.application import a_platform, a_service
from tests.support.effects import value_at
from tests.support.graph import ACCOUNT, REGION, graph_of
from tests.support.ports import EDGE_ARN, INNER_ARN, a_port
from tests.support.shop import running_what_was_deployed

REPOSITORY, LIFECYCLE, PULLS = aws.ecr.Repository, aws.ecr.LifecyclePolicy, aws.ecr.RepositoryPolicy
CACHE = aws.ecr.PullThroughCacheRule
SECRET, VERSION = aws.secretsmanager.Secret, aws.secretsmanager.SecretVersion
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
CREDENTIALS = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:ecr-pullthroughcache/hub-AbCdEf"
BALANCER, LISTENER = aws.lb.LoadBalancer, aws.lb.Listener
LET_IN = aws.vpc.SecurityGroupIngressRule
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


def through(balancer: ExistingNetworkLoadBalancer) -> Service:
    """A service that a network reaches through a load balancer of another stack."""
    port = a_port(balancer=balancer, allow_from=[Caller("office", cidr="192.0.2.0/24")])
    return Service("cart", a_service(ports=[port]))


def existing(given: dict[str, Any]) -> ExistingNetworkLoadBalancer:
    usual: dict[str, Any] = {"name": "edge", "arn": EDGE_ARN, "security_group_id": "sg-0ed9e"}
    return ExistingNetworkLoadBalancer(**(usual | given))


def balancer_args(given: dict[str, Any]) -> NetworkLoadBalancerArgs:
    usual: dict[str, Any] = {"platform": a_platform()}
    return NetworkLoadBalancerArgs(**(usual | given))


MADE: dict[type, Callable[[dict[str, Any]], Any]] = {
    EcrRepositoryArgs: lambda given: EcrRepository("shop", EcrRepositoryArgs(**given)),
    PullThroughCacheArgs: lambda given: PullThroughCache(
        "cache", PullThroughCacheArgs(**({"upstream": "quay.io", "prefix": "quay"} | given))
    ),
    SecretArgs: lambda given: Secret("db", SecretArgs(**given)),
    NetworkLoadBalancerArgs: lambda given: NetworkLoadBalancer("edge", balancer_args(given)),
    ExistingNetworkLoadBalancer: lambda given: through(existing(given)),
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
    NetworkLoadBalancerArgs: {
        "platform": Effect(
            given=a_platform(private_subnet_ids=["subnet-1"]), kind=BALANCER, at="subnets", is_=["subnet-1"]),
        "internal": Effect(
            given=False, kind=BALANCER, at="subnets", is_=a_platform().public_subnet_ids),
        "cross_zone": Effect(given=False, kind=BALANCER, at="enableCrossZoneLoadBalancing", is_=False),
        "deletion_protection": Effect(given=False, kind=BALANCER, at="enableDeletionProtection", is_=False),
        "access_logs_bucket": Effect(
            given="logs", kind=BALANCER, at="accessLogs", is_={"enabled": True, "bucket": "logs"}),
    },
    ExistingNetworkLoadBalancer: {
        "name": Effect(given="inner", kind=LISTENER, at="name", is_="cart-inner-5432-listener"),
        "arn": Effect(given=INNER_ARN, kind=LISTENER, at="loadBalancerArn", is_=INNER_ARN),
        "security_group_id": Effect(given="sg-01", kind=LET_IN, at="securityGroupId", is_="sg-01"),
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


ONLY_JUDGED: dict[type, set[str]] = {ExistingNetworkLoadBalancer: {"internal"}}
"""What shows in no resource, and decides what is refused (test_port.py)."""


def shown(of: type, given: dict[str, Any], effect: Effect) -> Any:
    lookups = {"aws:ecs/getService:getService": running_what_was_deployed}
    nodes = graph_of(lambda: MADE[of](given), lookups=lookups).of(effect.kind)
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
    assert set(EFFECTS[of]) | ONLY_JUDGED.get(of, set()) == {one.name for one in fields(of)}
