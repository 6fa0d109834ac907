"""The capacity controller in the world: AWS throttles, forgets, shows old answers; runs die, overlap and come twice.

Whatever happens: under a steady load the size comes to rest, is never larger than what the load explains, and what
waits is named by a metric.
"""

from collections import Counter
from itertools import pairwise
from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.capacity.act import act
from lambdas.capacity.observe import Reader, observe
from lambdas.capacity.plan import plan
from lambdas.capacity.proposals import Act
from lambdas.capacity.run import run
from tests.lambdas.capacity.clusters import some_settings
from tests.lambdas.transport import fake_clients
from tests.model.api import survived
from tests.model.services import CPU, INTERFACES, MEMORY, ServiceApi, ServiceWorld

HEADROOM = 2
SETTINGS = some_settings(grow={"headroom_tasks": HEADROOM}, shrink={"hold_s": 300}, disruption={"percent": 25})
NAMED = ("UnplacedTasks", "UnplaceableTasks", "StuckTasks")
REST = 45
"""Minutes without a change that count as rest: what is stuck is tried again after 40."""
QUIET = 120
"""Minutes within which it comes: some for each instance that may be too many."""

SIZES = st.sampled_from([(256, 500), (512, 1000), (1024, 1000), (512, 3500), (2048, 7000), (256, 9000)])
FAULTS = st.one_of(
    st.tuples(st.sampled_from(["before", "after", "throttle"]), st.integers(0, 30)),
    st.tuples(st.sampled_from(["stale", "partial", "lost", "twice", "overtaken", "dies"]), st.just(0)),
)


class Ecs:
    """One world, the controller's runs in it, and what each published."""

    def __init__(self, sizes, wanted, instances):
        self.world = ServiceWorld(sizes, wanted, instances)
        self.api = ServiceApi(self.world)
        self.aws = fake_clients(self.api)
        self.known, self.lost = {}, 0
        self.most = self.world.size

    def run(self):
        run(self.aws, SETTINGS, self.world.now, self.known)

    def minute(self, *faults):
        for kind, at in faults:
            self._wrong(kind, at)
        if "lost" not in (kind for kind, _ in faults):
            self._survived(None)
        self.world.advance(60)
        self.most = max(self.most, self.world.size)

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
        elif kind == "dies":
            self._dies()

    def _overtaken(self):
        """One run decides, another one and a few seconds come between, and then it acts."""
        reader = Reader(aws=self.aws, settings=SETTINGS, now=self.world.now, known=self.known)
        decided = plan(observe(self.aws, SETTINGS), SETTINGS, self.world.now, reader).proposal
        self._survived(None)
        self.world.advance(10)
        if isinstance(decided, Act):
            act(self.aws, decided.action)

    def _dies(self):
        serving = [each for each in self.world.members.values() if each.state == "InService"]
        if serving:
            self.lost += 1
            self.world.lose(serving[0])

    def _survived(self, fault):
        survived(self.api, fault, self.run)


@st.composite
def worlds(draw):
    sizes = {f"s{index}": size for index, size in enumerate(draw(st.lists(SIZES, min_size=1, max_size=3)))}
    wanted = {name: draw(st.integers(0, 12)) for name in sizes}
    return Ecs(sizes, wanted, draw(st.integers(0, 8)))


def fit(size):
    """Tasks of a size that an empty instance takes."""
    return min(CPU // size[0], MEMORY // size[1], INTERFACES)


def explained(ecs):
    """Instances if every service, and the headroom of every size, had its own, as often as smaller tasks take them.

    ECS spreads: what was ordered for large tasks is taken by smaller ones first, and is ordered again once they have
    places; and what leaves a lost instance may take the room of as many large ones.
    """
    own = Counter()
    for name, size in ecs.world.sizes.items():
        if fit(size):
            own[size] += ceil(ecs.world.tasks_wanted[name] / fit(size))
    for size in {*own, (SETTINGS.floor.cpu_units, SETTINGS.floor.memory_mib)}:
        own[size] += ceil(HEADROOM / fit(size))
    found = smaller = 0
    for rank, size in enumerate(sorted(own, key=fit, reverse=True)):
        found += own[size] + min(rank * own[size], smaller)
        smaller += sum(n for name, n in ecs.world.tasks_wanted.items() if ecs.world.sizes[name] == size)
    return found + ecs.lost * max(fit(each) for each in own)


@settings(max_examples=30)
@given(worlds(), st.lists(st.lists(FAULTS, max_size=3), max_size=15))
def test_under_a_steady_load_the_size_comes_to_rest_and_what_waits_is_named(ecs, minutes):
    began = ecs.world.size
    for faults in minutes:
        ecs.minute(*faults)
    # Beside what is explained, what was there in the beginning: small tasks may keep it from large ones.
    assert ecs.most <= began + explained(ecs)
    sizes = []
    while len(sizes) < REST or len(set(sizes[-REST:])) > 1:
        assert len(sizes) < QUIET, sizes
        waits = sum(ecs.world.waiting().values())
        ecs.minute()
        sizes.append(ecs.world.size)
        assert not waits or sum(ecs.api.published[each] for each in NAMED) > 0
    fallen = next((at for at, (one, other) in enumerate(pairwise(sizes)) if other < one), len(sizes))
    assert sizes[fallen:] == sorted(sizes[fallen:], reverse=True), "a removal called for an instance"
    assert all(not count or not fit(ecs.world.sizes[name]) for name, count in ecs.world.waiting().items())
    assert ecs.most <= began + explained(ecs)


def test_the_world_and_the_api_are_those_of_the_other_controller():
    ecs = Ecs({"web": (512, 1000)}, {"web": 8}, 2)
    assert ecs.world.waiting() == {"web": 0}
    ecs.world.tasks_wanted["web"] = 20
    ecs.world.advance(10)
    assert ecs.world.waiting() == {"web": 12}
    ecs.minute()
    assert ecs.api.published["UnplacedTasks"] == 12
    assert ecs.world.size == 6  # 20 tasks and a headroom of 2, four on each
    for _ in range(5):
        ecs.minute()
    assert (ecs.world.waiting()["web"], ecs.world.size) == (0, 6)


def test_what_tasks_that_waited_together_took_from_one_is_ordered_again():
    ecs = Ecs(
        {"small": (256, 500), "large": (1024, 1000), "late": (1024, 1000)}, {"small": 4, "large": 4, "late": 1}, 0
    )
    for _ in range(10):
        ecs.minute()
        assert ecs.api.published["StuckTasks"] == 0
    assert (ecs.world.waiting().total(), ecs.world.size) == (0, 6)
