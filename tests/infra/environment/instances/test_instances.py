import pulumi_aws as aws
import pytest

from tests.support.builders import an_instance_graph, some_conventions
from tests.support.graph import Graph, Node, token
from tests.support.started_instance import StartedInstance

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
    assert out.type == token(aws.vpc.SecurityGroupEgressRule)
    assert (out["ipProtocol"], out["fromPort"], out["toPort"], out["cidrIpv4"]) == ("tcp", 443, 443, "0.0.0.0/0")


def test_the_hosts_logs_end_and_are_encrypted_as_the_conventions_say():
    conventions = some_conventions(log_retention_days=14, key_arn="arn:aws:kms:eu-central-1:123456789012:key/1")
    logs = an_instance_graph(conventions=conventions).one(aws.cloudwatch.LogGroup, "nodes-logs")
    assert (logs["retentionInDays"], logs["kmsKeyId"]) == (14, conventions.key_arn)


def test_the_boundary_reaches_the_role():
    boundary = "arn:aws:iam::123456789012:policy/boundary"
    bounded = an_instance_graph(conventions=some_conventions(permissions_boundary_arn=boundary))
    assert bounded.one(aws.iam.Role, "nodes-role")["permissionsBoundary"] == boundary
    assert "permissionsBoundary" not in an_instance_graph().one(aws.iam.Role, "nodes-role").inputs


def test_tags_reach_whatever_is_launched(graph):
    specifications = {one["resourceType"]: one["tags"] for one in template(graph)["tagSpecifications"]}
    assert specifications == {"instance": TAGS, "volume": TAGS, "network-interface": TAGS}
    propagated = {tag["key"]: tag["value"] for tag in group(graph)["tags"] if tag["propagateAtLaunch"]}
    assert propagated == TAGS


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
