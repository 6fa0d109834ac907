"""Lambda functions."""

from __future__ import annotations

from ecs_operations.engine.registry import Config, Level, Results, Rule, Setting, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.wiring import FUNCTION_KEYS, functions_of_queue

LONGEST_S = 900
"""Seconds that Lambda allows (source: Lambda quotas)."""


@Rule(
    id="lambda-runtime-limits",
    summary="A function says how long it may run, and is able to run.",
    fix="Set timeout; leave reserved_concurrent_executions out, or set it to 1 or more.",
    severity=Severity.MEDIUM,
    source="AWS Lambda developer guide, Configure Lambda function timeout; Lambda quotas",
    anchors=("cdk-nag LambdaDefaultTimeout", "cdk-nag LambdaConcurrency", "checkov CKV_115"),
    types=(tokens.FUNCTION,),
    unknown=WhenUnknown.PRESENT,
    settings=(
        Setting(
            name="maximumSeconds",
            default=LONGEST_S,
            minimum=1,
            maximum=LONGEST_S,
            description="Longest timeout; a function that runs each minute should not outlive the next ones.",
        ),
    ),
    guards=("timeout", "reservedConcurrentExecutions"),
)
def lambda_runtime_limits(function: Resource, config: Config) -> Results:
    """The default of 3 seconds ends a controller in the middle of its work, every time the cluster is large.

    Reserved concurrency 0 switches a function off. No reservation is fine: fresh accounts cannot reserve at all.
    """
    if not function.has("timeout"):
        yield "runs with the default timeout of 3 s"
    elif not function.is_unknown("timeout") and function.get("timeout") > config["maximumSeconds"]:
        yield f"timeout is {function.get('timeout')} s, must be at most {config['maximumSeconds']} s"
    reserved = ("reservedConcurrentExecutions",)
    if not function.is_unknown(*reserved) and function.get(*reserved) == 0:
        yield "is switched off: its reserved concurrency is 0"


@Rule(
    id="lambda-failure-path",
    summary="An event that a function fails to handle is kept.",
    fix="Add a lambda_.FunctionEventInvokeConfig with an on-failure destination, or dead_letter_config; a queue that "
    "the function polls needs a redrive policy.",
    severity=Severity.MEDIUM,
    source="AWS Lambda developer guide, How Lambda handles errors and retries with asynchronous invocation",
    anchors=("checkov CKV_116", "cdk-nag LambdaDLQ", "cdk-nag LambdaAsyncFailureDestination"),
    types=(tokens.FUNCTION, tokens.QUEUE),
    unknown=WhenUnknown.SKIP,
    guards=("deadLetterConfig", "redrivePolicy"),
)
def lambda_failure_path(resource: Resource, graph: Graph, _config: Config) -> Results:
    """EventBridge, schedules and topics call a function asynchronously: after two retries the event is lost in silence.

    The dead-letter queue of an event rule catches only what could not be delivered, not what the function failed at.
    """
    if resource.type == tokens.QUEUE:
        if functions_of_queue(graph, resource) and not resource.has("redrivePolicy"):
            yield "is polled by a function and keeps failing messages until they expire"
    elif _called_asynchronously(graph, resource) and not _has_failure_path(graph, resource):
        yield "is invoked asynchronously, and nothing keeps the events that it fails at"


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
    summary="A permission to invoke a function says which resource may use it.",
    fix="Set source_arn (or source_account).",
    severity=Severity.MEDIUM,
    source="AWS Lambda developer guide, Granting Lambda function access to AWS services",
    anchors=("checkov CKV_364", "compliance-policies aws-lambda-permission"),
    types=(tokens.PERMISSION,),
    unknown=WhenUnknown.PRESENT,
    guards=("sourceArn", "sourceAccount"),
)
def lambda_permission_source(permission: Resource, _config: Config) -> Results:
    """A permission for a whole service lets every AWS account invoke the function through that service."""
    if permission.is_unknown("principal") or not str(permission.get("principal")).endswith(".amazonaws.com"):
        return
    if not permission.has("sourceArn") and not permission.has("sourceAccount"):
        yield f"allows {permission.get('principal')} to invoke the function for every account"
