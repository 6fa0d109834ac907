"""Valid inputs of what application stacks make; a test changes only what it is about."""

from dataclasses import replace
from typing import Any

from infra.contract import Platform
from infra.services.daemon_args import DaemonArgs
from infra.services.job import Job
from infra.services.scheduled_task_args import ScheduledTaskArgs
from infra.services.service_args import ServiceArgs
from tests.support.builders import LOCATION
from tools.standing_platform import platform

IMAGE = "public.ecr.aws/docker/library/nginx@sha256:" + "0123456789abcdef" * 4


def a_platform(**changes) -> Platform:
    """What an application stack reads, as plain values: an environment `test` with a domain."""
    outputs = {
        "https_listener_arn": LOCATION.arn("elasticloadbalancing", "listener/app/ecs-test/50dc6c495c0c9188/https"),
        "domain": "test.example.com",
    }
    return replace(platform("test"), **(outputs | changes))


def a_service(**changes) -> ServiceArgs:
    inputs = {"platform": a_platform(), "image": IMAGE, "port": 8080}
    return ServiceArgs(**(inputs | changes))


def a_job(**changes) -> Job:
    inputs: dict[str, Any] = {"image": IMAGE}
    return Job(**(inputs | changes))


def a_scheduled_task(**changes) -> ScheduledTaskArgs:
    inputs: dict[str, Any] = {"platform": a_platform(), "job": a_job(), "schedule": "cron(0 3 * * ? *)"}
    return ScheduledTaskArgs(**(inputs | changes))


def a_daemon(**changes) -> DaemonArgs:
    inputs: dict[str, Any] = {"platform": a_platform(), "image": IMAGE}
    return DaemonArgs(**(inputs | changes))
