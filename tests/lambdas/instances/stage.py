"""A cluster that lives in memory, with clients for it and a clock: what passes of the instance controller run on."""

from lambdas.cluster.clock import Clock
from lambdas.cluster.next_look import NextLook
from lambdas.instances.passes import one_pass, run
from lambdas.instances.settings import Image
from tests.lambdas.instances.builders import settings
from tests.lambdas.transport import all_of, fake_clients
from tests.model.api import Api
from tests.model.world import World
from tests.support.calls import record

SETTINGS = settings(image=Image(released="2026-03-01"))


class Stage:
    """A world, its API, clients for it, and a clock that the world owns."""

    def __init__(self):
        self.world = World(deadline_s=SETTINGS.drain.deadline_s, agent_gone_s=SETTINGS.drain.agent_gone_s)
        self.api = Api(self.world)
        self.aws = fake_clients(self.api)
        self.calls = record(all_of(self.aws))
        self.slept = []
        self.began = self.world.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.world.advance(seconds)

    def now(self):
        return self.world.now

    def elapsed(self):
        return (self.world.now - self.began).total_seconds()

    def clock(self):
        return Clock(now=self.now, monotonic=self.elapsed, sleep=self.sleep)

    def look(self, name="run-1"):
        parameter = SETTINGS.target.next_look_parameter
        return NextLook(ssm=self.aws.ssm, parameter=parameter, run=name, clock=self.clock())

    def run(self, remaining_s=lambda: 60, *, scheduled=True):
        return run(self.aws, SETTINGS, remaining_s, self.look(), scheduled=scheduled)

    def one(self):
        self.calls.clear()
        return one_pass(self.aws, SETTINGS, self.world.now)

    def metrics(self):
        call = next(each for each in self.calls if each.operation == "PutMetricData")
        return {each["MetricName"]: each["Value"] for each in call.params["MetricData"]}


def at_deadline(stage):
    """An instance that drains until its deadline ends the wait, with a protected task and one that does not stop."""
    member = stage.world.serving()
    stage.world.place(member, "service:web", protected=True)
    stage.world.place(member, "family:job", stop_s=9999)
    stage.world.terminate(member)
    for _ in range(16):
        stage.one()
        stage.world.advance(60)
    return member
