"""Which instance may go, as tables: an instance has 4 slots for the floor of 512 CPU units and 1,000 MiB."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lambdas.capacity import scale_in
from lambdas.capacity.actions import ScaleIn
from lambdas.capacity.proposals import (
    ServiceHosts,
    SurplusHistory,
    TaskDefinitions,
    TaskProtection,
    TasksOn,
)
from lambdas.capacity.reasons import Reason
from lambdas.capacity.settings import Floor
from lambdas.cluster.services import Constraint
from lambdas.cluster.snapshot import Refresh
from tests.lambdas.capacity.clusters import (
    NOW,
    a_definition,
    a_group,
    a_history,
    a_member,
    a_service,
    a_snapshot,
    an_instance,
    asked,
    decided,
    tasks_on,
)


def idle(count=3, **changes):
    """Instances in as many zones, all empty, and a surplus that has been there for long."""
    return a_snapshot(
        [an_instance(number) for number in range(count)],
        **({"surplus": a_history(), "tasks": {f"ci-{number}": () for number in range(count)}} | changes),
    )


def only_the_first_may_go(count):
    others = [a_member(number, protected_from_scale_in=True) for number in range(1, count)]
    return a_group([a_member(0), *others])


def batch(snapshot, **changes):
    action = decided(snapshot, **changes).action
    assert action is None or isinstance(action, ScaleIn)
    return action.instance_ids if action else ()


def removed(snapshot, **changes):
    return ",".join(batch(snapshot, **changes)) or None


def test_an_idle_instance_goes_once_the_surplus_was_held():
    assert removed(idle()) == "i-0"
    for history in ((), a_history(minutes=5), a_history(0.0), (*a_history(), replace(a_history()[3], value=0.0))):
        assert decided(idle(surplus=history)).reason == Reason.SURPLUS_TOO_RECENT
    assert removed(idle(surplus=()), shrink={"hold_s": 0}) == "i-0"


def test_the_surplus_counts_from_headroom_margin_and_the_slots_of_an_instance():
    # Headroom 2, margin 1, 4 slots: the first instance may go from 7 on.
    assert [decided(idle(count)).values["SurplusInstances"] for count in (1, 2, 3, 4)] == [0, 1, 2, 3]
    assert decided(idle(2), grow={"headroom_tasks": 4}).values["SurplusInstances"] == 0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"group": {"min_size": 3}}, Reason.MINIMUM_REACHED),
        ({"group": {"desired_capacity": 4}}, Reason.INSTANCES_START),
        ({"group": {"suspended_processes": frozenset({"Terminate"})}}, Reason.TERMINATIONS_SUSPENDED),
        (
            {"group": {"instances": (*map(a_member, range(3)), a_member(4, "Terminating:Wait"))}},
            Reason.INSTANCES_LEAVE,
        ),
        ({"group": {"instances": (*map(a_member, range(3)), a_member(4, healthy=False))}}, Reason.INSTANCES_LEAVE),
    ],
)
def test_nothing_goes_while_something_else_moves(changes, reason):
    group = a_group([a_member(number) for number in range(3)], **changes["group"])
    decision = decided(idle(group=group))
    assert (decision.action, decision.reason) == (None, reason)


def test_a_retained_instance_does_not_block():
    group = a_group(
        [a_member(number) for number in range(3)],
        instances=(*map(a_member, range(3)), a_member(4, "Terminating:Retained")),
    )
    assert removed(idle(group=group)) == "i-0"


def test_nothing_goes_during_a_refresh():
    for status, expected in (("InProgress", None), ("Baking", None), ("Successful", "i-0")):
        refresh = Refresh(refresh_id="r", status=status, started=NOW, template=None)
        group = a_group([a_member(number) for number in range(3)], refreshes=(refresh,))
        assert removed(idle(group=group)) == expected


def test_nothing_goes_while_an_instance_drains_or_an_agent_is_away():
    draining = replace(
        idle(), container_instances=(*idle().container_instances, an_instance(7, status="DRAINING", tasks=1))
    )
    assert decided(draining).reason == Reason.INSTANCES_LEAVE
    instances = (*idle(4).container_instances[:3], an_instance(3, agent_connected=False))
    assert decided(replace(idle(4), container_instances=instances)).reason == Reason.AGENT_DISCONNECTED


def test_the_cheapest_to_empty_goes_in_the_zone_that_has_most():
    # Zone a has 0 and 3, the others one each; 1 is idle but in a zone with one.
    instances = [an_instance(0, cpu=1024, memory=6000, tasks=2), an_instance(1), an_instance(2)]
    instances.append(an_instance(3, cpu=1536, memory=7000, tasks=1))
    tasks = {each.arn: tasks_on(each, web=each.running_tasks) for each in instances}
    snapshot = a_snapshot(instances, [a_service(desired=3, running=3)], surplus=a_history(), tasks=tasks)
    assert removed(snapshot) == "i-3"


@pytest.mark.parametrize(
    ("held_back", "why"),
    [
        ({"protection": {"ci-0/web/0": True}}, Reason.PROTECTED_TASK),
        ({"tasks": "standalone"}, Reason.STANDALONE_TASK),
        ({"tasks": "undefined"}, Reason.UNKNOWN_DEFINITION),
        ({"tasks": "foreign"}, Reason.UNKNOWN_SERVICE),
    ],
    ids=["protected", "standalone", "no definition", "unknown service"],
)
def test_an_instance_with_tasks_that_must_not_move_stays(held_back, why):
    instances = [an_instance(0, cpu=1536, memory=7000, tasks=1), an_instance(1), an_instance(2)]
    task = tasks_on(instances[0], web=1)[0]
    kinds = {
        "standalone": replace(task, group="family:web"),
        "undefined": replace(task, definition_arn=""),
        "foreign": replace(task, group="service:gone"),
    }
    found = {"ci-0": (kinds.get(held_back.get("tasks"), task),)}
    group = only_the_first_may_go(3)
    snapshot = a_snapshot(
        instances,
        [a_service(desired=1, running=1)],
        group=group,
        surplus=a_history(),
        tasks=found,
        protection=held_back.get("protection", {}),
    )
    decision = decided(snapshot)
    assert (decision.action, decision.reason, decision.details) == (None, why, {"instance_id": "i-0"})
    assert removed(replace(snapshot, tasks={"ci-0": (task,)}, protection={})) == "i-0"


def test_an_instance_that_is_protected_from_scale_in_stays():
    group = a_group([a_member(0, protected_from_scale_in=True), a_member(1), a_member(2)])
    assert removed(idle(group=group)) == "i-1"


def test_daemons_and_tasks_that_have_stopped_hold_nothing():
    instances = [an_instance(0, tasks=1), an_instance(1, tasks=1), an_instance(2, tasks=1)]
    agent, web = tasks_on(instances[0], agent=1, web=1)
    tasks = {"ci-0": (agent, replace(web, last_status="STOPPED"))}
    daemon = a_service("agent", desired=3, running=3, daemon=True)
    definitions = [a_definition("agent", cpu=1, memory=6, network_mode="host")]
    snapshot = a_snapshot(instances, [daemon], definitions, surplus=a_history(), tasks=tasks)
    assert removed(replace(snapshot, groups=(only_the_first_may_go(3),))) == "i-0"


def test_a_distinct_task_moves_only_to_an_instance_without_one():
    instances = [an_instance(number, cpu=1536, memory=7000, tasks=1) for number in range(3)]
    tasks = {each.arn: tasks_on(each, web=1) for each in instances}
    service = a_service(desired=3, running=3, constraints=(Constraint(kind="distinctInstance"),))
    snapshot = a_snapshot(instances, [service], surplus=a_history(), tasks=tasks)
    assert ServiceHosts(services=frozenset({"web"})) in asked(snapshot)
    everywhere = replace(snapshot, hosts={"web": frozenset({"ci-0", "ci-1", "ci-2"})})
    assert decided(everywhere).reason is Reason.TASKS_DO_NOT_FIT
    assert decided(everywhere).details == {"instance_id": "i-2"}
    spare = an_instance(3)
    wider = replace(
        everywhere,
        groups=(a_group([*map(a_member, range(3)), a_member(3, protected_from_scale_in=True)]),),
        container_instances=(*instances, spare),
        tasks={"ci-0": tasks["ci-0"]},
    )
    assert removed(wider) == "i-0"


def test_an_instance_stays_if_its_tasks_could_break_up_the_headroom():
    # A large task fits once on each instance. Packed or spread, the small ones cost one place, or none where one
    # instance has more room than the others; but each of them could spoil another instance.
    large = Floor(cpu_units=2048, memory_mib=2000)
    instances = [an_instance(0, cpu=1536, memory=7600, tasks=8), *(an_instance(n) for n in range(1, 7))]
    instances.append(an_instance(7, cpu=4000, memory=16000))
    snapshot = a_snapshot(
        instances,
        [a_service("small", desired=8, running=8)],
        [a_definition("small", cpu=64, memory=50)],
        group=only_the_first_may_go(8),
        surplus=a_history(),
        tasks={"ci-0": tasks_on(instances[0], small=8)},
    )
    assert decided(snapshot, floor=large).reason is Reason.HEADROOM_AT_RISK
    few = replace(snapshot, tasks={"ci-0": tasks_on(instances[0], small=2)})
    assert removed(few, floor=large) == "i-0"


def test_tasks_that_wait_count_as_if_they_were_there():
    # Two instances are left with 8 slots, 3 of which are headroom and margin: 5 tasks may wait, not 6.
    assert removed(idle(services=[a_service(desired=5)])) == "i-0"
    decision = decided(idle(services=[a_service(desired=6)]))
    assert (decision.action, decision.values["UnmetTasks"]) == (None, 0)
    assert decision.reason is Reason.TASKS_DO_NOT_FIT


def test_tasks_are_looked_at_only_when_an_instance_may_go():
    unread = idle(tasks={})
    assert asked(unread) == [TasksOn(container_instance_arns=("ci-0", "ci-1", "ci-2"))]
    assert asked(replace(unread, surplus=None)) == [SurplusHistory()]
    assert asked(replace(unread, surplus=None), shrink={"hold_s": 0}) == asked(unread)
    assert asked(replace(unread, surplus=())) == []
    assert asked(idle(1, surplus=None, tasks={})) == []
    (many,) = asked(idle(60, tasks={}))
    assert len(many.container_instance_arns) == 20  # the cheapest, and as many of the others by turns


def test_of_the_tasks_that_would_move_everything_is_asked_at_once_and_of_daemons_nothing():
    web, old, agent, alone = tasks_on(an_instance(0), web=1, old=1, agent=1, alone=1)
    tasks = {"ci-0": (web, replace(old, group="service:web"), agent, replace(alone, group="family:alone"))}
    instances = [an_instance(0, tasks=4), an_instance(1), an_instance(2)]
    service = a_service(desired=2, running=2, constraints=(Constraint(kind="distinctInstance"),))
    daemon = a_service("agent", desired=1, running=1, daemon=True)
    snapshot = a_snapshot(
        instances, [service, daemon], group=only_the_first_may_go(3), surplus=a_history(), tasks=tasks
    )
    assert asked(snapshot) == [
        TaskDefinitions(arns=frozenset({"td-old"})),
        ServiceHosts(services=frozenset({"web"})),
        TaskProtection(task_arns=frozenset({"ci-0/web/0", "ci-0/old/0"})),
    ]


def test_nothing_goes_while_services_count_tasks_that_no_instance_shows():
    assert decided(idle(services=[a_service(desired=1, running=1)])).reason == Reason.COUNTS_DISAGREE


def test_the_last_instance_of_another_zone_stays_where_a_zone_may_be_lost():
    # Whichever of the two went, the task would be in the only zone that is left.
    instances = [an_instance(3, cpu=1536, memory=7000, tasks=1), an_instance(4)]
    snapshot = a_snapshot(
        instances,
        [a_service(desired=1, running=1)],
        group=a_group([a_member(each) for each in instances], zones=("a", "b")),
        surplus=a_history(),
        tasks={"ci-3": tasks_on(instances[0], web=1), "ci-4": ()},
    )
    assert removed(snapshot, grow={"headroom_tasks": 0, "zone_loss": True}) is None
    assert removed(snapshot, grow={"headroom_tasks": 0}) == "i-4"


def many(busy, count=60, **changes):
    """Instances of which the first hold a standalone task each, and the others two of a service; there is room."""
    standalone = [an_instance(number, cpu=1536, memory=7000, tasks=1) for number in range(busy)]
    others = [an_instance(number, cpu=1024, memory=6000, tasks=2) for number in range(busy, count)]
    alone = {each.arn: (replace(tasks_on(each, web=1)[0], group="family:web"),) for each in standalone}
    tasks = alone | {each.arn: tasks_on(each, web=2) for each in others}
    wanted = 2 * len(others)
    return a_snapshot(
        [*standalone, *others],
        [a_service(desired=wanted, running=wanted)],
        **({"surplus": a_history(30.0), "tasks": tasks} | changes),
    )


def gone(snapshot, **changes):
    return len(batch(snapshot, **changes))


def test_instances_that_are_held_back_do_not_keep_the_others():
    # Thirty cheapest stay; a few of the others are looked at each minute.
    minutes = [NOW + timedelta(minutes=minute) for minute in range(5)]
    batches = [batch(many(30), now=each, shrink={"hold_s": 0}) for each in minutes]
    names = [int(name.removeprefix("i-")) for each in batches for name in each]
    assert sum(map(bool, batches)) >= 2
    assert min(names) >= 30


def test_a_tenth_of_the_instances_goes_at_once_evenly_over_the_zones():
    first = batch(idle(60, surplus=a_history(50.0)))
    assert len(first) == 6
    zones = [int(each.removeprefix("i-")) % 3 for each in first]
    assert sorted(zones) == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize(
    ("least", "percent", "minimum", "expected"),
    [(50, 10, 0, 6), (4, 10, 0, 4), (50, 50, 0, 30), (50, 1, 0, 1), (50, 50, 55, 5), (99, 100, 0, 50)],
)
def test_how_many_go_at_once(least, percent, minimum, expected):
    group = a_group([a_member(number) for number in range(60)], min_size=minimum)
    snapshot = idle(60, surplus=a_history(float(least)), group=group)
    assert gone(snapshot, disruption={"percent": percent}) == expected


def test_a_run_asks_the_model_a_limited_number_of_times(monkeypatch):
    monkeypatch.setattr(scale_in, "MAX_TRIALS", 0)
    assert gone(many(0, 30), disruption={"percent": 100}) == 0


def test_a_batch_leaves_room_for_its_tasks_and_the_headroom():
    # Sixty tasks on thirty instances with four slots each: fifteen full ones, and one for headroom and margin.
    leaving = gone(many(0, 30), disruption={"percent": 100})
    assert 4 * (30 - leaving) >= 60 + 3
    assert leaving >= 7


def test_one_odd_instance_among_many_takes_its_part_of_the_budget_and_stops_nothing():
    snapshot = idle(60, surplus=a_history(50.0))
    odd = {
        "away": an_instance(59, agent_connected=False),
        "drained by a person": an_instance(59, status="DRAINING", tasks=1),
    }
    for each in odd.values():
        assert gone(replace(snapshot, container_instances=(*snapshot.container_instances[:59], each))) == 5
    emptied = an_instance(59, status="DRAINING")
    assert gone(replace(snapshot, container_instances=(*snapshot.container_instances[:59], emptied))) == 6


def test_where_zones_are_uneven_anyway_an_idle_instance_of_a_smaller_one_goes():
    # Zone a has four with standalone tasks, the others have one and two.
    numbers = [0, 3, 6, 9, 1, 2, 5]
    instances = [an_instance(n, **({"cpu": 1536, "memory": 7000, "tasks": 1} if n % 3 == 0 else {})) for n in numbers]
    tasks = {each.arn: (replace(tasks_on(each, web=1)[0], group="family:web"),) for each in instances[:4]}
    tasks |= {each.arn: () for each in instances[4:]}
    snapshot = a_snapshot(instances, surplus=a_history(), definitions=[a_definition()], tasks=tasks)
    assert removed(snapshot) == "i-2"
    even = [each for each in instances if each.instance_id in ("i-0", "i-3", "i-1", "i-2")]
    assert removed(a_snapshot(even, surplus=a_history(), definitions=[a_definition()], tasks=tasks)) is None


def test_a_thousand_instances_become_three_hundred_in_fifteen_batches():
    size, batches = 1000, 0
    while size > 300:
        size -= gone(idle(size, surplus=a_history(float(size - 300))))
        batches += 1
    assert (size, batches) == (300, 15)
