"""What is sent and may be done: events, queues, topics, keys, logs, functions, roles, buckets."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ecs_operations import Resource
from ecs_operations.facts import tokens
from tools.graph_changes import Change, Inputs, changed, edited, joined, without
from tools.mutation import Edit, Mutation, mutation

Statement = dict[str, Any]
ROLE_POLICY, QUEUE_POLICY = tokens.ROLE_POLICY, tokens.QUEUE_POLICY
CONTROLLER = "-instance-controller-role"
CONTROLLER_SOURCE = "infra/environment/controllers/instance_controller.py"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


def _statements(kind: str, name: str, edit: Callable[[list[Statement]], list[Statement]], of: str = "policy") -> Change:
    """Change the statements of a document."""

    def change(inputs: Inputs) -> Inputs:
        document = json.loads(inputs[of])
        return {**inputs, of: json.dumps({**document, "Statement": edit(document["Statement"])})}

    return edited(kind, name, change)


def _also(*more: Mapping[str, Any], kind: str = ROLE_POLICY, name: str = CONTROLLER, of: str = "policy") -> Change:
    """Add statements; by default to the role of the instance controller."""
    return _statements(kind, name, lambda found: [*found, *({"Effect": "Allow", **one} for one in more)], of)


def _allowing(action: str, **changes: Any) -> Change:
    """Change the statement of the instance controller's role that allows an action."""

    def edit(found: list[Statement]) -> list[Statement]:
        return [{**one, **changes} if action in one["Action"] else one for one in found]

    return _statements(ROLE_POLICY, CONTROLLER, edit)


def _replaced(kind: str, name: str, old: str, new: str, of: str = "policy") -> Change:
    return edited(kind, name, lambda inputs: {**inputs, of: Edit(of, old, new)(inputs[of])})


def _like(kind: str, name: str, as_: str, **inputs: Any) -> Change:
    """Add a resource beside one of the program, which it depends on by none of its inputs."""

    def make(resources: Sequence[Resource]) -> Resource:
        found = next(one for one in resources if one.type == kind and one.name.endswith(name))
        urn = found.urn.replace(kind, as_) + "-added"
        return replace(found, type=as_, name="added", urn=urn, inputs=inputs, dependencies={}, ignore_changes=())

    return joined(make)


CONTROLLER_GONE = "asg-drain-handler-wired asg-instance-refresh asg-max-instance-lifetime"
OTHER_CLUSTER = {"ArnEquals": {"ecs:cluster": "arn:aws:ecs:eu-central-1:123456789012:cluster/other"}}
OTHER_INSTANCES = ["arn:aws:ecs:eu-central-1:123456789012:container-instance/other/*"]
ANY_CLUSTER = {"ArnLike": {"ecs:cluster": "*"}}
DENIED = {"Effect": "Deny", "Action": "ecs:*", "Resource": "*", "Condition": {"Null": {"ecs:cluster": "false"}}}

OF_THE_CONTROLLER = (
    mutation("a controller that may drain another cluster only", "drain-handler-permissions",
             _allowing("ecs:UpdateContainerInstancesState", Condition=OTHER_CLUSTER),
             Edit(CONTROLLER_SOURCE, "container-instance/{", "container-instance/other-{")),
    mutation("a controller that may drain instances of another cluster only", "drain-handler-permissions",
             _allowing("ecs:UpdateContainerInstancesState", Resource=OTHER_INSTANCES)),
    mutation("a controller that may drain where a condition of another service holds", "drain-handler-permissions",
             _allowing("ecs:UpdateContainerInstancesState", Condition={"StringEquals": {"ec2:Region": "eu-central-1"}})),
    mutation("a controller that may not find its instances", "drain-handler-permissions",
             _allowing("ecs:ListContainerInstances", Action=["ecs:DeregisterContainerInstance"])),
    mutation("a controller that is refused what it is allowed", "drain-handler-permissions", _also(DENIED)),
    mutation("a controller that is refused all but another Region", CONTROLLER_GONE + " lambda-failure-path iam-role-suffices",
             _also({"Effect": "Deny", "NotAction": "iam:*", "Resource": "*",
                    "Condition": {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}})),
    mutation("a controller of groups with a tag that this one lacks", CONTROLLER_GONE,
             _allowing("autoscaling:CompleteLifecycleAction",
                       Condition={"StringEquals": {"aws:ResourceTag/environment": "dev"}})),
    mutation("a controller of groups in another account", CONTROLLER_GONE,
             _replaced(ROLE_POLICY, CONTROLLER, "arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup",
                       "arn:aws:autoscaling:eu-central-1:999999999999:autoScalingGroup")),
    mutation("a controller until a day that is over", CONTROLLER_GONE,
             _allowing("autoscaling:CompleteLifecycleAction",
                       Condition={"DateLessThan": {"aws:CurrentTime": "2024-01-01T00:00:00Z"}})),
    mutation("a controller with a second factor", CONTROLLER_GONE,
             _allowing("autoscaling:CompleteLifecycleAction",
                       Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})),
)  # fmt: skip

INSTANCES_ROLE, FLOW_LOGS = "-instances-role", "-flow-logs-role"

OF_ROLES = (
    mutation("instances that may join another cluster only", "iam-role-suffices",
             _replaced(ROLE_POLICY, INSTANCES_ROLE, ':cluster/ecs-prod"]', ':cluster/other"]'),
             Edit("infra/environment/instances/role.py", '"ecs:RegisterContainerInstance"', '"ecs:DescribeClusters"')),
    mutation("instances that hear of no task", "iam-role-suffices",
             _replaced(ROLE_POLICY, INSTANCES_ROLE, '"ecs:Poll"', '"ecs:DescribeTasks"')),
    mutation("a controller that its function may not be", "iam-role-suffices",
             _replaced(tokens.ROLE, CONTROLLER, "lambda.", "ec2.", "assumeRolePolicy")),
    mutation("a role of instances that none may be", "iam-role-suffices",
             _replaced(tokens.ROLE, INSTANCES_ROLE, "ec2.", "lambda.", "assumeRolePolicy"),
             Edit("infra/environment/instances/instances.py", 'trust("ec2.amazonaws.com")', 'trust("ecs.amazonaws.com")')),
    mutation("flow logs for another account", "iam-role-suffices",
             _replaced(tokens.ROLE, FLOW_LOGS, '"aws:SourceAccount": "1', '"aws:SourceAccount": "9', "assumeRolePolicy")),
    mutation("alarms under a key for other alarms", "sns-sqs-encrypted-dlq",
             _replaced(tokens.KEY, "", '{"StringEquals": {"aws:SourceAccount": "123456789012"}}',
                       '{"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:*:*:alarm:other-*"}}')),
    mutation("a controller with a tag that it lacks", CONTROLLER_GONE,
             _allowing("autoscaling:CompleteLifecycleAction",
                       Condition={"StringEquals": {"aws:PrincipalTag/team": "x"}})),
)  # fmt: skip

OF_PERMISSIONS = (
    mutation("any role is passed on", "iam-no-wildcards",
             _allowing("iam:PassRole", Resource=["arn:aws:iam::*:role/*"])),
    mutation("every object of every bucket", "iam-no-wildcards",
             _also({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::*"})),
    mutation("every group of the account", "iam-no-wildcards",
             _allowing("autoscaling:CompleteLifecycleAction",
                       Resource="arn:aws:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/*")),
    mutation("a condition that narrows nothing", "iam-no-wildcards",
             _allowing("ecs:ListServices", Condition=ANY_CLUSTER),
             Edit("infra/environment/controllers/capacity_controller.py",
                  '{"ArnEquals": {"ecs:cluster": cluster}}', '{"ArnLike": {"ecs:cluster": "*"}}')),
    mutation("a condition that holds where the key is missing", "iam-no-wildcards",
             _allowing("ecs:ListServices", Condition={"ArnEqualsIfExists": OTHER_CLUSTER["ArnEquals"]})),
    mutation("a condition that every cluster meets", "iam-no-wildcards",
             _allowing("ecs:ListServices", Condition={"StringLike": {"ecs:cluster": "*cluster/*"}})),
    mutation("a condition on all of no values", "iam-no-wildcards",
             _allowing("ecs:ListServices", Condition={"ForAllValues:ArnLike": OTHER_CLUSTER["ArnEquals"]})),
    mutation("all that has to do with roles", "iam-no-wildcards",
             _also({"Action": "iam:*Role*", "Resource": "arn:aws:iam::123456789012:role/web"})),
    mutation("all updates", "iam-no-wildcards",
             _also({"Action": "ecs:Update*", "Resource": "arn:aws:ecs:eu-central-1:123456789012:service/ecs-prod/*"})),
    mutation("all but one action", "iam-no-wildcards", _also({"NotAction": "iam:*", "Resource": "arn:aws:s3:::logs"})),
    mutation("all but one resource", "iam-no-wildcards",
             _also({"Action": "ecs:UpdateService", "NotResource": "arn:aws:ecs:eu-central-1:123456789012:service/a/b"})),
    mutation("a person with everything", "iam-no-wildcards",
             _like(ROLE_POLICY, CONTROLLER, tokens.USER_POLICY, user="u",
                   policy=json.dumps({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}))),
    mutation("an administrator by the old attachment", "iam-no-managed-admin",
             _like(ROLE_POLICY, CONTROLLER, tokens.POLICY_ATTACHMENT, policyArn=ADMIN, roles=["r"])),
    mutation("an administrator by exclusive attachments", "iam-no-managed-admin",
             _like(ROLE_POLICY, CONTROLLER, tokens.EXCLUSIVE_ATTACHMENTS, policyArns=[ADMIN], roleName="r")),
    mutation("an administrator in another partition", "iam-no-managed-admin",
             _like(ROLE_POLICY, CONTROLLER, tokens.IAM_GROUP_POLICY_ATTACHMENT, group="g",
                   policyArn="arn:aws-cn:iam::aws:policy/job-function/SystemAdministrator")),
)  # fmt: skip

ALARM_TOPIC = "infra/environment/monitoring/alarm_topics.py"
KEY_SOURCE = "infra/environment/encryption.py"
LETTERS = "-events-dead-letter-queue-policy"
TOPIC_POLICY = "-page-topic-policy"
KEEPS = "-instance-controller-schedule"
REFUSED = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*"}


def _of_service(
    service: str, edit: Callable[[Statement], Statement | None]
) -> Callable[[list[Statement]], list[Statement]]:
    """Change the statements that a service is named in; None takes one away."""

    def change(found: list[Statement]) -> list[Statement]:
        edits = (edit(one) if service in json.dumps(one.get("Principal", "")) else one for one in found)
        return [one for one in edits if one is not None]

    return change


OF_DELIVERY = (
    mutation("a dead-letter queue without a policy", "event-target-wired", without(QUEUE_POLICY, LETTERS)),
    mutation("a dead-letter queue that lets another service send", "event-target-wired",
             _replaced(QUEUE_POLICY, LETTERS, "events.amazonaws.com", "sns.amazonaws.com"),
             Edit("infra/environment/controllers/controller.py", '"events.amazonaws.com"', '"sns.amazonaws.com"')),
    mutation("a dead-letter queue for other rules", "event-target-wired",
             _replaced(QUEUE_POLICY, LETTERS, "rule/ecs-prod-events-*", "rule/other-*")),
    mutation("a dead-letter queue of which one may read", "event-target-wired",
             _replaced(QUEUE_POLICY, LETTERS, "sqs:SendMessage", "sqs:ReceiveMessage")),
    mutation("a dead-letter queue that refuses", "event-target-wired",
             _also(REFUSED, kind=QUEUE_POLICY, name=LETTERS)),
    mutation("a policy of another queue", "event-target-wired",
             _replaced(QUEUE_POLICY, LETTERS, ":ecs-prod-events-dead", ":ecs-prod-dead")),
    mutation("a permission for another rule", "event-target-wired",
             changed(tokens.PERMISSION, "-lifecycle", sourceArn="arn:aws:events:eu-central-1:123456789012:rule/other")),
    mutation("a permission for another service", "event-target-wired",
             changed(tokens.PERMISSION, "-lifecycle", principal="sns.amazonaws.com")),
    mutation("no resource policy of Logs", "event-target-wired", without(tokens.LOG_RESOURCE_POLICY)),
    mutation("a resource policy of Logs for other groups", "event-target-wired",
             _replaced(tokens.LOG_RESOURCE_POLICY, "", "/aws/events/ecs-prod", "/aws/events/other", "policyDocument"),
             Edit("infra/environment/cluster/cluster.py",
                  '[f"{location.log_group_arn(log_name)}:*"]', '[f"{location.log_group_arn(log_name)}-other:*"]')),
    mutation("a resource policy of Logs for one of two services", "event-target-wired",
             _replaced(tokens.LOG_RESOURCE_POLICY, "", "delivery.logs.amazonaws.com", "es.amazonaws.com", "policyDocument")),
    mutation("a schedule that may not invoke", "event-target-wired",
             _replaced(ROLE_POLICY, KEEPS, "function:ecs-prod-instances", "function:other")),
    mutation("a schedule that may not keep what it cannot deliver", "event-target-wired",
             _replaced(ROLE_POLICY, KEEPS, "sqs:SendMessage", "sqs:ReceiveMessage")),
    mutation("a schedule whose role is another service's", "event-target-wired",
             _replaced(tokens.ROLE, KEEPS, "scheduler.", "events.", "assumeRolePolicy")),
    mutation("a key without CloudWatch", "sns-sqs-encrypted-dlq",
             _statements(tokens.KEY, "", _of_service("cloudwatch.", lambda _: None)),
             Edit(KEY_SOURCE, 'allow_service("cloudwatch.amazonaws.com", _PUBLISH', 'allow_service("s3.amazonaws.com", _PUBLISH')),
    mutation("a key for alarms of another account", "sns-sqs-encrypted-dlq",
             _statements(tokens.KEY, "", _of_service("cloudwatch.", lambda one: {
                 **one, "Condition": {"StringEquals": {"aws:SourceAccount": "999999999999"}}}))),
    mutation("a key with which alarms decrypt only", "sns-sqs-encrypted-dlq",
             _statements(tokens.KEY, "", _of_service("cloudwatch.", lambda one: {**one, "Action": "kms:Decrypt"}))),
    mutation("a key that refuses services", "sns-sqs-encrypted-dlq logs-kms",
             _also({"Effect": "Deny", "Principal": "*", "Action": "kms:GenerateDataKey*", "Resource": "*",
                    "Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}}}, kind=tokens.KEY, name="")),
    mutation("a topic under a key of AWS", "sns-sqs-encrypted-dlq",
             changed(tokens.TOPIC, kmsMasterKeyId="alias/aws/sns")),
    mutation("a topic without a policy", "sns-sqs-accepts-senders", without(tokens.TOPIC_POLICY)),
    mutation("a topic for another service", "sns-sqs-accepts-senders",
             _replaced(tokens.TOPIC_POLICY, "", "cloudwatch.", "events."),
             Edit(ALARM_TOPIC, 'allow_service("cloudwatch.amazonaws.com"', 'allow_service("s3.amazonaws.com"')),
    mutation("a topic for alarms of another account", "sns-sqs-accepts-senders",
             _replaced(tokens.TOPIC_POLICY, "", '"aws:SourceAccount": "123456789012"', '"aws:SourceAccount": "1"')),
    mutation("a topic to subscribe to only", "sns-sqs-accepts-senders",
             _replaced(tokens.TOPIC_POLICY, "", "sns:Publish", "sns:Subscribe")),
    mutation("a topic that nobody hears", "sns-sqs-topic-heard",
             without(tokens.SUBSCRIPTION),
             Edit(ALARM_TOPIC, "in dict.fromkeys(subscribers.endpoints()):", "in ():")),
    mutation("a failure that may not be kept", "lambda-failure-path",
             _replaced(ROLE_POLICY, CONTROLLER, "sqs:SendMessage", "sqs:ReceiveMessage")),
)  # fmt: skip

LOGS = "-public-access-logs-"
ROLES, BLOCK = tokens.ROLE, tokens.PUBLIC_ACCESS_BLOCK
ANYBODY = {"Principal": {"AWS": "*"}, "Action": "*", "Resource": "*"}
ANYBODY_IN_AN_ORGANIZATION = {**ANYBODY, "Condition": {"StringLike": {"aws:PrincipalOrgID": "*"}}}
INSTANCE_FUNCTION = "-instance-controller-function"

OF_ACCESS = (
    mutation("a role that any account may assume", "access-named",
             _also({"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}, kind=ROLES, of="assumeRolePolicy"),
             Edit("infra/common/iam.py", '"sts:AssumeRole", "Principal": {"Service": service}',
                  '"sts:AssumeRole", "Principal": {"Service": service, "AWS": "*"}'),
             hides="iam-role-suffices"),
    mutation("a role for every repository", "access-named",
             _also({"Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},
                    "Action": "sts:AssumeRoleWithWebIdentity",
                    "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}},
                   kind=ROLES, of="assumeRolePolicy")),
    mutation("a key for every account", "access-named", _also(ANYBODY, kind=tokens.KEY, name="")),
    mutation("a key for any organization", "access-named",
             _also(ANYBODY_IN_AN_ORGANIZATION, kind=tokens.KEY, name="")),
    mutation("a queue for everybody", "access-named", _also(ANYBODY, kind=QUEUE_POLICY, name=LETTERS)),
    mutation("a queue for the rules of every account", "access-named",
             _statements(QUEUE_POLICY, LETTERS, lambda found: [
                 {key: value for key, value in one.items() if key != "Condition"} for one in found])),
    mutation("a topic for everybody", "access-named", _also(ANYBODY, kind=tokens.TOPIC_POLICY, name="")),
    mutation("a bucket for everybody", "access-named", _also(ANYBODY, kind=tokens.BUCKET_POLICY, name="")),
    mutation("a function for everybody", "lambda-permission-source",
             _like(tokens.PERMISSION, "-lifecycle", tokens.PERMISSION, principal="*", function="f",
                   action="lambda:InvokeFunction")),
    mutation("a function for the rules of every account", "lambda-permission-source",
             _like(tokens.PERMISSION, "-lifecycle", tokens.PERMISSION, principal="events.amazonaws.com", function="f",
                   sourceArn="arn:aws:events:*:*:rule/*")),
    mutation("a function on the Internet", "access-named",
             _like(tokens.PERMISSION, "-lifecycle", tokens.FUNCTION_URL, authorizationType="NONE", functionName="f")),
)  # fmt: skip

OF_FUNCTIONS = (
    mutation("a runtime out of support", "lambda-runtime-supported",
             changed(tokens.FUNCTION, INSTANCE_FUNCTION, runtime="python3.8"),
             Edit("infra/environment/controllers/function.py", '"python3.13"', '"python3.8"')),
    mutation("a function that may run for a quarter of an hour each minute", "lambda-runtime-limits",
             changed(tokens.FUNCTION, INSTANCE_FUNCTION, timeout=900),
             Edit("infra/environment/controllers/function.py", "timeout=args.timeout_s", "timeout=900")),
    mutation("dead letters that are gone in a minute", "lambda-failure-path",
             changed(tokens.QUEUE, "-events-dead-letter-queue", messageRetentionSeconds=60)),
)  # fmt: skip

OF_BUCKETS = (
    mutation("a bucket that can become public", "bucket-not-public", without(BLOCK),
             Edit("infra/environment/load_balancer/access_logs.py", "block_public_policy=True", "block_public_policy=False")),
    mutation("a block with a gap", "bucket-not-public", changed(BLOCK, restrictPublicBuckets=False)),
    mutation("a bucket that speaks HTTP", "bucket-encrypted",
             _statements(tokens.BUCKET_POLICY, "", lambda found: [one for one in found if one["Effect"] == "Allow"])),
    mutation("a bucket that refuses TLS", "bucket-encrypted",
             _replaced(tokens.BUCKET_POLICY, "", '"aws:SecureTransport": "false"', '"aws:SecureTransport": "true"'),
             Edit("infra/environment/load_balancer/access_logs.py", '"aws:SecureTransport": "false"',
                  '"aws:SecureTransport": "true"')),
    mutation("a bucket without encryption and expiry", "bucket-encrypted bucket-logs",
             without(tokens.BUCKET_ENCRYPTION), without(tokens.BUCKET_LIFECYCLE)),
    mutation("logs that stay for ever", "bucket-logs",
             edited(tokens.BUCKET_LIFECYCLE, "", lambda inputs: {
                 **inputs, "rules": [{**rule, "status": "Disabled"} for rule in inputs["rules"]]}),
             Edit("infra/environment/load_balancer/access_logs.py", '"status": "Enabled"', '"status": "Disabled"')),
    mutation("a bucket that its load balancer may not write", "bucket-logs",
             _replaced(tokens.BUCKET_POLICY, "", "logdelivery.elasticloadbalancing.", "delivery.logs.")),
    mutation("logs that stay for a century", "bucket-logs",
             edited(tokens.BUCKET_LIFECYCLE, "", lambda inputs: {
                 **inputs, "rules": [{**rule, "expiration": {"days": 36_500}} for rule in inputs["rules"]]})),
    mutation("a bucket that takes other logs", "bucket-logs",
             _replaced(tokens.BUCKET_POLICY, "", "/AWSLogs/123456789012/*", "/other/AWSLogs/123456789012/*")),
    mutation("a bucket under a key that no load balancer may use", "bucket-logs",
             changed(tokens.BUCKET_ENCRYPTION, rules=[
                 {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}])),
)  # fmt: skip

OF_KEYS_AND_LOGS = (
    mutation("a key that is gone within a week", "kms-key-kept",
             changed(tokens.KEY, deletionWindowInDays=7),
             Edit(KEY_SOURCE, "DELETION_WINDOW_DAYS = 30", "DELETION_WINDOW_DAYS = 7")),
    mutation("a key that is switched off", "kms-key-kept", changed(tokens.KEY, isEnabled=False)),
    mutation("a key that rotates every five years", "kms-rotation", changed(tokens.KEY, rotationPeriodInDays=1825)),
    mutation("a key without Logs", "logs-kms", _statements(tokens.KEY, "", _of_service("logs.", lambda _: None))),
    mutation("a key for the logs of another Region", "logs-kms",
             _replaced(tokens.KEY, "", "logs.eu-central-1.", "logs.us-east-1."),
             Edit(KEY_SOURCE, 'f"logs.{location.region}.amazonaws.com"', '"logs.us-east-1.amazonaws.com"')),
    mutation("a function that may not log", "iam-role-suffices",
             _replaced(ROLE_POLICY, CONTROLLER, ":/aws/lambda/ecs-prod-instances:", ":/aws/lambda/other:"),
             Edit("infra/environment/controllers/function.py", '"logs:PutLogEvents"', '"logs:GetLogEvents"')),
    mutation("a flow log that may not write", "iam-role-suffices",
             _replaced(ROLE_POLICY, "-flow-logs-role", "logs:PutLogEvents", "logs:GetLogEvents")),
    mutation("a filter that no alarm passes", "sns-sqs-topic-heard",
             changed(tokens.SUBSCRIPTION, filterPolicy='{"severity": ["high"]}')),
    mutation("a filter of alarms that are over", "sns-sqs-topic-heard",
             changed(tokens.SUBSCRIPTION, filterPolicy='{"NewStateValue": ["OK"]}', filterPolicyScope="MessageBody")),
)  # fmt: skip


def _second_container(inputs: Inputs) -> Inputs:
    """A container like the first that logs to a group of another name."""
    (first,) = json.loads(inputs["containerDefinitions"])
    log = first["logConfiguration"]
    options = {**log["options"], "awslogs-group": log["options"]["awslogs-group"] + "s"}
    second = {**first, "name": "side", "portMappings": [], "logConfiguration": {**log, "options": options}}
    return {**inputs, "containerDefinitions": json.dumps([first, second])}


OF_THE_PLATFORM: tuple[Mutation, ...] = (
    *OF_THE_CONTROLLER, *OF_ROLES, *OF_PERMISSIONS, *OF_DELIVERY, *OF_ACCESS, *OF_FUNCTIONS, *OF_BUCKETS, *OF_KEYS_AND_LOGS,
)  # fmt: skip

OF_THE_SHOP: tuple[Mutation, ...] = (
    mutation("a second container that logs to a mistyped group", "logs-group-for-every-producer iam-role-suffices",
             edited(tokens.TASK_DEFINITION, "frontend-task-definition", _second_container)),
    mutation("a task that may not log", "iam-role-suffices",
             _replaced(ROLE_POLICY, "frontend-task-execution", "/services/frontend", "/services/other")),
    mutation("a task's role for everybody", "access-named",
             _also({"Principal": "*", "Action": "sts:AssumeRole"}, kind=ROLES, name="frontend-task-role",
                   of="assumeRolePolicy")),
    mutation("a task that starts with every secret", "iam-no-wildcards",
             _also({"Action": "secretsmanager:GetSecretValue",
                    "Resource": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:*"},
                   name="frontend-task-execution")),
)  # fmt: skip
