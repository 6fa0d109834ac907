"""The switch that pauses every controller of an environment, without a deployment."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from lambdas.cluster.switch import ALLOWED, RUNNING

from ..conventions import Conventions


@dataclass(frozen=True, kw_only=True)
class KillSwitchArgs:
    """One switch an environment: its parameter is named by the conventions."""

    conventions: Conventions


class KillSwitch(pulumi.ComponentResource):
    """An SSM parameter with the value `running` or `paused`; controllers read it at every pass."""

    parameter_name: str
    parameter_arn: str
    """Known in a preview."""
    parameter: aws.ssm.Parameter

    def __init__(self, name: str, args: KillSwitchArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:KillSwitch", name, None, opts)
        self.parameter_name = args.conventions.names.kill_switch
        self.parameter_arn = args.conventions.location.arn("ssm", f"parameter{self.parameter_name}")
        self.parameter = aws.ssm.Parameter(
            f"{name}-kill-switch",
            name=self.parameter_name,  # operators and functions know it by name
            type="String",
            insecure_value=RUNNING,
            allowed_pattern=ALLOWED,
            description="running, or paused: then the controllers measure, log what they would do, and do nothing",
            # An operator's `paused` is not undone by the next deployment.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["insecureValue", "value"]),
        )
        self.register_outputs({"parameter_name": self.parameter_name})
