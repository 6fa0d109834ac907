"""The rebalancing controller in the world of the model, minute by minute."""

import contextlib

from lambdas.rebalancing.run import run
from lambdas.rebalancing.settings import Disruption, DryRun, Moves, Settings, Target
from tests.lambdas.transport import fake_clients, fake_service_clients
from tests.model.api import Crash
from tests.model.moves import MovesApi, MovesWorld
from tests.model.services import STEP_S

TARGET = Target(
    cluster="prod", group_prefix="prod-instances-", switch_parameter="/switch", next_look_parameter="/next-look"
)
SMALL = (128, 256)
LARGE = (1024, 2000)


def some_settings(*, moves=None, percent=50, quiet=()) -> Settings:
    """Each service is looked at in every minute, and half of the tasks may be moved at a time."""
    return Settings(
        target=TARGET,
        dry_run=DryRun(parameter="/dry-run"),
        moves=Moves(**({"look_minutes": 1} | (moves or {}))),
        disruption=Disruption(percent=percent, quiet=quiet),
    )


class Scene:
    """One world, and the controller's runs in it."""

    def __init__(self, sizes, instances, settings=None, seed=0):
        self.world = MovesWorld(sizes, dict.fromkeys(sizes, 0), instances, seed=seed)
        self.api = MovesApi(self.world)
        self.aws, self.more = fake_clients(self.api), fake_service_clients(self.api)
        self.settings = settings or some_settings()
        self.known = {}
        self.least = {}
        """By service: the fewest tasks that ran at any look of a minute, less those that it wants."""

    def stack(self, name, *counts):
        """Put so many tasks of a service on the first instance, the second, and so on."""
        for member, count in zip(self.world.serving_members(), counts, strict=False):
            for _ in range(count):
                self.world.put(name, member)

    def run(self):
        return run(self.aws, self.more, self.settings, self.world.now, self.known, lambda: 90.0)

    def set(self, *, settings=None, dry_days=None):
        """What somebody changes meanwhile."""
        self.settings = settings or self.settings
        if dry_days is not None:
            self.world.dry_days, self.world.dry_since = dry_days, self.world.now

    def crash(self, at, kind):
        """Run minute by minute until the call of this number, and die there."""
        self.api.fault, self.api.count = (at, kind), 0
        while self.api.count <= at:
            try:
                self.minutes(1)
            except Crash:
                break
        self.api.fault = None

    def crash_at(self, operation):
        """Run, and die when this is called."""

        def die():
            raise Crash

        self.api.meanwhile[operation] = die
        with contextlib.suppress(Crash):
            self.run()

    def minutes(self, count=1):
        for _ in range(count):
            self.run()
            for _ in range(60 // STEP_S):
                self.world.advance(STEP_S)
                self._note()

    def _note(self):
        for name in self.world.tasks_wanted:
            self.least[name] = min(self.least.get(name, 10**6), self.world.serving(name))

    def reasons(self, done=None):
        """What was decided, by service."""
        return {each.service: each.proposal.reason for each in (done or self.run()).planned.decisions}

    def calls(self, operation):
        return sum(each.endswith(f":{operation}") for each in self.api.calls)
