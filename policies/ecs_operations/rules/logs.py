"""Log groups: every producer has one, and each has a retention."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ecs_operations.engine.registry import (
    Config,
    Level,
    Results,
    Rule,
    Setting,
    Severity,
    WhenUnknown,
    apart,
)
from ecs_operations.engine.sentences import counted
from ecs_operations.facts import tokens
from ecs_operations.facts.documents import containers
from ecs_operations.facts.globs import UNSAID, may_cover
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.places import arns_of, likely_region, names_of, region_of
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.resource_policies import keys_of, refused_of_key
from ecs_operations.facts.shapes import known, number
from ecs_operations.facts.values import Unknown, UnknownInputError

RETENTION_DAYS = frozenset(
    {1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
)
"""Values that CloudWatch Logs accepts (source: API reference, PutRetentionPolicy)."""


DELIVERY_DAYS = 2


@Rule(
    id="logs-retention",
    summary="Every log group has a retention.",
    fix="Set retention_in_days.",
    severity=Severity.MEDIUM,
    source="CloudWatch Logs API reference, PutRetentionPolicy",
    anchors=("checkov CKV_66", "checkov CKV_338", "cdk-nag CloudWatchLogGroupRetentionPeriod"),
    types=(tokens.LOG_GROUP,),
    unknown=WhenUnknown.FAIL,
    settings=(
        Setting(
            name="minimumDays", default=1, minimum=1, maximum=3653, description="Days that logs are kept at least."
        ),
    ),
    guards=("retentionInDays",),
)
def logs_retention(group: Resource, config: Config) -> Results:
    """A group without a retention keeps every line for ever, and the bill grows with it.

    The value 0 means the same. Groups of class DELIVERY keep every line for two days, whatever they say.
    """
    delivery = group.get("logGroupClass") == "DELIVERY"
    days = DELIVERY_DAYS if delivery else number(group.get("retentionInDays", default=0)) or 0
    if days not in RETENTION_DAYS and not delivery:
        yield (
            "logs never expire"
            if days == 0
            else f"retention is {counted(int(days), 'day')}, which CloudWatch Logs does not accept"
        )
    elif days < config["minimumDays"]:
        yield f"retention is {counted(int(days), 'day')}, must be at least {config['minimumDays']}"


@Rule(
    id="logs-kms",
    summary="Logs are encrypted with a key of your own.",
    fix="Set kms_key_id to a key whose policy lets CloudWatch Logs of the Region use it.",
    severity=Severity.LOW,
    source="CloudWatch Logs user guide, Encrypt log data using AWS KMS",
    anchors=("checkov CKV_158", "cdk-nag CloudWatchLogGroupEncrypted"),
    types=(tokens.LOG_GROUP,),
    level=Level.ADVISORY,
    unknown=WhenUnknown.SKIP,
    guards=("kmsKeyId",),
)
def logs_kms(group: Resource, graph: Graph, _config: Config) -> Results:
    """AWS encrypts every log; with a key of your own, who may read them is also your decision, and can be revoked.

    Under a key whose policy does not let CloudWatch Logs of the Region use it for this group, no line is written.
    """
    if not group.has("kmsKeyId"):
        yield "has no kmsKeyId: whoever may read logs may decrypt them"
        return
    context = {"kms:encryptioncontext:aws:logs:arn": arns_of(graph, group)}
    service = f"logs.{region_of(group)}.amazonaws.com"
    for key in keys_of(graph, group, "kmsKeyId"):
        if refused := refused_of_key(graph, key, service, LOGS_USE, context):
            yield f"the policy of {key.name} does not let CloudWatch Logs use it for this group: {', '.join(refused)}"


LOGS_USE = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:GenerateDataKey", "kms:DescribeKey")
"""What CloudWatch Logs does with a key (source: user guide, Encrypt log data: set permissions on the KMS key)."""


@Rule(
    id="logs-group-for-every-producer",
    summary="Everything that writes logs writes to a log group of the program.",
    fix="Declare the log group (with a retention) before its producer and name it in the producer.",
    severity=Severity.MEDIUM,
    source="AWS Lambda developer guide, Sending logs to CloudWatch; Amazon ECS developer guide, awslogs log driver",
    types=(tokens.FUNCTION, tokens.TASK_DEFINITION, tokens.FLOW_LOG, tokens.CLUSTER),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="existingGroups",
            default=[],
            description="Regular expressions on whole names of log groups that another program declares.",
        ),
    ),
)
def logs_group_for_every_producer(producer: Resource, graph: Graph, config: Config) -> Results:
    """A log group that AWS creates by itself has no retention and no key, and outlives the stack.

    A function logs to /aws/lambda/<name> unless loggingConfig names another group; awslogs-create-group makes groups
    that no program knows.
    """
    if producer.type == tokens.FUNCTION:
        yield from _function(producer, graph, config["existingGroups"])
    elif producer.type == tokens.TASK_DEFINITION:
        yield from _task_definition(producer, graph, config["existingGroups"])
    elif producer.type == tokens.FLOW_LOG:
        yield from _flow_log(producer, graph, config["existingGroups"])
    else:
        yield from _cluster(producer, graph, config["existingGroups"])


def _function(function: Resource, graph: Graph, existing: Iterable[str]) -> Results:
    if function.has("loggingConfig", "logGroup"):
        if graph.targets(function, "loggingConfig", (tokens.LOG_GROUP,), "name", "id"):
            return
        name = str(function.get("loggingConfig", "logGroup"))
    else:
        if any(function.urn in group.dependencies.get("name", ()) for group in graph.of(tokens.LOG_GROUP)):
            return
        name = f"/aws/lambda/{function.get('name', default=function.name)}"
    if not _declared(name, graph, existing):
        yield f"there is no log group {name}"


def _task_definition(task: Resource, graph: Graph, existing: Iterable[str]) -> Results:
    yield from apart(containers(task), lambda container: _container(container, task, graph, existing))


def _container(container: Mapping[str, Any], task: Resource, graph: Graph, existing: Iterable[str]) -> Results:
    log = container.get("logConfiguration")
    options = log.get("options") if isinstance(log, dict) else None
    if not isinstance(log, dict) or log.get("logDriver") != "awslogs":
        return
    options = options if isinstance(options, dict) else {}
    if str(options.get("awslogs-create-group", "")).lower() == "true":
        yield f"container {container.get('name')} lets the log driver create its log group"
    region, own = str(known(options.get("awslogs-region")) or ""), likely_region(graph, task)
    if region and own not in (UNSAID, region):
        yield f"container {container.get('name')} logs to {region} (awslogs-region), and this stack is in {own}"
    name = options.get("awslogs-group")
    if not name:
        yield f"container {container.get('name')} names no log group"
    elif not _made_of(task, str(name), graph) and not _declared(str(name), graph, existing):
        yield f"container {container.get('name')} writes to {name}, which is not declared"


def _made_of(task: Resource, name: str, graph: Graph) -> bool:
    """Return whether a name may be that of a group which the definitions were made from, and which AWS names."""
    linked = (graph.get(urn) for urn in task.dependencies.get("containerDefinitions", ()))
    groups = [group for group in linked if group is not None and group.type == tokens.LOG_GROUP]
    return any(may_cover(name, own) for group in groups for own in names_of(group, "name"))


def _flow_log(flow_log: Resource, graph: Graph, existing: Iterable[str]) -> Results:
    if flow_log.get("logDestinationType", default="cloud-watch-logs") != "cloud-watch-logs":
        return
    if graph.targets(flow_log, "logDestination", (tokens.LOG_GROUP,), "arn"):
        return
    name = str(flow_log.get("logDestination", default="")).removesuffix(":*").rpartition(":log-group:")[2]
    if not _declared(name, graph, existing):
        yield f"there is no log group {name}" if name else "names no log group"


def _cluster(cluster: Resource, graph: Graph, existing: Iterable[str]) -> Results:
    path = ("configuration", "executeCommandConfiguration", "logConfiguration", "cloudWatchLogGroupName")
    if not cluster.has(*path) or graph.targets(cluster, "configuration", (tokens.LOG_GROUP,), "name", "id"):
        return
    if not _declared(cluster.get(*path), graph, existing):
        yield f"sessions are logged to {cluster.get(*path)}, which is not declared"


def _declared(name: str, graph: Graph, existing: Iterable[str]) -> bool:
    groups = graph.of(tokens.LOG_GROUP)
    if any(name in group.known("name") for group in groups):
        return True
    if any(re.fullmatch(pattern, name) for pattern in existing):
        return True
    if lost := [group for group in groups if isinstance(group.peek("name"), Unknown)]:
        raise UnknownInputError(f"name of {lost[0].name}")
    return False
