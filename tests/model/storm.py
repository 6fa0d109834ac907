"""A storm: many of a thousand instances leave within seconds, and the instance controller runs as Lambda runs it."""

from collections import Counter
from datetime import timedelta

from lambdas.cluster import budgets
from lambdas.cluster.next_look import NextLook
from lambdas.instances.passes import one_pass, run
from lambdas.instances.settings import Settings, Target
from tests.lambdas.transport import fake_clients
from tests.model.api import Api
from tests.model.runs import Run, Runs
from tests.model.world import World

SETTINGS = Settings(
    target=Target(
        cluster="prod", group_prefix="prod-instances-", switch_parameter="/switch", next_look_parameter="/next-look"
    )
)
SIZE, TASKS = 1000, 10
SPREAD_S = 10
"""Seconds within which the instances leave."""
DELIVERY_S = 0.2
"""Seconds from a change to its event."""


class Watched(Api):
    """The API, and what the controller asks of it: seconds since each instance began to leave."""

    def __init__(self, world: World):
        super().__init__(world)
        self.began = world.now
        self.left: dict[str, float] = {}
        self.told: dict[str, float] = {}
        self.passes: list[float] = []
        self.measured: Counter[str] = Counter()

    def since(self) -> float:
        return (self.world.now - self.began).total_seconds()

    def DescribeAutoScalingGroups(self, params):
        self.passes.append(self.since())
        return super().DescribeAutoScalingGroups(params)

    def UpdateContainerInstancesState(self, params):
        for arn in params["containerInstances"]:
            instance_id = self.world.by_arn[arn].instance_id
            self.told.setdefault(instance_id, self.since() - self.left[instance_id])
        return super().UpdateContainerInstancesState(params)

    def PutMetricData(self, params):
        for each in params["MetricData"]:
            self.measured[each["MetricName"]] += each["Value"]
        return {}


class Storm:
    """`leave` instances go. Without `events` only the schedule runs; without `agree` every event looks by itself."""

    def __init__(self, leave: int, *, events: bool = True, agree: bool = True, minutes: int = 6):
        drain = SETTINGS.drain
        # The hook's timeout is what the program gives it: the deadline, and as late as it may be seen.
        timeout_s = drain.deadline_s + budgets.LATENESS_S
        self.world = World(drain.deadline_s, drain.agent_gone_s, timeout_s)
        self.api = Watched(self.world)
        self.runs = Runs(self.world, self.api)
        self._members = [self.world.serving(*["service:web"] * TASKS) for _ in range(SIZE)]
        self._aws = fake_clients(self.runs.respond)
        self._events, self._agree, self._minutes = events, agree, minutes
        self._plan(leave)
        self.runs.until(self.api.began + timedelta(minutes=minutes))

    @property
    def released(self) -> dict[str, float]:
        """Seconds from leaving to the end of the wait, by the controller's word."""
        ended = {name: at for name, kind, by, at in self.world.endings if (kind, by) == ("terminate", "controller")}
        return {name: (at - self.api.began).total_seconds() - self.api.left[name] for name, at in ended.items()}

    @property
    def passes_a_minute(self) -> list[int]:
        return [sum(60 * m <= at < 60 * (m + 1) for at in self.api.passes) for m in range(self._minutes)]

    def _plan(self, leave: int) -> None:
        for minute in range(self._minutes):
            self.runs.invoke(self.api.began + timedelta(minutes=minute), f"minute {minute}", self._scheduled)
        for number, member in enumerate(self._members[:leave]):
            when = self.api.began + timedelta(seconds=1 + SPREAD_S * number / leave)
            self.runs.at(when, lambda member=member: self._leaves(member))

    def _leaves(self, member) -> None:
        self.api.left[member.instance_id] = self.api.since()
        self.world.terminate(member)
        if self._events:
            soon = self.world.now + timedelta(seconds=DELIVERY_S)
            self.runs.invoke(soon, f"event of {member.instance_id}", self._woken)

    def _scheduled(self, each: Run) -> None:
        run(self._aws, SETTINGS, lambda: self.runs.remaining_s(each), self._look(each), scheduled=True)

    def _woken(self, each: Run) -> None:
        if self._agree:
            run(self._aws, SETTINGS, lambda: self.runs.remaining_s(each), self._look(each), scheduled=False)
        else:
            one_pass(self._aws, SETTINGS, self.world.now)

    def _look(self, each: Run) -> NextLook:
        clock = self.runs.clock()
        return NextLook(ssm=self._aws.ssm, parameter="/next-look", run=each.name, clock=clock, memory=each.memory)
