"""The plan on hand-made clusters: what keeps a service where it is, how many tasks move, and which stop."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lambdas.cluster.moves import Move, Phase
from lambdas.cluster.questions import TaskDefinitions, TaskProtection
from lambdas.cluster.services import Constraint, Deployment, Service, Strategy, TaskDefinition
from lambdas.cluster.snapshot import ContainerInstance, Group, Resources, Task
from lambdas.cluster.tags import MOVE
from lambdas.rebalancing.actions import Forget, Lower, Raise
from lambdas.rebalancing.plan import plan
from lambdas.rebalancing.proposals import HealthyTargets, ScalingBounds, ServiceTasks
from lambdas.rebalancing.reasons import Reason
from lambdas.rebalancing.settings import START_S, Disruption, Moves, Settings
from lambdas.rebalancing.snapshot import Bounds, RebalancingSnapshot
from tests.lambdas.rebalancing.scene import some_settings

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = some_settings(percent=100)
ZONES = "abc"
SPREAD = tuple(Strategy(kind="spread", field=each) for each in ("attribute:ecs.availability-zone", "instanceId"))
LONG_AGO = NOW - timedelta(days=3)


def an_instance(number, free=8, **changes):
    """With room for so many tasks of a service; three in a row are in three zones."""
    named = {"ecs.instance-type": "m7g.4xlarge", "ecs.availability-zone": ZONES[number % 3], "ecs.awsvpc-trunk-id": "t"}
    inputs = {
        "arn": f"ci-{number}", "instance_id": f"i-{number}", "status": "ACTIVE", "agent_connected": True,
        "remaining": Resources(cpu_units=128 * free, memory_mib=10**6), "attributes": named,
    }  # fmt: skip
    return ContainerInstance(**(inputs | changes))


def a_service(desired, deployment=None, **changes):
    of = {
        "status": "PRIMARY", "definition_arn": "td", "desired": desired, "running": desired,
        "rollout_state": "COMPLETED", "created": LONG_AGO, "updated": LONG_AGO,
    }  # fmt: skip
    made = Deployment(**(of | (deployment or {})))
    return Service(**({"name": "web", "desired": desired, "deployments": (made,), "strategies": SPREAD} | changes))


def tasks(*counts, **changes):
    """So many on the first instance, the second, and so on; the later ones are newer."""
    hosts = [number for number, count in enumerate(counts) for _ in range(count)]
    return tuple(
        Task(**({
            "arn": f"t-{index}", "container_instance_arn": f"ci-{number}", "group": "service:web",
            "desired_status": "RUNNING", "last_status": "RUNNING", "created": LONG_AGO + timedelta(minutes=index),
            "started": LONG_AGO,
        } | changes))
        for index, number in enumerate(hosts)
    )  # fmt: skip


def decided(service, there, instances, *, settings=SETTINGS, bounds=None, healthy=0, protected=(), **changes) -> Any:
    """What is proposed for the service; every question has an answer."""

    def answer(seen, questions):
        for each in questions:
            match each:
                case ServiceTasks():
                    seen = replace(seen, tasks={"web": there})
                case TaskDefinitions():
                    definition = TaskDefinition(arn="td", cpu_units=128, memory_mib=1, network_mode="awsvpc")
                    seen = replace(seen, definitions={"td": definition})
                case TaskProtection():
                    seen = replace(seen, protection={one.arn: one.arn in protected for one in there})
                case ScalingBounds():
                    seen = replace(seen, bounds={"web": bounds})
                case HealthyTargets(target_groups=arns):
                    seen = replace(seen, healthy=dict.fromkeys(arns, healthy))
        return seen

    groups = (Group(name="g", min_size=0, max_size=9, desired_capacity=0),)
    seen = RebalancingSnapshot(
        **({"groups": groups, "container_instances": tuple(instances), "services": (service,)} | changes)
    )
    return plan(seen, settings, NOW, answer).decisions[0].proposal


def three():
    return [an_instance(number) for number in range(3)]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, Reason.MISPLACED_TASKS),
        ({"daemon": True}, Reason.NOT_MOVABLE),
        ({"rolling": False}, Reason.NOT_MOVABLE),
        ({"maximum_percent": 100}, Reason.NEVER_MORE),
        ({"maximum_percent": 116}, Reason.NEVER_MORE),
        ({"maximum_percent": 117}, Reason.MISPLACED_TASKS),
        ({"deployment": {"running": 5}}, Reason.DEPLOYING),
        ({"deployment": {"pending": 1}}, Reason.DEPLOYING),
        ({"deployment": {"rollout_state": "IN_PROGRESS"}}, Reason.DEPLOYING),
        ({"deployment": {"providers": frozenset({"other"})}}, Reason.INSTANCE_UNAVAILABLE),
    ],
)
def test_what_a_service_is_decides(changes, reason):
    assert decided(a_service(6, **changes), tasks(6, 0, 0), three()).reason is reason


def test_without_a_group_no_move_begins():
    assert decided(a_service(6), tasks(6, 0, 0), three(), groups=()).reason is Reason.NO_GROUP


def test_tasks_go_only_to_instances_of_their_capacity_provider():
    mine = [replace(each, capacity_provider="p") for each in three()]
    service = a_service(6, deployment={"providers": frozenset({"p"})})
    found = decided(service, tasks(6, 0, 0), [*mine, an_instance(3)])
    assert found.action.move.surge == 4
    assert "ci-3" not in found.action.further


@pytest.mark.parametrize(("bounds", "during"), [(None, 10), (Bounds(minimum=1, maximum=8), 8)])
def test_as_many_move_as_are_misplaced_within_the_maximum(bounds, during):
    assert decided(a_service(6), tasks(6, 0, 0), three(), bounds=bounds).action.move.during == during


def test_no_more_start_than_there_is_room_for():
    instances = [an_instance(0), an_instance(1, free=1), an_instance(2, free=0)]
    found = decided(a_service(6), tasks(6, 0, 0), instances)
    assert found.action.further == {"ci-0": 0, "ci-1": 1, "ci-2": 0}


def test_the_least_count_that_helps_most_is_taken():
    """Two instances in zone a, of which one is full: a single task would start in zone c, which has fewest."""
    instances = [an_instance(0), an_instance(1), an_instance(2), an_instance(3)]
    found = decided(a_service(8), tasks(3, 3, 2, 0), instances)
    assert found.action.move.surge == 2  # one in c, and then one in a: zones are equal, and the empty instance is there


def test_a_count_that_would_help_nobody_is_not_raised():
    instances = [an_instance(0), an_instance(1), an_instance(2), an_instance(3)]
    bounds = Bounds(minimum=1, maximum=9)
    assert decided(a_service(8), tasks(3, 3, 2, 0), instances, bounds=bounds).reason is Reason.NO_GAIN


def test_after_a_move_in_vain_nothing_is_left_to_luck():
    vain = Move(
        phase=Phase.ENDED, at=LONG_AGO + timedelta(days=2, hours=12), before=8, during=9, misplaced=1, in_vain=1
    )
    instances = [an_instance(0), an_instance(1), an_instance(2), an_instance(3)]
    found = decided(a_service(8, tags={MOVE: vain.text()}), tasks(3, 3, 2, 0), instances)
    assert (found.action.move.surge, found.action.move.in_vain) == (4, 1)


def test_what_begins_in_the_same_run_counts_on_no_room_twice():
    shape = decided(a_service(6), tasks(6, 0, 0), three()).action.shape
    seen = RebalancingSnapshot(container_instances=(an_instance(0, free=3),)).reserved({"ci-0": 2}, shape)
    assert seen.rooms["ci-0"].cpu_units == 128
    assert seen.rooms["ci-0"].interfaces == RebalancingSnapshot(
        container_instances=(an_instance(0),)
    ).rooms["ci-0"].interfaces - 2  # fmt: skip


def test_of_an_unknown_type_nothing_is_expected():
    odd = [replace(each, attributes={**each.attributes, "ecs.instance-type": "z9.huge"}) for each in three()]
    assert decided(a_service(6), tasks(6, 0, 0), odd).reason is Reason.BALANCED


def test_tasks_that_may_not_share_an_instance_are_not_put_together():
    service = a_service(2, constraints=(Constraint(kind="distinctInstance"),))
    instances = [an_instance(0), an_instance(3), an_instance(6)]  # all of one zone
    assert decided(service, tasks(1, 0, 0, 1, 0, 0)[:2], [an_instance(0), an_instance(3)]).reason is Reason.BALANCED
    assert decided(service, tasks(1, 0, 0, 1), instances).reason is Reason.BALANCED


def raised(phase=Phase.RAISED, ago_s=60, in_vain=0):
    move = Move(phase=phase, at=NOW - timedelta(seconds=ago_s), before=6, during=8, misplaced=4, in_vain=in_vain)
    return {MOVE: move.text()}


def test_the_newest_tasks_of_the_fullest_instances_stop_and_the_others_are_protected():
    found = decided(a_service(8, tags=raised()), tasks(6, 1, 1), three())
    assert isinstance(found.action, Lower)
    assert found.action.stay == ("t-0", "t-1", "t-2", "t-3", "t-6", "t-7")


@pytest.mark.parametrize(
    ("changes", "serves"),
    [
        ({}, True),
        ({"started": NOW - timedelta(seconds=30)}, True),
        ({"started": NOW - timedelta(seconds=29)}, False),
        ({"started": None}, False),
        ({"last_status": "PENDING"}, False),
        ({"health": "HEALTHY"}, True),
        ({"health": "UNHEALTHY"}, False),
    ],
)
def test_others_stop_only_once_all_serve(changes, serves):
    found = decided(a_service(8, tags=raised()), tasks(6, 1, 1, **changes), three())
    assert found.reason is (Reason.FURTHER_TASKS_RUN if serves else Reason.STARTING_TASKS)


def test_where_one_task_is_checked_all_have_to_be_healthy():
    there = tasks(6, 1, 1)
    mixed = (replace(there[0], health="HEALTHY"), *there[1:])
    assert decided(a_service(8, tags=raised()), mixed, three()).reason is Reason.STARTING_TASKS


@pytest.mark.parametrize(("healthy", "reason"), [(7, Reason.STARTING_TASKS), (8, Reason.FURTHER_TASKS_RUN)])
def test_each_target_group_has_to_have_as_many_healthy_targets(healthy, reason):
    service = a_service(8, tags=raised(), target_groups=("tg",))
    assert decided(service, tasks(6, 1, 1), three(), healthy=healthy).reason is reason


def test_a_move_that_is_being_lowered_keeps_its_time():
    found = decided(a_service(8, tags=raised(Phase.LOWERING, ago_s=500)), tasks(6, 1, 1), three())
    assert found.action.move.at == NOW - timedelta(seconds=500)
    late = decided(a_service(8, tags=raised(Phase.LOWERING, ago_s=901)), tasks(6, 1, 1), three())
    assert (late.reason, late.action.late) == (Reason.TOOK_TOO_LONG, True)


def test_in_a_deployment_nothing_is_protected_and_the_count_falls_when_it_is_late():
    service = a_service(8, tags=raised(ago_s=901))
    service = replace(service, deployments=(*service.deployments, replace(service.deployments[0], status="ACTIVE")))
    found = decided(service, tasks(6, 1, 1), three())
    assert (found.reason, found.action.stay, found.action.desired) == (Reason.TOOK_TOO_LONG, (), 6)


@pytest.mark.parametrize(
    ("in_vain", "ago_s", "forgotten"),
    [(0, 119, False), (0, 120, True), (1, 120, False), (1, 86_399, False), (2, 86_400, True)],
)
def test_a_move_is_remembered_as_long_as_it_matters(in_vain, ago_s, forgotten):
    found = decided(a_service(6, tags=raised(Phase.ENDED, ago_s, in_vain)), tasks(2, 2, 2), three())
    assert isinstance(getattr(found, "action", None), Forget) is forgotten


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"services": 0}, "moves services: must be 1 to 100, got 0"),
        ({"look_minutes": 61}, "moves look minutes: must be 1 to 60, got 61"),
        ({"give_up_s": 3599}, "moves give up: must be 3600 to 604800, got 3599"),
        ({"timeout_s": 120, "soak_s": 31}, f"is less than soak 31 s + {START_S} s to start, raise it to 121 s"),
        ({"cooldown_s": 3601, "give_up_s": 3600}, "after which a move is forgotten"),
    ],
)
def test_settings_that_cannot_be_are_refused(changes, words):
    with pytest.raises(ValueError, match=words.replace("+", r"\+")):
        some_settings(moves=changes)


def test_settings_come_back_from_the_environment():
    kept = replace(SETTINGS, moves=Moves(soak_s=7), disruption=Disruption(quiet=("22:00-06:00", "Sat 06:00-22:00")))
    assert Settings.from_environment(kept.environment()) == kept


def test_a_raise_is_told_with_what_it_rests_on():
    found = decided(a_service(6), tasks(6, 0, 0), three())
    assert isinstance(found.action, Raise)
    assert sum(found.action.further.values()) == found.action.move.surge == 4
