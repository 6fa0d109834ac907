"""Topics and queues."""

from __future__ import annotations

from ecs_operations import tokens
from ecs_operations.model import Graph, Resource, refers
from ecs_operations.registry import Config, Results, Severity, WhenUnknown, resource_rule, stack_rule

AWS_KEY = "alias/aws/sns"


@stack_rule(
    "sns-sqs-encrypted-dlq",
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
            yield "does not say that it is encrypted"
        elif not resource.is_unknown("sqsManagedSseEnabled") and resource.get("sqsManagedSseEnabled") is False:
            yield "is not encrypted"
        return
    if not resource.has("kmsMasterKeyId"):
        yield "is not encrypted"
    elif not resource.is_unknown("kmsMasterKeyId") and resource.get("kmsMasterKeyId") == AWS_KEY:
        publishers = [*graph.of(tokens.METRIC_ALARM), *graph.of(tokens.COMPOSITE_ALARM)]
        if any(refers(alarm, "alarmActions", resource, "arn") for alarm in publishers):
            yield "is encrypted with the key aws/sns, under which no alarm can publish"


@resource_rule(
    "kms-rotation",
    summary="A key rotates by itself.",
    fix="Set enable_key_rotation.",
    severity=Severity.MEDIUM,
    source="AWS KMS developer guide, Rotate AWS KMS keys",
    anchors=("Security Hub KMS.4", "checkov CKV_7", "cdk-nag AwsSolutions-KMS5"),
    types=(tokens.KEY,),
    unknown=WhenUnknown.FAIL,
    guards=("enableKeyRotation",),
)
def kms_rotation(key: Resource, _config: Config) -> Results:
    """The longer a key is used, the more it opens when it leaks. Asymmetric keys and keys to sign cannot rotate."""
    symmetric = key.get("customerMasterKeySpec", default="SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT"
    if symmetric and key.get("enableKeyRotation", default=False) is not True:
        yield "never rotates"
