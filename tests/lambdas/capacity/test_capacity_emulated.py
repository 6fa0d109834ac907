"""A whole cluster on the local AWS: from nothing to what services want, and back, by runs of the controller alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws
from moto.moto_api._internal import mock_random

from lambdas.capacity.run import run
from lambdas.capacity.settings import Floor, Grow, Hardware, Settings, Shrink, Target
from lambdas.cluster import tags
from lambdas.cluster.clients import create
from sandbox.emulator import Emulator
from sandbox.emulator import Settings as Speed
from sandbox.tests.emulator.emulated_cluster import CLUSTER, GROUP, a_land
from tests.lambdas.transport import a_session

SPEED = Speed(boot_s=1, agent_s=1, deregister_s=1, phase_s=1, stop_scale=0.1)


class Stage:
    """The emulated cluster, and the controller beside it."""

    def __init__(self, emulator, hold_s=0):
        self.land = a_land(emulator, "m7g.large")
        self.aws = create(a_session())
        self.aws.ssm.put_parameter(Name="/switch", Value="running", Type="String")
        self.settings = Settings(
            target=Target(
                cluster=CLUSTER, group_prefix="", switch_parameter="/switch", next_look_parameter="/next-look"
            ),
            hardware=Hardware(instance_types=("m7g.large",), reserved_memory_mib=0),
            floor=Floor(cpu_units=256, memory_mib=256),
            grow=Grow(headroom_tasks=1),
            shrink=Shrink(hold_s=hold_s),
        )
        self.elapsed, self.known = 0, {}
        self.sizes = [0]
        tag = {"Key": tags.CLUSTER, "Value": CLUSTER, "PropagateAtLaunch": False}
        self.land.create_group(0, Tags=[{**tag, "ResourceId": GROUP, "ResourceType": "auto-scaling-group"}])

    def once(self):
        decision = run(self.aws, self.settings, datetime.now(UTC) + timedelta(seconds=self.elapsed), self.known)
        if self.land.group()["DesiredCapacity"] != self.sizes[-1]:
            self.sizes.append(self.land.group()["DesiredCapacity"])
        return decision

    def until(self, reached, limit=120):
        for _ in range(limit):
            if reached():
                return
            self.once()
            self.land.emulator.advance(1)
            self.elapsed += 1
        pytest.fail(f"not reached in {limit} s: {self.land.states()}, {self.once()}")

    def settle(self, seconds=20):
        for _ in range(seconds):
            self.once()
            self.land.emulator.advance(1)
            self.elapsed += 1

    def running(self):
        return self.land.service()["runningCount"]


@pytest.fixture
def stage():
    mock_random.seed(1)
    with mock_aws(), Emulator(SPEED) as emulator:
        yield Stage(emulator)


def test_from_nothing_to_what_is_wanted_in_one_order_and_back_again(stage):
    stage.until(lambda: stage.land.states() == ["InService"])  # the headroom
    # Without a trunk an instance has two places: 7 tasks and 1 of headroom take 4.
    stage.land.define(cpu=512, memory=512)
    stage.land.serve(count=7)
    stage.until(lambda: stage.running() == 7)
    stage.settle()
    assert stage.sizes == [0, 1, 4]
    stage.land.ecs.update_service(cluster=CLUSTER, service="shop", desiredCount=2)
    # 2 tasks leave 6 of 8 places. An instance may go while headroom, margin and its own two places are free: 4 or more.
    stage.until(lambda: len(stage.land.ids()) == 2)
    stage.settle()
    assert stage.sizes == [0, 1, 4, 3, 2]
    assert stage.running() == 2


def test_a_run_beside_another_changes_nothing(stage):
    stage.land.define(cpu=512, memory=512)
    stage.land.serve(count=5)
    stage.until(lambda: stage.sizes[-1] > 0)
    wanted = stage.sizes[-1]
    for _ in range(3):
        stage.once()
    assert stage.sizes[-1] == wanted


def test_an_instance_stays_as_long_as_its_task_protects_itself(stage):
    stage.land.define(cpu=512, memory=512)
    stage.land.serve(count=7)
    stage.until(lambda: stage.running() == 7)
    one_each = {task["containerInstanceArn"]: task["taskArn"] for task in stage.land.tasks()}.values()
    stage.aws.ecs.update_task_protection(
        cluster=CLUSTER, tasks=list(one_each), protectionEnabled=True, expiresInMinutes=1
    )
    stage.land.ecs.update_service(cluster=CLUSTER, service="shop", desiredCount=4)
    stage.settle(30)
    # 4 tasks leave 4 of 8 places: an instance is too many, but each holds a task that must not be moved.
    assert (stage.sizes, stage.once().values["SurplusInstances"]) == ([0, 4], 1)
    stage.until(lambda: len(stage.land.ids()) == 3)
    assert stage.sizes == [0, 4, 3]


def test_a_drain_in_a_full_cluster_gets_the_room_that_it_needs(stage):
    stage.settings = replace(stage.settings, grow=Grow(headroom_tasks=0))
    stage.land.define(cpu=512, memory=512)
    stage.land.serve(count=4, deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 200})
    stage.until(lambda: stage.running() == 4)
    stage.settle()
    assert stage.sizes == [0, 2]
    drained = stage.land.instances()[0]["containerInstanceArn"]
    stage.aws.ecs.update_container_instances_state(cluster=CLUSTER, containerInstances=[drained], status="DRAINING")
    stage.until(lambda: not stage.land.tasks(containerInstance=drained))
    assert (stage.sizes, stage.running()) == ([0, 2, 3], 4)
