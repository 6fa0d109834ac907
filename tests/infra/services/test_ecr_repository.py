import json
import re

import pulumi
import pulumi_aws as aws
import pytest

from infra import EcrRepository, EcrRepositoryArgs
from infra.services.ecr_repository import LONGEST_NAME, lifecycle_policy
from tests.support.application import a_platform
from tests.support.graph import ACCOUNT, REGION, graph_of

DIGEST = f"sha256:{'0123456789abcdef' * 4}"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"


def graph_with(*, preview: bool = False, **changes):
    return graph_of(lambda: EcrRepository("shop", EcrRepositoryArgs(**changes)), preview=preview)


@pytest.mark.parametrize("preview", [True, False])
def test_a_repository_keeps_its_tags_its_images_and_its_door_shut(preview):
    graph = graph_with(preview=preview)
    repository = graph.one(aws.ecr.Repository)
    assert repository["imageTagMutability"] == "IMMUTABLE"
    assert repository["imageScanningConfiguration"] == {"scanOnPush": True}
    assert repository["forceDelete"] is False
    assert "encryptionConfigurations" not in repository.inputs
    assert not graph.of(aws.ecr.RepositoryPolicy)
    assert {node.parent for node in graph.nodes if node.custom} == {graph.one("ecs-platform:index:EcrRepository").urn}


def test_old_images_go_the_parts_of_no_tag_first():
    rules = json.loads(graph_with(untagged_days=3, kept_images=7).one(aws.ecr.LifecyclePolicy)["policy"])["rules"]
    assert [rule["rulePriority"] for rule in rules] == [1, 2]
    assert [rule["selection"] for rule in rules] == [
        {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 3},
        {"tagStatus": "tagged", "tagPatternList": ["*"], "countType": "imageCountMoreThan", "countNumber": 7},
    ]
    assert {rule["action"]["type"] for rule in rules} == {"expire"}


def test_all_images_with_a_tag_may_stay_and_the_policy_is_as_long_as_ecr_asks():
    policy = lifecycle_policy(untagged_days=1, kept_images=None)
    assert [rule["selection"]["tagStatus"] for rule in json.loads(policy)["rules"]] == ["untagged"]
    assert len(policy) >= 100  # ECR API, LifecyclePolicyText


def test_other_accounts_pull_and_do_nothing_else():
    graph = graph_with(pull_accounts=["210987654321", "111122223333", "210987654321"])
    (statement,) = json.loads(graph.one(aws.ecr.RepositoryPolicy)["policy"])["Statement"]
    assert statement["Principal"] == {"AWS": ["111122223333", "210987654321"]}
    assert statement["Action"] == [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
    ]
    assert "Resource" not in statement


def test_the_key_of_a_platform_encrypts_the_images_where_it_has_one():
    with_key = graph_with(platform=a_platform(key_arn=KEY)).one(aws.ecr.Repository)
    assert with_key["encryptionConfigurations"] == [{"encryptionType": "KMS", "kmsKey": KEY}]
    without = graph_with(platform=a_platform(key_arn=None)).one(aws.ecr.Repository)
    assert not without.inputs.get("encryptionConfigurations")


@pytest.mark.parametrize("digest", [DIGEST, pulumi.Output.from_input(DIGEST)])
def test_an_image_is_named_by_its_digest(digest):
    graph = graph_of(lambda: pulumi.export("image", EcrRepository("shop", EcrRepositoryArgs()).image(digest)))
    assert graph.outputs["image"] == f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/shop-0a1b2c3@{DIGEST}"


@pytest.mark.parametrize(
    ("digest", "says"),
    [
        ("latest", "digest: must be sha256: and 64 of 0-9 and a-f, got 'latest'; a build and a push print it"),
        (f"shop@{DIGEST}", f"got 'shop@{DIGEST}'; write '{DIGEST}'"),
        (DIGEST.upper(), "digest: must be sha256:"),
        (f"{DIGEST}\n", "digest: must be sha256:"),
        (DIGEST[:-1], "digest: must be sha256:"),
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_what_is_no_digest_is_refused_even_where_only_a_preview_knows_it(digest, says, late):
    def program():
        repository = EcrRepository("shop", EcrRepositoryArgs())
        pulumi.export("image", repository.image(pulumi.Output.from_input(digest) if late else digest))

    with pytest.raises(pulumi.RunError, match=f"^shop: .*{re.escape(says)}"):
        graph_of(program, preview=True)


@pytest.mark.parametrize(("digest", "says"), [(17, "17"), (pulumi.Output.from_input(17), "an Output of int")])
def test_a_digest_is_a_text(digest, says):
    with pytest.raises(pulumi.RunError, match=f"^shop: digest: must be a text, got {says}"):
        graph_of(lambda: pulumi.export("image", EcrRepository("shop", EcrRepositoryArgs()).image(digest)))


@pytest.mark.parametrize("name", ["Shop", "-shop", "shop/", "shop:1", "", "a" * (LONGEST_NAME + 1), None])
def test_a_name_that_ecr_does_not_take_is_refused(name):
    with pytest.raises(pulumi.RunError, match=r"^name: must be the start of a repository's name"):
        graph_of(lambda: EcrRepository(name, EcrRepositoryArgs()))


def test_names_of_teams_are_taken():
    graph = graph_of(lambda: EcrRepository("team/shop_web.api", EcrRepositoryArgs()))
    assert graph.one(aws.ecr.Repository).name == "team/shop_web.api"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"pull_accounts": ["1234"]}, "pull_accounts: must be ids of accounts, 12 digits each, got '1234'"),
        ({"pull_accounts": [f"arn:aws:iam::{ACCOUNT}:root"]}, "pull_accounts: must be ids of accounts"),
        ({"pull_accounts": ACCOUNT}, "pull_accounts: must be a list of texts, .* write \\['123456789012'\\]"),
        ({"untagged_days": 0}, "untagged_days: must be 1 or more, got 0"),
        ({"untagged_days": "2w"}, "untagged_days: must be a whole number of days, got '2w'; write 14"),
        ({"kept_images": 0}, "kept_images: must be 1 or more, got 0"),
    ],
)
def test_wrong_inputs_are_one_sentence(changes, says):
    with pytest.raises(pulumi.RunError, match=rf"^EcrRepositoryArgs\.{says}"):
        EcrRepositoryArgs(**changes)


def test_other_args_are_refused():
    with pytest.raises(
        pulumi.RunError, match=r"^shop: args: must be a EcrRepositoryArgs, got None; write EcrRepository"
    ):
        graph_of(lambda: EcrRepository("shop", None))  # type: ignore[arg-type]
