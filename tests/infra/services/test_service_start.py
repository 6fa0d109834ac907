from infra.common.iam import allow
from infra.services.container import Container
from tests.support.graph import ACCOUNT, REGION
from tests.support.service import container_of, graph_with, statements

SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-AbCdEf"
PARAMETER = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/cart/token"


def test_a_start_may_write_its_own_logs_and_nothing_else():
    (statement,) = statements(graph_with(), "execution")
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Resource"] == [f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/ecs-platform/test/services/cart:*"]


def test_a_start_may_pull_its_own_image():
    image = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/team/cart@sha256:{'a' * 64}"
    _, token, pull = statements(graph_with(image=image), "execution")
    assert (token["Action"], token["Resource"]) == (["ecr:GetAuthorizationToken"], ["*"])
    assert pull["Resource"] == [f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/team/cart"]


def test_secrets_come_by_arn_and_a_start_may_read_those_alone():
    graph = graph_with(container=Container(secrets={"DB": f"{SECRET}:password::", "TOKEN": PARAMETER}))
    assert container_of(graph)["secrets"] == [
        {"name": "DB", "valueFrom": f"{SECRET}:password::"},
        {"name": "TOKEN", "valueFrom": PARAMETER},
    ]
    _, secret, parameter, key = statements(graph, "execution")
    assert (secret["Action"], secret["Resource"]) == (["secretsmanager:GetSecretValue"], [SECRET])
    assert (parameter["Action"], parameter["Resource"]) == (["ssm:GetParameters"], [PARAMETER])
    assert key["Condition"]["StringEquals"]["kms:ViaService"] == [
        f"secretsmanager.{REGION}.amazonaws.com",
        f"ssm.{REGION}.amazonaws.com",
    ]


def test_secrets_are_readable_where_they_are():
    there = "arn:aws:secretsmanager:eu-west-1:999999999999:secret:db-AbCdEf"
    graph = graph_with(container=Container(secrets={"DB": SECRET, "THERE": f"{there}:password::"}))
    _, secrets, here_key, there_key = statements(graph, "execution")
    assert secrets["Resource"] == [SECRET, there]
    assert here_key["Resource"] == [f"arn:aws:kms:{REGION}:{ACCOUNT}:key/*"]
    assert there_key["Resource"] == ["arn:aws:kms:eu-west-1:999999999999:key/*"]
    assert there_key["Condition"]["StringEquals"]["kms:ViaService"] == [
        "secretsmanager.eu-west-1.amazonaws.com",
        "ssm.eu-west-1.amazonaws.com",
    ]


def test_a_start_may_fill_a_pull_through_cache():
    image = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/docker-hub/library/nginx@sha256:{'a' * 64}"
    *_, cache = statements(graph_with(image=image, container=Container(pull_through_cache=True)), "execution")
    assert cache["Action"] == ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]
    assert cache["Resource"] == [f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/docker-hub/library/nginx"]


def test_a_start_may_read_the_credentials_of_the_registry():
    graph = graph_with(container=Container(registry_credentials=SECRET))
    _, secret, key = statements(graph, "execution")
    assert container_of(graph)["repositoryCredentials"] == {"credentialsParameter": SECRET}
    assert (secret["Action"], secret["Resource"]) == (["secretsmanager:GetSecretValue"], [SECRET])
    assert key["Action"] == ["kms:Decrypt"]


def test_a_start_may_do_more_where_the_application_says_so():
    more = allow(["kms:Decrypt"], ["arn:aws:kms:eu-west-1:999999999999:key/1"])
    assert statements(graph_with(execution_statements=[more]), "execution")[-1] == more
