"""What an application has beside its services keeps to the rules of the pack."""

import json

import pulumi
import pulumi_aws as aws
import pytest

from infra import (
    Container,
    EcrRepository,
    EcrRepositoryArgs,
    PullThroughCache,
    PullThroughCacheArgs,
    Secret,
    SecretArgs,
    Service,
)
from tests.program.pack_on_graph import broken, shop_report
from tests.support.application import a_platform, a_service
from tests.support.graph import ACCOUNT, REGION, Graph, graph_of
from tests.support.shop import running_what_was_deployed

DIGEST = f"sha256:{'0123456789abcdef' * 4}"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"


def program() -> None:
    platform = a_platform(key_arn=KEY)
    repository = EcrRepository("shop", EcrRepositoryArgs(platform=platform, pull_accounts=["210987654321"]))
    PullThroughCache("quay", PullThroughCacheArgs(upstream="quay.io", prefix="quay"))
    database = Secret("database", SecretArgs(platform=platform))
    token = Secret("token", SecretArgs(value=None))
    given = Secret("given", SecretArgs(value=pulumi.Output.from_input("hunter2-of-the-shop")))
    secrets = {"DB": database.arn, "TOKEN": token.key("token"), "GIVEN": given.arn}
    container = Container(secrets=secrets, health_command=["/health"])
    Service("cart", a_service(platform=platform, image=repository.image(DIGEST), container=container))


def graph_with(made, *, preview: bool) -> Graph:
    return graph_of(made, preview=preview, lookups={"aws:ecs/getService:getService": running_what_was_deployed})


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize("profile", ["production", "development"])
def test_a_service_with_a_repository_a_cache_and_secrets_breaks_no_rule(preview, profile):
    assert shop_report(graph_with(program, preview=preview), profile).findings == ()


def test_a_repository_that_everybody_may_pull_from_is_found():
    """The rules look at these resources: the first one that is open to the world breaks one."""

    def everybody() -> None:
        statement = {"Effect": "Allow", "Principal": "*", "Action": ["ecr:BatchGetImage"]}
        repository = EcrRepository("shop", EcrRepositoryArgs()).repository
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        aws.ecr.RepositoryPolicy("open", repository=repository.name, policy=policy)

    opened = broken(shop_report(graph_with(everybody, preview=False)))
    shut = broken(shop_report(graph_with(lambda: EcrRepository("shop", EcrRepositoryArgs()), preview=False)))
    assert opened - shut
