"""The decision as tables: an instance has 4 slots for the floor of 512 CPU units and 1,000 MiB, by its CPU."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lambdas.capacity.actions import ScaleOut
from lambdas.capacity.reasons import Reason
from lambdas.capacity.settings import Hardware
from lambdas.cluster.services import Constraint, Deployment
from lambdas.cluster.snapshot import Ec2Instance, Resources
from tests.lambdas.capacity.clusters import (
    NOW,
    a_definition,
    a_group,
    a_member,
    a_service,
    a_snapshot,
    an_instance,
    asked,
    decided,
)


def ordered(snapshot, **changes):
    action = decided(snapshot, **changes).action
    assert action is None or isinstance(action, ScaleOut)
    return action.desired - action.observed if action else 0


def values(snapshot, **changes):
    return decided(snapshot, **changes).values


FULL = {"cpu": 0, "memory": 0, "tasks": 4}


def test_an_empty_cluster_starts_what_the_headroom_takes():
    assert ordered(a_snapshot(), grow={"headroom_tasks": 2}) == 1
    assert ordered(a_snapshot(), grow={"headroom_tasks": 9}) == 3
    assert ordered(a_snapshot(), grow={"headroom_tasks": 0}) == 0


def test_an_empty_cluster_counts_on_93_percent_of_the_memory_less_the_reserve():
    # m7g.large: 8,192 MiB × 0.93 = 7,618; less 256 are 7,362: two tasks of 3,600 MiB, not two of 3,700.
    for memory, instances in ((3600, 2), (3700, 4)):
        service = a_service(desired=4)
        definition = a_definition(memory=memory)
        assert (
            ordered(a_snapshot(services=[service], definitions=[definition]), grow={"headroom_tasks": 0}) == instances
        )


def test_an_instance_that_was_seen_says_what_a_further_one_offers():
    seen = an_instance(1, **FULL)
    service = a_service(desired=8, running=4)
    definition = a_definition(memory=4000)
    assert ordered(a_snapshot([seen], [service], [definition]), grow={"headroom_tasks": 0}) == 2


def test_a_jump_from_2_to_60_tasks_is_one_order():
    instances = [an_instance(1, cpu=1024, memory=6000, tasks=2)]
    service = a_service(desired=60, running=2)
    # 58 wait, 2 fit, and the headroom is 2: 58 more, 4 on each.
    assert ordered(a_snapshot(instances, [service])) == 15


@pytest.mark.parametrize(
    ("free", "expected"),
    [((1024, 2000), 0), ((512, 2000), 1), ((1024, 1999), 1), ((0, 0), 1)],
)
def test_missing_headroom_starts_an_instance(free, expected):
    assert ordered(a_snapshot([an_instance(1, cpu=free[0], memory=free[1], tasks=2)])) == expected


def test_every_task_counts_in_its_own_shape():
    services = [a_service("big", desired=3), a_service("small", desired=8)]
    definitions = [a_definition("big", cpu=1536, memory=2000), a_definition("small", cpu=256, memory=500)]
    # Three instances for the big ones, each of which leaves room for two small ones; two small ones are left.
    assert ordered(a_snapshot(services=services, definitions=definitions), grow={"headroom_tasks": 0}) == 4


def test_network_interfaces_are_counted():
    instances = [an_instance(1, cpu=1536, memory=6000, tasks=9)]
    service = a_service(desired=12, running=9)
    definition = a_definition(cpu=64, memory=100)
    snapshot = a_snapshot(instances, [service], [definition])
    assert values(snapshot)["UnmetTasks"] == 2
    assert ordered(snapshot, grow={"headroom_tasks": 0}) == 1


def test_without_a_trunk_there_are_two_interfaces():
    bare = {name: value for name, value in an_instance(1).attributes.items() if "trunk" not in name}
    snapshot = a_snapshot([an_instance(1, tasks=1, attributes=bare)])
    assert values(snapshot)["SchedulableTasks"] == 1


@pytest.mark.parametrize(
    ("group", "machines", "expected"),
    [
        ({"desired_capacity": 2}, {}, 0),
        ({"desired_capacity": 1}, {}, 1),
        ({"desired_capacity": 2, "instances": (a_member(1), a_member(2, "Pending:Wait"))}, {}, 0),
        ({"desired_capacity": 2, "instances": (a_member(1), a_member(2))}, {}, 1),
        ({"desired_capacity": 2, "instances": (a_member(1), a_member(2))}, {"i-2": 300}, 0),
        ({"desired_capacity": 2, "instances": (a_member(1), a_member(2))}, {"i-2": 601}, 1),
        ({"desired_capacity": 1, "instances": (a_member(1), a_member(2, "Terminating:Wait"))}, {}, 1),
        ({"desired_capacity": 2, "instances": (a_member(1), a_member(2, healthy=False))}, {}, 0),
        ({"desired_capacity": 1, "instances": (a_member(1), a_member(2, "Pending"))}, {}, 1),
        ({"desired_capacity": 2, "instances": (a_member(1, healthy=False), a_member(2, "Pending"))}, {}, 0),
    ],
    ids=[
        "ordered",
        "none",
        "pending",
        "unregistered",
        "young",
        "old",
        "leaving",
        "being replaced",
        "replacing",
        "refilling",
    ],
)
def test_what_is_starting_is_not_ordered_again(group, machines, expected):
    group = a_group([a_member(1)], **group)
    found = {
        name: Ec2Instance(instance_id=name, state="running", launched=NOW - timedelta(seconds=age))
        for name, age in machines.items()
    }
    assert ordered(a_snapshot([an_instance(1, **FULL)], group=group, ec2_instances=found)) == expected


def test_a_starting_instance_that_already_takes_tasks_counts_once():
    group = a_group([a_member(1), a_member(2, "Pending:Wait")])
    snapshot = a_snapshot([an_instance(1, **FULL), an_instance(2, cpu=512, memory=1000)], group=group)
    assert (values(snapshot)["SchedulableTasks"], ordered(snapshot)) == (1, 1)


def test_growth_within_a_minute_is_limited():
    service = a_service(desired=400)
    assert ordered(a_snapshot(services=[service]), grow={"per_minute": 7}) == 7
    group = a_group(desired_capacity=5)
    assert ordered(a_snapshot(services=[service], group=group), grow={"per_minute": 7}) == 2
    pending = a_group([a_member(number, "Pending") for number in range(7)])
    young = {f"i-{n}": Ec2Instance(instance_id=f"i-{n}", state="running", launched=NOW) for n in range(7)}
    old = {name: replace(each, launched=NOW - timedelta(seconds=61)) for name, each in young.items()}
    assert ordered(a_snapshot(services=[service], group=pending, ec2_instances=young), grow={"per_minute": 7}) == 0
    assert ordered(a_snapshot(services=[service], group=pending, ec2_instances=old), grow={"per_minute": 7}) == 7


def test_growth_ends_at_the_maximum_and_says_so():
    snapshot = a_snapshot(services=[a_service(desired=400)], group=a_group(max_size=10))
    assert (ordered(snapshot), values(snapshot)["AtMaximum"]) == (10, 1)
    at_maximum = a_snapshot([an_instance(1, **FULL)], group=a_group([a_member(1)], max_size=1))
    decision = decided(at_maximum)
    assert (decision.action, decision.values["AtMaximum"]) == (None, 1)
    assert values(a_snapshot([an_instance(1)], group=a_group([a_member(1)], max_size=1)))["AtMaximum"] == 0


def test_a_task_larger_than_an_instance_is_an_alarm_and_no_growth():
    service = a_service(desired=3)
    snapshot = a_snapshot([an_instance(1)], [service], [a_definition(cpu=4096)])
    assert ordered(snapshot) == 0
    assert values(snapshot)["UnplaceableTasks"] == 3
    assert values(snapshot)["SchedulableTasks"] == 4
    placed = a_snapshot([an_instance(1)], [a_service(desired=3, running=3)], [a_definition(cpu=4096)])
    assert values(placed)["UnplaceableTasks"] == 1


def test_a_task_for_another_instance_type_is_unplaceable():
    other = Constraint(kind="memberOf", expression="attribute:ecs.instance-type == g5.xlarge")
    snapshot = a_snapshot([an_instance(1)], [a_service(desired=2, constraints=(other,))])
    assert (ordered(snapshot), values(snapshot)["UnplaceableTasks"]) == (0, 2)


def test_a_task_that_is_bound_to_a_zone_waits_for_an_instance_there():
    here = Constraint(kind="memberOf", expression="attribute:ecs.availability-zone == c")
    instances = [an_instance(3), an_instance(4)]  # zones a and b
    snapshot = a_snapshot(instances, [a_service(desired=1, constraints=(here,))])
    assert (values(snapshot)["UnmetTasks"], ordered(snapshot)) == (1, 1)


def test_distinct_tasks_need_an_instance_each():
    service = a_service(desired=4, running=2, constraints=(Constraint(kind="distinctInstance"),))
    instances = [an_instance(number, cpu=1536, memory=7000, tasks=1) for number in (1, 2, 3)]
    hosts = {"web": frozenset({"ci-1", "ci-2"})}
    assert ordered(a_snapshot(instances, [service], hosts=hosts)) == 1


def test_fixed_ports_need_an_instance_each():
    definition = a_definition(network_mode="bridge", tcp_ports=frozenset({80}))
    snapshot = a_snapshot([an_instance(1)], [a_service(desired=3)], [definition])
    assert ordered(snapshot, grow={"headroom_tasks": 0}) == 2


def test_a_service_with_a_fixed_port_on_every_instance_costs_no_idle_ones():
    definition = a_definition(cpu=256, memory=500, network_mode="bridge", tcp_ports=frozenset({80}))
    used = Resources(cpu_units=1792, memory_mib=7500, tcp_ports=frozenset({22, 80}))
    instances = [an_instance(number, tasks=1, remaining=used) for number in range(3)]
    full = a_snapshot(instances, [a_service(desired=3, running=3)], [definition])
    assert (ordered(full), values(full)["SchedulableTasks"]) == (0, 9)
    one_more = a_snapshot(instances, [a_service(desired=4, running=3)], [definition])
    assert ordered(one_more) == 1


def a_deployment(status="PRIMARY", **changes):
    return Deployment(**({"status": status, "definition_arn": "td-web", "updated": NOW, "desired": 8} | changes))


@pytest.mark.parametrize(
    ("deployments", "changes", "waiting"),
    [
        ([a_deployment(running=3, pending=1)], {}, 4),
        ([a_deployment(running=0), a_deployment("ACTIVE", running=8)], {}, 8),
        ([a_deployment(running=2), a_deployment("ACTIVE", running=4)], {}, 6),
        ([a_deployment(running=0), a_deployment("ACTIVE", running=8)], {"maximum_percent": 150}, 4),
        ([a_deployment(running=0), a_deployment("ACTIVE", running=8)], {"maximum_percent": 100}, 0),
        ([a_deployment(running=8), a_deployment("ACTIVE", running=5)], {"rolling": False}, 3),
        ([a_deployment(running=8), a_deployment("INACTIVE", running=5)], {"rolling": False}, 0),
        ([a_deployment(rollout_state="FAILED")], {}, 0),
        ([a_deployment(rollout_state="IN_PROGRESS")], {}, 8),
        ([a_deployment(rollout_state="IN_PROGRESS", updated=NOW - timedelta(seconds=3601))], {}, 0),
        ([a_deployment(rollout_state="COMPLETED", updated=NOW - timedelta(days=9))], {}, 8),
        ([a_deployment()], {"on_instances": False}, 0),
        ([a_deployment()], {"daemon": True}, 0),
        ([a_deployment()], {"status": "DRAINING"}, 0),
        ([a_deployment(running=9)], {}, 0),
    ],
)
def test_a_deployment_wants_what_it_may_start_now(deployments, changes, waiting):
    service = a_service(**({"desired": 8, "deployments": tuple(deployments)} | changes))
    assert values(a_snapshot(services=[service]))["UnplacedTasks"] == waiting


def test_what_another_capacity_provider_places_is_no_demand_here_and_too_large_for_nobody():
    elsewhere = a_deployment(providers=frozenset({"other"}))
    service = a_service(desired=8, deployments=(elsewhere,))
    large = a_definition(cpu=9000)
    for definition in (a_definition(), large):
        found = values(a_snapshot([an_instance(1)], [service], [definition]))
        assert (found["UnplacedTasks"], found["UnplaceableTasks"], found["StuckTasks"]) == (0, 0, 0)
    own = a_snapshot([an_instance(1, capacity_provider="other")], [service])
    assert values(own)["UnplacedTasks"] == 8
    both = replace(service, deployments=(elsewhere, a_deployment(desired=2)))
    assert values(a_snapshot([an_instance(1)], [both]))["UnplacedTasks"] == 2


def test_a_service_at_rest_has_no_part_in_the_headroom():
    definition = a_definition(cpu=2048)
    instances = [an_instance(1, cpu=1536)]
    assert ordered(a_snapshot(instances, [a_service(desired=0)], [definition])) == 0
    assert ordered(a_snapshot(instances, [a_service(desired=1, running=1)], [definition])) == 2


def test_an_agent_that_is_away_counts_for_the_headroom_and_not_for_the_demand():
    away = an_instance(1, agent_connected=False)
    assert values(a_snapshot([away]))["SchedulableTasks"] == 0
    assert ordered(a_snapshot([away])) == 0
    assert ordered(a_snapshot([away], [a_service(desired=1)])) == 1


@pytest.mark.parametrize("status", ["DRAINING", "REGISTERING", "DEREGISTERING", "INACTIVE"])
def test_only_active_instances_have_slots(status):
    assert values(a_snapshot([an_instance(1, status=status)]))["SchedulableTasks"] == 0


def test_the_loss_of_a_zone_can_be_provided_for():
    # Two instances, half full each: either zone's 2 tasks fit into the other. With 3 tasks each they do not.
    for tasks, expected in ((2, 0), (3, 1)):
        instances = [an_instance(n, cpu=CPU_LEFT[tasks], memory=8000 - 1000 * tasks, tasks=tasks) for n in (3, 4)]
        service = a_service(desired=2 * tasks, running=2 * tasks)
        group = a_group([a_member(each) for each in instances], zones=("a", "b"))
        snapshot = a_snapshot(instances, [service], group=group)
        assert ordered(snapshot, grow={"headroom_tasks": 0, "zone_loss": True}) == 2 * expected
        assert ordered(snapshot, grow={"headroom_tasks": 0}) == 0


CPU_LEFT = {2: 1024, 3: 512}


def test_an_instance_of_no_group_counts_while_ec2_says_that_it_runs():
    for state, expected in (("running", 4), ("shutting-down", 0), ("terminated", 0)):
        machines = {"i-1": Ec2Instance(instance_id="i-1", state=state)}
        snapshot = a_snapshot([an_instance(1)], group=a_group(), ec2_instances=machines)
        assert values(snapshot)["SchedulableTasks"] == expected
    assert values(a_snapshot([an_instance(1)], group=a_group()))["SchedulableTasks"] == 0


def test_a_group_that_is_being_deleted_gets_no_order():
    groups = (a_group(name="old", desired_capacity=3, deleting=True), a_group(name="new"))
    snapshot = replace(a_snapshot(services=[a_service(desired=1)]), groups=groups)
    decision = decided(snapshot)
    assert (decision.action.group, decision.values["SeveralGroups"]) == ("new", 0)


def test_of_two_groups_none_is_scaled_and_both_are_named():
    groups = (a_group(name="one", desired_capacity=3), a_group(name="another", max_size=9))
    decision = decided(replace(a_snapshot(services=[a_service(desired=9)]), groups=groups))
    assert (decision.action, decision.reason) == (None, Reason.SEVERAL_GROUPS)
    assert (decision.details, decision.values["SeveralGroups"]) == ({"groups": "another, one"}, 1)


def test_without_a_group_nothing_is_decided():
    decision = decided(replace(a_snapshot(), groups=()))
    assert (decision.action, decision.reason) == (None, Reason.NO_GROUP)
    assert asked(replace(a_snapshot(), groups=())) == []


@pytest.mark.parametrize(("cpu", "memory", "instances"), [(1024, 100, 4), (1, 3600, 4), (1, 100, 1)])
def test_what_a_mixed_group_launches_is_the_least_of_its_types(cpu, memory, instances):
    # c7g.xlarge has 4 vCPU and 8 GiB, r7g.large 2 vCPU and 16 GiB; either takes 2 of the tasks at worst.
    mixed = Hardware(instance_types=("c7g.xlarge", "r7g.large"), trunking=True)
    snapshot = a_snapshot(services=[a_service(desired=8)], definitions=[a_definition(cpu=cpu, memory=memory)])
    assert ordered(snapshot, hardware=mixed, grow={"headroom_tasks": 0}) == instances


@pytest.mark.parametrize(
    ("expression", "count"),
    [
        ("attribute:ecs.instance-type == c7g.xlarge", 1),
        ("attribute:ecs.instance-type != c7g.xlarge", 1),
        ("attribute:ecs.instance-type == m7g.large", 0),
        ("attribute:ecs.instance-type != c7g.xlarge and attribute:ecs.instance-type != r7g.large", 0),
    ],
)
def test_a_task_for_one_of_the_types_of_a_mixed_group_waits_for_it(expression, count):
    mixed = Hardware(instance_types=("c7g.xlarge", "r7g.large"), trunking=True)
    only = Constraint(kind="memberOf", expression=expression)
    snapshot = a_snapshot(services=[a_service(desired=1, constraints=(only,))])
    found = decided(snapshot, hardware=mixed, grow={"headroom_tasks": 0})
    assert (found.values["UnplacedTasks"], found.values["UnplaceableTasks"]) == (count, 1 - count)


def test_an_instance_that_came_with_another_type_does_not_help():
    mixed = Hardware(instance_types=("c7g.xlarge", "r7g.large"), trunking=True)
    only = Constraint(kind="memberOf", expression="attribute:ecs.instance-type == c7g.xlarge")
    coming = a_group([a_member(1, "Pending", instance_type="r7g.large")])
    snapshot = a_snapshot(services=[a_service(desired=1, constraints=(only,))], group=coming)
    assert ordered(snapshot, hardware=mixed, grow={"headroom_tasks": 0}) == 1


def test_a_mixed_cluster_shares_out_its_interfaces_by_estimate():
    # 20 tasks here, half of all tasks have an interface: 10 places are taken, none is left.
    instances = [an_instance(1, tasks=20)]
    services = [a_service("web", desired=20, running=20), a_service("old", desired=20, running=20)]
    definitions = [a_definition("web", 16, 10), a_definition("old", 16, 10, network_mode="bridge")]
    assert values(a_snapshot(instances, services, definitions))["SchedulableTasks"] == 0
    fewer = [an_instance(1, tasks=18)]
    assert values(a_snapshot(fewer, services, definitions))["SchedulableTasks"] == 1


def test_an_unknown_instance_type_is_taken_to_have_interfaces_enough():
    strange = an_instance(1, tasks=50, attributes={"ecs.instance-type": "x9.huge", "ecs.availability-zone": "a"})
    assert values(a_snapshot([strange]))["SchedulableTasks"] == 4


def test_the_inputs_of_the_decision_are_told():
    constraint = Constraint(kind="memberOf", expression="attribute:stack == prod")
    snapshot = a_snapshot([an_instance(1)], [a_service(desired=3, constraints=(constraint,))])
    inputs = decided(snapshot).inputs
    assert inputs["ignored_constraints"] == ("attribute:stack == prod",)
    assert inputs["unplaced"] == {"512 CPU, 1000 MiB, interface": 3}
    assert inputs["shapes"] == {"512 CPU, 1000 MiB, interface": 4}


def rolling_out(**changes):
    deployment = a_deployment(**({"desired": 16, "rollout_state": "IN_PROGRESS"} | changes))
    return a_snapshot([an_instance(1, **FULL)], [a_service(desired=16, deployments=(deployment,))])


def test_patience_ends_growth_for_a_deployment_and_not_its_being_counted_and_named():
    for minutes, unplaced, stuck in ((58, 16, 0), (61, 0, 16)):
        decision = decided(rolling_out(updated=NOW - timedelta(minutes=minutes)))
        assert (decision.values["UnplacedTasks"], decision.values["StuckTasks"]) == (unplaced, stuck)
    assert decision.inputs["stuck"] == [
        "web: 16 of 512 CPU, 1000 MiB, interface, its deployment has waited for longer than its patience"
    ]
    assert values(rolling_out(rollout_state="FAILED"))["StuckTasks"] == 16


def test_tasks_that_fail_are_given_room_for_one_and_named():
    # ECS counts failures until the first task runs; 15 of 16 tasks then wait for something else than room.
    snapshot = rolling_out(failed=3)
    assert ordered(snapshot, grow={"headroom_tasks": 0}) == 1
    assert (values(snapshot)["UnplacedTasks"], values(snapshot)["StuckTasks"]) == (1, 15)
    with_room = replace(snapshot, container_instances=(an_instance(1),))
    assert ordered(with_room, grow={"headroom_tasks": 0}) == 0
    assert ordered(rolling_out(failed=0), grow={"headroom_tasks": 0}) == 4
