"""A platform that applications can be previewed on, without deploying one: its stack's outputs, imported."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from infra.contract import Platform
from lambdas.cluster import metrics

PROJECT, STACK = "ecs-platform", "dev"
ACCOUNT, REGION = "123456789012", "eu-central-1"
RUNBOOK_URL = "https://example.com/docs/operations.md"


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def platform(environment: str) -> Platform:
    """The contract of an environment, as plain values: of three zones, without domain, key and boundary."""
    cluster, suffix = f"ecs-{environment}", f"app/ecs-{environment}/50dc6c495c0c9188"
    return Platform(
        environment=environment,
        region=REGION,
        account=ACCOUNT,
        partition="aws",
        zone_ids=["euc1-az1", "euc1-az2", "euc1-az3"],
        vpc_id="vpc-0123",
        vpc_cidr="10.0.0.0/16",
        public_subnet_ids=["subnet-a1", "subnet-b1", "subnet-c1"],
        private_subnet_ids=["subnet-a2", "subnet-b2", "subnet-c2"],
        cluster_name=cluster,
        cluster_arn=_arn("ecs", f"cluster/{cluster}"),
        instance_types=["m7g.large"],
        instance_cpu_units=2048,
        instance_memory_mib=7362,
        tasks_per_instance=10,
        drain_time_s=900,
        task_exit_time_s=840,
        log_retention_days=90,
        log_group_prefix=f"/ecs-platform/{environment}/",
        load_balancer_arn_suffix=suffix,
        load_balancer_dns_name=f"{cluster}-1234567890.{REGION}.elb.amazonaws.com",
        load_balancer_zone_id="Z215JYRZR1TBD5",
        load_balancer_security_group_id="sg-balancer",
        http_listener_arn=_arn("elasticloadbalancing", f"listener/{suffix}/http"),
        namespace=f"{environment}.internal",
        namespace_id="ns-0123456789abcdef",
        alarm_topic_arn=_arn("sns", f"{cluster}-page-topic"),
        ticket_topic_arn=_arn("sns", f"{cluster}-ticket-topic"),
        at_maximum_alarm_arn=_arn("cloudwatch", f"alarm:{cluster}-at-maximum-size"),
        runbook_url=RUNBOOK_URL,
        metric_namespace=metrics.namespace(cluster),
    )


def outputs_of(contract: Platform) -> dict[str, Any]:
    """Outputs as a stack's state has them: the engine keeps none that is None."""
    return {name: value for name, value in contract.outputs.items() if value is not None}


def exported() -> str:
    """What `pulumi stack import` takes: a stack with the outputs of a platform that has a key, and with no resource."""
    kind = "pulumi:pulumi:Stack"
    urn = f"urn:pulumi:{STACK}::{PROJECT}::{kind}::{PROJECT}-{STACK}"
    outputs = outputs_of(replace(platform(STACK), key_arn=_arn("kms", "key/0123")))
    resources = [{"urn": urn, "custom": False, "type": kind, "outputs": outputs}]
    manifest = {"time": "2030-01-01T00:00:00Z", "magic": "", "version": ""}
    return json.dumps({"version": 3, "deployment": {"manifest": manifest, "resources": resources}})
