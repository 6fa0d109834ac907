"""Observe: what every run reads, in batched calls, and the answers to what the plan asks.

Always: one call for the groups and one for each group's refreshes; two for each 100 container instances; one for each
100 and each 10 services. Of the services that are looked at in this minute: two calls for each 100 tasks.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from botocore.exceptions import ClientError

from ..cluster import journal
from ..cluster.clients import Clients
from ..cluster.protection import read_protection
from ..cluster.questions import TaskDefinitions
from ..cluster.read_cluster import batches, list_service_task_arns, read_container_instances, read_described_tasks
from ..cluster.read_groups import read_groups, read_refreshes
from ..cluster.read_services import read_definitions, read_services
from ..cluster.services import TaskDefinition
from ..cluster.snapshot import Task
from .clients import ServiceClients
from .proposals import HealthyTargets, Question, ScalingBounds, ServiceTasks
from .settings import Settings
from .snapshot import Bounds, RebalancingSnapshot

TARGETS = 50
"""Scalable targets per DescribeScalableTargets call (Application Auto Scaling API reference, MaxResults)."""


def observe(aws: Clients, settings: Settings) -> RebalancingSnapshot:
    """Read what every run needs; raises what AWS raises: nothing is moved on half a picture."""
    cluster = settings.target.cluster
    groups = read_groups(aws.autoscaling, cluster, settings.target.group_prefix)
    # Services before container instances: room that a new task takes in between is taken, not free.
    services = read_services(aws.ecs, cluster)
    return RebalancingSnapshot(
        groups=tuple(replace(each, refreshes=read_refreshes(aws.autoscaling, each.name)) for each in groups),
        container_instances=read_container_instances(aws.ecs, cluster),
        services=services,
    )


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Answers questions by reading."""

    aws: Clients
    more: ServiceClients
    cluster: str
    known: dict[str, TaskDefinition]
    """Task definitions that were read before; what is new is added."""

    def __call__(self, snapshot: RebalancingSnapshot, questions: Iterable[Question]) -> RebalancingSnapshot:
        """The snapshot with every answer; raises what AWS raises."""
        for question in questions:
            snapshot = self._answered(snapshot, question)
        return snapshot

    def _answered(self, seen: RebalancingSnapshot, question: Question) -> RebalancingSnapshot:
        match question:
            case ServiceTasks(services=names):
                tasks = {name: self._tasks(name) for name in sorted(names)}
                return replace(seen, tasks={**seen.tasks, **tasks})
            case ScalingBounds(services=names):
                return replace(seen, bounds={**seen.bounds, **self._bounds(sorted(names))})
            case HealthyTargets(target_groups=arns):
                healthy = {arn: self._healthy(arn) for arn in sorted(arns)}
                return replace(seen, healthy={**seen.healthy, **healthy})
            case TaskDefinitions(arns=arns):
                found = read_definitions(self.aws.ecs, arns, self.known)
                return replace(seen, definitions={**seen.definitions, **found})
            case _:
                states = read_protection(self.aws.ecs, self.cluster, question.task_arns)
                return replace(seen, protection={**seen.protection, **states})

    def _tasks(self, service: str) -> tuple[Task, ...]:
        """The tasks of a service that nobody told to stop."""
        arns = list_service_task_arns(self.aws.ecs, self.cluster, service)
        return tuple(each for each in read_described_tasks(self.aws.ecs, self.cluster, arns) if each.wanted)

    def _bounds(self, services: list[str]) -> dict[str, Bounds | None]:
        found: dict[str, Bounds | None] = dict.fromkeys(services)
        for batch in batches(services, TARGETS):
            ids = {f"service/{self.cluster}/{each}": each for each in batch}
            answer = self.more.service_scaling.describe_scalable_targets(
                ServiceNamespace="ecs", ResourceIds=list(ids), ScalableDimension="ecs:service:DesiredCount"
            )
            for each in answer["ScalableTargets"]:
                bounds = Bounds(minimum=each["MinCapacity"], maximum=each["MaxCapacity"])
                found[ids[each["ResourceId"]]] = bounds
        return found

    def _healthy(self, target_group: str) -> int:
        """None are where AWS refuses to say: that move is taken back, and the others go on."""
        try:
            answer = self.more.load_balancing.describe_target_health(TargetGroupArn=target_group)
        except ClientError as error:
            journal.write("health unknown", "WARN", target_group=target_group, error=str(error))
            return 0
        states = [each["TargetHealth"]["State"] for each in answer["TargetHealthDescriptions"]]
        # A target group that no listener forwards to checks nothing: all of its targets are unused.
        return len(states) if set(states) == {"unused"} else states.count("healthy")
