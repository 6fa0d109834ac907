"""SNS topics and SQS queues."""

from __future__ import annotations

from ecs_operations.engine.registry import Config, Results, Rule, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource, refers

AWS_KEY = "alias/aws/sns"


@Rule(
    id="sns-sqs-encrypted-dlq",
    summary="Topics and queues are encrypted, with a key that their publishers may use.",
    fix="Set kms_master_key_id of the topic to a key of your own; sqs_managed_sse_enabled or a key for the queue.",
    severity=Severity.MEDIUM,
    source="Amazon SNS developer guide, Server-side encryption; Amazon SQS developer guide, SSE-SQS",
    anchors=("Security Hub SNS.1", "Security Hub SQS.1", "checkov CKV_26", "checkov CKV_27"),
    types=(tokens.TOPIC, tokens.QUEUE),
    unknown=WhenUnknown.PRESENT,
    guards=("kmsMasterKeyId", "sqsManagedSseEnabled"),
)
def sns_sqs_encrypted_dlq(resource: Resource, graph: Graph, _config: Config) -> Results:
    """Failed events hold what customers sent. But alarms cannot publish to a topic under the key aws/sns: silence.

    The policy of an AWS key cannot be changed, so it never lets CloudWatch or EventBridge use it.
    """
    if resource.type == tokens.QUEUE:
        if not resource.has("kmsMasterKeyId") and not resource.has("sqsManagedSseEnabled"):
            yield "sets neither kmsMasterKeyId nor sqsManagedSseEnabled"
        elif not resource.is_unknown("sqsManagedSseEnabled") and resource.get("sqsManagedSseEnabled") is False:
            yield "is not encrypted"
        return
    if not resource.has("kmsMasterKeyId"):
        yield "is not encrypted"
    elif not resource.is_unknown("kmsMasterKeyId") and resource.get("kmsMasterKeyId") == AWS_KEY:
        publishers = [*graph.of(tokens.METRIC_ALARM), *graph.of(tokens.COMPOSITE_ALARM)]
        if any(refers(alarm, "alarmActions", resource, "arn") for alarm in publishers):
            yield "is encrypted with the key aws/sns, under which no alarm can publish"
