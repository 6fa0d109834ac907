"""One service: found by its name or the beginning of it, with its tasks, deployments and logs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lambdas.cluster.read_cluster import DESCRIBE, batches

from ..connection import Connection
from ..errors import Exit, OperatorError

Raw = Mapping[str, Any]
"""What AWS says of one thing."""


def find_service(connection: Connection, named: str) -> Raw:
    """The service of this name, or the only one whose name begins with it and a dash.

    Pulumi adds letters to a service's name: `cart` finds `cart-service-1a2b3c4`. Raises OperatorError otherwise.
    """
    ecs, cluster = connection.client("ecs"), connection.cluster
    pages = ecs.get_paginator("list_services").paginate(cluster=cluster, maxResults=100)
    names = sorted(arn.rpartition("/")[2] for page in pages for arn in page["serviceArns"])
    found = chosen(named, names)
    described: Raw = ecs.describe_services(cluster=cluster, services=[found])
    return described["services"][0]


def chosen(named: str, names: Sequence[str]) -> str:
    """The name that is meant. Raises OperatorError that says which there are."""
    if named in names:
        return named
    beginning = [each for each in names if each.startswith(f"{named}-")]
    if len(beginning) == 1:
        return beginning[0]
    if beginning:
        raise OperatorError(f"{named}: several services begin so: {', '.join(beginning)}", Exit.USAGE)
    raise OperatorError(f"{named}: no such service; there: {', '.join(names) or 'none'}", Exit.NOT_THERE)


def read_service_tasks(connection: Connection, service: str) -> list[Raw]:
    """The tasks of a service, also those that stopped within the hour; a page and a description per 100."""
    ecs, cluster = connection.client("ecs"), connection.cluster
    arns: dict[str, None] = {}
    for desired in ("RUNNING", "STOPPED"):
        pages = ecs.get_paginator("list_tasks").paginate(
            cluster=cluster, serviceName=service, desiredStatus=desired, maxResults=DESCRIBE
        )
        arns |= dict.fromkeys(arn for page in pages for arn in page["taskArns"])
    return read_tasks(connection, list(arns))


def read_tasks(connection: Connection, arns: Sequence[str]) -> list[Raw]:
    """Tasks by their ARNs, 100 a call; what is gone is missing."""
    found: list[Raw] = []
    for batch in batches(arns, DESCRIBE):
        found += connection.client("ecs").describe_tasks(cluster=connection.cluster, tasks=batch)["tasks"]
    return found


def read_hosts(connection: Connection, tasks: Sequence[Raw]) -> dict[str, str]:
    """Container instance ARN → instance id, of those that tasks are on; 100 a call."""
    arns = sorted({each["containerInstanceArn"] for each in tasks if each.get("containerInstanceArn")})
    hosts: dict[str, str] = {}
    for batch in batches(arns, DESCRIBE):
        answer = connection.client("ecs").describe_container_instances(
            cluster=connection.cluster, containerInstances=batch
        )
        hosts |= {each["containerInstanceArn"]: each.get("ec2InstanceId", "") for each in answer["containerInstances"]}
    return hosts


def read_definition(connection: Connection, arn: str) -> Raw:
    """A task definition; one call."""
    found: Raw = connection.client("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"]
    return found


@dataclass(frozen=True, kw_only=True)
class LogPlace:
    """Where a container's lines are."""

    container: str
    group: str
    stream_prefix: str

    def stream(self, task_id: str) -> str:
        """The log stream of a task (ECS developer guide, "awslogs-stream-prefix")."""
        return f"{self.stream_prefix}/{self.container}/{task_id}"


def log_places(definition: Raw) -> Iterator[LogPlace]:
    """The containers that write to CloudWatch Logs under a prefix."""
    for container in definition.get("containerDefinitions", []):
        configured = container.get("logConfiguration") or {}
        options: Mapping[str, str] = configured.get("options") or {}
        if configured.get("logDriver") == "awslogs" and options.get("awslogs-group"):
            yield LogPlace(
                container=container["name"],
                group=options["awslogs-group"],
                stream_prefix=options.get("awslogs-stream-prefix", ""),
            )


def main_container(definition: Raw, named: str = "") -> str:
    """The named container, or the first essential one. Raises OperatorError for one that is not there."""
    containers: Sequence[Raw] = definition.get("containerDefinitions", [])
    names = [each["name"] for each in containers]
    if named:
        if named not in names:
            raise OperatorError(f"{named}: no such container; there: {', '.join(names)}", Exit.NOT_THERE)
        return named
    essential = (each["name"] for each in containers if each.get("essential", True))
    return next(essential, names[0] if names else "")


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """What a deployment of a service went to."""

    deployment_arn: str
    status: str
    definition_arn: str


GOES_ON: Final = frozenset({"PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"})
"""States of a service deployment that has not ended (API reference, ServiceDeployment)."""

_REVISIONS: Final = 20
"""Service revisions that a call describes."""


def read_deployments(connection: Connection, service: str) -> list[Deployed]:
    """The service deployments that ECS knows, the newest first; a call for each 100, and one for each 20 revisions.

    Only of those that go on or ended well the definition is known.
    """
    found = _list_deployments(connection, service)
    told = [each for each in found if each["status"] in {*GOES_ON, "SUCCESSFUL"}]
    arns = sorted({each["targetServiceRevisionArn"] for each in told if each.get("targetServiceRevisionArn")})
    definitions: dict[str, str] = {}
    for batch in batches(arns, _REVISIONS):
        revisions = connection.client("ecs").describe_service_revisions(serviceRevisionArns=batch)["serviceRevisions"]
        definitions |= {each["serviceRevisionArn"]: each.get("taskDefinition", "") for each in revisions}
    return [
        Deployed(
            deployment_arn=each["serviceDeploymentArn"],
            status=each["status"],
            definition_arn=definitions.get(each.get("targetServiceRevisionArn", ""), ""),
        )
        for each in found
    ]


def _list_deployments(connection: Connection, service: str) -> list[Raw]:
    found: list[Raw] = []
    page: dict[str, str] = {}
    while True:
        answer = connection.client("ecs").list_service_deployments(
            cluster=connection.cluster, service=service, maxResults=100, **page
        )
        found += answer["serviceDeployments"]
        if not answer.get("nextToken"):
            return sorted(found, key=lambda each: each["createdAt"], reverse=True)
        page = {"nextToken": answer["nextToken"]}


def read_newest_deployment(connection: Connection, service: str) -> Raw | None:
    """The newest service deployment as AWS tells it; None where there is none. One call."""
    answer = connection.client("ecs").list_service_deployments(
        cluster=connection.cluster, service=service, maxResults=100
    )
    found: list[Raw] = answer["serviceDeployments"]
    return max(found, key=lambda each: each["createdAt"], default=None)
