"""Both controllers in one world: what one of them orders, the other one carries out."""

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
CAPACITY = some_settings(shrink={"hold_s": 300, "disruption_percent": 25})
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


def test_a_load_that_comes_and_goes_is_followed_and_no_task_ends_with_its_instance():
    both = Both({"web": LARGE}, {"web": 4}, 3)
    both.world.tasks_wanted["web"] = 12
    both.minutes(6)
    assert (both.world.size, sum(both.world.waiting().values())) == (7, 0)  # 12 and a headroom of 2, two on each
    both.world.tasks_wanted["web"] = 4
    for each in [one for one in both.world.work.values() if one.desired == "RUNNING"][4:]:
        both.world.stop(each)
    both.minutes(30)
    assert (both.world.size, sum(both.world.waiting().values())) == (4, 0)  # 4, the headroom, and a margin of 1
    ended = {(kind, by) for _, kind, by in both.world.ended if by != "test"}
    assert ended == {("launch", "controller"), ("terminate", "controller")}
    assert both.world.wrong == []


def test_a_zone_fails_and_the_group_refills_in_the_others_with_the_same_size():
    both = Both({"web": LARGE}, {"web": 10}, 6)
    both.world.closed_zones = {"a"}
    for each in both.world.serving_members():
        if each.zone == "a":
            both.world.lose(each)
    both.world.advance(STEP_S)
    assert both.world.waiting()["web"] > 0
    both.minutes(10)
    assert (both.world.size, both.zones(), sum(both.world.waiting().values())) == (6, {"a": 0, "b": 3, "c": 3}, 0)
    assert both.api.published["AtMaximum"] == both.api.published["StuckTasks"] == 0
    assert [each.status for each in both.world.members.values() if each.machine == "terminated"] == [None, None]
    assert both.world.wrong == []
