import json

import pytest

from infra.environment.settings.shadowing import shadowing_problem
from tests.support.wrong_settings import GOOD, problem_of, problems_of


@pytest.mark.parametrize(
    ("namespace", "domain", "hidden"),
    [
        ("example.com", "example.com", "example.com"),
        ("example.com", "dev.example.com", "dev.example.com"),
        ("amazonaws.com", None, "amazonaws.com"),
        ("ecs.eu-central-1.amazonaws.com", None, "amazonaws.com"),
        ("eu-central-1.compute.internal", None, "compute.internal"),
        ("compute.internal", None, "compute.internal"),
        ("ec2.internal", None, "ec2.internal"),
        ("public.ecr.aws", None, "aws"),
        ("sts.amazonaws.com.cn", None, "amazonaws.com.cn"),
    ],
)
def test_a_namespace_that_hides_names_which_the_vpc_needs_is_refused(namespace, domain, hidden):
    problem = shadowing_problem(namespace, domain)
    assert problem is not None
    assert f"{hidden} in the VPC" in problem


@pytest.mark.parametrize(
    ("namespace", "domain"),
    [
        ("dev.internal", None),
        ("dev.internal", "dev.example.com"),
        ("internal.example.com", "example.com"),
        ("notexample.com", "example.com"),
        ("example.com.internal", "example.com"),
        ("laws.internal", None),
        ("mycompute.internal", None),
    ],
)
def test_a_namespace_of_ones_own_hides_nothing(namespace, domain):
    assert shadowing_problem(namespace, domain) is None


def test_the_stack_file_says_which_setting_it_is():
    balancer = json.dumps({"domain": "example.com", "hostedZoneId": "Z0123456789ABCDEFGHIJ"})
    discovery = json.dumps({"namespace": "example.com"})
    (problem,) = problems_of(GOOD | {"ecs-platform:loadBalancer": balancer, "ecs-platform:discovery": discovery})
    assert problem.startswith("ecs-platform:discovery.namespace: example.com would hide the public names")


def test_an_environment_whose_default_namespace_belongs_to_aws_is_refused():
    assert problem_of("ecs-platform:environment", "ec2").startswith("ecs-platform:environment: ec2.internal would hide")
