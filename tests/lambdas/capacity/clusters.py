"""Small clusters for the tests: instances of one type that register 2 vCPU and 8,000 MiB, and services on them."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from lambdas.capacity.plan import plan
from lambdas.capacity.proposals import (
    Ec2States,
    ServiceHosts,
    SurplusHistory,
    TaskDefinitions,
    TaskProtection,
    TasksOn,
)
from lambdas.capacity.run import decision_of
from lambdas.capacity.settings import Floor, Grow, Hardware, Settings, Shrink, Target
from lambdas.capacity.snapshot import CapacitySnapshot, Sample, WaitingHistory
from lambdas.cluster.disruption import Disruption
from lambdas.cluster.room import Room
from lambdas.cluster.services import Deployment, Service, TaskDefinition
from lambdas.cluster.snapshot import ContainerInstance, Group, Instance, Resources, Task

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ZONES = ("a", "b", "c")
TYPE = "m7g.large"
CPU, MEMORY = 2048, 8000
FLOOR = Floor(cpu_units=512, memory_mib=1000)


def some_settings(*, grow=None, shrink=None, disruption=None, **changes) -> Settings:
    inputs = {
        "target": Target(cluster="prod", group_prefix="", switch_parameter="/switch", next_look_parameter="/next-look"),
        "hardware": Hardware(instance_types=(TYPE,), trunking=True),
        "floor": FLOOR,
        "grow": Grow(**{"headroom_tasks": 2, **(grow or {})}),
        "shrink": Shrink(**({"hold_s": 600} | (shrink or {}))),
        "disruption": Disruption(**(disruption or {})),
    }
    return Settings(**(inputs | changes))


def a_room(**changes) -> Room:
    inputs = {"name": "i-1", "zone": "a", "instance_type": TYPE, "cpu_units": CPU, "memory_mib": MEMORY}
    return Room(**({**inputs, "interfaces": 10} | changes))


def an_instance(number: int, *, cpu=CPU, memory=MEMORY, tasks=0, **changes) -> ContainerInstance:
    """A container instance with that much free; its zone follows from its number."""
    inputs = {
        "arn": f"ci-{number}",
        "instance_id": f"i-{number}",
        "status": "ACTIVE",
        "agent_connected": True,
        "running_tasks": tasks,
        "registered": Resources(cpu_units=CPU, memory_mib=MEMORY),
        "remaining": Resources(cpu_units=cpu, memory_mib=memory),
        "attributes": {
            "ecs.instance-type": TYPE,
            "ecs.availability-zone": ZONES[number % 3],
            "ecs.awsvpc-trunk-id": "trunk",
        },
    }
    return ContainerInstance(**(inputs | changes))


def a_member(instance: ContainerInstance | int, state="InService", **changes) -> Instance:
    if isinstance(instance, int):
        instance = an_instance(instance)
    inputs: dict[str, Any] = {
        "instance_id": instance.instance_id,
        "instance_type": TYPE,
        "zone": instance.zone,
        "lifecycle_state": state,
    }
    return Instance(**(inputs | changes))


def a_group(members=(), **changes) -> Group:
    sizes: dict[str, Any] = {"min_size": 0, "max_size": 100, "desired_capacity": len(members)}
    return Group(**(sizes | {"name": "group", "zones": ZONES, "instances": tuple(members)} | changes))


def a_definition(name="web", cpu=512, memory=1000, **changes) -> TaskDefinition:
    inputs = {"arn": f"td-{name}", "cpu_units": cpu, "memory_mib": memory, "network_mode": "awsvpc"}
    return TaskDefinition(**(inputs | changes))


def a_service(name="web", desired=1, running=0, pending=0, **changes) -> Service:
    deployment = Deployment(
        status="PRIMARY",
        definition_arn=f"td-{name}",
        desired=desired,
        running=running,
        pending=pending,
        deployment_id="ecs-svc/1",
        rollout_state="COMPLETED",
        updated=NOW,
    )
    return Service(**({"name": name, "desired": desired, "deployments": (deployment,)} | changes))


def a_snapshot(instances=(), services=(), definitions=(), group=None, **changes) -> CapacitySnapshot:
    """A cluster in which every instance is in service."""
    named = {each.arn: each for each in definitions}
    for service in services:
        for deployment in service.deployments:
            named.setdefault(deployment.definition_arn, a_definition(deployment.definition_arn.removeprefix("td-")))
    return CapacitySnapshot(
        groups=(group or a_group([a_member(each) for each in instances]),),
        container_instances=tuple(instances),
        services=tuple(services),
        definitions=named,
        **changes,
    )


def decided(snapshot, now=NOW, **changes):
    """The decision on a snapshot of which whatever is asked further is answered with nothing."""
    return planned(snapshot, some_settings(**changes), now)


def planned(snapshot, settings, now=NOW):
    return decision_of(plan(snapshot, settings, now, nothing_more))


def asked(snapshot, **changes):
    """Every question that is asked, in order."""
    questions = []

    def note(seen, round_of_questions):
        questions.extend(round_of_questions)
        return nothing_more(seen, round_of_questions)

    plan(snapshot, some_settings(**changes), NOW, note)
    return questions


def nothing_more(snapshot, questions):
    """No task, no history, no host, no protection, and instances that EC2 has forgotten."""
    for question in questions:
        match question:
            case Ec2States(instance_ids=ids):
                snapshot = replace(snapshot, ec2_instances=dict.fromkeys(ids) | snapshot.ec2_instances)
            case ServiceHosts(services=names):
                snapshot = replace(snapshot, hosts=dict.fromkeys(names, frozenset()) | snapshot.hosts)
            case TasksOn(container_instance_arns=arns):
                snapshot = replace(snapshot, tasks=dict.fromkeys(arns, ()) | snapshot.tasks)
            case TaskProtection(task_arns=arns):
                snapshot = replace(snapshot, protection=dict.fromkeys(arns, False) | snapshot.protection)
            case TaskDefinitions(arns=arns):
                found = {arn: a_definition(arn.removeprefix("td-")) for arn in arns}
                snapshot = replace(snapshot, definitions=found | snapshot.definitions)
            case SurplusHistory():
                snapshot = replace(snapshot, surplus=())
            case _:
                snapshot = replace(snapshot, waited=WaitingHistory())
    return snapshot


def a_history(value=1.0, minutes=12):
    return tuple(Sample(at=NOW - timedelta(minutes=minute), value=value) for minute in range(1, minutes + 1))


def tasks_on(instance: ContainerInstance, **counts: int) -> tuple[Task, ...]:
    """Running tasks of services, by the services' names."""
    return tuple(
        Task(
            arn=f"{instance.arn}/{service}/{number}",
            container_instance_arn=instance.arn,
            group=f"service:{service}",
            desired_status="RUNNING",
            last_status="RUNNING",
            definition_arn=f"td-{service}",
            started_by="ecs-svc/1",
        )
        for service, count in counts.items()
        for number in range(count)
    )


class Cluster:
    """A cluster that obeys: it starts what is ordered, ends what is removed, and places tasks where there are fewest.

    It knows nothing of the controller's packing: tasks go to the instance with the fewest tasks that has room.
    """

    def __init__(self, sizes: dict[str, tuple[int, int]], desired: dict[str, int], instances=0):
        self.sizes, self.desired = sizes, dict(desired)
        self.hosts: dict[int, list[str]] = {}
        self.next = 0
        for _ in range(instances):
            self.start()
        self.place()

    def start(self):
        counts = Counter(dict.fromkeys(range(3), 0))
        counts.update(number % 3 for number in self.hosts)
        zone = min(range(3), key=lambda each: (counts[each], each))
        number = self.next + (zone - self.next) % 3
        self.hosts[number] = []
        self.next = number + 1

    def remove(self, instance_id):
        del self.hosts[int(instance_id.removeprefix("i-"))]
        self.place()

    def free(self, number):
        here = self.hosts[number]
        return CPU - sum(self.sizes[each][0] for each in here), MEMORY - sum(self.sizes[each][1] for each in here)

    def fits(self, number, service):
        cpu, memory = self.free(number)
        return self.sizes[service][0] <= cpu and self.sizes[service][1] <= memory and len(self.hosts[number]) < 10

    def running(self, service):
        return sum(here.count(service) for here in self.hosts.values())

    def place(self):
        for service in self.sizes:
            while self.running(service) < self.desired[service]:
                places = [number for number in self.hosts if self.fits(number, service)]
                if not places:
                    break
                self.hosts[min(places, key=lambda each: (len(self.hosts[each]), each))].append(service)

    def snapshot(self, history=()) -> CapacitySnapshot:
        instances = []
        for number, here in self.hosts.items():
            cpu, memory = self.free(number)
            instances.append(an_instance(number, cpu=cpu, memory=memory, tasks=len(here)))
        services = [a_service(name, self.desired[name], self.running(name)) for name in self.sizes]
        definitions = [a_definition(name, cpu, memory) for name, (cpu, memory) in self.sizes.items()]
        tasks = {each.arn: tasks_on(each, **Counter(self.hosts[int(each.arn[3:])])) for each in instances}
        return replace(a_snapshot(instances, services, definitions), tasks=tasks, surplus=tuple(history))

    def unplaced(self):
        return sum(self.desired[name] - self.running(name) for name in self.sizes)
