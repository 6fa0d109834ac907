"""Containers beside the one that a service is about: proxies, collectors, log routers, and what runs before it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Final

import pulumi

from ..common.args import inputs, refused
from ..common.iam import allow
from ..common.inputs import range_problem
from ..common.shapes import shape_problem
from .container import Container, image_problem
from .firelens import LogRouter

_NAME: Final = re.compile(r"^[a-z0-9][a-z0-9_-]{0,254}\Z")

ADOT_CONFIGURATION: Final = "/etc/ecs/ecs-default-config.yaml"
"""A configuration in the image of the AWS Distro for OpenTelemetry: it takes OTLP and StatsD, and sends traces to X-Ray
and metrics to CloudWatch (aws-otel-collector, "config/ecs")."""


@inputs
class Sidecar:
    """A further container of a task. They share the task's network: each reaches the others at localhost."""

    name: str
    """Its name in the task: a-z, 0-9, - and _; others depend on it by that."""
    image: pulumi.Input[str]
    """Reference with a digest, as that of the service."""
    container: Container = field(default_factory=Container)
    """How it is run. By default as the image says, but as a user without rights, with a read-only root file system."""
    essential: bool = True
    """Whether the task ends when it ends. False for what runs before the others, and for what they can do without. By
    default it does."""
    port: int | None = None
    """TCP port that it listens on, when callers or a route go there, 1 to 65535. By default none."""
    log_router: LogRouter | None = None
    """That it routes the lines of the containers that have `log`. By default it does not."""
    statements: Sequence[Mapping[str, Any]] = ()
    """IAM statements of what it needs; the role is the task's, so the application may do that, too. By default
    nothing."""

    def problem(self) -> str | None:
        """What ECS does not take, or belongs to the service."""
        if not _NAME.match(self.name):
            return f"name: must be up to 255 of a-z, 0-9, - and _, got {self.name!r}"
        if isinstance(self.image, str) and (problem := image_problem(self.image)):
            return problem
        if self.container.exec:
            return "container: exec is of the whole task; set it at the service's container"
        if self.log_router and self.container.user not in (None, "0", "0:0"):
            return "container: a log router makes its socket as root; give it Container(user=None)"
        if self.log_router and self.container.log:
            return "container: log of a log router would be sent to itself; leave it out"
        return None if self.port is None else range_problem("port", self.port, 1, 65_535)


def adot_collector(image: pulumi.Input[str], *, configuration: str = ADOT_CONFIGURATION) -> Sidecar:
    """The collector of the AWS Distro for OpenTelemetry: the application sends OTLP to localhost:4317 or 4318.

    `image` is that of the collector, with a digest. `configuration` is a path in it. The task goes on without it.
    """
    if problem := shape_problem("configuration", configuration, str):
        raise refused(f"adot_collector: {problem}")
    return Sidecar(
        name="adot-collector",
        image=image,
        essential=False,
        container=Container(command=[f"--config={configuration}"]),
        statements=[
            allow(
                [
                    "xray:GetSamplingRules",
                    "xray:GetSamplingStatisticSummaries",
                    "xray:GetSamplingTargets",
                    "xray:PutTelemetryRecords",
                    "xray:PutTraceSegments",
                ],
                ["*"],  # none of them has a resource to name
            ),
            # Metrics go as lines of a log group of the collector's own.
            allow(
                ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                ["arn:aws:logs:*:*:log-group:/aws/ecs/application/metrics*"],
            ),
        ],
    )


def log_router(image: pulumi.Input[str], *, options: Mapping[str, str] | None = None) -> Sidecar:
    """Fluent Bit as the task's log router, from the image `image` with a digest; containers name it by `log`.

    `options` are those of FireLens. It has to run for the others' lines to arrive, so the task ends with it.
    """
    return Sidecar(
        name="log-router",
        image=image,
        log_router=LogRouter(options=options or {}),
        container=Container(user=None),
    )
