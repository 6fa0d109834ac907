"""Rules of ECR's pull-through cache."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from sandbox.tests.emulator.emulated_cluster import client

SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:ecr-pullthroughcache/hub-AbCdEf"


@pytest.fixture
def ecr(land):
    return client("ecr")


def prefixes(ecr):
    return [rule["ecrRepositoryPrefix"] for rule in ecr.describe_pull_through_cache_rules()["pullThroughCacheRules"]]


def test_a_rule_is_listed_until_it_is_deleted(ecr):
    ecr.create_pull_through_cache_rule(ecrRepositoryPrefix="public", upstreamRegistryUrl="public.ecr.aws")
    with pytest.raises(ClientError, match="PullThroughCacheRuleAlreadyExists"):
        ecr.create_pull_through_cache_rule(ecrRepositoryPrefix="public", upstreamRegistryUrl="quay.io")
    assert prefixes(ecr) == ["public"]
    ecr.delete_pull_through_cache_rule(ecrRepositoryPrefix="public")
    assert prefixes(ecr) == []
    with pytest.raises(ClientError, match="PullThroughCacheRuleNotFound"):
        ecr.delete_pull_through_cache_rule(ecrRepositoryPrefix="public")


@pytest.mark.parametrize("secret", [{}, {"credentialArn": SECRET.replace("ecr-pullthroughcache", "other")}])
def test_a_registry_that_wants_credentials_needs_a_secret_of_the_right_name(ecr, secret):
    hub = {"ecrRepositoryPrefix": "hub", "upstreamRegistryUrl": "registry-1.docker.io"}
    with pytest.raises(ClientError, match=r"InvalidParameterException.*pullthro"):
        ecr.create_pull_through_cache_rule(**hub, **secret)
    made = ecr.create_pull_through_cache_rule(**hub, credentialArn=SECRET)
    assert (made["credentialArn"], made["upstreamRepositoryPrefix"]) == (SECRET, "ROOT")
