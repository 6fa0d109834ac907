"""A whole cluster on the local AWS: scale-in and a roll, driven by nothing but passes of the controller."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws
from moto.moto_api._internal import mock_random

from lambdas.cluster import tags
from lambdas.cluster.clients import create
from lambdas.instances.passes import one_pass
from lambdas.instances.settings import Rollout, Settings, Target
from sandbox.emulator import Emulator
from sandbox.emulator import Settings as Speed
from sandbox.tests.emulator.emulated_cluster import CLUSTER, GROUP, a_land
from tests.lambdas.transport import a_session

SPEED = Speed(boot_s=1, agent_s=1, deregister_s=1, phase_s=1, stop_scale=0.1)
TASKS = 4
SEEDS = (4, 5, 13)
PACKED = {"placementStrategy": [{"type": "binpack", "field": "memory"}]}


class Stage:
    """The emulated cluster, and the controller beside it."""

    def __init__(self, emulator, **rollout):
        self.land = a_land(emulator, "m7g.2xlarge")
        self.aws = create(a_session())
        self.aws.ssm.put_parameter(Name="/switch", Value="running", Type="String")
        self.settings = Settings(
            target=Target(
                cluster=CLUSTER, group_prefix="", switch_parameter="/switch", next_look_parameter="/next-look"
            ),
            rollout=Rollout(bake_s=0, **rollout),
        )
        self.elapsed = 0
        self.least = TASKS
        self.seen = set()

    def fill(self, size, **placement):
        self.land.create_group(0, Tags=[self._tag(tags.CLUSTER, CLUSTER), self._tag(tags.WANTED_VERSION, "1")])
        self.land.hook("ready", "LAUNCHING")
        self.land.hook("drain", "TERMINATING")
        self.resize(size)
        self.until(lambda: self.land.states() == ["InService"] * size)
        self.land.define()
        self.land.serve(count=TASKS, **placement)
        self.until(lambda: self.land.service()["runningCount"] == TASKS)
        self.least = TASKS

    def resize(self, size):
        self.land.auto_scaling.set_desired_capacity(AutoScalingGroupName=GROUP, DesiredCapacity=size)

    def want(self, version):
        self.land.auto_scaling.create_or_update_tags(
            Tags=[self._tag(tags.WANTED_VERSION, version) | {"ResourceId": GROUP}]
        )

    def until(self, reached, limit=240):
        for _ in range(limit):
            if reached():
                return
            one_pass(self.aws, self.settings, datetime.now(UTC) + timedelta(seconds=self.elapsed))
            self.land.emulator.advance(1)
            self.elapsed += 1
            tasks = self.land.tasks()
            self.least = min(self.least, sum(each["lastStatus"] == "RUNNING" for each in tasks))
            self.seen |= {each["taskArn"] for each in tasks}
        pytest.fail(f"not reached in {limit} s: {self.land.states()}")

    def refreshed(self):
        found = self.land.auto_scaling.describe_instance_refreshes(AutoScalingGroupName=GROUP)["InstanceRefreshes"]
        return [each["Status"] for each in found]

    def _tag(self, key, value):
        return {
            "Key": key,
            "Value": value,
            "PropagateAtLaunch": False,
            "ResourceId": GROUP,
            "ResourceType": "auto-scaling-group",
        }


@contextmanager
def emulated(seed):
    """The ids, and with them which instance goes first, follow from the seed."""
    mock_random.seed(seed)
    with mock_aws(), Emulator(SPEED) as running:
        yield running


def test_scaling_in_never_takes_a_task_away_before_its_replacement_runs():
    with emulated(1) as emulator:
        stage = Stage(emulator)
        stage.fill(3)
        stage.resize(2)
        stage.until(lambda: len(stage.land.ids()) == 2)
        assert stage.least == TASKS
        stage.until(lambda: len(stage.land.instances()) == 2)


def moves_in_a_roll(seed, **rollout):
    """How many tasks there were in all; packed, tasks prefer old instances that have some already."""
    with emulated(seed) as emulator:
        stage = Stage(emulator, max_healthy_percent=150, **rollout)
        stage.fill(4, **PACKED)
        stage.want("2")
        stage.until(lambda: stage.refreshed() == ["Successful"])
        assert stage.land.versions() == {"2"}
        assert stage.least == TASKS
        stage.until(lambda: len(stage.land.instances()) == 4)
        assert {each["status"] for each in stage.land.instances()} == {"ACTIVE"}
        return len(stage.seen)


def test_a_rollout_replaces_every_instance_and_moves_each_task_once():
    assert {moves_in_a_roll(seed) for seed in SEEDS} == {2 * TASKS}


def test_without_draining_the_old_generation_at_once_tasks_move_more_than_once():
    assert max(moves_in_a_roll(seed, drain_old_generation=False) for seed in SEEDS) > 2 * TASKS
