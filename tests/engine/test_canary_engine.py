"""A service that shifts traffic, through the real engine: each step is seen, an alarm takes it back, `up` leaves it."""

from __future__ import annotations

import shutil
import threading
import time

import pytest

from tests.engine.workspace import ROOT, Workspace

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("canary-engine")]

PACK = ("--policy-pack", str(ROOT / "policies"), "--policy-pack-config",
        str(ROOT / "policies" / "config" / "development.json"))  # fmt: skip
IMAGE = f"registry.example.com/shop@sha256:{'a' * 64}"
STEPWISE, SHIFTED = "Deployment()", "Deployment(shift=Canary(percent=10, canary_bake_minutes=8, test_header='x-test'))"
PROGRAM = f"""\
from infra import Canary, Deployment, Platform, Route, Service, ServiceArgs

image = "{IMAGE}"
shop = Service(
    "shop",
    ServiceArgs(
        platform=Platform.of("organization/ecs-platform/dev"),
        image=image,
        port=8080,
        route=Route(path="/shop*", priority=4000),
        deployment={SHIFTED},
    ),
)
"""
SLOW = "0.1"
"""A minute of baking lasts 0.3 s: eight of them are long enough to be seen."""


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """A platform, and an application with one service beside it."""
    folder = tmp_path_factory.mktemp("canary")
    platform = Workspace.of(folder)
    assert platform.in_sandbox("start", EMULATOR_STOP_SCALE=SLOW).code == 0
    platform.succeeds("stack", "init", "dev")
    platform.up()
    (folder / "application").mkdir()
    shop = Workspace(Workspace.of(folder / "application").folder, platform.sandbox)
    shop.edit("Pulumi.yaml", "name: ecs-platform", "name: shop")
    shutil.copy(ROOT / "examples" / "shop" / "Pulumi.dev.yaml", shop.folder)
    (shop.folder / "__main__.py").write_text(PROGRAM)
    shop.succeeds("stack", "init", "dev")
    with shop.edited("__main__.py", SHIFTED, STEPWISE):
        shop.up(*PACK)
    yield platform, shop
    platform.in_sandbox("wipe")


@pytest.fixture(scope="module")
def prepared(stage) -> str:
    """What the two updates say that make a service shift which was deployed step by step."""
    return stage[1].up(*PACK) + stage[1].up(*PACK)


@pytest.fixture
def shop(stage, prepared) -> Workspace:
    """`dev` of the application stands, and its service shifts traffic."""
    assert prepared
    return stage[1]


class Rules:
    """The rules of the service, as the load balancer has them."""

    def __init__(self, space: Workspace):
        self.elb = space.client("elbv2")
        groups = self.elb.describe_target_groups()["TargetGroups"]
        self.groups = [one["TargetGroupArn"] for one in groups if one["TargetGroupName"].startswith("shop-")]

    def weights(self, *, test: bool = False) -> list[int]:
        """Those of the target groups that have tasks, and of the other one, of the rule for test traffic or not."""
        (balancer,) = self.elb.describe_load_balancers()["LoadBalancers"]
        (listener,) = self.elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
        for rule in self.elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]:
            fields = {one["Field"] for one in rule["Conditions"]}
            if "path-pattern" in fields and ("http-header" in fields) == test:
                held = {
                    one["TargetGroupArn"]: one["Weight"] for one in rule["Actions"][0]["ForwardConfig"]["TargetGroups"]
                }
                return [held[arn] for arn in self.groups]
        raise AssertionError("no such rule")


def seen_during(space: Workspace, run) -> list[tuple[int, ...]]:
    """The different weights of the production rule, in their order, while something runs."""
    rules, found, done = Rules(space), [], threading.Event()

    def look():
        while not done.is_set():
            weights = tuple(rules.weights())
            if found[-1:] != [weights]:
                found.append(weights)
            time.sleep(0.2)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        run()
    finally:
        done.set()
        thread.join()
    return found


def other_image(letter: str) -> tuple[str, str, str]:
    return "__main__.py", "image = ", f"image = 'registry.example.com/shop@sha256:{letter * 64}' or "


def test_a_deployed_service_is_replaced_step_by_step_once_more_and_keeps_to_a_shift_then(shop, prepared):
    assert prepared.count("replaces tasks step by step once more") == 2  # among the lines, and at the end
    shop.succeeds("preview", "--stack", "dev", "--expect-no-changes")
    with shop.edited("__main__.py", SHIFTED, STEPWISE):
        refused = shop.pulumi("preview", "--stack", "dev")
    assert refused.code != 0
    assert "keep a shift" in refused.text
    assert "Traceback" not in refused.text


def test_another_image_gets_its_part_first_and_stays_where_it_is(shop):
    before = tuple(Rules(shop).weights())
    with shop.edited(*other_image("b")):
        seen = seen_during(shop, lambda: shop.up(*PACK))
        after = tuple(Rules(shop).weights())
        first, second = (one.index(100) for one in (before, after))
        assert first != second
        part = tuple(90 if place == first else 10 for place in range(2))
        assert seen == [before, part, after]
        assert tuple(Rules(shop).weights(test=True)) == after
        shop.succeeds("up", "--stack", "dev", "--yes", "--skip-preview", "--expect-no-changes")
        shop.succeeds("refresh", "--stack", "dev", "--yes", "--skip-preview")
        shop.succeeds("up", "--stack", "dev", "--yes", "--skip-preview", "--expect-no-changes")
        # What is changed beside the weights leaves them alone, too.
        with shop.edited("__main__.py", "priority=4000", "priority=4000, methods=['GET']"):
            shop.up(*PACK)
            assert tuple(Rules(shop).weights()) == after
        shop.up(*PACK)
        assert tuple(Rules(shop).weights()) == after
    shop.up()


def test_an_alarm_takes_the_requests_back_and_up_fails(shop):
    before = tuple(Rules(shop).weights())
    cloudwatch = shop.client("cloudwatch")
    alarms = [one["AlarmName"] for one in cloudwatch.describe_alarms()["MetricAlarms"]]
    (errors,) = [name for name in alarms if name.startswith("shop-target-group-alternate-errors")]
    rules, done = Rules(shop), []

    def fail():
        while tuple(rules.weights()) == before and not done:
            time.sleep(0.1)
        cloudwatch.set_alarm_state(AlarmName=errors, StateValue="ALARM", StateReason="a test")

    thread = threading.Thread(target=fail)
    thread.start()
    with shop.edited(*other_image("c")):
        failed = shop.pulumi("up", "--stack", "dev", "--yes", "--skip-preview")
        done.append(True)
        thread.join()
    assert failed.code != 0
    assert errors in failed.text
    assert tuple(rules.weights()) == before
    cloudwatch.set_alarm_state(AlarmName=errors, StateValue="OK", StateReason="a test")
    shop.up()
    shop.succeeds("preview", "--stack", "dev", "--expect-no-changes")
