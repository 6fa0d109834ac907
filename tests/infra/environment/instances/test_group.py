import pulumi
import pulumi_aws as aws
import pytest

from infra.environment.instances import DeployedGroup
from infra.environment.instances.hooks import heartbeat_s
from lambdas.cluster import tags
from tests.support.builders import an_instance_graph, some_conventions
from tests.support.graph import Graph, Node

GET_GROUP = "aws:autoscaling/getGroup:getGroup"
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
    assert group(graph).ignore_changes == ("initialLifecycleHooks", VERSION_PATH)


POLICY = {
    "launchTemplate": {
        "launchTemplateSpecification": {"launchTemplateId": "lt-1", "version": "1"},
        "overrides": [{"instanceType": "m7g.large", "weightedCapacity": ""}, {"instanceType": "m6g.large"}],
    },
    "instancesDistribution": {
        "onDemandAllocationStrategy": "prioritized",
        "onDemandBaseCapacity": 0,
        "onDemandPercentageAboveBaseCapacity": 100,
        "spotAllocationStrategy": "price-capacity-optimized",
        "spotInstancePools": 0,
    },
}


def deployed(**changes) -> DeployedGroup:
    inputs = {"name": "nodes-1", "min_size": 3, "capacity_timeout": "600s", "mixed_instances_policy": POLICY}
    return DeployedGroup(**(inputs | changes))


def running(version: str):
    """AWS, whose group has another version by now than the stack's state."""
    policy = {"launchTemplates": [{"launchTemplateSpecifications": [{"version": version}]}]}
    return {GET_GROUP: {"mixedInstancesPolicies": [policy]}}


def test_a_group_that_keeps_its_policy_asks_aws_nothing():
    group = an_instance_graph(deployed=deployed()).one(aws.autoscaling.Group)
    assert VERSION_PATH in group.ignore_changes


@pytest.mark.parametrize(
    "change",
    [
        {"instance_types": ["m7g.large"]},
        {"instance_types": ["m6g.large", "m7g.large"]},
        {"on_demand_percent": 50},
        {"on_demand_base": 1},
    ],
)
def test_a_change_of_the_policy_sends_the_version_that_the_group_has_by_now(change):
    group = an_instance_graph(deployed=deployed(), lookups=running("7"), **change).one(aws.autoscaling.Group)
    assert group["mixedInstancesPolicy"]["launchTemplate"]["launchTemplateSpecification"]["version"] == "7"
    assert VERSION_PATH not in group.ignore_changes


def test_a_group_that_cannot_be_asked_stops_the_change():
    def gone(_):
        return {}, [("name", "couldn't find resource")]

    with pytest.raises(pulumi.RunError, match=r"(?s)which template version the group nodes-1 has.*pulumi refresh"):
        an_instance_graph(deployed=deployed(), lookups={GET_GROUP: gone}, on_demand_base=1)


@pytest.mark.parametrize(
    ("before", "min_size", "timeout"),
    [
        (None, 3, "900s"),  # ready_deadline_s and the time to boot
        (deployed(), 3, "600s"),  # as it was: no difference in a preview
        (deployed(), 4, "0"),  # the provider would wait for exactly the size of its state
        (deployed(capacity_timeout="0", min_size=4), 4, "0"),
    ],
)
def test_only_a_creation_waits_for_the_size(before, min_size, timeout):
    group = an_instance_graph(deployed=before, min_size=min_size).one(aws.autoscaling.Group)
    assert group["waitForCapacityTimeout"] == timeout
    assert group["ignoreFailedScalingActivities"] is True


@pytest.mark.parametrize("protect", [True, False])
def test_the_engine_refuses_to_delete_it_where_the_environment_is_protected(protect):
    graph = an_instance_graph(conventions=some_conventions(protect=protect))
    assert graph.one(aws.autoscaling.Group).protect is protect


def test_the_first_instances_are_held_as_long_as_the_settings_say():
    group = an_instance_graph(ready_deadline_s=3000, drain_deadline_s=1200).one(aws.autoscaling.Group)
    waits = {hook["name"]: hook["heartbeatTimeout"] for hook in group["initialLifecycleHooks"]}
    assert waits == {"ready": heartbeat_s(3000), "drain": heartbeat_s(1200)}


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
