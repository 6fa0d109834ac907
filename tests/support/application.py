"""Valid inputs of what application stacks make; a test changes only what it is about."""

from infra.contract import Platform
from infra.services.service import ServiceArgs
from tests.support.builders import LOCATION, ZONES
from tests.support.graph import ACCOUNT, REGION

IMAGE = "public.ecr.aws/docker/library/nginx@sha256:" + "0123456789abcdef" * 4


def a_platform(**changes) -> Platform:
    """What an application stack reads, as plain values."""
    outputs = {
        "environment": "test",
        "region": REGION,
        "account": ACCOUNT,
        "partition": "aws",
        "zone_ids": [zone.id for zone in ZONES],
        "vpc_id": "vpc-0123",
        "vpc_cidr": "10.0.0.0/16",
        "public_subnet_ids": ["subnet-a1", "subnet-b1", "subnet-c1"],
        "private_subnet_ids": ["subnet-a2", "subnet-b2", "subnet-c2"],
        "cluster_name": "ecs-test",
        "cluster_arn": LOCATION.arn("ecs", "cluster/ecs-test"),
        "instance_types": ["m7g.large"],
        "instance_cpu_units": 2048,
        "instance_memory_mib": 7526,
        "tasks_per_instance": 10,
        "drain_time_s": 900,
        "task_exit_time_s": 840,
        "log_retention_days": 90,
        "log_group_prefix": "/ecs-platform/test/",
        "load_balancer_arn_suffix": "app/ecs-test/50dc6c495c0c9188",
        "load_balancer_dns_name": "ecs-test-1234567890.eu-central-1.elb.amazonaws.com",
        "load_balancer_zone_id": "Z215JYRZR1TBD5",
        "load_balancer_security_group_id": "sg-balancer",
        "http_listener_arn": LOCATION.arn("elasticloadbalancing", "listener/app/ecs-test/50dc6c495c0c9188/http"),
        "https_listener_arn": LOCATION.arn("elasticloadbalancing", "listener/app/ecs-test/50dc6c495c0c9188/https"),
        "domain": "test.example.com",
        "namespace": "test.internal",
        "namespace_id": "ns-0123456789abcdef",
        "alarm_topic_arn": LOCATION.arn("sns", "ecs-test-topic"),
    }
    return Platform(**(outputs | changes))


def a_service(**changes) -> ServiceArgs:
    inputs = {"platform": a_platform(), "image": IMAGE, "port": 8080}
    return ServiceArgs(**(inputs | changes))
