"""Observe: what every run reads, in batched calls, and the answers to what the steps ask.

Always: one call for the groups and one for each group's refreshes; two for each 100 container instances; one for each
100 and each 10 services. The rest is read when a step asks for it, and only what it asks for.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from botocore.exceptions import BotoCoreError, ClientError

from ..cluster import journal
from ..cluster.clients import Clients
from ..cluster.protection import read_protection
from ..cluster.read_cluster import read_container_instances, read_tasks
from ..cluster.read_groups import read_ec2_instances, read_groups, read_refreshes
from ..cluster.read_services import read_definitions, read_service_hosts, read_services
from ..cluster.services import TaskDefinition
from .proposals import (
    ClusterQuestion,
    Ec2States,
    Question,
    ServiceHosts,
    SurplusHistory,
    TaskDefinitions,
    TasksOn,
    WaitingSince,
)
from .settings import Settings
from .snapshot import CapacitySnapshot, WaitingHistory
from .surplus_history import read_surplus
from .waiting_history import read_waiting


def observe(aws: Clients, settings: Settings) -> CapacitySnapshot:
    """Read what every run needs; raises what AWS raises: nothing is decided on half a picture."""
    cluster = settings.target.cluster
    # Groups before container instances: one that registers in between is there, not still to come. Services last: a
    # task that is placed in between then is no demand any more; the other way round it would count twice.
    groups = read_groups(aws.autoscaling, cluster, settings.target.group_prefix)
    return CapacitySnapshot(
        groups=tuple(replace(each, refreshes=read_refreshes(aws.autoscaling, each.name)) for each in groups),
        container_instances=read_container_instances(aws.ecs, cluster),
        services=read_services(aws.ecs, cluster),
    )


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Answers questions by reading."""

    aws: Clients
    settings: Settings
    now: datetime
    known: dict[str, TaskDefinition]
    """Task definitions that were read before; what is new is added."""

    def __call__(self, snapshot: CapacitySnapshot, questions: Iterable[Question]) -> CapacitySnapshot:
        """The snapshot with every answer; raises what AWS raises."""
        for question in questions:
            snapshot = self._answered(snapshot, question)
        return snapshot

    def _answered(self, seen: CapacitySnapshot, question: Question) -> CapacitySnapshot:
        match question:
            case WaitingSince(services=names):
                return replace(seen, waited=self._waited(names))
            case SurplusHistory():
                return replace(seen, surplus=read_surplus(self.aws.cloudwatch, self.settings, self.now))
            case _:
                return self._of_the_cluster(seen, question)

    def _of_the_cluster(self, seen: CapacitySnapshot, question: ClusterQuestion) -> CapacitySnapshot:
        match question:
            case TaskDefinitions(arns=arns):
                found = read_definitions(self.aws.ecs, arns, self.known)
                return replace(seen, definitions={**seen.definitions, **found})
            case Ec2States(instance_ids=ids):
                states = read_ec2_instances(self.aws.ec2, ids)
                return replace(seen, ec2_instances={**seen.ec2_instances, **dict.fromkeys(ids), **states})
            case ServiceHosts(services=names):
                hosts = {name: read_service_hosts(self.aws.ecs, self._cluster, name) for name in sorted(names)}
                return replace(seen, hosts={**seen.hosts, **hosts})
            case TasksOn(container_instance_arns=arns):
                tasks = {arn: read_tasks(self.aws.ecs, self._cluster, arn) for arn in arns}
                return replace(seen, tasks={**seen.tasks, **tasks})
            case _:
                arns = question.task_arns
                states = read_protection(self.aws.ecs, self._cluster, arns)
                return replace(seen, protection={**seen.protection, **states})

    @property
    def _cluster(self) -> str:
        return self.settings.target.cluster

    def _waited(self, services: frozenset[str]) -> WaitingHistory:
        """Tasks that wait shall not wait for CloudWatch besides."""
        try:
            return read_waiting(self.aws.cloudwatch, self.settings, services, self.now)
        except (ClientError, BotoCoreError) as error:
            journal.write("history unknown", "WARN", error=str(error))
            return WaitingHistory(known=False)
