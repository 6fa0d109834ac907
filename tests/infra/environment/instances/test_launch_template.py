import pulumi_aws as aws
import pytest

from tests.support.builders import an_instance_graph
from tests.support.graph import Graph, Node
from tests.support.started_instance import StartedInstance


@pytest.fixture(scope="module")
def graph() -> Graph:
    return an_instance_graph()


def template(graph: Graph) -> Node:
    return graph.one(aws.ec2.LaunchTemplate)


def test_no_task_reaches_the_metadata_of_its_instance(graph):
    assert template(graph)["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
    }


def test_the_root_volume_is_encrypted_and_of_the_size_that_is_set(graph):
    (device,) = template(graph)["blockDeviceMappings"]
    assert device["deviceName"] == "/dev/xvda"
    assert device["ebs"] == {
        "encrypted": "true",
        "volumeType": "gp3",
        "volumeSize": 50,
        "deleteOnTermination": "true",
    }
    (larger,) = template(an_instance_graph(volume_gib=100))["blockDeviceMappings"]
    assert larger["ebs"]["volumeSize"] == 100


def test_an_instance_has_one_private_interface_in_the_security_group(graph):
    (interface,) = template(graph)["networkInterfaces"]
    assert (interface["deviceIndex"], interface["associatePublicIpAddress"]) == (0, "false")
    security = graph.one(aws.ec2.SecurityGroup, "nodes-security-group")
    assert template(graph).property_dependencies["networkInterfaces"] == {security.urn}
    assert "vpcSecurityGroupIds" not in template(graph).inputs  # AWS refuses both


def test_there_is_no_key_to_log_in_with(graph):
    assert "keyName" not in template(graph).inputs


def test_an_instance_starts_as_the_image_and_the_first_type_that_are_given(graph):
    assert (template(graph)["imageId"], template(graph)["instanceType"]) == ("ami-0123456789abcdef0", "m7g.large")
    profile = graph.one(aws.iam.InstanceProfile)
    assert template(graph).property_dependencies["iamInstanceProfile"] == {profile.urn}
    assert profile.property_dependencies["role"] == {graph.one(aws.iam.Role, "nodes-role").urn}


def test_an_instance_joins_this_cluster_and_logs_to_its_own_group(graph):
    instance = StartedInstance.of(template(graph)["userData"])
    assert instance.agent["ECS_CLUSTER"] == graph.one(aws.ecs.Cluster)["name"] == "ecs-test"
    logs = graph.one(aws.cloudwatch.LogGroup, "nodes-logs")
    assert {file["log_group_name"] for file in instance.log_files} == {logs["name"]} == {"/ecs-platform/test/instances"}
