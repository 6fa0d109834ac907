"""What a service makes, by the names of AWS and of Pulumi."""

import pulumi
import pulumi_aws as aws

from infra.services.routing import Route
from infra.services.service import Service
from tests.support.application import a_service
from tests.support.graph import Graph, graph_of
from tests.support.shop import running_what_was_deployed


def graph_from(program) -> Graph:
    return graph_of(program, lookups={"aws:ecs/getService:getService": running_what_was_deployed})


def test_what_a_service_makes_of_aws_is_there_under_its_names():
    def program():
        web = Service("web", a_service(route=Route(), discoverable=True))
        shown = {
            "service": web.service, "task_definition": web.task_definition, "task_role": web.task_role,
            "execution_role": web.execution_role, "log_group": web.log_group, "security_group": web.security_group,
            "target_group": web.target_group, "listener_rule": web.listener_rule,
            "service_registry": web.service_registry, "scalable_target": web.scalable_target,
        }  # fmt: skip
        pulumi.export("urns", {name: made.urn for name, made in shown.items()})

    graph = graph_from(program)
    shown = {name: graph.by_urn(urn) for name, urn in graph.outputs["urns"].items()}
    assert {name: (node.type.rpartition(":")[2], node.name) for name, node in shown.items()} == {
        "service": ("Service", "web-service"),
        "task_definition": ("TaskDefinition", "web-task-definition"),
        "task_role": ("Role", "web-task-role"),
        "execution_role": ("Role", "web-task-execution"),
        "log_group": ("LogGroup", "web-task-logs"),
        "security_group": ("SecurityGroup", "web-security-group"),
        "target_group": ("TargetGroup", "web-target-group"),
        "listener_rule": ("ListenerRule", "web-target-group-rule-49890"),
        "service_registry": ("Service", "web-registry"),
        "scalable_target": ("Target", "web-auto-scaling-target"),
    }


def test_the_longest_name_of_a_service_leaves_room_for_the_names_that_pulumi_makes():
    """IAM takes 64 characters; Pulumi appends a hyphen and seven of them."""
    graph = graph_from(lambda: Service("c" * 40, a_service(route=Route(), discoverable=True)))
    assert max(len(role.name) for role in graph.of(aws.iam.Role)) + 8 <= 64
