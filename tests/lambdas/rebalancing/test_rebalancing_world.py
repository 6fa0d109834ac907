"""The rebalancing controller in the world: AWS throttles and shows old answers; runs die, overlap and come twice.

Whatever happens: every service wants in the end what somebody wanted, no move goes on for ever, no more tasks move at a
time than the budget allows, no service runs fewer tasks than it wants, and tasks end as even as there is room.
"""

from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.cluster.questions import TaskDefinitions
from lambdas.cluster.tags import MOVE
from lambdas.rebalancing.act import act
from lambdas.rebalancing.layout import layout
from lambdas.rebalancing.observe import Reader, observe
from lambdas.rebalancing.plan import LEAST_TASKS, plan
from lambdas.rebalancing.proposals import Act, ServiceTasks
from tests.lambdas.rebalancing.scene import SMALL, Scene, some_settings
from tests.model.api import survived
from tests.model.services import STEP_S

SETTINGS = some_settings(moves={"services": 2, "timeout_s": 240, "cooldown_s": 60}, percent=20)
QUIET = 40
"""Minutes without a fault after which all has come to rest: each move takes four of them, with its cooldown."""

FAULTS = st.one_of(
    st.tuples(st.sampled_from(["before", "after", "throttle"]), st.integers(0, 30)),
    st.tuples(st.sampled_from(["stale", "partial", "lost", "twice", "overtaken"]), st.just(0)),
    st.tuples(st.just("scaled"), st.integers(1, 14)),
)


class Storm(Scene):
    """One world, what goes wrong in it, and what must hold at every step."""

    def __init__(self, stacks, instances, seed):
        sizes = {f"s{index}": SMALL for index in range(len(stacks))}
        super().__init__(sizes, instances, SETTINGS, seed=seed)
        for name, counts in zip(sizes, stacks, strict=True):
            self.stack(name, *counts)
        self.wanted = dict(self.world.tasks_wanted)
        self.scaled_now = frozenset[str]()
        """Services that somebody has just scaled out: their tasks start."""
        self.most = max(LEAST_TASKS, SETTINGS.disruption.most(sum(self.wanted.values())))

    def minute(self, *faults):
        # ECS has no conditional write: a change within the moment that its answer is old can not be seen by anybody.
        kinds = {kind for kind, _ in faults}
        for kind, at in faults:
            if kind != "stale" or "scaled" not in kinds:
                self._wrong(kind, at)
        if "lost" not in (kind for kind, _ in faults):
            self._survived(None)
        for _ in range(60 // STEP_S):
            self.world.advance(STEP_S)
            self._holds()

    def _holds(self):
        wanted = self.world.tasks_wanted
        surge = {name: wanted[name] - count for name, count in self.wanted.items()}
        assert all(each >= 0 for each in surge.values()), surge
        assert sum(surge.values()) <= self.most
        assert len(self.world.going_on()) <= SETTINGS.moves.services
        for name, count in self.wanted.items():
            assert self.world.serving(name) >= count or name in self.scaled_now
        self.scaled_now = frozenset(each for each in self.scaled_now if self.world.serving(each) < self.wanted[each])

    def _wrong(self, kind, at):
        """One thing that goes wrong, before the run of the minute."""
        if kind in ("before", "after", "throttle"):
            self._survived((at, kind))
        elif kind in ("stale", "partial"):
            setattr(self.api, kind, True)
            self._survived((-1, kind))
            setattr(self.api, kind, False)
        elif kind == "twice":
            self._survived(None)
        elif kind == "overtaken":
            self._overtaken()
        elif kind == "scaled":
            name = sorted(self.wanted)[at % len(self.wanted)]
            if f"during:{at} " in self.world.tags[name].get(MOVE, ""):
                return  # the very count that the move has set: nothing that anybody could see
            self.wanted[name] = self.world.tasks_wanted[name] = at
            self.scaled_now = self.scaled_now | {name}

    def _overtaken(self):
        """One run decides, another one and a few seconds come between, and then it acts."""
        reader = Reader(aws=self.aws, more=self.more, cluster="prod", known=self.known)
        made = plan(observe(self.aws, self.settings), self.settings, self.world.now, reader)
        self._survived(None)
        self.world.advance(STEP_S)
        late = [each.proposal.action for each in made.decisions if isinstance(each.proposal, Act)]
        act(self.aws.ecs, "prod", late, lambda: 90.0)

    def _survived(self, fault):
        survived(self.api, fault, self.run)

    def left(self, name):
        """Tasks that stand on too full an instance, as the controller counts them."""
        reader = Reader(aws=self.aws, more=self.more, cluster="prod", known=self.known)
        seen = observe(self.aws, self.settings)
        (service,) = [each for each in seen.services if each.name == name]
        arns = frozenset(each.definition_arn for each in service.live_deployments)
        stands = layout(reader(seen, (TaskDefinitions(arns=arns), ServiceTasks(services=frozenset({name})))), service)
        assert stands is not None
        return stands.misplaced


@st.composite
def storms(draw):
    instances = draw(st.integers(2, 6))
    counts = st.lists(st.integers(0, 3), min_size=instances, max_size=instances)
    return Storm(draw(st.lists(counts, min_size=1, max_size=3)), instances, draw(st.integers(0, 99)))


@settings(deadline=None, max_examples=40)
@given(storms(), st.lists(st.lists(FAULTS, max_size=2), max_size=12))
def test_whatever_happens_every_count_is_what_somebody_wanted_and_tasks_end_even(storm, minutes):
    for faults in minutes:
        storm.minute(*faults)
    for _ in range(QUIET):
        storm.minute()
    assert storm.world.tasks_wanted == storm.wanted
    assert not storm.world.going_on()
    for name, count in storm.wanted.items():
        assert count <= 1 or storm.left(name) == 0, storm.world.counts(name)
