from __future__ import annotations

import json
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

ADMIN, AWS = "iam-no-managed-admin", "arn:aws:iam::aws:policy/"
RULE = "iam-no-wildcards"
GROUP_ARN = "arn:aws:autoscaling:eu-central-1:111122223333:autoScalingGroup:*:autoScalingGroupName/web-*"


def document(actions: Any, resources: Any = "*", **statement: Any) -> str:
    one = {"Effect": "Allow", "Action": actions, "Resource": resources, **statement}
    return json.dumps({"Version": "2012-10-17", "Statement": [one]})


def policy(actions: Any, resources: Any = "*", **statement: Any) -> Resource:
    return a(tokens.ROLE_POLICY, policy=document(actions, resources, **statement))


EC2 = "arn:aws:ec2:eu-central-1:111122223333"
PERSON = a(tokens.USER_POLICY, policy=document("s3:GetObject", "arn:aws:s3:::logs/*"))


def in_cluster(action: str) -> Resource:
    return policy(action, Condition={"ArnEquals": {"ecs:cluster": "arn:aws:ecs:::cluster/main"}})


METRICS = {"StringEquals": {"cloudwatch:namespace": "shop"}}
NOT_METRICS = {"StringNotEquals": {"cloudwatch:namespace": "shop"}}


def attached(name: str) -> Resource:
    return a(tokens.ROLE_POLICY_ATTACHMENT, policyArn=f"{AWS}{name}")


CASES = (
    bad(ADMIN, "every secret", "SecretsManagerReadWrite", attached("SecretsManagerReadWrite")),
    bad(ADMIN, "every parameter", "AmazonSSMReadOnlyAccess", attached("AmazonSSMReadOnlyAccess")),
    good(RULE, "named", policy(["autoscaling:CompleteLifecycleAction"], [GROUP_ARN])),
    good(RULE, "a single statement", a(tokens.ROLE_POLICY, policy=json.dumps({"Statement": {
        "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:::q"}}))),
    good(RULE, "an action without resources", policy(["ecr:GetAuthorizationToken", "ssmmessages:*"])),
    good(RULE, "readers without resources", policy("autoscaling:DescribeAutoScalingGroups")),
    good(RULE, "a metric within a namespace", policy("cloudwatch:PutMetricData", Condition=METRICS)),
    good(RULE, "within a cluster", in_cluster("ecs:ListTasks")),
    good(RULE, "what is denied", policy("*", Effect="Deny")),
    good(RULE, "a managed policy", a(tokens.MANAGED_POLICY, policy=document("s3:GetObject", "arn:aws:s3:::logs/*"))),
    good(RULE, "inline in a role", a(tokens.ROLE, inlinePolicies=[{"policy": document("s3:GetObject", "arn:x")}])),
    good(RULE, "a person's", PERSON),
    bad(RULE, "everything", "allows the action *", policy("*", "arn:aws:s3:::logs")),
    bad(RULE, "all but one", "allows the action *", a(tokens.ROLE_POLICY, policy=json.dumps({"Statement": [
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:x"}]}))),
    bad(RULE, "a whole service", "allows the action ecs:*", policy("ecs:*")),
    bad(RULE, "on everything", "allows ecs:updateservice on every resource", policy("ecs:UpdateService")),
    bad(RULE, "all but one resource", "allows ecs:updateservice on every", a(tokens.ROLE_POLICY, policy=json.dumps(
        {"Statement": [{"Effect": "Allow", "Action": "ecs:UpdateService", "NotResource": "arn:x"}]}))),
    bad(RULE, "any role is passed on", "allows iam:passrole of every role",
        policy("iam:PassRole", Condition={"StringEquals": {"ecs:cluster": "x"}})),
    bad(RULE, "a metric in any namespace", "cloudwatch:putmetricdata on every", policy("cloudwatch:PutMetricData")),
    bad(RULE, "a condition that excludes", "cloudwatch:putmetricdata on every",
        policy("cloudwatch:PutMetricData", Condition=NOT_METRICS)),
    bad(RULE, "a managed policy that is broad", "allows the action *", a(tokens.MANAGED_POLICY, policy=document("*"))),
    bad(RULE, "broad inline in a role", "allows the action ec2:*",
        a(tokens.ROLE, inlinePolicies=[{"policy": document("ec2:*")}])),
    good(RULE, "parts of an instance that have no name yet", policy("ec2:RunInstances", f"{EC2}:volume/*")),
    good(RULE, "all alarms are described", policy("cloudwatch:DescribeAlarms", "arn:aws:cloudwatch:*:*:alarm:*")),
    good(RULE, "a key through one service", policy("kms:Decrypt", "arn:aws:kms:*:*:key/*", Condition={
        "StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}})),
    good(RULE, "a family of actions", policy(["s3:PutObject*", "kms:GenerateDataKey*"], "arn:aws:s3:::logs/*")),
    bad(RULE, "any role is passed on to a service", "allows iam:passrole of every role",
        policy("iam:PassRole", "arn:aws:iam::*:role/*", Condition={"StringEquals": {"iam:PassedToService": "x"}})),
    bad(RULE, "every object", "s3:getobject on every resource of arn:aws:s3:::*",
        policy("s3:GetObject", "arn:aws:s3:::*")),
    bad(RULE, "every group", "on every resource of", policy("autoscaling:SetDesiredCapacity",
        "arn:aws:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/*")),
    bad(RULE, "every secret", "secretsmanager:getsecretvalue on every",
        policy("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-central-1:111122223333:secret:*")),
    bad(RULE, "every instance", "ec2:runinstances on every", policy("ec2:RunInstances", f"{EC2}:instance/*")),
    bad(RULE, "any cluster will do", "ecs:listtasks on every", policy("ecs:ListTasks", Condition={
        "ArnLike": {"ecs:cluster": "arn:aws:ecs:*:*:cluster/*"}})),
    bad(RULE, "no cluster will do, too", "ecs:listtasks on every", policy("ecs:ListTasks", Condition={
        "ArnEqualsIfExists": {"ecs:cluster": "arn:aws:ecs:::cluster/main"}})),
    bad(RULE, "a condition without values", "ecs:listtasks on every", policy("ecs:ListTasks", Condition={
        "ArnEquals": {"ecs:cluster": []}})),
    bad(RULE, "a condition that is none", "ecs:listtasks on every", policy("ecs:ListTasks", Condition="main")),
    bad(RULE, "half a word", "allows the action iam:*role*", policy("iam:*Role*", "arn:aws:iam::1:role/web")),
    bad(RULE, "a verb alone", "allows the action ecs:update*", policy("ecs:Update*", "arn:aws:ecs:::service/a/b")),
    bad(RULE, "a person's", "allows the action *", a(tokens.USER_POLICY, policy=document("*", "arn:aws:s3:::logs"))),
    unknown(RULE, "the document", a(tokens.ROLE_POLICY, policy=UNKNOWN)),
    other(RULE, "a role without documents", a(tokens.ROLE)),
    good(ADMIN, "a policy of one's own", a(tokens.ROLE_POLICY_ATTACHMENT, policyArn=UNKNOWN)),
    good(ADMIN, "a narrow one of AWS", attached("service-role/AmazonEC2ContainerServiceforEC2Role")),
    good(ADMIN, "narrow ones of the role", a(tokens.ROLE, managedPolicyArns=[f"{AWS}AmazonSSMManagedInstanceCore"])),
    bad(ADMIN, "an administrator", "AdministratorAccess", attached("AdministratorAccess")),
    bad(ADMIN, "full access", "AmazonECS_FullAccess", attached("AmazonECS_FullAccess")),
    bad(ADMIN, "full access of the role", "AmazonS3FullAccess",
        a(tokens.ROLE, managedPolicyArns=[f"{AWS}AmazonS3FullAccess"])),
    good(ADMIN, "one of one's own with such a name", a(tokens.EXCLUSIVE_ATTACHMENTS, policyArns=[
        "arn:aws:iam::111122223333:policy/ShopFullAccess", UNKNOWN])),
    good(ADMIN, "by the old attachment, a narrow one", a(tokens.POLICY_ATTACHMENT, policyArn=f"{AWS}ReadOnlyAccess")),
    bad(ADMIN, "by the old attachment", "AdministratorAccess",
        a(tokens.POLICY_ATTACHMENT, policyArn=f"{AWS}AdministratorAccess", roles=["web"])),
    bad(ADMIN, "by exclusive attachments", "IAMFullAccess",
        a(tokens.EXCLUSIVE_ATTACHMENTS, policyArns=[f"{AWS}IAMFullAccess"])),
    bad(ADMIN, "in another partition", "SystemAdministrator", a(
        tokens.ROLE, managedPolicyArns=["arn:aws-us-gov:iam::aws:policy/job-function/SystemAdministrator"])),
    unknown(ADMIN, "the policies of the role", a(tokens.ROLE, managedPolicyArns=UNKNOWN)),
    other(ADMIN, "a role without", a(tokens.ROLE)),
    other(RULE, "not a document", a(tokens.ROLE_POLICY, policy="none")),
)  # fmt: skip
