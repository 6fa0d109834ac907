"""Logs, alarms, identities and messages."""

from __future__ import annotations

import json

from tests.sandbox.example import TAGGED, TAGS, Example, document, trust

EXAMPLES = [
    Example(
        "aws:cloudwatch/logGroup:LogGroup",
        {"retentionInDays": 7, "tags": TAGS},
        {"retentionInDays": 30, **TAGGED},
        {"name": "/another"},
    ),
    Example(
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        {"policyName": "events", "policyDocument": document(Action="logs:PutLogEvents", Resource="*")},
        {"policyDocument": document(Action="logs:CreateLogStream", Resource="*")},
        {"policyName": "others"},
    ),
    Example(
        "aws:cloudwatch/eventRule:EventRule",
        {"eventPattern": json.dumps({"source": ["aws.ecs"]}), "tags": TAGS},
        {"eventPattern": json.dumps({"source": ["aws.ec2"]}), "description": "changed", "state": "DISABLED", **TAGGED},
        {"name": "another"},
    ),
    Example(
        "aws:cloudwatch/eventTarget:EventTarget",
        {
            "rule": "${rule.name}",
            "arn": "${queue.arn}",
            "deadLetterConfig": {"arn": "${queue.arn}"},
            "retryPolicy": {"maximumEventAgeInSeconds": 300, "maximumRetryAttempts": 2},
        },
        {"retryPolicy": {"maximumEventAgeInSeconds": 600, "maximumRetryAttempts": 2}},
        {"targetId": "another"},
    ),
    Example(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        {
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 2,
            "metricName": "CPUUtilization",
            "namespace": "AWS/ECS",
            "dimensions": {"ClusterName": "c"},
            "period": 60,
            "statistic": "Average",
            "threshold": 80.5,
            "treatMissingData": "breaching",
            "alarmActions": ["${topic.arn}"],
            "tags": TAGS,
        },
        {"threshold": 90, "okActions": ["${topic.arn}"], **TAGGED},
        {"name": "another"},
    ),
    Example(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        {
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 1,
            "threshold": 1,
            "metricQueries": [
                {"id": "e", "expression": "m*2", "returnData": True},
                {"id": "m", "metric": {"metricName": "x", "namespace": "n", "period": 60, "stat": "Sum"}},
            ],
        },
        {"threshold": 2},
    ),
    Example(
        "aws:cloudwatch/compositeAlarm:CompositeAlarm",
        {"alarmName": "all", "alarmRule": 'ALARM("${alarm.name}")', "tags": TAGS},
        {"alarmRule": 'NOT ALARM("${alarm.name}")', "alarmDescription": "changed"},
        {"alarmName": "another"},
        stays=True,
    ),
    Example(
        "aws:cloudwatch/dashboard:Dashboard",
        {"dashboardName": "d", "dashboardBody": json.dumps({"widgets": []})},
        {"dashboardBody": json.dumps({"widgets": [{"type": "text", "properties": {"markdown": "#"}}]})},
        {"dashboardName": "another"},
    ),
    Example(
        "aws:iam/role:Role",
        {
            "assumeRolePolicy": trust("ec2"),
            "managedPolicyArns": ["${policy.arn}"],
            "permissionsBoundary": "${policy.arn}",
            "inlinePolicies": [{"name": "one", "policy": document(Action="s3:Get*", Resource="*")}],
            "tags": TAGS,
        },
        {
            "assumeRolePolicy": trust("lambda"),
            "description": "changed",
            "managedPolicyArns": [],
            "inlinePolicies": [],
            **TAGGED,
        },
        {"name": "another"},
    ),
    Example(
        "aws:iam/rolePolicy:RolePolicy",
        {"role": "${role.name}", "policy": document(Action="s3:Get*", Resource="*")},
        {"policy": document(Action="s3:List*", Resource="*")},
        {"role": "${other_role.name}"},
    ),
    Example(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        {"role": "${role.name}", "policyArn": "${policy.arn}"},
        {},
        {"role": "${other_role.name}"},
    ),
    Example(
        "aws:iam/instanceProfile:InstanceProfile",
        {"role": "${role.name}", "tags": TAGS},
        {"role": "${other_role.name}", **TAGGED},
        {"path": "/another/"},
    ),
    Example(
        "aws:iam/policy:Policy",
        {"policy": document(Action="s3:Get*", Resource="*"), "tags": TAGS},
        {"policy": document(Action="s3:List*", Resource="*"), **TAGGED},
        {"description": "another"},
    ),
    Example(
        "aws:kms/key:Key",
        {"description": "d", "enableKeyRotation": True, "tags": TAGS},
        {"description": "changed", "enableKeyRotation": False, **TAGGED},
        {"multiRegion": True},
    ),
    Example(
        "aws:kms/alias:Alias",
        {"targetKeyId": "${key.id}"},
        {"targetKeyId": "${other_key.id}"},
        {"name": "alias/another"},
    ),
    Example(
        "aws:ssm/parameter:Parameter",
        {"type": "String", "value": "one", "name": "/x/y", "tags": TAGS},
        {"value": "two", "description": "changed", **TAGGED},
        {"name": "/another"},
    ),
    Example(
        "aws:secretsmanager/secret:Secret",
        {"description": "d", "recoveryWindowInDays": 0, "tags": TAGS},
        {"description": "changed", **TAGGED},
        {"name": "another"},
    ),
    Example(
        "aws:secretsmanager/secretVersion:SecretVersion",
        {"secretId": "${secret.id}", "secretString": "s"},
        {},
        {"secretString": "another"},
        stays=True,
    ),
    Example(
        "aws:sqs/queue:Queue",
        {"sqsManagedSseEnabled": True, "messageRetentionSeconds": 86400, "tags": TAGS},
        {"messageRetentionSeconds": 1209600, "visibilityTimeoutSeconds": 60, **TAGGED},
        {"fifoQueue": True, "name": "another.fifo"},
    ),
    Example(
        "aws:sqs/queuePolicy:QueuePolicy",
        {"queueUrl": "${queue.url}", "policy": document(Principal="*", Action="sqs:SendMessage", Resource="*")},
        {"policy": document(Principal="*", Action="sqs:ReceiveMessage", Resource="*")},
    ),
    Example(
        "aws:sns/topic:Topic",
        {"displayName": "d", "kmsMasterKeyId": "${key.id}", "tags": TAGS},
        {"displayName": "changed", **TAGGED},
        {"name": "another"},
    ),
    Example(
        "aws:sns/topicPolicy:TopicPolicy",
        {"arn": "${topic.arn}", "policy": document(Principal="*", Action="sns:Publish", Resource="*")},
        {"policy": document(Principal="*", Action="sns:Subscribe", Resource="*")},
        {"arn": "${other_topic.arn}"},
        stays=True,
    ),
    Example(
        "aws:sns/topicSubscription:TopicSubscription",
        {"topic": "${topic.arn}", "protocol": "sqs", "endpoint": "${queue.arn}"},
        {"rawMessageDelivery": True},
        {"topic": "${other_topic.arn}"},
    ),
]
