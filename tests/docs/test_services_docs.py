"""docs/services.md: its programs run as they stand."""

import json
import re

import pulumi_aws as aws
import pytest

import infra
from tests.support.graph import graph_of
from tests.support.shop import exported, running_what_was_deployed
from tests.support.stack_files import ROOT

PAGE = (ROOT / "docs" / "services.md").read_text()
NEW_SERVICE, CALLS, BESIDE, WAY, DOMAIN = [
    re.sub(r"(?m)^   ", "", block) for block in re.findall(r"(?s)```python\n(.*?)\s*```", PAGE)
]
PLATFORM, SHOP = "organization/ecs-platform/dev", "organization/shop/dev"


def graph_from(program: str, **changes):
    return graph_of(
        lambda: exec(program, {}),
        stacks={PLATFORM: exported(**changes), SHOP: {"frontendSecurityGroup": "sg-frontend"}},
        lookups={"aws:ecs/getService:getService": running_what_was_deployed},
    )


def test_an_internal_service_takes_ten_lines():
    assert len(NEW_SERVICE.strip().splitlines()) <= 10
    graph = graph_from(NEW_SERVICE)
    assert graph.one(aws.servicediscovery.Service)["name"] == "reviews"
    assert not graph.of(aws.vpc.SecurityGroupIngressRule)


def test_a_caller_of_another_stack_is_allowed():
    _, callee = CALLS.split("# in the program of the service that is called")
    graph = graph_from(f"import pulumi\nfrom ecs_platform import Caller\n{NEW_SERVICE}\n{callee}")
    assert graph.one(aws.vpc.SecurityGroupIngressRule)["referencedSecurityGroupId"] == "sg-frontend"


def test_a_service_with_containers_beside_it_runs_as_it_stands():
    names = "from ecs_platform import Container, Sidecar, adot_collector\nproxy_image = collector_image = image\n"
    graph = graph_from(f"{NEW_SERVICE}\n{names}\n{BESIDE}")
    definitions = graph.one(aws.ecs.TaskDefinition, "shop-task-definition")["containerDefinitions"]
    assert [one["name"] for one in json.loads(definitions)] == ["shop", "migrate", "proxy", "adot-collector"]


def test_the_way_of_the_load_balancer_to_identity_providers_runs_as_it_stands():
    graph = graph_from(f"import pulumi_aws as aws\n{NEW_SERVICE}\n{WAY}")
    rule = graph.one(aws.vpc.SecurityGroupEgressRule, "load-balancer-to-identity-providers")
    assert (rule["securityGroupId"], rule["toPort"]) == (exported()["loadBalancerSecurityGroupId"], 443)


def test_a_further_domain_runs_as_it_stands():
    program = f"from ecs_platform import Domain, DomainArgs, Route\n{NEW_SERVICE}\n{DOMAIN}"
    graph = graph_from(program, domain="example.com", httpsListenerArn="arn:https")
    assert graph.one(aws.lb.ListenerCertificate)["listenerArn"] == "arn:https"
    hosts = graph.one(aws.lb.ListenerRule)["conditions"][1]["hostHeader"]["values"]
    assert hosts == ["catalog.shop.example.org"]


@pytest.mark.parametrize("word", sorted(set(re.findall(r"`([A-Z][A-Za-z]+)[`(]", PAGE)) - {"PriorityInUse"}))
def test_every_class_that_the_page_names_can_be_imported(word):
    assert word in infra.__all__
