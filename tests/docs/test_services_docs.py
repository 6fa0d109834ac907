"""docs/services.md: its programs run as they stand."""

import json
import re
import textwrap

import pulumi_aws as aws
import pytest

import infra
from tests.docs.pages import blocks_of
from tests.support.graph import ACCOUNT, graph_of
from tests.support.ports import EDGE_ARN, EDGE_GROUP
from tests.support.shop import exported, running_what_was_deployed
from tests.support.stack_files import ROOT

PAGE = (ROOT / "docs" / "services.md").read_text()


def programs() -> dict[str, list[str]]:
    """Heading → the pieces of Python below it."""
    parts = [part.partition("\n") for part in re.split(r"(?m)^## ", PAGE)[1:]]
    return {
        heading: [textwrap.dedent(block) for block in re.findall(r"(?ms)^ *```python\n(.*?)^ *```", text)]
        for heading, _, text in parts
    }


PROGRAMS = programs()
(NEW_SERVICE,) = PROGRAMS["Add a service, step by step"]
PLATFORM, SHOP = "organization/ecs-platform/dev", "organization/shop/dev"


def graph_from(program: str, *, edge: dict | None = None, **changes):
    return graph_of(
        lambda: exec(program, {}),
        config={"shop:dockerHubToken": "hunter2"},
        stacks={PLATFORM: exported(**changes), SHOP: {"frontendSecurityGroup": "sg-frontend"}, **(edge or {})},
        lookups={"aws:ecs/getService:getService": running_what_was_deployed},
    )


def test_an_internal_service_takes_ten_lines():
    assert len(NEW_SERVICE.strip().splitlines()) <= 10
    graph = graph_from(NEW_SERVICE)
    assert graph.one(aws.servicediscovery.Service)["name"] == "reviews"
    assert not graph.of(aws.vpc.SecurityGroupIngressRule)


def test_a_caller_of_another_stack_is_allowed():
    (calls,) = PROGRAMS["Who may call it"]
    _, callee = calls.split("# in the program of the service that is called")
    graph = graph_from(f"import pulumi\nfrom ecs_platform import Caller\n{NEW_SERVICE}\n{callee}")
    assert graph.one(aws.vpc.SecurityGroupIngressRule)["referencedSecurityGroupId"] == "sg-frontend"


def test_a_service_with_containers_beside_it_runs_as_it_stands():
    (beside,) = PROGRAMS["Several containers"]
    names = "from ecs_platform import Container, Sidecar, adot_collector\nproxy_image = collector_image = image\n"
    graph = graph_from(f"{NEW_SERVICE}\n{names}\n{beside}")
    definitions = graph.one(aws.ecs.TaskDefinition, "shop-task-definition")["containerDefinitions"]
    assert [one["name"] for one in json.loads(definitions)] == ["shop", "migrate", "proxy", "adot-collector"]


def test_services_behind_a_network_load_balancer_run_as_they_stand():
    own, existing = PROGRAMS["TCP and UDP"]
    names = "Caller, ExistingNetworkLoadBalancer, NetworkLoadBalancer, NetworkLoadBalancerArgs, Port, PortHealthCheck"
    graph = graph_from(f"from ecs_platform import {names}\n{NEW_SERVICE}\n{own}")
    assert {one["port"]: one["protocol"] for one in graph.of(aws.lb.Listener)} == {1883: "TCP", 514: "UDP"}
    more = "Service('orders', ServiceArgs(platform=platform, image=image, ports=[port]))"
    edge = {"organization/edge/dev": {"arn": EDGE_ARN, "securityGroup": EDGE_GROUP}}
    other = f"import pulumi\nfrom ecs_platform import {names}\n{NEW_SERVICE}\n{existing}\n{more}"
    assert graph_from(other, edge=edge).one(aws.lb.Listener)["loadBalancerArn"] == EDGE_ARN


def test_both_sides_of_a_way_out_are_opened():
    (out,) = PROGRAMS["Whom it calls"]
    graph = graph_from(f"import pulumi_aws as aws\nfrom ecs_platform import Egress\n{NEW_SERVICE}\n{out}")
    assert graph.one(aws.vpc.SecurityGroupIngressRule, "orders-security-group-to-tcp-5432")["toPort"] == 5432
    assert graph.one(aws.vpc.SecurityGroupEgressRule, "orders-security-group-to-office")["cidrIpv4"] == "10.20.0.0/16"


def test_a_job_runs_as_it_stands_and_calls_the_service():
    job, _ = PROGRAMS["Jobs"]
    graph = graph_from(f"{NEW_SERVICE}\n{job}")
    assert graph.one(aws.scheduler.Schedule)["scheduleExpression"] == "cron(0 3 * * ? *)"
    assert graph.one(aws.vpc.SecurityGroupIngressRule)["description"] == "nightly-report calls reviews"


def test_a_job_before_a_deployment_runs_as_it_stands():
    _, before = PROGRAMS["Jobs"]
    graph = graph_from(f"from ecs_platform import Container, Job\n{NEW_SERVICE}\n{before}")
    service = graph.one(aws.ecs.Service, "shop-api-service")
    assert graph.one(aws.lambda_.Invocation).urn in graph.before(service)


def test_the_way_of_the_load_balancer_to_identity_providers_runs_as_it_stands():
    way, _ = PROGRAMS["Routes"]
    graph = graph_from(f"import pulumi_aws as aws\n{NEW_SERVICE}\n{way}")
    rule = graph.one(aws.vpc.SecurityGroupEgressRule, "load-balancer-to-identity-providers")
    assert (rule["securityGroupId"], rule["toPort"]) == (exported()["loadBalancerSecurityGroupId"], 443)


def test_a_further_domain_runs_as_it_stands():
    _, domain = PROGRAMS["Routes"]
    program = f"from ecs_platform import Domain, DomainArgs, Route\n{NEW_SERVICE}\n{domain}"
    graph = graph_from(program, domain="example.com", httpsListenerArn="arn:https")
    assert graph.one(aws.lb.ListenerCertificate)["listenerArn"] == "arn:https"
    hosts = graph.one(aws.lb.ListenerRule)["conditions"][1]["hostHeader"]["values"]
    assert hosts == ["catalog.shop.example.org"]


def test_a_repository_and_a_cache_run_as_they_stand():
    repository, cache = PROGRAMS["Images"]
    graph = graph_from(repository)
    assert graph.outputs["repositoryUrl"].startswith(f"{ACCOUNT}.dkr.ecr.")
    assert "210987654321" in graph.one(aws.ecr.RepositoryPolicy)["policy"]
    service = 'Service("web", ServiceArgs(platform=platform, image=image, containers=[proxy]))'
    graph = graph_from(f"{NEW_SERVICE}\n{cache}\n{service}")
    beside = json.loads(graph.one(aws.ecs.TaskDefinition, "web-task-definition")["containerDefinitions"])[1]
    assert re.fullmatch(r"\d+\.dkr\.ecr\.[\w.-]+/docker-hub/library/nginx@sha256:\w{64}", beside["image"])
    given = graph.one(aws.secretsmanager.SecretVersion)["secretString"]
    assert json.loads(given) == {"username": "shop", "accessToken": "hunter2"}


def test_the_recipe_pushes_what_it_deploys():
    build = next(block for block in blocks_of("docs/services.md", "shell") if "docker buildx" in block)
    url = build.splitlines()[0].partition("=")[2]
    assert url.split()[-1].rstrip(")") == re.findall(r'export\("(\w+)"', PROGRAMS["Images"][0])[0]
    assert '"$URL@$(jq -r ' in build
    assert '--tag "$URL:' in build


def test_secrets_run_as_they_stand():
    (secrets,) = PROGRAMS["Secrets"]
    service = 'Service("web", ServiceArgs(platform=platform, image=image, container=container))'
    graph = graph_from(f"{NEW_SERVICE}\n{secrets}\n{service}")
    container = json.loads(graph.one(aws.ecs.TaskDefinition, "web-task-definition")["containerDefinitions"])[0]
    found = {one["name"]: one["valueFrom"].rpartition("secret:")[2] for one in container["secrets"]}
    assert found == {
        "DB_PASSWORD": "reviews/database-0a1b2c3-AbCdEf",
        "PAYMENTS_TOKEN": "reviews/payments-0a1b2c3-AbCdEf:token::",
    }
    assert graph.one(aws.secretsmanager.SecretVersion).name == "reviews/database-password-1"
    assert "stack output paymentsArn" in PAGE
    assert "paymentsArn" in graph.outputs


@pytest.mark.parametrize("word", sorted(set(re.findall(r"`([A-Z][A-Za-z]+)[`(]", PAGE)) - {"PriorityInUse"}))
def test_every_class_that_the_page_names_can_be_imported(word):
    assert word in infra.__all__
