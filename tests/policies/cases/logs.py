from __future__ import annotations

import json
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

RETENTION, PRODUCER = "logs-retention", "logs-group-for-every-producer"
KEY = "logs-kms"
ARN = "arn:aws:logs:eu-central-1:111122223333:log-group:"


def log_group(**changes: Any) -> Resource:
    return a(tokens.LOG_GROUP, "logs", **{"name": "/shop/web", "retentionInDays": 30, **changes})


def task(depends: Any = None, driver: str = "awslogs", **options: str) -> Resource:
    log = {"logDriver": driver, "options": {"awslogs-group": "/shop/web", **options}}
    text = json.dumps([{"name": "web", "logConfiguration": log}])
    return a(tokens.TASK_DEFINITION, depends=depends, containerDefinitions=text)


def cluster(**log: Any) -> Resource:
    return a(tokens.CLUSTER, configuration={"executeCommandConfiguration": {"logConfiguration": log}})


def function(**log: Any) -> Resource:
    return a(tokens.FUNCTION, name="f", loggingConfig={"logFormat": "JSON", **log})


GROUP = log_group()
NAMELESS = a(tokens.LOG_GROUP, "web-logs", retentionInDays=30)
TWO = json.dumps([
    {"name": name, "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": group}}}
    for name, group in (("web", "web-logs-1a2b3c"), ("side", "web-logz-1a2b3c"))
])  # fmt: skip
LOGS_OF_REGION = {"Service": "logs.eu-central-1.amazonaws.com"}
USE = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]


def key(actions: Any = USE, principal: Any = LOGS_OF_REGION, **statement: Any) -> Resource:
    one = {"Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*", **statement}
    return a(tokens.KEY, "key", policy=json.dumps({"Statement": [one]}))


def of_groups(pattern: str) -> dict[str, Any]:
    return {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"{ARN}{pattern}"}}


IN_REGION = a(tokens.ROLE_POLICY, policy=json.dumps({"Statement": [
    {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": [f"{ARN}{name}" for name in "abc"]}]}))  # fmt: skip
UNDER_KEY = a(tokens.LOG_GROUP, "logs", name="/shop/web", depends={"kmsKeyId": [key()]})
CASES = (
    good(PRODUCER, "the Region of the stack", IN_REGION, task(**{"awslogs-region": "eu-central-1"}), GROUP),
    good(PRODUCER, "the Region of a stack that does not say its own", task(**{"awslogs-region": "eu-west-1"}), GROUP),
    bad(PRODUCER, "another Region", "logs to us-east-1 (awslogs-region), and this stack is in eu-central-1", IN_REGION,
        task(**{"awslogs-region": "us-east-1"}), GROUP),
    good(RETENTION, "30 days", log_group()),
    good(RETENTION, "a delivery group forgets by itself", log_group(logGroupClass="DELIVERY", retentionInDays=0)),
    bad(RETENTION, "a delivery group forgets too soon", "2 days, must be at least 30",
        log_group(logGroupClass="DELIVERY"), minimumDays=30),
    bad(RETENTION, "zero is for ever", "never expire", log_group(retentionInDays=0)),
    bad(RETENTION, "absent is for ever", "never expire", log_group(retentionInDays=None)),
    bad(RETENTION, "a value that AWS refuses", "31 days, which CloudWatch Logs does not accept",
        log_group(retentionInDays=31)),
    bad(RETENTION, "shorter than configured", "at least 90", log_group(), minimumDays=90),
    unknown(RETENTION, "must be seen", log_group(retentionInDays=UNKNOWN)),
    other(RETENTION, "no log group", a(tokens.CLUSTER)),
    good(PRODUCER, "a function by its name", a(tokens.FUNCTION, name="f"), log_group(name="/aws/lambda/f")),
    good(PRODUCER, "a function's group made from its name", a(tokens.FUNCTION),
         a(tokens.LOG_GROUP, "logs", depends={"name": [a(tokens.FUNCTION)]})),
    good(PRODUCER, "a function that names its group", function(logGroup="/shop/web"), GROUP),
    good(PRODUCER, "a task that names its group", task(), GROUP),
    good(PRODUCER, "a group that another program declares", task(), existingGroups=["/shop/.*"]),
    good(PRODUCER, "a flow log", a(tokens.FLOW_LOG, depends={"logDestination": [GROUP]}), GROUP),
    good(PRODUCER, "a flow log by its ARN", a(tokens.FLOW_LOG,
         logDestination=f"{ARN}/shop/web:*"), GROUP),
    good(PRODUCER, "sessions of a cluster", cluster(cloudWatchLogGroupName="/shop/web"), GROUP),
    bad(PRODUCER, "a function without a group", "no log group /aws/lambda/f", a(tokens.FUNCTION, name="f"), GROUP),
    bad(PRODUCER, "a function that names another", "no log group /x", function(logGroup="/x")),
    bad(PRODUCER, "a task's group is not declared", "/shop/web, which is not declared", task()),
    bad(PRODUCER, "the agent creates it", "lets the log driver create",
        task(**{"awslogs-create-group": "true"}), GROUP),
    bad(PRODUCER, "no group is named", "names no log group", task(**{"awslogs-group": ""}), GROUP),
    bad(PRODUCER, "a flow log without one", "no log group /x", a(tokens.FLOW_LOG, logDestination=f"{ARN}/x"), GROUP),
    bad(PRODUCER, "sessions without a group", "sessions are logged to /x", cluster(cloudWatchLogGroupName="/x")),
    unknown(PRODUCER, "the containers", a(tokens.TASK_DEFINITION, containerDefinitions=UNKNOWN)),
    unknown(PRODUCER, "the names of all groups", task(), log_group(name=UNKNOWN)),
    other(PRODUCER, "another log driver", task(driver="awsfirelens")),
    other(PRODUCER, "a flow log to a bucket", a(tokens.FLOW_LOG, logDestinationType="s3")),
    other(PRODUCER, "a cluster without sessions", a(tokens.CLUSTER)),
    good(PRODUCER, "a group that Pulumi names", task({"containerDefinitions": [NAMELESS]}, **{
        "awslogs-group": "web-logs-1a2b3c"}), NAMELESS),
    bad(PRODUCER, "a second container that is mistyped", "container side writes to web-logz-1a2b3c",
        a(tokens.TASK_DEFINITION, depends={"containerDefinitions": [NAMELESS]}, containerDefinitions=TWO), NAMELESS),
    good(KEY, "a key that Logs may use", key(Condition=of_groups("*")), UNDER_KEY),
    bad(KEY, "a key for another Region", "does not let CloudWatch Logs use it", UNDER_KEY, key(
        principal={"Service": "logs.us-east-1.amazonaws.com"}), a(
            tokens.LOG_GROUP, "logs", name="/shop/web", depends={"kmsKeyId": [key()]}, region="eu-central-1")),
    bad(KEY, "a key for other groups", "does not let", key(Condition=of_groups("/other/*")), UNDER_KEY),
    bad(KEY, "a key to read", "kms:Encrypt, kms:ReEncryptFrom", key(["kms:Decrypt", "kms:Desc*"]), UNDER_KEY),
    bad(KEY, "a key without a policy", "does not let CloudWatch Logs use it", a(tokens.KEY, "key"), UNDER_KEY),
    good(KEY, "a key of another stack", log_group(kmsKeyId="arn:aws:kms:eu-central-1:111122223333:key/a")),
    bad(KEY, "no key", "has no kmsKeyId", log_group()),
    unknown(KEY, "which key", log_group(kmsKeyId=UNKNOWN), key()),
    other(KEY, "no log group", a(tokens.CLUSTER)),
)  # fmt: skip
