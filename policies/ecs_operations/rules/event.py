"""Events and schedules: each reaches its target, or ends in a dead-letter queue."""

from __future__ import annotations

from ecs_operations.engine.registry import Config, NotEvaluated, Results, Rule, Severity, WhenUnknown, apart
from ecs_operations.facts import tokens
from ecs_operations.facts.calls import Call
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.invocation import may_invoke
from ecs_operations.facts.permissions import has_unread_policy, may_call
from ecs_operations.facts.places import arns_of
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.resource_policies import EVENTS, lets, logs_let, may_assume
from ecs_operations.facts.wiring import FUNCTION_KEYS

BY_POLICY = (tokens.FUNCTION, tokens.TOPIC, tokens.QUEUE, tokens.LOG_GROUP)


BY_POLICY_SERVICES = (["lambda"], ["sns"], ["sqs"], ["logs"])
"""Targets that EventBridge reaches by a resource policy, and their services in an ARN; all others need a role."""


SENDS = {tokens.TOPIC: "sns:Publish", tokens.QUEUE: "sqs:SendMessage", tokens.FUNCTION: "lambda:InvokeFunction"}


LOG_WRITERS = (EVENTS, "delivery.logs.amazonaws.com")
"""In whose name events come to a log group (EventBridge user guide, CloudWatch Logs permissions)."""


SCHEDULER = "scheduler.amazonaws.com"


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
    everything else a role; the dead-letter queue needs a policy, too, or keeps nothing. Each counts by its effect: for
    this rule, this target and this service.
    """
    judges = (_schedule, _scheduled) if source.type == tokens.SCHEDULE else (_dead_letters, _unreachable)
    yield from apart(judges, lambda judge: judge(source, graph))


def _schedule(schedule: Resource, graph: Graph) -> Results:
    if not schedule.has("target", "roleArn"):
        yield "has no role for its target"
    if not schedule.has("target", "deadLetterConfig", "arn"):
        yield "drops what it cannot deliver: no dead-letter queue"
    for role in graph.targets(schedule, "target", (tokens.ROLE,), "arn"):
        if not may_assume(graph, role, SCHEDULER):
            yield f"{role.name} does not let EventBridge Scheduler assume it"


def _scheduled(schedule: Resource, graph: Graph) -> Results:
    for role in graph.targets(schedule, "target", (tokens.ROLE,), "arn"):
        for target in graph.targets(schedule, "target", tuple(SENDS), *FUNCTION_KEYS):
            call = Call(action=SENDS[target.type], resources=arns_of(graph, target))
            if may_call(graph, role, call):
                continue
            if has_unread_policy(graph, role):
                yield NotEvaluated(f"policies of {role.name} that are of another program or of AWS")
            else:
                yield f"{role.name} does not allow {call.action} on {target.name}"


def _dead_letters(source: Resource, graph: Graph) -> Results:
    if not source.has("deadLetterConfig", "arn"):
        yield "drops what it cannot deliver: no dead-letter queue"
        return
    queues = graph.targets(source, "deadLetterConfig", (tokens.QUEUE,), "arn")
    if not queues:
        yield NotEvaluated("deadLetterConfig (a queue of another stack, whose policy is not seen)")
    for queue in queues:
        if not _lets(source, graph, queue):
            yield f"drops what it cannot deliver: the policy of {queue.name} does not let EventBridge send"


def _unreachable(source: Resource, graph: Graph) -> Results:
    if source.has("roleArn"):
        return
    functions = graph.targets(source, "arn", (tokens.FUNCTION,), *FUNCTION_KEYS)
    rules = graph.targets(source, "rule", (tokens.EVENT_RULE,), "name", "id", "arn")
    if any(not may_invoke(graph, function, EVENTS, rules) for function in functions):
        yield "no permission allows EventBridge to invoke the function for this rule"
    for target in graph.targets(source, "arn", (tokens.TOPIC, tokens.QUEUE), "arn"):
        if not _lets(source, graph, target):
            yield f"no policy of {target.name} allows EventBridge to send"
    for group in graph.targets(source, "arn", (tokens.LOG_GROUP,), "arn"):
        yield from _unwritable(group, rules, graph)
    if not graph.targets(source, "arn", BY_POLICY, "arn"):
        yield from _elsewhere(source)


def _lets(source: Resource, graph: Graph, target: Resource) -> bool:
    rules = graph.targets(source, "rule", (tokens.EVENT_RULE,), "name", "id", "arn")
    return any(lets(graph, target, EVENTS, SENDS[target.type], rule) for rule in rules or (None,))


def _unwritable(group: Resource, rules: tuple[Resource, ...], graph: Graph) -> Results:
    for service in LOG_WRITERS:
        wanted = ("logs:CreateLogStream", "logs:PutLogEvents")
        refused = [
            one for one in wanted if not any(logs_let(graph, group, service, one, rule) for rule in rules or (None,))
        ]
        if refused:
            yield f"no resource policy of CloudWatch Logs allows {service} {' and '.join(refused)} in {group.name}"


def _elsewhere(source: Resource) -> Results:
    if source.is_unknown("arn") or str(source.get("arn", default="")).split(":")[2:3] not in BY_POLICY_SERVICES:
        yield "has no role for its target"
    else:
        yield NotEvaluated("arn (a target of another stack, whose policy is not seen)")
