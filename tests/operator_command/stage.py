"""An environment on the emulator for the command: cluster, group, settings of the functions, and a way to run it."""

import io
import json
import zipfile
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from unittest import mock

from moto import mock_aws
from moto.moto_api._internal import mock_random
from rich.console import Console

from lambdas.capacity import settings as capacity
from lambdas.cluster import tags
from lambdas.cluster.target import Target
from lambdas.instances import settings as instances
from lambdas.rebalancing import settings as rebalancing
from operator_command.connection import VARIABLE
from operator_command.main import main
from sandbox.emulator import Emulator
from sandbox.emulator import Settings as Speed
from sandbox.tests.emulator.emulated_cluster import CLUSTER, GROUP, REGION, a_land, client

SPEED = Speed(boot_s=1, agent_s=1, deregister_s=1, phase_s=1, stop_scale=0.1)
SWITCH = "/ecs-platform/test/controllers"
DRY_RUN = "/ecs-platform/test/dry-run"
TARGET = Target(cluster=CLUSTER, group_prefix="", switch_parameter=SWITCH, next_look_parameter="/next-look")
INSTANCES = instances.Settings(target=TARGET)
CAPACITY = capacity.Settings(
    target=TARGET, hardware=capacity.Hardware(instance_types=("m7g.large",)), grow=capacity.Grow(headroom_tasks=1)
)
MOVES = rebalancing.Settings(target=TARGET, dry_run=rebalancing.DryRun(parameter=DRY_RUN))

LOGGED = {
    "name": "app", "image": "shop:1", "memory": 128, "cpu": 128, "stopTimeout": 2,
    "logConfiguration": {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": "/ecs-platform/test/services/shop", "awslogs-region": "eu-west-1",
            "awslogs-stream-prefix": "shop",
        },
    },
}  # fmt: skip
"""A container that writes to CloudWatch Logs."""


@dataclass
class Said:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


def run(*arguments, answer="", width=80, terminal=False):
    """Run the command as the console script does."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), mock.patch("sys.stdin", io.StringIO(answer)):
        console = Console(file=out, width=width, height=50, highlight=False, color_system=None, force_terminal=terminal)
        code = main(arguments, console=console)
    return Said(int(code), out.getvalue(), err.getvalue())


class Stage:
    """The cluster `platform` with its group, its hooks and the functions' settings."""

    def __init__(self, emulator):
        self.land = a_land(emulator, "m7g.large")
        self.ssm, self.logs = client("ssm"), client("logs")
        self.ssm.put_parameter(Name=SWITCH, Value="running", Type="String")
        self.ssm.put_parameter(Name=DRY_RUN, Value="0", Type="String")
        self.functions()
        self.land.create_group(0, MaxSize=9, Tags=[tag(tags.CLUSTER, CLUSTER), tag(tags.WANTED_VERSION, "1")])
        self.land.hook("drain", "TERMINATING")

    def functions(self):
        role = client("iam").create_role(RoleName="controller", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("handler.py", "")
        for name, settings in (("instances", INSTANCES), ("capacity", CAPACITY), ("rebalancing", MOVES)):
            client("lambda").create_function(
                FunctionName=f"{CLUSTER}-{name}", Runtime="python3.13", Role=role, Handler="handler.handle",
                Code={"ZipFile": code.getvalue()}, Environment={"Variables": settings.environment()},
            )  # fmt: skip

    def grow(self, size, tasks=0):
        """Instances in service, and a service `shop` on them."""
        self.land.auto_scaling.set_desired_capacity(AutoScalingGroupName=GROUP, DesiredCapacity=size)
        self.until(lambda: self.land.states() == ["InService"] * size and len(self.land.instances()) == size)
        if tasks:
            self.land.define()
            self.land.serve(count=tasks)
            self.until(lambda: self.land.service()["runningCount"] == tasks)

    def until(self, reached, limit=60):
        for _ in range(limit):
            if reached():
                return
            self.land.emulator.advance(1)
        raise AssertionError(f"not reached in {limit} s: {self.land.states()}")

    def log(self, line, group=f"/aws/lambda/{CLUSTER}-capacity", at_ms=None, stream="test"):
        """Write a line into a stream of a log group."""
        if not self.logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
            self.logs.create_log_group(logGroupName=group)
        if not self.logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=stream)["logStreams"]:
            self.logs.create_log_stream(logGroupName=group, logStreamName=stream)
        event = {"timestamp": at_ms, "message": line if isinstance(line, str) else json.dumps(line)}
        self.logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[event])


def tag(key, value):
    return {
        "Key": key, "Value": value, "PropagateAtLaunch": False, "ResourceId": GROUP,
        "ResourceType": "auto-scaling-group",
    }  # fmt: skip


@contextmanager
def staged():
    """An empty environment, gone at the end."""
    mock_random.seed(1)
    with (
        mock.patch.dict("os.environ", {"AWS_DEFAULT_REGION": REGION, VARIABLE: CLUSTER}),
        mock_aws(),
        Emulator(SPEED) as emulator,
    ):
        yield Stage(emulator)
