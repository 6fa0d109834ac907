"""The controller against a world that loses hints, repeats them, stops tasks slowly, flaps, throttles and crashes.

Whatever happens: no instance is released with a live task before its deadline, every hook ends, and what is done twice
does no harm.
"""

from dataclasses import replace

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from lambdas.instances.act import act
from lambdas.instances.observe import observe
from lambdas.instances.passes import one_pass
from lambdas.instances.plan import plan
from lambdas.instances.settings import Drain, Ready, Renewal, Settings, Target, Watch
from tests.lambdas.transport import fake_clients
from tests.model.api import Api, Crash
from tests.model.world import RUN_S, World

SETTINGS = Settings(
    target=Target(
        cluster="prod", group_prefix="prod-instances-", switch_parameter="/switch", next_look_parameter="/next-look"
    ),
    ready=Ready(deadline_s=150),
    drain=Drain(deadline_s=240, standalone_wait_s=60, agent_gone_s=120),
    watch=Watch(observations=3, interval_s=20),
)
DAY_S = 24 * 3600
QUIET_MINUTES = 8  # readiness, agent gone and drain deadline all fit, and one pass more


def respond(service, operation, params):
    return Ec2Instance.api(service, operation, params)


AWS = fake_clients(respond)


def some(machine, draw, *states):
    found = [each for each in machine.world.members.values() if each.state in states]
    return draw.draw(st.sampled_from(found)) if found else None


class Ec2Instance(RuleBasedStateMachine):
    """Events of a cluster in any order, with passes of the controller between them."""

    api: Api

    @initialize(count=st.integers(1, 4))
    def start(self, count):
        self.world = World(deadline_s=SETTINGS.drain.deadline_s, agent_gone_s=SETTINGS.drain.agent_gone_s)
        Ec2Instance.api = self.mine = Api(self.world)
        self.stale = None
        for _ in range(count):
            self.world.serving("service:web", "service:agent")

    @rule(comes_up=st.booleans())
    @precondition(lambda self: len(self.world.members) < 8)
    def launch(self, comes_up):
        member = self.world.launch()
        if comes_up:
            self.world.register(member)

    @rule(draw=st.data())
    def scale_in(self, draw):
        if member := some(self, draw, "InService"):
            self.world.terminate(member)

    @rule(
        draw=st.data(),
        group=st.sampled_from(["service:web", "family:job", "service:agent"]),
        stop_s=st.sampled_from([0, 5, 60, 110, 1000]),
        protected=st.booleans(),
    )
    def place(self, draw, group, stop_s, protected):
        member = some(self, draw, "InService", "Terminating:Wait")
        if member and member.status == "ACTIVE" and member.connected:
            self.world.place(member, group, stop_s, protected=protected)

    @rule(draw=st.data())
    def deploy(self, draw):
        running = [each for each in self.world.work.values() if each.desired == "RUNNING"]
        if running:
            self.world.stop(draw.draw(st.sampled_from(running)))

    @rule(draw=st.data())
    def flap(self, draw):
        member = some(self, draw, "Pending:Wait", "InService", "Terminating:Wait")
        if member and member.status and member.machine == "running":
            if member.connected:
                self.world.silence(member)
            else:
                member.connected = True

    @rule(draw=st.data())
    def reclaim(self, draw):
        if member := some(self, draw, "InService", "Terminating:Wait"):
            self.world.kill(member)
            if member.state == "InService":
                self.world.terminate(member)

    @rule(seconds=st.sampled_from([1, 5, 20, 60]))
    def time_passes(self, seconds):
        self.world.advance(seconds)

    @rule(times=st.integers(1, 3))
    def hints(self, times):
        for _ in range(times):
            self.run_pass(None)

    @rule(at=st.integers(0, 20), kind=st.sampled_from(["before", "after", "throttle"]))
    def faulty(self, at, kind):
        self.run_pass((at, kind))

    @rule()
    def overtake(self):
        """Another run observes and plans now, and acts later, unless its time ends before."""
        self.stale = plan(observe(AWS, SETTINGS, self.world.now), SETTINGS, self.world.now)
        self.seen = self.world.now

    @rule()
    @precondition(lambda self: self.stale is not None)
    def act_late(self):
        if (self.world.now - self.seen).total_seconds() <= RUN_S:
            act(AWS, SETTINGS, self.stale or (), self.world.now)
        self.stale = None

    @rule(paused=st.booleans())
    def switch(self, paused):
        self.world.paused = paused

    def run_pass(self, fault):
        before = (list(self.world.ended), {each.status for each in self.world.members.values()})
        self.mine.fault, self.mine.count = fault, 0
        try:
            one_pass(AWS, SETTINGS, self.world.now)
        except (Crash, ClientError):
            assert fault is not None
        finally:
            self.mine.fault = None
        if self.world.paused:
            assert before == (self.world.ended, {each.status for each in self.world.members.values()})

    @invariant()
    def promises_are_kept(self):
        if not hasattr(self, "world"):
            return
        assert self.world.wrong == []
        assert len(self.world.ended) == len({each[:2] for each in self.world.ended}), "a hook ended twice"
        for instance_id in self.world.marked:
            assert self.world.members[instance_id].misses >= SETTINGS.watch.observations

    def teardown(self):
        """From here on all is quiet: every hook ends by the controller, and nothing terminated stays registered."""
        if not hasattr(self, "world"):
            return
        self.world.paused = False
        for _ in range(QUIET_MINUTES):
            self.run_pass(None)
            self.world.advance(60)
        self.run_pass(None)
        waiting = [each for each in self.world.members.values() if each.action]
        assert waiting == []
        ghosts = [each for each in self.world.members.values() if each.machine == "terminated" and each.status]
        assert ghosts == []
        assert self.world.wrong == []


TestMachine = Ec2Instance.TestCase
TestMachine.settings = settings(
    max_examples=150,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],  # says something of the machine alone
)


@pytest.fixture
def world():
    world = World(deadline_s=SETTINGS.drain.deadline_s, agent_gone_s=SETTINGS.drain.agent_gone_s)
    Ec2Instance.api = Api(world)
    return world


def every_five_seconds(world, seconds):
    for _ in range(seconds // 5):
        one_pass(AWS, SETTINGS, world.now)
        world.advance(5)


def test_a_task_that_deactivates_for_60_seconds_holds_the_instance_for_as_long(world):
    member = world.serving("service:agent")
    web = world.place(member, "service:web", stop_s=120)
    world.terminate(member)
    every_five_seconds(world, 60)
    assert (web.desired, web.last) == ("STOPPED", "DEACTIVATING")
    every_five_seconds(world, 60)
    assert (web.desired, web.last) == ("STOPPED", "DEPROVISIONING")
    assert member.state == "Terminating:Wait"
    every_five_seconds(world, 15)
    assert world.ended[-1] == (member.instance_id, "terminate", "controller")
    assert world.wrong == []


def test_the_world_notices_a_release_that_comes_too_early(world):
    member = world.serving("service:web")
    world.terminate(member)
    Ec2Instance.api.CompleteLifecycleAction(
        {"InstanceId": member.instance_id, "LifecycleHookName": "drain", "LifecycleActionResult": "CONTINUE"}
    )
    assert world.wrong


def test_heartbeats_carry_an_instance_beyond_the_timeout_of_its_hook_to_its_deadline(world):
    member = world.serving()
    world.place(member, "service:web", protected=True)
    world.terminate(member)
    every_five_seconds(world, 235)
    assert member.state == "Terminating:Wait"
    every_five_seconds(world, 15)
    assert world.ended[-1] == (member.instance_id, "terminate", "controller")


def test_without_the_controller_the_hook_ends_by_itself(world):
    member = world.serving("service:web")
    world.terminate(member)
    world.advance(120)
    assert world.ended[-1] == (member.instance_id, "terminate", "timeout")


def test_a_refresh_is_started_once_however_often_it_is_wanted(world):
    world.serving()
    world.wanted = "2"
    late = plan(observe(AWS, SETTINGS, world.now), SETTINGS, world.now)
    one_pass(AWS, SETTINGS, world.now)
    assert [each.outcome for each in act(AWS, SETTINGS, late, world.now)] == ["already"]
    one_pass(AWS, SETTINGS, world.now)
    assert len(world.refreshes) == 1
    world.refreshes[0]["Status"] = "RollbackSuccessful"
    for _ in range(3):
        one_pass(AWS, SETTINGS, world.now)
    assert len(world.refreshes) == 1


def test_a_renewal_is_started_once_in_an_age_and_not_again_after_it_failed(world):
    given = replace(SETTINGS, renewal=Renewal(max_age_days=10))
    world.serving()
    one_pass(AWS, given, world.now)
    world.advance(10 * DAY_S)
    one_pass(AWS, given, world.now)
    assert world.refreshes == []
    world.advance(DAY_S)
    late = plan(observe(AWS, given, world.now), given, world.now)
    one_pass(AWS, given, world.now)
    assert [each.outcome for each in act(AWS, given, late, world.now)] == ["already"]
    (renewal,) = world.refreshes
    assert (renewal["Preferences"]["SkipMatching"], renewal["StartTime"]) == (False, world.now)
    renewal |= {"Status": "Successful", "EndTime": world.now}
    for _ in range(2 * 10):
        assert len(world.refreshes) == 1
        world.advance(DAY_S / 2)
        one_pass(AWS, given, world.now)
    assert len(world.refreshes) == 2, "the world has replaced nothing"
    world.refreshes[1] |= {"Status": "Failed", "EndTime": world.now}
    for _ in range(30):
        world.advance(DAY_S)
        one_pass(AWS, given, world.now)
    assert len(world.refreshes) == 2
