"""Every role grants what is called with it and nothing more; every document is sound."""

import json
import warnings
from typing import Any

import parliament
import pulumi_aws as aws
import pytest

from tests.program.instance_calls import (
    Surroundings,
    all_calls,
    cloudwatch_logs,
    cloudwatch_metrics,
    ecs_agent,
    flow_log_calls,
)
from tests.support.builders import LOCATION
from tests.support.graph import ACCOUNT, Graph, Node, token
from tests.support.iam_evaluator import allowed, refused, unused_grants
from tests.support.program import graph_for
from tests.support.stack_files import stacks
from tests.support.started_instance import StartedInstance

SPOT = {"ecs-platform:instances": json.dumps({"onDemandPercent": 50})}

ACCEPTED = {
    ("rolePolicy", "RESOURCE_STAR of ecs:ListTasks"): "AWS asks it of every resource where tasks are listed by service",
    (
        "rolePolicy",
        "RESOURCE_MISMATCH",
    ): "RunInstances is allowed by kind of resource, and parliament reads each alone",
    ("key", "RESOURCE_STAR"): "the resource of a key's policy is the key itself (KMS developer guide, Key policies)",
    ("key", "UNKNOWN_CONDITION_FOR_ACTION"): "kms:DescribeKey sends no encryption context; harmless beside the others",
    ("key", "MISMATCHED_TYPE"): "CloudWatch Logs documents this condition on the context's ARN with an Arn operator",
}
"""What parliament finds and we mean, by kind of resource and issue."""

UNCONDITIONED = {
    ("role", "ec2.amazonaws.com"): "EC2 takes roles for its own instances only, and sends no such key",
    ("role", "lambda.amazonaws.com"): "Lambda takes roles of the function's own account only (CreateFunction, Role)",
    ("logResourcePolicy", "events.amazonaws.com"): "a rule writes to log groups of its own account only (PutTargets)",
    ("logResourcePolicy", "delivery.logs.amazonaws.com"): "likewise: it writes what the rule is asked to",
    ("bucketPolicy", "logdelivery.elasticloadbalancing.amazonaws.com"): "its path names the account",
}
"""AWS services that may do something here without saying for whom, by kind of resource: they work for no other."""


@pytest.fixture(scope="module", params=[*stacks(), "prod-spot"])
def graph(request) -> Graph:
    stack, _, spot = request.param.partition("-")
    return graph_for(stack, SPOT if spot else {})


def documents(graph: Graph) -> list[tuple[Node, str]]:
    """Every policy document that the program rendered, with the resource that carries it."""
    return [
        (node, value)
        for node in graph.nodes
        for value in node.inputs.values()
        if isinstance(value, str) and '"Statement"' in value
    ]


def findings(node: Node, text: str) -> set[tuple[str, str]]:
    """What parliament says of a document, as kind of resource and issue."""
    document = json.loads(text)
    for statement in document["Statement"]:
        if node.type == token(aws.iam.Role):  # a trust policy has no resource: it speaks of its role
            statement["Resource"] = f"arn:aws:iam::{ACCOUNT}:role/{node.name}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # parliament's own
        found = parliament.analyze_policy_string(json.dumps(document), ignore_private_auditors=True).findings
    kind = node.type.rpartition("/")[2].partition(":")[0]
    return {(kind, starred(one) if kind == "rolePolicy" else one.issue) for one in found}


def starred(finding: Any) -> str:
    """The issue; where actions lack a resource, with the actions: what is meant for one is not meant for the next."""
    return f"{finding.issue} of {', '.join(finding.detail)}" if finding.issue == "RESOURCE_STAR" else finding.issue


def role_documents(graph: Graph, role: str) -> list[str]:
    """The documents attached to the role of a logical name."""
    urn = graph.one(aws.iam.Role, role).urn
    attachments = graph.of(aws.iam.RolePolicyAttachment)
    assert not [node.name for node in attachments if urn in node.property_dependencies["role"]]
    policies = graph.of(aws.iam.RolePolicy)
    return [node["policy"] for node in policies if urn in node.property_dependencies["role"]]


def instance_role(graph: Graph) -> tuple[list[str], Surroundings]:
    """The instance role's documents, and what its instances talk to."""
    template = graph.one(aws.ec2.LaunchTemplate)
    name = template.name.removesuffix("-template")
    surroundings = Surroundings.of(StartedInstance.of(template["userData"]), LOCATION)
    return role_documents(graph, f"{name}-role"), surroundings


def test_no_document_has_findings_beyond_the_accepted(graph):
    found = {(node.name, *finding) for node, text in documents(graph) for finding in findings(node, text)}
    assert {one for one in found if one[1:] not in ACCEPTED} == set()


def test_every_accepted_finding_exists():
    """Else the list would hide the next one."""
    found = {finding for node, text in documents(graph_for("prod")) for finding in findings(node, text)}
    assert ACCEPTED.keys() == found


def test_every_kind_of_document_is_looked_at():
    kinds = {node.type.partition("/")[2].partition(":")[0] for node, _ in documents(graph_for("prod"))}
    assert kinds >= {"role", "rolePolicy", "queuePolicy", "key", "logResourcePolicy"}


def test_the_lint_notices_a_mistake():
    node = graph_for("dev").one(aws.iam.RolePolicy, "ecs-dev-instances-role")
    broken = node["policy"].replace("ecs:Poll", "ecs:Pol").replace("cloudwatch:namespace", "cloudwatch:namespce")
    assert findings(node, broken) == {("rolePolicy", "UNKNOWN_ACTION"), ("rolePolicy", "UNKNOWN_CONDITION_FOR_ACTION")}


def test_a_role_trusts_the_one_service_that_uses_it(graph):
    trusted = {}
    for role in graph.of(aws.iam.Role):
        (statement,) = json.loads(role["assumeRolePolicy"])["Statement"]
        assert (statement["Effect"], statement["Action"]) == ("Allow", "sts:AssumeRole")
        assert list(statement["Principal"]) == ["Service"]
        assert isinstance(statement["Principal"]["Service"], str)
        trusted[role.name.split("-", 2)[2]] = (statement["Principal"], statement.get("Condition"))
    assert trusted["instances-role"] == ({"Service": "ec2.amazonaws.com"}, None)
    own_account = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    assert trusted["network-flow-logs-role"] == ({"Service": "vpc-flow-logs.amazonaws.com"}, own_account)


def test_every_aws_service_says_that_it_works_for_this_account(graph):
    """Else somebody else's resource could have it act on ours."""
    careless = set()
    for node, text in documents(graph):
        for statement in json.loads(text)["Statement"]:
            service = statement.get("Principal", {})
            service = service.get("Service") if isinstance(service, dict) else None
            if service and ACCOUNT not in json.dumps(statement.get("Condition", {})):
                named = [service] if isinstance(service, str) else service
                careless |= {(node.type.rpartition("/")[2].partition(":")[0], each) for each in named}
    assert careless == UNCONDITIONED.keys()


def test_an_instance_may_call_what_its_software_calls_and_nothing_else(graph):
    granted, at = instance_role(graph)
    assert refused(granted, all_calls(at)) == []
    assert unused_grants(granted, all_calls(at)) == []


def test_an_instance_may_do_nothing_in_another_cluster(graph):
    granted, at = instance_role(graph)
    elsewhere = ecs_agent(at.moved(cluster=f"{at.cluster}-2"))
    assert len(refused(granted, elsewhere)) == len(elsewhere)


def test_an_instance_may_not_write_to_another_log_group_or_metric_namespace(graph):
    granted, at = instance_role(graph)
    elsewhere = [
        *cloudwatch_logs(at.moved(log_group=f"{at.log_group}-2")),
        *cloudwatch_logs(at.moved(log_group="/ecs-platform/other/instances")),
        *cloudwatch_metrics(at.moved(namespace=f"{at.namespace}/other")),
        *cloudwatch_metrics(at.moved(namespace="AWS/ECS")),
    ]
    assert len(refused(granted, elsewhere)) == len(elsewhere)


def test_only_an_instance_that_may_be_spot_drains_itself(graph):
    granted, at = instance_role(graph)
    drain = ecs_agent(at.moved(spot=True))
    (call,) = [one for one in drain if one.action == "ecs:UpdateContainerInstancesState"]
    assert allowed(granted, call) == at.spot


def test_flow_logs_may_be_delivered_and_their_role_does_nothing_else(graph):
    (log_group,) = [
        node["name"] for node in graph.of(aws.cloudwatch.LogGroup) if node["name"].endswith("/vpc-flow-logs")
    ]
    flow_log = graph.one(aws.ec2.FlowLog)
    (role,) = [node.name for node in graph.of(aws.iam.Role) if node.urn in flow_log.property_dependencies["iamRoleArn"]]
    granted, calls = role_documents(graph, role), flow_log_calls(LOCATION, log_group)
    assert refused(granted, calls) == []
    assert unused_grants(granted, calls) == []
    elsewhere = [call for call in flow_log_calls(LOCATION, f"{log_group}-2") if call.resource != "*"]
    assert len(refused(granted, elsewhere)) == len(elsewhere)
