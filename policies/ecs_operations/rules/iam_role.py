"""Roles that are worth something: assumed by their service, and allowed what it does in their name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from ecs_operations.engine.registry import Config, NotEvaluated, Results, Rule, Severity, WhenUnknown, apart
from ecs_operations.facts import tokens
from ecs_operations.facts.calls import Call
from ecs_operations.facts.controllers import joined_clusters
from ecs_operations.facts.documents import called, containers, inner
from ecs_operations.facts.globs import UNSAID
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.permissions import has_unread_policy, may_call
from ecs_operations.facts.places import account_of, arn, names_of, region_of
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.resource_policies import may_assume
from ecs_operations.facts.shapes import entries, known
from ecs_operations.facts.values import Unknown

USERS = (
    (tokens.FUNCTION, "role", "lambda.amazonaws.com"),
    (tokens.TASK_DEFINITION, "taskRoleArn", "ecs-tasks.amazonaws.com"),
    (tokens.TASK_DEFINITION, "executionRoleArn", "ecs-tasks.amazonaws.com"),
    (tokens.INSTANCE_PROFILE, "role", "ec2.amazonaws.com"),
    (tokens.FLOW_LOG, "iamRoleArn", "vpc-flow-logs.amazonaws.com"),
    (tokens.EVENT_TARGET, "roleArn", "events.amazonaws.com"),
    (tokens.LIFECYCLE_HOOK, "roleArn", "autoscaling.amazonaws.com"),
)
"""Type, the property that names its role, and the service that assumes it; schedules: event-target-wired."""


@Rule(
    id="iam-role-suffices",
    summary="A role may be assumed by the service that needs it, and allows what that does with it.",
    fix="Name the service in assume_role_policy, under conditions that its calls meet. Allow on the very resources: "
    "ecs:RegisterContainerInstance, ecs:Poll and ecs:SubmitTaskStateChange in the role of instances; "
    "ecr:GetAuthorizationToken, ecr:BatchGetImage and ecr:GetDownloadUrlForLayer, secretsmanager:GetSecretValue or "
    "ssm:GetParameters in the execution role of tasks; logs:CreateLogStream and logs:PutLogEvents (the log group with "
    ":* at its end) in the role of whoever writes logs.",
    severity=Severity.HIGH,
    source="IAM user guide, Create a role to delegate permissions to an AWS service; Amazon ECS developer guide, "
    "Amazon ECS container instance IAM role and Amazon ECS task execution IAM role; AWS Lambda developer guide, "
    "Sending logs to CloudWatch; Amazon VPC user guide, IAM role for publishing flow logs",
    types=(tokens.ROLE, tokens.LAUNCH_TEMPLATE, tokens.FUNCTION, tokens.FLOW_LOG, tokens.TASK_DEFINITION),
    unknown=WhenUnknown.SKIP,
    guards=("assumeRolePolicy",),
)
def iam_role_suffices(holder: Resource, graph: Graph, _config: Config) -> Results:
    """A role that its service may not assume, or that lacks a permission, is worth nothing.

    An instance that may not register costs and runs no task; a task that may not get its image, a secret or its log
    stream does not start; a function or a flow log that may not log runs in silence. Nothing fails in the deployment.
    """
    if holder.type == tokens.ROLE:
        yield from _assumed(holder, graph)
    elif holder.type == tokens.LAUNCH_TEMPLATE:
        yield from _joins(holder, graph)
    elif holder.type == tokens.TASK_DEFINITION:
        yield from _executes(holder, graph)
    else:
        yield from _logs(holder, graph)


def _assumed(role: Resource, graph: Graph) -> Results:
    for kind, property_, service in USERS:
        user = next(iter(graph.referring((kind,), property_, role, "arn", "name", "id")), None)
        if user is not None and not may_assume(graph, role, service):
            yield f"{user.name} needs it, and its trust policy does not let {service} assume it"


JOINS = ("ecs:RegisterContainerInstance", "ecs:Poll", "ecs:SubmitTaskStateChange")


def _joins(template: Resource, graph: Graph) -> Results:
    profiles = graph.targets(template, "iamInstanceProfile", (tokens.INSTANCE_PROFILE,), "arn", "name", "id")
    for cluster in sorted(joined_clusters(template)):
        calls = [_join(template, cluster, action, graph) for action in JOINS]
        for role in (role for one in profiles for role in graph.targets(one, "role", (tokens.ROLE,), "name", "id")):
            yield from _refused(role, calls, f"in the cluster {cluster}", graph)


def _join(template: Resource, cluster: str, action: str, graph: Graph) -> Call:
    kind = f"container-instance/{cluster}/{UNSAID}" if action == "ecs:Poll" else f"cluster/{cluster}"
    context = {"ecs:cluster": (arn(graph, template, "ecs", f"cluster/{cluster}"),)} if action == "ecs:Poll" else {}
    return Call(action=action, resources=(arn(graph, template, "ecs", kind),), context=context)


WRITES = ("logs:CreateLogStream", "logs:PutLogEvents")


def _logs(writer: Resource, graph: Graph) -> Results:
    property_ = "role" if writer.type == tokens.FUNCTION else "iamRoleArn"
    for role in graph.targets(writer, property_, (tokens.ROLE,), "arn"):
        for group in dict.fromkeys(_groups_of(writer, graph)):
            yield from _refused(role, _writing(group, writer, graph), "in its log group", graph)


def _groups_of(writer: Resource, graph: Graph) -> Iterator[str]:
    """Names of the log groups that a function or a flow log writes to."""
    if writer.type == tokens.FUNCTION:
        yield str(writer.get("loggingConfig", "logGroup", default=f"/aws/lambda/{writer.get('name', default='*')}"))
    else:
        for group in graph.targets(writer, "logDestination", (tokens.LOG_GROUP,), "arn"):
            yield from names_of(group, "name")


def _writing(group: str, writer: Resource, graph: Graph) -> list[Call]:
    name = group if "*" not in group else UNSAID
    resource = arn(graph, writer, "logs", f"log-group:{name}:log-stream:{UNSAID}")
    return [Call(action=action, resources=(resource,)) for action in WRITES]


def _executes(task: Resource, graph: Graph) -> Results:
    """What the agent does before and while a task runs: its image, its secrets, its logs."""
    if not task.has("executionRoleArn"):
        yield from apart(containers(task), _without_role)
        return
    for role in graph.targets(task, "executionRoleArn", (tokens.ROLE,), "arn"):
        yield from apart(containers(task), partial(_for_container, role=role, task=task, graph=graph))


def _without_role(container: Mapping[str, Any]) -> Results:
    if any(True for _ in _secrets(container)):
        yield f"{called(dict(container))} gets secrets, which needs executionRoleArn"


def _for_container(container: Mapping[str, Any], role: Resource, task: Resource, graph: Graph) -> Results:
    for source in dict.fromkeys(str(one) for one in _secrets(container) if not isinstance(one, Unknown)):
        call = _reading(source, task, graph)
        yield from _refused(role, [call], f"on {source}, which {container.get('name')} gets", graph)
    if any(isinstance(one, Unknown) for one in _secrets(container)):
        yield NotEvaluated(f"secrets of {called(dict(container))}")
    log = inner(container, "logConfiguration")
    if isinstance(log, dict) and log.get("logDriver") == "awslogs" and isinstance(log.get("options"), dict):
        group = str(log["options"].get("awslogs-group", UNSAID))
        yield from _refused(role, _writing(group, task, graph), f"in the log group of {container.get('name')}", graph)
    image = str(known(container.get("image")) or "")
    if found := _ECR.match(image):
        yield from _refused(role, _pulling(found), f"for the image of {container.get('name')}", graph)


_ECR = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr(-fips)?\.(?P<region>[a-z0-9-]+)\.amazonaws\.com[.a-z]*/(?P<name>[^@:]+)"
)
"""An image in a private registry of Amazon ECR (source: Amazon ECR user guide, Private registry)."""


def _pulling(image: re.Match[str]) -> list[Call]:
    repository = f"arn:{UNSAID}:ecr:{image['region']}:{image['account']}:repository/{image['name']}"
    pull = [Call(action=one, resources=(repository,)) for one in ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")]
    return [Call(action="ecr:GetAuthorizationToken", resources=("*",)), *pull]


def _secrets(container: Mapping[str, Any]) -> Iterator[Any]:
    """What the agent reads for a container before it starts: names or ARNs, which may be unknown."""
    for holder in (container, inner(container, "logConfiguration")):
        if isinstance(holder, dict):
            for name in ("secrets", "secretOptions"):
                yield from (entry.get("valueFrom") for entry in entries(holder.get(name)))
    if credentials := inner(container, "repositoryCredentials", "credentialsParameter"):
        yield credentials


_SECRET_SECTIONS = 7
"""Sections of the ARN of a secret; key, stage and version follow (source: Amazon ECS developer guide, secrets)."""


def _reading(source: str, task: Resource, graph: Graph) -> Call:
    if ":secretsmanager:" in source:
        return Call(action="secretsmanager:GetSecretValue", resources=(":".join(source.split(":")[:_SECRET_SECTIONS]),))
    if source.startswith("arn:"):
        return Call(action="ssm:GetParameters", resources=(source,))
    place = f"{region_of(task)}:{account_of(graph)}"
    return Call(action="ssm:GetParameters", resources=(f"arn:{UNSAID}:ssm:{place}:parameter/{source.lstrip('/')}",))


def _refused(role: Resource, calls: Iterable[Call], where: str, graph: Graph) -> Results:
    """Say what a role does not allow; one with policies of which nothing is known is not judged."""
    refused = [call.action for call in calls if not may_call(graph, role, call)]
    if refused and has_unread_policy(graph, role):
        yield NotEvaluated(f"policies of {role.name} that are of another program or of AWS")
    elif refused:
        yield f"{role.name} does not allow {', '.join(refused)} {where}"
