"""Both controllers in the world of the model, minute by minute."""

from lambdas.capacity.run import run
from lambdas.instances.passes import one_pass
from lambdas.instances.settings import Settings, Target
from tests.lambdas.capacity.clusters import some_settings
from tests.lambdas.transport import fake_clients
from tests.model.services import STEP_S, ServiceApi, ServiceWorld

TARGET = Target(
    cluster="prod", group_prefix="prod-instances-", switch_parameter="/switch", next_look_parameter="/next-look"
)
INSTANCES = Settings(target=TARGET)
CAPACITY = some_settings(shrink={"hold_s": 300}, disruption={"percent": 25})
LARGE = (1024, 2000)


class Both:
    """A minute is one run of the capacity controller and a pass of the instance controller at each step."""

    def __init__(self, sizes, wanted, instances):
        self.world = ServiceWorld(sizes, wanted, instances, alone=False)
        self.api = ServiceApi(self.world)
        self.aws = fake_clients(self.api)
        self.known = {}

    def minutes(self, count):
        for _ in range(count):
            run(self.aws, CAPACITY, self.world.now, self.known)
            for _ in range(60 // STEP_S):
                one_pass(self.aws, INSTANCES, self.world.now)
                self.world.advance(STEP_S)

    def zones(self):
        return {zone: sum(each.zone == zone for each in self.world.serving_members()) for zone in self.world.zones}
