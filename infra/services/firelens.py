"""FireLens: a container of the task that routes the lines of the others, and what it is told of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

import pulumi

from ..common.args import inputs
from .secret_arn import secret_problem


@inputs
class LogOptions:
    """Where the log router sends the lines of a container."""

    options: Mapping[str, str]
    """Options of the output, for example `{"Name": "datadog", "TLS": "on"}`; what the router's plugin takes."""
    secrets: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    """Option → whole ARN of a secret, as Container.secrets. By default none."""

    def problem(self) -> str | None:
        """Whether nothing says where lines go, or a secret cannot be read."""
        if not self.options:
            return "options: must name an output of the router, for example {'Name': 'cloudwatch_logs'}"
        for name, arn in self.secrets.items():
            if isinstance(arn, str) and (problem := secret_problem(arn)):
                return f"secrets: {name} {problem}"
            if name in self.options:
                return f"secrets: {name} is in options as well; keep one of them"
        return None


@inputs
class LogRouter:
    """That a container is the task's log router. Its own lines go to the service's log group."""

    type: Literal["fluentbit", "fluentd"] = "fluentbit"
    """By default Fluent Bit, as in the image that AWS offers for it."""
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    """Options of FireLens: `enable-ecs-log-metadata`, `config-file-type` file and `config-file-value`, a path in the
    image; EC2 takes no configuration from S3 that the execution role cannot read. By default ECS's."""

    @property
    def rendered(self) -> dict[str, Any]:
        """Its part of a container definition."""
        return {"type": self.type} | ({"options": dict(self.options)} if self.options else {})
