from __future__ import annotations

import base64
import json
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

RULE = "iam-role-suffices"
AWS, LOGS = "arn:aws:iam::aws:policy/", "arn:aws:logs:eu-central-1:111122223333:log-group:"
DATA = base64.b64encode(b"ECS_CLUSTER=main\n").decode()
USERS = ["lambda.amazonaws.com", "ecs-tasks.amazonaws.com", "vpc-flow-logs.amazonaws.com"]
ROLE = a(tokens.ROLE, "writes", assumeRolePolicy=json.dumps({"Statement": [
    {"Effect": "Allow", "Principal": {"Service": USERS}, "Action": "sts:AssumeRole"}]}))  # fmt: skip


def document(actions: Any, resources: Any = "*", **statement: Any) -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": actions, "Resource": resources, **statement}]})


def trusts(service: Any, **statement: Any) -> Resource:
    one = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole", **statement}
    return a(tokens.ROLE, "web", assumeRolePolicy=json.dumps({"Statement": [one]}))


FUNCTION = (
    a(tokens.FUNCTION, "f", depends={"role": [trusts("x")]}),
    a(tokens.ROLE_POLICY_ATTACHMENT, depends={"role": [trusts("x")]},
      policyArn=f"{AWS}service-role/AWSLambdaBasicExecutionRole"),
)  # fmt: skip
PROFILE = a(tokens.INSTANCE_PROFILE, depends={"role": [trusts("ec2.amazonaws.com")]})
TEMPLATE = a(tokens.LAUNCH_TEMPLATE, "hosts", depends={"iamInstanceProfile": [PROFILE]}, userData=DATA)


def joins(cluster: str = "main", given: Any = None, *actions: str) -> tuple[Resource, ...]:
    resources = [f"arn:aws:ecs:eu-central-1:111122223333:{kind}" for kind in (
        f"cluster/{cluster}", f"container-instance/{cluster}/*")]  # fmt: skip
    text = document(actions or ["ecs:RegisterContainerInstance", "ecs:Poll", "ecs:Submit*"], resources)
    role = trusts("ec2.amazonaws.com")
    return (TEMPLATE, PROFILE, role, a(tokens.ROLE_POLICY, depends={"role": [role]}, policy=given or text))


def attached_to(policy_arn: str) -> Resource:
    return a(tokens.ROLE_POLICY_ATTACHMENT, depends={"role": [trusts("x")]}, policyArn=policy_arn)


WRITES = ("logs:CreateLogStream", "logs:PutLogEvents")
BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
WRITER = a(tokens.FUNCTION, depends={"role": [ROLE]}, name="f", loggingConfig={"logGroup": "/shop/web"})
GROUP = a(tokens.LOG_GROUP, "logs", name="/shop/web")
TWO = json.dumps([
    {"name": name, "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": group}}}
    for name, group in (("web", "web-logs-1a2b3c"), ("side", "web-logz-1a2b3c"))
])  # fmt: skip
FLOW_WRITER = a(tokens.FLOW_LOG, depends={"iamRoleArn": [ROLE], "logDestination": [GROUP]})
TASK_WRITER = a(tokens.TASK_DEFINITION, depends={"executionRoleArn": [ROLE]}, containerDefinitions=TWO)


def writes(group: str = "/shop/*", *actions: str, policy: Any = None) -> Resource:
    one = {"Effect": "Allow", "Action": actions or WRITES, "Resource": f"{LOGS}{group}:*"}
    text = json.dumps({"Statement": [one]})
    return a(tokens.ROLE_POLICY, depends={"role": [ROLE]}, policy=text if policy is None else policy)


def managed(arn: str) -> Resource:
    return a(tokens.ROLE_POLICY_ATTACHMENT, depends={"role": [ROLE]}, policyArn=arn)


def task(*, role: Any = ROLE, **container: Any) -> Resource:
    text = json.dumps([{"name": "web", **container}])
    return a(tokens.TASK_DEFINITION, "web", depends={"executionRoleArn": [role]} if role else None,
             containerDefinitions=text)  # fmt: skip


def may(actions: Any, resources: Any = "*") -> Resource:
    return a(tokens.ROLE_POLICY, "may", depends={"role": [ROLE]}, policy=document(actions, resources))


IMAGE = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/shop/web:1"
REPOSITORY = "arn:aws:ecr:eu-central-1:111122223333:repository/shop/web"
PULLS = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:db-AbCdEf"
PARAMETER = "arn:aws:ssm:eu-central-1:111122223333:parameter/shop/db"
GETS = {"secrets": [{"name": "DB", "valueFrom": f"{SECRET}:password::"}]}
READS = {"secrets": [{"name": "DB", "valueFrom": "/shop/db"}]}
TOKEN = a(tokens.ROLE_POLICY, "token", depends={"role": [ROLE]}, policy=document("ecr:GetAuthorizationToken"))


CASES = (
    good(RULE, "by its service", *FUNCTION, trusts(["lambda.amazonaws.com", "edgelambda.amazonaws.com"])),
    good(RULE, "by instances", PROFILE, trusts("ec2.amazonaws.com")),
    good(RULE, "for its account", *FUNCTION, trusts("lambda.amazonaws.com", Condition={
        "StringEquals": {"aws:SourceAccount": "111122223333"}})),
    bad(RULE, "by another service", "does not let lambda.amazonaws.com assume it", *FUNCTION,
        trusts("ec2.amazonaws.com")),
    bad(RULE, "with a session only", "does not let lambda", *FUNCTION,
        trusts("lambda.amazonaws.com", Action="sts:TagSession")),
    bad(RULE, "under a condition of people", "does not let lambda", *FUNCTION, trusts(
        "lambda.amazonaws.com", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})),
    unknown(RULE, "the trust", *FUNCTION, a(tokens.ROLE, "web", assumeRolePolicy=UNKNOWN)),
    other(RULE, "a role of people", trusts("x")),
    good(RULE, "its cluster", *joins()),
    good(RULE, "with the policy of AWS", *joins("other"), attached_to(
        f"{AWS}service-role/AmazonEC2ContainerServiceforEC2Role")),
    bad(RULE, "another cluster", "does not allow ecs:RegisterContainerInstance, ecs:Poll, ecs:SubmitTaskStateChange "
        "in the cluster main", *joins("other")),
    bad(RULE, "without hearing of tasks", "does not allow ecs:Poll", *joins(
        "main", None, "ecs:RegisterContainerInstance", "ecs:SubmitTaskStateChange")),
    unknown(RULE, "what another program's policy allows", *joins("other"), attached_to("arn:aws:iam::1:policy/x")),
    other(RULE, "a host of no cluster", a(tokens.LAUNCH_TEMPLATE, "hosts")),
    good(RULE, "its own group", WRITER, ROLE, writes("/shop/web")),
    good(RULE, "a function by its name", ROLE, writes("/aws/lambda/f"), a(
        tokens.FUNCTION, depends={"role": [ROLE]}, name="f")),
    good(RULE, "with a policy of AWS", WRITER, ROLE, managed(BASIC)),
    good(RULE, "a flow log", FLOW_WRITER, ROLE, GROUP, writes()),
    good(RULE, "a task", TASK_WRITER, ROLE, writes("web-log*")),
    bad(RULE, "another function's group", "does not allow logs:CreateLogStream, logs:PutLogEvents",
        WRITER, ROLE, writes("/shop/other")),
    bad(RULE, "a stream and no line", "does not allow logs:PutLogEvents", WRITER, ROLE, writes("*", WRITES[0])),
    bad(RULE, "a flow log's role", "does not allow", FLOW_WRITER, ROLE, GROUP, writes("/vpc")),
    bad(RULE, "one container of two", "in the log group of side", TASK_WRITER, ROLE, writes("web-logs*")),
    unknown(RULE, "what a policy of another program allows", WRITER, ROLE, managed("arn:aws:iam::1:policy/x")),
    unknown(RULE, "what the role may", WRITER, ROLE, writes(policy=UNKNOWN)),
    other(RULE, "a role of another program", a(tokens.FUNCTION, name="f", role="arn:aws:iam::1:role/x")),
    good(RULE, "an image of ECR", task(image=IMAGE), ROLE, TOKEN, may(PULLS, REPOSITORY)),
    good(RULE, "an image of ECR with the policy of AWS", task(image=IMAGE), ROLE,
         managed(f"{AWS}service-role/AmazonECSTaskExecutionRolePolicy")),
    good(RULE, "an image of another registry", task(image="nginx:1"), ROLE),
    good(RULE, "a secret, by its key", task(**GETS), ROLE, may("secretsmanager:GetSecretValue", SECRET)),
    good(RULE, "a parameter, by its name", task(**READS), ROLE, may("ssm:GetParameters", PARAMETER)),
    good(RULE, "no secret and no role", task(role=None)),
    bad(RULE, "an image of another repository", "does not allow ecr:BatchGetImage, ecr:GetDownloadUrlForLayer for the "
        "image of web", task(image=IMAGE), ROLE, TOKEN, may(PULLS, f"{REPOSITORY}-other")),
    bad(RULE, "an image without a token", "does not allow ecr:GetAuthorizationToken for", task(image=IMAGE), ROLE,
        may([*PULLS, "ecr:GetAuthorizationToken"], REPOSITORY)),
    bad(RULE, "a secret, another allowed", "does not allow secretsmanager:GetSecretValue on", task(**GETS), ROLE,
        may("secretsmanager:GetSecretValue", f"{SECRET}x")),
    bad(RULE, "a parameter, the wrong action", "does not allow ssm:GetParameters on /shop/db", task(**READS), ROLE,
        may("ssm:GetParameter", PARAMETER)),
    bad(RULE, "a password of the registry", "does not allow secretsmanager:GetSecretValue", task(
        repositoryCredentials={"credentialsParameter": SECRET}), ROLE, may("ssm:GetParameters", PARAMETER)),
    bad(RULE, "a secret of the log driver", "does not allow secretsmanager:GetSecretValue", task(logConfiguration={
        "logDriver": "splunk", "secretOptions": [{"name": "splunk-token", "valueFrom": SECRET}]}), ROLE),
    bad(RULE, "a secret without a role", "container web gets secrets, which needs executionRoleArn",
        task(role=None, **GETS)),
    unknown(RULE, "the containers", a(tokens.TASK_DEFINITION, depends={"executionRoleArn": [ROLE]},
            containerDefinitions=UNKNOWN), ROLE),
    other(RULE, "an execution role of another program", a(tokens.TASK_DEFINITION, executionRoleArn="arn:x",
          containerDefinitions=json.dumps([{"name": "web", "image": IMAGE}]))),
)  # fmt: skip
