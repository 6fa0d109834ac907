"""What daemons take of new instances, whose room is what the decision counts on."""

import pytest

from lambdas.capacity.actions import ScaleOut
from lambdas.capacity.settings import Hardware
from lambdas.cluster.services import Constraint
from tests.lambdas.capacity.clusters import a_definition, a_service, a_snapshot, an_instance, decided

FULL = {"cpu": 0, "memory": 0, "tasks": 4}


def ordered(snapshot, **changes):
    action = decided(snapshot, **changes).action
    assert action is None or isinstance(action, ScaleOut)
    return action.desired - action.observed if action else 0


def values(snapshot, **changes):
    return decided(snapshot, **changes).values


def test_daemons_take_their_part_of_a_new_instance():
    daemon = a_service("agent", desired=1, running=1, daemon=True)
    definitions = [a_definition("agent", cpu=512, memory=100, network_mode="host"), a_definition()]
    full = an_instance(1, **FULL)
    with_daemon = a_snapshot([full], [daemon, a_service(desired=4)], definitions)
    assert ordered(with_daemon, grow={"headroom_tasks": 0}) == 2
    assert ordered(a_snapshot([full], [a_service(desired=4)]), grow={"headroom_tasks": 0}) == 1


def an_agent(**changes):
    """A daemon that takes next to nothing but an interface, and its definition."""
    daemon = a_service("agent", desired=1, running=1, daemon=True)
    return daemon, a_definition("agent", cpu=1, memory=1, **changes)


def test_a_daemon_takes_one_interface_of_a_new_instance():
    hardware = Hardware(instance_types=("m7g.large",), trunking=False)  # two tasks an instance
    daemon, agent = an_agent()
    full, small = an_instance(1, **FULL), a_definition(cpu=10, memory=10)
    beside = a_snapshot([full], [daemon, a_service(desired=4)], [agent, small])
    assert ordered(beside, hardware=hardware, grow={"headroom_tasks": 0}) == 4
    without = a_snapshot([full], [a_service(desired=4)], [small])
    assert ordered(without, hardware=hardware, grow={"headroom_tasks": 0}) == 2


@pytest.mark.parametrize(
    ("expression", "needed"),
    [
        ("attribute:ecs.instance-type =~ g5.*", 2),
        ("attribute:ecs.instance-type =~ m7g.*", 4),
        ("attribute:ecs.availability-zone == a", 4),  # which zone a new instance is in, nobody knows
        ("attribute:team == shop", 4),
    ],
)
def test_a_daemon_takes_nothing_of_types_that_its_constraints_exclude(expression, needed):
    hardware = Hardware(instance_types=("m7g.large",), trunking=False)
    daemon, agent = an_agent(constraints=(Constraint(kind="memberOf", expression=expression),))
    snapshot = a_snapshot(
        [an_instance(1, **FULL)], [daemon, a_service(desired=4)], [agent, a_definition(cpu=10, memory=10)]
    )
    assert ordered(snapshot, hardware=hardware, grow={"headroom_tasks": 0}) == needed


def test_a_task_that_only_fits_without_the_daemon_is_ordered_no_instance_for():
    large = a_definition(cpu=2048, memory=7000)
    daemon, agent = an_agent()
    assert values(a_snapshot([], [a_service(desired=1), daemon], [large, agent]))["UnplaceableTasks"] == 1
    assert values(a_snapshot([], [a_service(desired=1)], [large]))["UnplaceableTasks"] == 0
