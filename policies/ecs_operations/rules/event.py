"""Events and schedules: each reaches its target, or ends in a dead-letter queue."""

from __future__ import annotations

from ecs_operations.engine.registry import Config, NotEvaluated, Results, Rule, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.wiring import EVENTS, FUNCTION_KEYS, allowed_to_call

BY_POLICY = (tokens.FUNCTION, tokens.TOPIC, tokens.QUEUE, tokens.LOG_GROUP)


BY_POLICY_SERVICES = (["lambda"], ["sns"], ["sqs"], ["logs"])
"""Targets that EventBridge reaches by a resource policy, and their services in an ARN; all others need a role."""


@Rule(
    id="event-target-wired",
    summary="Every target of EventBridge may be reached, and what cannot be delivered is kept.",
    fix="Add the lambda_.Permission, role_arn or resource policy that the target needs, and dead_letter_config.",
    severity=Severity.HIGH,
    source="Amazon EventBridge user guide, Using resource-based policies; Using dead-letter queues to process "
    "undelivered events; EventBridge Scheduler user guide, Configuring a dead-letter queue",
    types=(tokens.EVENT_TARGET, tokens.SCHEDULE),
    unknown=WhenUnknown.SKIP,
    guards=("deadLetterConfig", "roleArn", "target"),
)
def event_target_wired(source: Resource, graph: Graph, _config: Config) -> Results:
    """A target without permission is accepted; its events are dropped in silence.

    A function needs a permission, a topic and a queue a policy of their own, a log group a resource policy of Logs,
    everything else a role.
    """
    if source.type == tokens.SCHEDULE:
        if not source.has("target", "roleArn"):
            yield "has no role for its target"
        if not source.has("target", "deadLetterConfig", "arn"):
            yield "drops what it cannot deliver: no dead-letter queue"
        return
    if not source.has("deadLetterConfig", "arn"):
        yield "drops what it cannot deliver: no dead-letter queue"
    if not source.has("roleArn"):
        yield from _unreachable(source, graph)


def _unreachable(source: Resource, graph: Graph) -> Results:
    functions = graph.targets(source, "arn", (tokens.FUNCTION,), *FUNCTION_KEYS)
    if any(not allowed_to_call(graph, function, EVENTS) for function in functions):
        yield "no permission allows EventBridge to invoke the function"
    for token, policy, property_ in (
        (tokens.TOPIC, tokens.TOPIC_POLICY, "arn"),
        (tokens.QUEUE, tokens.QUEUE_POLICY, "queueUrl"),
    ):
        for target in graph.targets(source, "arn", (token,), "arn"):
            if not graph.sources((policy,), property_, target, "arn", "id", "url") and not target.has("policy"):
                yield f"no policy of {target.name} allows EventBridge to send"
    logs = graph.targets(source, "arn", (tokens.LOG_GROUP,), "arn")
    if logs and not graph.of(tokens.LOG_RESOURCE_POLICY):
        yield "no resource policy of CloudWatch Logs allows EventBridge to write"
    if not graph.targets(source, "arn", BY_POLICY, "arn"):
        yield from _elsewhere(source)


def _elsewhere(source: Resource) -> Results:
    if source.is_unknown("arn") or str(source.get("arn", default="")).split(":")[2:3] not in BY_POLICY_SERVICES:
        yield "has no role for its target"
    else:
        yield NotEvaluated("arn (a target of another stack, whose policy is not seen)")
