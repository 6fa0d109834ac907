import pulumi
import pytest

from infra.services.container import Container
from infra.services.secret_arn import SecretArn, secret_problem

SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/db-AbCdEf"
PARAMETER = "arn:aws:ssm:eu-central-1:123456789012:parameter"


@pytest.mark.parametrize(
    "arn",
    [
        SECRET,
        f"{SECRET}:password::",
        f"{SECRET}::AWSPREVIOUS:",
        f"{SECRET}:password::9d4cb84b-ad69-40c0-a0ab-cead36b967e8",
        f"{PARAMETER}/token",
        f"{PARAMETER}/shop/db.token",
    ],
)
def test_what_ecs_takes_is_taken(arn):
    assert secret_problem(arn) is None


@pytest.mark.parametrize(
    ("arn", "says"),
    [
        ("arn:aws:secretsmanager:eu-central-1:123456789012:secret:db", "is a partial ARN, which the execution role"),
        (f"{SECRET}:password", "must have key, stage and version .* write arn:.*:key::, got"),
        (f"{SECRET}:password:", "must have key, stage and version behind the ARN"),
        (f"{SECRET}:password:::", "must have key, stage and version behind the ARN"),
        (f"{SECRET}:password:AWSCURRENT:9d4cb84b", "must have a stage or a version behind the key, not both"),
        ("arn:aws:secretsmanager:eu-central-1:12345:secret:db-AbCdEf", "is no ARN of a secret"),
        (f"{PARAMETER}//shop/token", "is no ARN of a parameter: .* without the first '/'"),
        (f"{PARAMETER}/shop/token:3", "is no ARN of a parameter"),
        (f"{PARAMETER}:token", "is no ARN of a parameter"),
        ("/shop/token", "must be the ARN of a secret"),
    ],
)
def test_what_the_execution_role_could_not_read_is_refused(arn, says):
    with pytest.raises(pulumi.RunError, match=rf"^Container\.secrets: DB {says}"):
        Container(secrets={"DB": arn})


def test_only_a_whole_secret_is_the_credentials_of_a_registry():
    assert Container(registry_credentials=SECRET).registry_credentials == SECRET
    for wrong in (f"{SECRET}:password::", f"{PARAMETER}/token"):
        with pytest.raises(pulumi.RunError, match="registry_credentials: must be a whole secret"):
            Container(registry_credentials=wrong)
    with pytest.raises(pulumi.RunError, match="registry_credentials: is a partial ARN"):
        Container(registry_credentials=SECRET.removesuffix("-AbCdEf"))


@pytest.mark.parametrize("end", ["secret", "MASTER", "202601"])
def test_a_name_that_ends_like_an_arn_is_readable_whichever_it_is(end):
    arn = SECRET.replace("AbCdEf", end)
    assert SecretArn.of(f"{arn}:password::").readable == [arn, f"{arn}-??????"]
    assert SecretArn.of(SECRET).readable == [SECRET]
