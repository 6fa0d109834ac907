"""A platform that applications can be previewed on, without deploying one: its stack's outputs, imported."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from infra.contract import CONTRACT_VERSION

PROJECT, STACK = "ecs-platform", "dev"
_ARN = "arn:aws:{}:eu-central-1:123456789012:{}"

OUTPUTS: dict[str, Any] = {
    "contractVersion": CONTRACT_VERSION,
    "environment": "dev",
    "region": "eu-central-1",
    "account": "123456789012",
    "partition": "aws",
    "zoneIds": ["euc1-az1", "euc1-az2", "euc1-az3"],
    "vpcId": "vpc-0123",
    "vpcCidr": "10.0.0.0/16",
    "publicSubnetIds": ["subnet-a1", "subnet-b1", "subnet-c1"],
    "privateSubnetIds": ["subnet-a2", "subnet-b2", "subnet-c2"],
    "clusterName": "ecs-dev",
    "clusterArn": _ARN.format("ecs", "cluster/ecs-dev"),
    "instanceTypes": ["m7g.large"],
    "instanceCpuUnits": 2048,
    "instanceMemoryMib": 7526,
    "tasksPerInstance": 10,
    "drainTimeS": 900,
    "taskExitTimeS": 840,
    "logRetentionDays": 90,
    "logGroupPrefix": "/ecs-platform/dev/",
    "loadBalancerArnSuffix": "app/ecs-dev/50dc6c495c0c9188",
    "loadBalancerDnsName": "ecs-dev-1234567890.eu-central-1.elb.amazonaws.com",
    "loadBalancerZoneId": "Z215JYRZR1TBD5",
    "loadBalancerSecurityGroupId": "sg-0123",
    "httpListenerArn": _ARN.format("elasticloadbalancing", "listener/app/ecs-dev/50dc6c495c0c9188/f2f7dc8efc522ab2"),
    "namespace": "dev.internal",
    "namespaceId": "ns-0123456789abcdef",
    "alarmTopicArn": _ARN.format("sns", "ecs-dev-alerts"),
    "keyArn": _ARN.format("kms", "key/0123"),
}
"""The outputs of the contract, with a key and without a domain."""


def exported() -> str:
    """What `pulumi stack import` takes: a stack of these outputs and of no resource."""
    kind = "pulumi:pulumi:Stack"
    urn = f"urn:pulumi:{STACK}::{PROJECT}::{kind}::{PROJECT}-{STACK}"
    resources = [{"urn": urn, "custom": False, "type": kind, "outputs": OUTPUTS}]
    manifest = {"time": "2030-01-01T00:00:00Z", "magic": "", "version": ""}
    return json.dumps({"version": 3, "deployment": {"manifest": manifest, "resources": resources}})
