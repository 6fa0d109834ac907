"""What has to be known of a cluster before anything can be said about its room."""

from typing import Final

from .demand import short
from .proposals import Ec2States, Question, ServiceHosts, TaskDefinitions, TasksOn, WaitingSince
from .snapshot import CapacitySnapshot

MAX_DRAINING: Final = 30
"""Draining instances whose tasks are read in one run, with three calls each; the others come when these are empty."""


def unknown(snapshot: CapacitySnapshot) -> tuple[Question, ...]:
    """The questions that are open; none when the snapshot can be assessed."""
    questions: list[Question] = []
    if arns := _definitions(snapshot) - snapshot.definitions.keys():
        questions.append(TaskDefinitions(arns=arns))
    if ids := _doubtful(snapshot) - snapshot.ec2_instances.keys():
        questions.append(Ec2States(instance_ids=ids))
    if services := _apart(snapshot) - snapshot.hosts.keys():
        questions.append(ServiceHosts(services=services))
    emptying = [each.arn for each in snapshot.draining if each.running_tasks][:MAX_DRAINING]
    if arns := tuple(each for each in emptying if each not in snapshot.tasks):
        questions.append(TasksOn(container_instance_arns=arns))
    if not questions and snapshot.waited is None and (services := short(snapshot)):
        questions.append(WaitingSince(services=services))
    return tuple(questions)


def _definitions(snapshot: CapacitySnapshot) -> frozenset[str]:
    deployments = (each for service in snapshot.local_services for each in service.live_deployments)
    return frozenset(each.definition_arn for each in deployments)


def _doubtful(snapshot: CapacitySnapshot) -> frozenset[str]:
    """Instances of a group that ECS does not know yet, and connected ones that no group knows."""
    states = {name: each.lifecycle_state for name, each in snapshot.members.items() if name not in snapshot.registered}
    waiting = {name for name, state in states.items() if state == "InService" or state.startswith("Pending")}
    usable = {name for name, each in snapshot.registered.items() if each.accepts_tasks}
    return frozenset(waiting | (usable - snapshot.members.keys()))


def _apart(snapshot: CapacitySnapshot) -> frozenset[str]:
    """Services whose tasks must not share an instance, and that want more than they have."""
    return frozenset(
        service.name
        for service in snapshot.local_services
        if service.distinct and any(each.desired > each.running + each.pending for each in service.live_deployments)
    )
