import pulumi_aws as aws
import pytest

from lambdas.cluster import tags
from tests.support.builders import an_instance_graph, some_conventions
from tests.support.graph import Graph, Node
from tests.support.started_instance import StartedInstance

VERSION_PATH = "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.version"
TAGS = {"environment": "test", "owner": "me", "managed-by": "ecs-platform", "Name": "ecs-test-instance"}


@pytest.fixture(scope="module")
def graph() -> Graph:
    return an_instance_graph()


@pytest.fixture(scope="module")
def spot() -> Graph:
    return an_instance_graph(on_demand_base=2, on_demand_percent=25)


def template(graph: Graph) -> Node:
    return graph.one(aws.ec2.LaunchTemplate)


def group(graph: Graph) -> Node:
    return graph.one(aws.autoscaling.Group)


def before_the_group(graph: Graph, kind: type, name: str | None = None) -> list[bool]:
    """For each resource of a kind, whether the group is created after it, and so destroyed before it."""
    before = graph.before(group(graph))
    return [node.urn in before for node in graph.of(kind, name)]


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


def test_nothing_comes_in_and_only_https_goes_out(graph):
    security = graph.one(aws.ec2.SecurityGroup, "nodes-security-group")
    assert not security.inputs.get("ingress")
    assert not security.inputs.get("egress")
    rules = [
        rule
        for kind in (aws.vpc.SecurityGroupIngressRule, aws.vpc.SecurityGroupEgressRule, aws.ec2.SecurityGroupRule)
        for rule in graph.of(kind)
        if security.urn in rule.property_dependencies["securityGroupId"]
    ]
    (out,) = rules
    assert out.type == aws.vpc.SecurityGroupEgressRule.pulumi_type
    assert (out["ipProtocol"], out["fromPort"], out["toPort"], out["cidrIpv4"]) == ("tcp", 443, 443, "0.0.0.0/0")


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


def test_the_hosts_logs_end_and_are_encrypted_as_the_foundation_says():
    conventions = some_conventions(log_retention_days=14, key_arn="arn:aws:kms:eu-central-1:123456789012:key/1")
    logs = an_instance_graph(conventions=conventions).one(aws.cloudwatch.LogGroup, "nodes-logs")
    assert (logs["retentionInDays"], logs["kmsKeyId"]) == (14, conventions.key_arn)


def test_the_boundary_reaches_the_role():
    boundary = "arn:aws:iam::123456789012:policy/boundary"
    bounded = an_instance_graph(conventions=some_conventions(permissions_boundary_arn=boundary))
    assert bounded.one(aws.iam.Role, "nodes-role")["permissionsBoundary"] == boundary
    assert "permissionsBoundary" not in an_instance_graph().one(aws.iam.Role, "nodes-role").inputs


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


def test_the_groups_prefix_is_known_before_the_group_is():
    previewed = group(an_instance_graph(preview=True))
    assert isinstance(previewed["namePrefix"], str)
    assert "name" not in previewed.inputs


def test_the_group_spans_every_private_subnet(graph):
    private = {node.urn for node in graph.of(aws.ec2.Subnet) if "-private-" in node.name}
    assert len(private) == 3
    assert group(graph).property_dependencies["vpcZoneIdentifiers"] == private


def test_tags_reach_whatever_is_launched(graph):
    specifications = {one["resourceType"]: one["tags"] for one in template(graph)["tagSpecifications"]}
    assert specifications == {"instance": TAGS, "volume": TAGS, "network-interface": TAGS}
    propagated = {tag["key"]: tag["value"] for tag in group(graph)["tags"] if tag["propagateAtLaunch"]}
    assert propagated == TAGS


def test_all_types_are_allowed_in_the_order_of_preference(graph):
    policy = group(graph)["mixedInstancesPolicy"]
    assert [one["instanceType"] for one in policy["launchTemplate"]["overrides"]] == ["m7g.large", "m6g.large"]
    assert policy["instancesDistribution"]["onDemandAllocationStrategy"] == "prioritized"


def test_without_spot_every_instance_is_on_demand(graph):
    distribution = group(graph)["mixedInstancesPolicy"]["instancesDistribution"]
    assert (distribution["onDemandBaseCapacity"], distribution["onDemandPercentageAboveBaseCapacity"]) == (0, 100)
    assert group(graph)["capacityRebalance"] is False
    assert "ECS_ENABLE_SPOT_INSTANCE_DRAINING" not in StartedInstance.of(template(graph)["userData"]).agent


def test_spot_is_replaced_before_it_goes_and_drains_on_notice(spot):
    distribution = group(spot)["mixedInstancesPolicy"]["instancesDistribution"]
    assert (distribution["onDemandBaseCapacity"], distribution["onDemandPercentageAboveBaseCapacity"]) == (2, 25)
    assert distribution["spotAllocationStrategy"] == "price-capacity-optimized"
    assert group(spot)["capacityRebalance"] is True
    assert StartedInstance.of(template(spot)["userData"]).agent["ECS_ENABLE_SPOT_INSTANCE_DRAINING"] == "true"


def test_trunking_is_in_force_before_the_first_instance_and_stays_for_other_clusters(graph):
    setting = graph.one(aws.ecs.AccountSettingDefault)
    assert (setting["name"], setting["value"]) == ("awsvpcTrunking", "enabled")
    assert setting.retain_on_delete
    assert setting.urn in graph.before(group(graph))


def test_without_trunking_the_account_is_left_alone():
    assert not an_instance_graph(trunking=False).of(aws.ecs.AccountSettingDefault)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (aws.ec2.Route, None),
        (aws.ec2.RouteTableAssociation, None),
        (aws.ec2.NatGateway, None),
        (aws.ec2.InternetGateway, None),
        (aws.ec2.VpcEndpoint, None),
        (aws.ecs.Cluster, None),
        (aws.iam.RolePolicy, "nodes-role"),
        (aws.iam.InstanceProfile, None),
        (aws.cloudwatch.LogGroup, "nodes-logs"),
        (aws.vpc.SecurityGroupEgressRule, "nodes-https"),
        (aws.ecs.AccountSettingDefault, None),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_the_group_is_destroyed_while_all_that_a_drain_needs_still_stands(graph, kind, name):
    found = before_the_group(graph, kind, name)
    assert found
    assert all(found)


def test_without_nat_the_endpoints_and_the_way_to_them_outlive_the_group():
    closed = an_instance_graph(network={"nat": "none", "interface_endpoints": True})
    for kind in (aws.ec2.VpcEndpoint, aws.vpc.SecurityGroupIngressRule, aws.ec2.RouteTableAssociation):
        found = before_the_group(closed, kind)
        assert found
        assert all(found)


def test_updates_and_deletions_wait_for_a_whole_drain():
    assert group(an_instance_graph(drain_deadline_s=3600)).custom_timeouts == ("1200s", "3900s", "3900s")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"instance_types": []}, "instance_types: must be one or more, got none"),
        ({"min_size": 5, "max_size": 4}, r"min_size: must be 1 to max_size \(4\), got 5"),
        ({"min_size": 0}, r"min_size: must be 1 to max_size \(30\), got 0"),
        ({"on_demand_percent": 101}, "on_demand_percent: must be 0 to 100, got 101"),
        ({"on_demand_percent": -1}, "on_demand_percent: must be 0 to 100, got -1"),
        ({"volume_gib": 20}, "volume_gib: must be 30 or more, the size of the AMI, got 20"),
    ],
)
def test_wrong_inputs_are_refused(changes, says):
    with pytest.raises(ValueError, match=says):
        an_instance_graph(**changes)
