from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from sandbox.tests.emulator.emulated_cluster import GROUP, client


def test_a_protected_balancer_stays_until_its_protection_is_off(land):
    balancers = client("elbv2")
    made = balancers.create_load_balancer(Name="web", Subnets=land.subnets)["LoadBalancers"][0]["LoadBalancerArn"]

    def protect(value):
        attribute = {"Key": "deletion_protection.enabled", "Value": value}
        balancers.modify_load_balancer_attributes(LoadBalancerArn=made, Attributes=[attribute])

    protect("true")
    with pytest.raises(ClientError, match=r"OperationNotPermitted.*deletion protection is enabled"):
        balancers.delete_load_balancer(LoadBalancerArn=made)
    assert len(balancers.describe_load_balancers()["LoadBalancers"]) == 1
    protect("false")
    balancers.delete_load_balancer(LoadBalancerArn=made)
    assert balancers.describe_load_balancers()["LoadBalancers"] == []


def test_a_protected_log_group_stays_until_its_protection_is_off(land):
    logs = client("logs")
    logs.create_log_group(logGroupName="/a")
    logs.put_log_group_deletion_protection(logGroupIdentifier="/a", deletionProtectionEnabled=True)
    with pytest.raises(ClientError, match=r"ValidationException.*deletion protection is enabled"):
        logs.delete_log_group(logGroupName="/a")
    logs.put_log_group_deletion_protection(logGroupIdentifier="/a", deletionProtectionEnabled=False)
    logs.delete_log_group(logGroupName="/a")
    assert logs.describe_log_groups()["logGroups"] == []


@pytest.mark.parametrize(
    ("level", "force", "stays"),
    [
        ("prevent-all-deletion", False, True),
        ("prevent-force-deletion", True, True),
        ("prevent-force-deletion", False, False),
        ("none", True, False),
    ],
)
def test_a_protected_group_stays(land, level, force, stays):
    land.create_group(0, DeletionProtection=level)
    delete = {"AutoScalingGroupName": GROUP, "ForceDelete": force}
    if stays:
        with pytest.raises(ClientError, match="deletion protection"):
            land.auto_scaling.delete_auto_scaling_group(**delete)
        land.auto_scaling.update_auto_scaling_group(AutoScalingGroupName=GROUP, DeletionProtection="none")
    land.auto_scaling.delete_auto_scaling_group(**delete)
    assert land.auto_scaling.describe_auto_scaling_groups()["AutoScalingGroups"] == []
