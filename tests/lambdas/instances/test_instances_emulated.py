"""A whole cluster on the local AWS: scale-in, rolls and a renewal, driven by nothing but passes of the controller."""

from contextlib import contextmanager

import pytest
from moto import mock_aws
from moto.moto_api._internal import mock_random

from lambdas.cluster import tags
from lambdas.cluster.clients import create
from lambdas.instances.passes import one_pass
from lambdas.instances.settings import Renewal, Rollout, Settings, Target
from sandbox.emulator import Emulator
from sandbox.emulator import Settings as Speed
from sandbox.tests.emulator.emulated_cluster import CLUSTER, GROUP, a_land
from tests.lambdas.transport import a_session

SPEED = Speed(boot_s=1, agent_s=1, deregister_s=1, phase_s=1, stop_scale=0.1)
TASKS = 4
SEEDS = (4, 5, 13)
NEVER = Renewal()
PACKED = {"placementStrategy": [{"type": "binpack", "field": "memory"}]}


class Stage:
    """The emulated cluster, and the controller beside it."""

    def __init__(self, emulator, renewal=NEVER, **rollout):
        emulator.tick()  # from now on, time is what it makes of it
        self.land = a_land(emulator, "m7g.2xlarge")
        self.aws = create(a_session())
        self.aws.ssm.put_parameter(Name="/switch", Value="running", Type="String")
        self.settings = Settings(
            target=Target(
                cluster=CLUSTER, group_prefix="", switch_parameter="/switch", next_look_parameter="/next-look"
            ),
            rollout=Rollout(bake_s=0, **rollout),
            renewal=renewal,
        )
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
            self.pass_by()
        pytest.fail(f"not reached in {limit} s: {self.land.states()}")

    def pass_by(self):
        one_pass(self.aws, self.settings, self.land.emulator.world.when())
        self.land.emulator.advance(1)
        tasks = self.land.tasks()
        self.least = min(self.least, sum(each["lastStatus"] == "RUNNING" for each in tasks))
        self.seen |= {each["taskArn"] for each in tasks}

    def alarm(self, name, state):
        self.aws.cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/ApplicationELB",
            MetricName="Errors",
            EvaluationPeriods=1,
            ComparisonOperator="GreaterThanThreshold",
            Threshold=1,
            Period=60,
            Statistic="Sum",
        )
        self.aws.cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="as the test says")

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


def statuses(stage):
    return sorted(each["status"] for each in stage.land.instances())


def versions(stage):
    return sorted(each["LaunchTemplate"]["Version"] for each in stage.land.group()["Instances"])


def test_a_canary_serves_alone_and_then_the_others_follow():
    with emulated(4) as emulator:
        stage = Stage(emulator, max_healthy_percent=200, canary_minutes=1)
        stage.fill(3)
        stage.want("2")
        stage.until(lambda: versions(stage) == ["1", "1", "2"])
        for _ in range(30):
            stage.pass_by()
            assert (versions(stage), statuses(stage)) == (["1", "1", "2"], ["ACTIVE"] * 3)
        stage.until(lambda: stage.refreshed() == ["Successful"])
        assert (stage.land.versions(), stage.least) == ({"2"}, TASKS)


def test_a_canary_that_an_alarm_rolls_back_leaves_every_old_instance_as_it_was():
    with emulated(4) as emulator:
        stage = Stage(emulator, canary_minutes=60, alarms=("errors",))
        stage.fill(3)
        stage.alarm("errors", "OK")
        stage.want("2")
        stage.until(lambda: versions(stage) == ["1", "1", "2"], limit=60)
        kept = {each["InstanceId"] for each in stage.land.group()["Instances"]}
        stage.alarm("errors", "ALARM")
        stage.until(lambda: stage.refreshed() == ["RollbackSuccessful"])
        stage.until(lambda: statuses(stage) == ["ACTIVE"] * 3, limit=20)
        assert (versions(stage), stage.least) == (["1"] * 3, TASKS)
        assert len(kept.intersection(stage.land.ids())) == 2


def test_a_renewal_replaces_every_instance_by_its_like_once_and_moves_each_task_once():
    with emulated(5) as emulator:
        stage = Stage(emulator, renewal=Renewal(max_age_days=1), max_healthy_percent=150)
        stage.fill(4, **PACKED)
        before = set(stage.land.ids())
        emulator.tick(emulator.world.now + 2 * 24 * 3600)
        stage.until(lambda: stage.refreshed() == ["Successful"])
        assert (versions(stage), stage.least) == (["1"] * 4, TASKS)
        assert not before.intersection(stage.land.ids())
        assert len(stage.seen) == 2 * TASKS
        for _ in range(10):
            emulator.tick(emulator.world.now + 60)
            stage.pass_by()
        assert (stage.refreshed(), statuses(stage)) == (["Successful"], ["ACTIVE"] * 4)
