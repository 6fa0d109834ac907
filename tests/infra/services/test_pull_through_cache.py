import pulumi
import pulumi_aws as aws
import pytest

from infra import PullThroughCache, PullThroughCacheArgs, Secret, SecretArgs
from infra.services.pull_through_cache import registry_host
from tests.support.graph import ACCOUNT, REGION, graph_of

DIGEST = f"sha256:{'0123456789abcdef' * 4}"
CREDENTIALS = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:ecr-pullthroughcache/hub-AbCdEf"


def args(**changes) -> PullThroughCacheArgs:
    inputs = {"upstream": "registry-1.docker.io", "prefix": "hub", "credential_arn": CREDENTIALS}
    return PullThroughCacheArgs(**(inputs | changes))


def test_a_rule_fetches_from_the_upstream_with_its_credentials():
    rule = graph_of(lambda: PullThroughCache("hub", args())).one(aws.ecr.PullThroughCacheRule)
    assert (rule["upstreamRegistryUrl"], rule["ecrRepositoryPrefix"]) == ("registry-1.docker.io", "hub")
    assert rule["credentialArn"] == CREDENTIALS


def test_an_open_registry_takes_no_credentials():
    rule = graph_of(lambda: PullThroughCache("quay", args(upstream="quay.io", credential_arn=None)))
    assert "credentialArn" not in rule.one(aws.ecr.PullThroughCacheRule).inputs
    with pytest.raises(pulumi.RunError, match=r"credential_arn: quay.io asks for none; leave it out"):
        args(upstream="quay.io")


def test_an_image_lies_below_the_prefix_in_this_account():
    def program():
        cache = PullThroughCache("hub", args())
        pulumi.export("image", cache.image("library/nginx", DIGEST))

    host = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
    assert graph_of(program).outputs["image"] == f"{host}/hub/library/nginx@{DIGEST}"
    assert registry_host("1", "cn-north-1") == "1.dkr.ecr.cn-north-1.amazonaws.com.cn"


def test_a_secret_of_the_program_holds_the_credentials():
    def program():
        secret = Secret("ecr-pullthroughcache/hub", SecretArgs(value=pulumi.Output.from_input("{}")))
        PullThroughCache("hub", args(credential_arn=secret.arn))

    found = graph_of(program).one(aws.ecr.PullThroughCacheRule)["credentialArn"]
    assert found == f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:ecr-pullthroughcache/hub-0a1b2c3-AbCdEf"


def test_a_secret_that_ecr_would_not_read_is_refused_even_where_only_a_preview_knows_it():
    arn = CREDENTIALS.replace("ecr-pullthroughcache/", "")
    with pytest.raises(pulumi.RunError, match=r"credential_arn: must be a whole secret .* ecr-pullthroughcache/, got"):
        args(credential_arn=arn)
    with pytest.raises(pulumi.RunError, match=r"^hub: credential_arn: must be a whole secret"):
        graph_of(lambda: PullThroughCache("hub", args(credential_arn=pulumi.Output.from_input(arn))), preview=True)
    with pytest.raises(pulumi.RunError, match=r"credential_arn: must be a whole secret"):
        args(credential_arn=f"{CREDENTIALS}:key::")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"upstream": "docker.io"}, "upstream: must be the host .* did you mean registry-1.docker.io\\?"),
        ({"upstream": "example.com"}, "upstream: must be the host .* got 'example.com'; there are public.ecr.aws, "),
        ({"upstream": "https://ghcr.io"}, "upstream: must be the host"),
        ({"upstream": "*.azurecr.io"}, "upstream: must be the host"),
        ({"prefix": "a"}, "prefix: must be 2 to 30 of a-z"),
        ({"prefix": "a" * 31}, "prefix: must be 2 to 30 of a-z"),
        ({"prefix": "Hub"}, "prefix: must be 2 to 30 of a-z"),
        (
            {"credential_arn": None},
            "credential_arn: registry-1.docker.io asks for credentials; give the arn of a Secret named ecr-",
        ),
        ({"credential_arn": "hunter2"}, "credential_arn: must be the ARN of a secret"),
    ],
)
def test_wrong_inputs_are_one_sentence(changes, says):
    with pytest.raises(pulumi.RunError, match=rf"^PullThroughCacheArgs\.{says}"):
        args(**changes)


@pytest.mark.parametrize("host", ["ghcr.io", "cgr.dev", "registry.gitlab.com", "mine.azurecr.io"])
def test_the_registries_that_ecr_caches_are_taken(host):
    assert args(upstream=host).upstream == host


@pytest.mark.parametrize("name", ["nginx:1", "docker.io/Library", f"nginx@{DIGEST}", ""])
def test_an_image_is_named_as_its_repository(name):
    with pytest.raises(pulumi.RunError, match=r"^hub: name: must be that of a repository, without host and tag"):
        graph_of(lambda: PullThroughCache("hub", args()).image(name, DIGEST))


def test_other_args_are_refused():
    with pytest.raises(pulumi.RunError, match=r"^hub: args: must be a PullThroughCacheArgs, got 'quay.io'"):
        graph_of(lambda: PullThroughCache("hub", "quay.io"))  # type: ignore[arg-type]
