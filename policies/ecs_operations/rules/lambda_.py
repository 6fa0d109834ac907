"""Lambda functions."""

from __future__ import annotations

from datetime import date
from functools import partial

from ecs_operations.engine.registry import (
    Config,
    Level,
    NotEvaluated,
    Results,
    Rule,
    Setting,
    Severity,
    WhenUnknown,
    apart,
)
from ecs_operations.facts import tokens
from ecs_operations.facts.breadth import is_broad_arn
from ecs_operations.facts.calls import Call
from ecs_operations.facts.documents import parsed
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.permissions import has_unread_policy, may_call
from ecs_operations.facts.places import arns_of
from ecs_operations.facts.resource import Resource, refers
from ecs_operations.facts.runtimes import READ_ON, SUPPORTED_UNTIL
from ecs_operations.facts.shapes import is_false, number
from ecs_operations.facts.statements import EVERYBODY
from ecs_operations.facts.wiring import FUNCTION_KEYS, functions_of_queue, shortest_wait_s

LONGEST_S, DEFAULT_S = 900, 3
"""Seconds that Lambda allows, and gives where the program is silent (source: Lambda quotas)."""


@Rule(
    id="lambda-runtime-limits",
    summary="A function says how long it may run, and is able to run.",
    fix="Set timeout, shorter than what the schedule leaves; leave reserved_concurrent_executions out, or set it to 1 "
    "or more; leave event source mappings enabled.",
    severity=Severity.MEDIUM,
    source="AWS Lambda developer guide, Configure Lambda function timeout; Lambda quotas",
    anchors=("cdk-nag LambdaDefaultTimeout", "cdk-nag LambdaConcurrency", "checkov CKV_115"),
    types=(tokens.FUNCTION, tokens.EVENT_SOURCE_MAPPING),
    unknown=WhenUnknown.PRESENT,
    settings=(
        Setting(
            name="maximumSeconds",
            default=LONGEST_S,
            minimum=1,
            maximum=LONGEST_S,
            description="Longest timeout; a function that runs each minute should not outlive the next ones.",
        ),
        Setting(
            name="runsAtOnce",
            default=2,
            minimum=1,
            maximum=100,
            description="Runs that one schedule may have under way. A second one is usual where the timeout leaves "
            "room beyond the interval; with more, a function that hangs competes with itself.",
        ),
    ),
    guards=("timeout", "reservedConcurrentExecutions", "enabled"),
)
def lambda_runtime_limits(resource: Resource, graph: Graph, config: Config) -> Results:
    """The default of 3 seconds ends a controller in the middle of its work, every time the cluster is large.

    Reserved concurrency 0 switches a function off. No reservation is fine: fresh accounts cannot reserve at all. A
    function that is started each minute and may hang for fifteen runs fifteen times at once.
    """
    if resource.type == tokens.EVENT_SOURCE_MAPPING:
        if not resource.is_unknown("enabled") and is_false(resource.get("enabled")):
            yield "is disabled: the function gets nothing of its source"
        return
    reserved = None if resource.is_unknown("reservedConcurrentExecutions") else _reserved(resource)
    if reserved == 0:
        yield "is switched off: its reserved concurrency is 0"
    if not resource.has("timeout"):
        yield "runs with the default timeout of 3 s"
    elif not resource.is_unknown("timeout"):
        yield from _too_long(resource, graph, config, alone=reserved == 1)


def _reserved(function: Resource) -> float | None:
    return number(function.get("reservedConcurrentExecutions"))


def _too_long(function: Resource, graph: Graph, config: Config, *, alone: bool) -> Results:
    timeout = number(function.get("timeout")) or 0
    if timeout > config["maximumSeconds"]:
        yield f"timeout is {timeout:g} s, must be at most {config['maximumSeconds']} s"
    elif timeout < DEFAULT_S:
        yield f"timeout is {timeout:g} s, must be at least {DEFAULT_S} s: a function has to start"
    interval = shortest_wait_s(graph, function)
    if interval and not alone and timeout > interval * config["runsAtOnce"]:
        yield (
            f"may run {timeout:g} s and is started every {interval:g} s; "
            f"must be at most {interval * config['runsAtOnce']:g} s"
        )


@Rule(
    id="lambda-runtime-supported",
    summary="A function runs on a runtime that AWS supports.",
    fix="Set runtime to a newer version, and test the function on it.",
    severity=Severity.HIGH,
    source="AWS Lambda developer guide, Lambda runtimes: deprecated runtimes",
    anchors=("Security Hub Lambda.2", "checkov CKV_363", "cdk-nag AwsSolutions-L1"),
    types=(tokens.FUNCTION,),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="on",
            default=READ_ON.isoformat(),
            description="Day (YYYY-MM-DD) on which the runtime must be supported; by default the day of the pack's "
            "table. Set it ahead to be told in time.",
        ),
    ),
    guards=("runtime",),
)
def lambda_runtime_supported(function: Resource, config: Config) -> Results:
    """A runtime out of support gets no security updates, and after a while the function can no longer be changed.

    Then the fix of the next incident in a controller is a new runtime first.
    """
    runtime = str(function.get("runtime", default=""))
    until = SUPPORTED_UNTIL.get(runtime)
    if until is not None and until <= _day(config["on"]):
        yield f"runs on {runtime}, which is out of support since {until.isoformat()}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return READ_ON


DEFAULT_RETENTION_S, DEFAULT_VISIBILITY_S = 345_600, 30
"""Seconds, where the program is silent (source: Amazon SQS API reference, CreateQueue)."""


@Rule(
    id="lambda-failure-path",
    summary="An event that a function fails to handle is kept.",
    fix="Add a lambda_.FunctionEventInvokeConfig with an on-failure destination, or dead_letter_config, and allow the "
    "function's role to send there; a queue that the function polls needs a redrive policy, hidden for longer than the "
    "function runs, and a dead-letter queue that keeps for longer than itself.",
    severity=Severity.MEDIUM,
    source="AWS Lambda developer guide, How Lambda handles errors and retries with asynchronous invocation; "
    "Using Lambda with Amazon SQS; Amazon SQS developer guide, Using dead-letter queues",
    anchors=("checkov CKV_116", "cdk-nag LambdaDLQ", "cdk-nag LambdaAsyncFailureDestination"),
    types=(tokens.FUNCTION, tokens.QUEUE),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="minimumRetentionSeconds",
            default=3600,
            minimum=60,
            maximum=1_209_600,
            description="Seconds that a dead-letter queue keeps a message at least: until somebody was called.",
        ),
    ),
    guards=("deadLetterConfig", "redrivePolicy", "messageRetentionSeconds"),
)
def lambda_failure_path(resource: Resource, graph: Graph, config: Config) -> Results:
    """EventBridge, schedules and topics call a function asynchronously: after two retries the event is lost in silence.

    The dead-letter queue of an event rule catches only what could not be delivered, not what the function failed at.
    And a destination that the function's role may not send to catches nothing.
    """
    if resource.type == tokens.QUEUE:
        judges = (partial(_polled, resource, graph), partial(_forgets, resource, graph, config))
        yield from apart(judges, lambda judge: judge())
    elif _called_asynchronously(graph, resource):
        if not _has_failure_path(graph, resource):
            yield "is invoked asynchronously, and nothing keeps the events that it fails at"
        yield from _keeps(resource, graph)


def _called_asynchronously(graph: Graph, function: Resource) -> bool:
    by_schedule = graph.sources((tokens.SCHEDULE,), "target", function, *FUNCTION_KEYS)
    by_topic = graph.sources((tokens.SUBSCRIPTION,), "endpoint", function, *FUNCTION_KEYS)
    by_rule = graph.sources((tokens.EVENT_TARGET,), "arn", function, *FUNCTION_KEYS)
    return bool(by_schedule or by_topic or by_rule)


def _has_failure_path(graph: Graph, function: Resource) -> bool:
    if function.has("deadLetterConfig", "targetArn"):
        return True
    configs = graph.sources((tokens.INVOKE_CONFIG,), "functionName", function, *FUNCTION_KEYS)
    return any(config.has("destinationConfig", "onFailure", "destination") for config in configs)


_SENDS = {tokens.QUEUE: "sqs:SendMessage", tokens.TOPIC: "sns:Publish"}


def _keeps(function: Resource, graph: Graph) -> Results:
    """What the function's role may not send to."""
    configs = graph.sources((tokens.INVOKE_CONFIG,), "functionName", function, *FUNCTION_KEYS)
    for holder, property_ in ((function, "deadLetterConfig"), *((one, "destinationConfig") for one in configs)):
        targets = graph.targets(holder, property_, (*_SENDS, *_OTHER_DESTINATIONS), "arn")
        if holder.has(property_) and not targets:
            yield NotEvaluated(f"{property_} (a destination of another stack)")
        for target in targets:
            yield from _may_send(function, target, graph)


_OTHER_DESTINATIONS = (tokens.FUNCTION, tokens.BUCKET)


def _may_send(function: Resource, target: Resource, graph: Graph) -> Results:
    if target.type not in _SENDS:
        return
    call = Call(action=_SENDS[target.type], resources=arns_of(graph, target))
    for role in graph.targets(function, "role", (tokens.ROLE,), "arn"):
        if may_call(graph, role, call):
            continue
        if has_unread_policy(graph, role):
            yield NotEvaluated(f"policies of {role.name} that are of another program or of AWS")
        else:
            yield f"cannot keep what it fails at: {role.name} does not allow {call.action} on {target.name}"


def _polled(queue: Resource, graph: Graph) -> Results:
    functions = functions_of_queue(graph, queue)
    if not functions:
        return
    if not queue.has("redrivePolicy"):
        yield "is polled by a function and keeps failing messages until they expire"
        return
    hidden = number(queue.get("visibilityTimeoutSeconds", default=DEFAULT_VISIBILITY_S)) or 0
    slowest = max(number(function.get("timeout", default=DEFAULT_S)) or 0 for function in functions)
    if hidden < slowest:
        yield f"hides a message for {hidden:g} s while its function may run {slowest:g} s: it is handled twice"
    yield from _redriven(queue, graph, hidden)


def _redriven(queue: Resource, graph: Graph, hidden: float) -> Results:
    policy = parsed(queue, "redrivePolicy", default={})
    attempts = number(policy.get("maxReceiveCount")) if isinstance(policy, dict) else None
    kept = _retention(queue)
    if attempts is not None and attempts * hidden > kept:
        yield f"is redriven after {attempts:g} attempts of {hidden:g} s, and forgets a message after {kept:g} s"
    for dead in graph.targets(queue, "redrivePolicy", (tokens.QUEUE,), "arn"):
        if dead.urn != queue.urn and _retention(dead) < kept:
            yield f"keeps a message for {kept:g} s, and {dead.name} counts from the same start and for less"


def _retention(queue: Resource) -> float:
    return number(queue.get("messageRetentionSeconds", default=DEFAULT_RETENTION_S)) or 0


def _forgets(queue: Resource, graph: Graph, config: Config) -> Results:
    holders = (
        (tokens.EVENT_TARGET, "deadLetterConfig"),
        (tokens.SCHEDULE, "target"),
        (tokens.FUNCTION, "deadLetterConfig"),
        (tokens.INVOKE_CONFIG, "destinationConfig"),
    )
    used = any(refers(holder, property_, queue, "arn") for kind, property_ in holders for holder in graph.of(kind))
    if used and _retention(queue) < config["minimumRetentionSeconds"]:
        yield (
            f"is a dead-letter queue that keeps a message for {_retention(queue):g} s, "
            f"must be at least {config['minimumRetentionSeconds']} s"
        )


@Rule(
    id="lambda-tracing",
    summary="A function is traced.",
    fix='Set tracing_config mode "Active".',
    severity=Severity.LOW,
    source="AWS Lambda developer guide, Visualize Lambda function invocations using AWS X-Ray",
    anchors=("checkov CKV_50", "compliance-policies aws-lambda-function"),
    types=(tokens.FUNCTION,),
    level=Level.ADVISORY,
    unknown=WhenUnknown.PRESENT,
    guards=("tracingConfig",),
)
def lambda_tracing(function: Resource, _config: Config) -> Results:
    """Where a slow controller spends its minute (ECS, Auto Scaling, throttling) is seen in a trace and nowhere else."""
    mode = ("tracingConfig", "mode")
    if not function.is_unknown(*mode) and function.get(*mode) != "Active":
        yield "is not traced"


@Rule(
    id="lambda-permission-source",
    summary="A permission to invoke a function says who may, and for which resource.",
    fix="Name the principal, and set source_arn (or source_account, or principal_org_id).",
    severity=Severity.MEDIUM,
    source="AWS Lambda developer guide, Granting Lambda function access to AWS services",
    anchors=("checkov CKV_364", "checkov CKV_301", "compliance-policies aws-lambda-permission"),
    types=(tokens.PERMISSION,),
    unknown=WhenUnknown.PRESENT,
    guards=("principal", "sourceArn", "sourceAccount"),
)
def lambda_permission_source(permission: Resource, _config: Config) -> Results:
    """A permission for a whole service lets every AWS account invoke the function through that service.

    One for everybody lets every account invoke it, without a service in between.
    """
    if permission.is_unknown("principal"):
        return
    principal = str(permission.get("principal", default=""))
    everybody = principal == EVERYBODY or "::*:" in principal
    if not everybody and ".amazonaws.com" not in principal:
        return
    if _is_narrowed(permission) or (everybody and permission.has("principalOrgId")):
        return
    if everybody:
        yield "allows everybody to invoke the function"
    else:
        yield f"allows {principal} to invoke the function for every account"


def _is_narrowed(permission: Resource) -> bool:
    if permission.has("sourceAccount"):
        return True
    if permission.is_unknown("sourceArn", noted=False):  # the ARN of a resource that AWS will name
        return True
    return permission.has("sourceArn") and not is_broad_arn(str(permission.get("sourceArn")))
