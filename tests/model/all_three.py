"""All three controllers in one world, minute by minute."""

from lambdas.capacity.run import run as run_capacity
from lambdas.instances.passes import one_pass
from lambdas.instances.settings import Settings
from lambdas.rebalancing.run import run as run_rebalancing
from tests.lambdas.capacity.clusters import some_settings as capacity_settings
from tests.lambdas.rebalancing.scene import TARGET, some_settings
from tests.lambdas.transport import fake_clients, fake_service_clients
from tests.model.moves import MovesApi, MovesWorld
from tests.model.services import STEP_S

INSTANCES = Settings(target=TARGET)
CAPACITY = capacity_settings(shrink={"hold_s": 300})
REBALANCING = some_settings(moves={"look_minutes": 3})


class AllThree:
    """A minute is a run of capacity and of rebalancing, and a pass of the instance controller at each step."""

    def __init__(self, sizes, wanted, instances, seed=0):
        self.world = MovesWorld(sizes, wanted, instances, seed=seed, alone=False)
        self.api = MovesApi(self.world)
        self.aws, self.more = fake_clients(self.api), fake_service_clients(self.api)
        self.known = {}
        self.sizes = [self.world.size]

    def minutes(self, count):
        for _ in range(count):
            run_capacity(self.aws, CAPACITY, self.world.now, self.known)
            run_rebalancing(self.aws, self.more, REBALANCING, self.world.now, self.known, lambda: 90.0)
            for _ in range(60 // STEP_S):
                one_pass(self.aws, INSTANCES, self.world.now)
                self.world.advance(STEP_S)
            self.sizes.append(self.world.size)

    def calls(self, operation):
        return sum(each.endswith(f":{operation}") for each in self.api.calls)
