"""What the engine refuses to delete, in each environment."""

import pulumi_aws as aws
import pytest

from tests.support.graph import token
from tests.support.program import graph_for

PROTECTED = {
    token(kind)
    for kind in (
        aws.autoscaling.Group, aws.ecs.Cluster, aws.ec2.Vpc, aws.lb.LoadBalancer, aws.kms.Key, aws.s3.Bucket,
    )
}  # fmt: skip


@pytest.mark.parametrize(("stack", "protected"), [("prod", PROTECTED), ("dev", set())])
def test_what_others_stand_on_and_what_holds_data_is_protected_in_production(stack, protected):
    nodes = graph_for(stack).nodes
    assert {node.type for node in nodes if node.protect} == protected
    assert all(node.protect for node in nodes if node.type in protected)
