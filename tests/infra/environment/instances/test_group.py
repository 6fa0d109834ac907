import pulumi_aws as aws
import pytest

from lambdas.cluster import tags
from tests.support.builders import an_instance_graph
from tests.support.graph import Graph, Node

VERSION_PATH = "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.version"


@pytest.fixture(scope="module")
def graph() -> Graph:
    return an_instance_graph()


def template(graph: Graph) -> Node:
    return graph.one(aws.ec2.LaunchTemplate)


def group(graph: Graph) -> Node:
    return graph.one(aws.autoscaling.Group)


def test_a_number_names_the_template_version_so_that_a_rollback_is_possible(graph):
    specification = group(graph)["mixedInstancesPolicy"]["launchTemplate"]["launchTemplateSpecification"]
    assert specification == {"launchTemplateId": "nodes-template-id", "version": "1"}
    assert group(graph).property_dependencies["mixedInstancesPolicy"] == {template(graph).urn}


def test_the_wanted_version_is_a_tag_of_the_group_and_the_version_itself_is_left_alone(graph):
    (wanted,) = [tag for tag in group(graph)["tags"] if tag["key"] == tags.WANTED_VERSION]
    assert wanted == {"key": "ecs-platform:wanted-template-version", "value": "1", "propagateAtLaunch": False}
    assert group(graph).property_dependencies["tags"] == {template(graph).urn}
    assert group(graph).ignore_changes == (VERSION_PATH, "initialLifecycleHooks")


def test_nobody_fixes_the_size_of_a_group_that_scales(graph):
    assert "desiredCapacity" not in group(graph).inputs
    assert (group(graph)["minSize"], group(graph)["maxSize"]) == (3, 30)


def test_an_unhealthy_instance_is_replaced_after_its_successor_is_there(graph):
    assert group(graph)["instanceMaintenancePolicy"] == {"minHealthyPercentage": 100, "maxHealthyPercentage": 110}


def test_every_size_of_the_group_is_measured_by_the_minute(graph):
    assert set(group(graph)["enabledMetrics"]) == {
        "GroupDesiredCapacity",
        "GroupInServiceInstances",
        "GroupMaxSize",
        "GroupMinSize",
        "GroupPendingInstances",
        "GroupStandbyInstances",
        "GroupTerminatingInstances",
        "GroupTotalInstances",
    }
    assert group(graph)["metricsGranularity"] == "1Minute"
    assert template(graph)["monitoring"] == {"enabled": True}


def test_the_prefix_of_the_group_is_known_before_the_group_is():
    previewed = group(an_instance_graph(preview=True))
    assert isinstance(previewed["namePrefix"], str)
    assert "name" not in previewed.inputs


def test_the_group_spans_every_private_subnet(graph):
    private = {node.urn for node in graph.of(aws.ec2.Subnet) if "-private-" in node.name}
    assert len(private) == 3
    assert group(graph).property_dependencies["vpcZoneIdentifiers"] == private


def test_all_types_are_allowed_in_the_order_of_preference(graph):
    policy = group(graph)["mixedInstancesPolicy"]
    assert [one["instanceType"] for one in policy["launchTemplate"]["overrides"]] == ["m7g.large", "m6g.large"]
    assert policy["instancesDistribution"]["onDemandAllocationStrategy"] == "prioritized"


def test_updates_and_deletions_wait_for_a_whole_drain():
    assert group(an_instance_graph(drain_deadline_s=3600)).custom_timeouts == ("1200s", "3900s", "3900s")
