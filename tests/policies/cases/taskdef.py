from __future__ import annotations

import json
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import Case, a, bad, good, other, unknown
from tests.policies.cases.tasks import DIGEST, NON_BLOCKING, listed, task

READONLY, MEMORY, LOGS, IMAGE, ROLES, USER, STOP = (
    "taskdef-readonly-root", "taskdef-memory-limit", "taskdef-log-driver", "taskdef-image-pinned",
    "taskdef-roles-split", "taskdef-non-root", "taskdef-stop-timeout",
)  # fmt: skip
WITH_JSON = (READONLY, MEMORY, LOGS, IMAGE, USER, STOP)


def blind() -> tuple[Case, ...]:
    unseen = a(tokens.TASK_DEFINITION, containerDefinitions=UNKNOWN)
    return tuple(unknown(rule, "the containers", unseen) for rule in WITH_JSON)


def unconcerned() -> tuple[Case, ...]:
    elsewhere = a(tokens.CLUSTER)
    return tuple(other(rule, "no task definition", elsewhere) for rule in WITH_JSON)


HANGS = "taskdef-container-health-check"
CURL = {"command": ["CMD", "curl", "-f", "http://localhost/"]}


TRUE = {"command": ["CMD-SHELL", "curl -f http://localhost/ || exit 0"]}
ROLE, STARTER = a(tokens.ROLE, "application"), a(tokens.ROLE, "starter")


def logging(**options: Any) -> Resource:
    return task(logConfiguration={"logDriver": "awslogs", "options": {**NON_BLOCKING["options"], **options}})


def acting(application: Resource, start: Resource, **inputs: Any) -> Resource:
    return task(depends={"taskRoleArn": [application], "executionRoleArn": [start]}, settings=inputs)


def run_by(*, essential: bool = True, known: bool = True, check: Any = None, **changes: Any) -> Any:
    """A task definition, and the service that runs it."""
    text = json.dumps([{"name": "web", "essential": essential, "healthCheck": check}])
    task = a(tokens.TASK_DEFINITION, "task", containerDefinitions=text if known else UNKNOWN)
    return task, a(tokens.SERVICE, "web", depends={"taskDefinition": [task]}, **changes)


CASES = (
    *blind(),
    *unconcerned(),
    good(READONLY, "read-only", task()),
    bad(READONLY, "silent", "may write to its root", task(readonlyRootFilesystem=None)),
    good(MEMORY, "a limit", task()),
    good(MEMORY, "a limit of the task", task(memory=None, settings={"memory": "512"})),
    bad(MEMORY, "none", "has no memory limit", task(memory=None, memoryReservation=256)),
    bad(MEMORY, "more reserved than allowed", "reserves 1024 MiB of a limit of 512", task(memoryReservation=1024)),
    good(LOGS, "does not wait", task()),
    good(LOGS, "another driver", task(logConfiguration={"logDriver": "awsfirelens"})),
    bad(LOGS, "nowhere", "has no log driver", task(logConfiguration=None)),
    bad(LOGS, "to a file of the host", "has the log driver json-file",
        task(logConfiguration={"logDriver": "json-file"})),
    bad(LOGS, "waits", "blocks when its log cannot be written", task(logConfiguration={"logDriver": "awslogs"})),
    good(IMAGE, "a digest", task()),
    good(IMAGE, "a tag with a registry port", task(image="registry.example.com:5000/web:1.4.2")),
    bad(IMAGE, "no tag", "runs the tag latest, which moves", task(image="registry.example.com:5000/web")),
    bad(IMAGE, "latest", "runs the tag latest, which moves", task(image="web:latest")),
    bad(IMAGE, "a tag, not a digest", "must be named by a digest", task(image="web:1.4.2"), requireDigest=True),
    bad(IMAGE, "an environment", "runs the tag prod, which moves", task(image="web:prod")),
    bad(IMAGE, "a part of a version", "runs the tag 3.12-slim, which moves", task(image="web:3.12-slim")),
    good(IMAGE, "a tag that this team never moves", task(image="web:blue"), fixedTags=["blue"]),
    bad(IMAGE, "beside an image that is not known", "container web runs the tag v1",
        listed({"name": "web", "image": "web:v1"}, {"name": "log", "image": DIGEST})),
    unknown(IMAGE, "one of two images", listed({"name": "web", "image": UNKNOWN}, {"name": "log", "image": DIGEST})),
    unknown(IMAGE, "one of two containers", listed(UNKNOWN, {"name": "log", "image": DIGEST})),
    other(IMAGE, "items that are no containers", listed(None, "web")),
    good(LOGS, "a buffer", logging(**{"max-buffer-size": "25m"})),
    bad(LOGS, "hardly a buffer", "loses lines that exceed 16k", logging(**{"max-buffer-size": "16k"})),
    good(MEMORY, "texts", task(memory="512", memoryReservation="256")),
    unknown(MEMORY, "the memory of one", listed({"name": "web", "memory": UNKNOWN})),
    good(READONLY, "a text", task(readonlyRootFilesystem="true")),
    good(USER, "no way to become root", task(user="1000", dockerSecurityOptions=["no-new-privileges"]),
         noNewPrivileges=True),
    good(USER, "Fargate has no such option", task(user="1000", settings={"requiresCompatibilities": ["FARGATE"]}),
         noNewPrivileges=True),
    bad(USER, "may become root", "may become root by a program", task(user="1000"), noNewPrivileges=True),
    bad(STOP, "no time", "has 0 s to stop, must be at least 2 s", task(stopTimeout=0)),
    good(USER, "a number", task(user="1000:1000")),
    bad(USER, "silent", "runs as root, or as the user of its image", task()),
    good(USER, "a log router", task(user="0", firelensConfiguration={"type": "fluentbit"})),
    bad(USER, "root", "runs as root", task(user="root")),
    bad(USER, "zero", "runs as root", task(user="0:0")),
    good(ROLES, "two roles", task(settings={"taskRoleArn": "arn:a", "executionRoleArn": "arn:b"})),
    bad(ROLES, "one role", "one role as taskRoleArn and executionRoleArn",
        task(settings={"taskRoleArn": "arn:a", "executionRoleArn": "arn:a"})),
    good(ROLES, "two roles of this stack", acting(ROLE, STARTER), ROLE, STARTER),
    bad(ROLES, "one role of this stack", "one role as taskRoleArn", acting(ROLE, ROLE), ROLE, STARTER),
    bad(ROLES, "secrets that nobody reads", "no executionRoleArn that may read them",
        task(secrets=[{"name": "DB_PASSWORD", "valueFrom": "arn:x"}])),
    unknown(ROLES, "the roles", task(settings={"taskRoleArn": UNKNOWN, "executionRoleArn": UNKNOWN})),
    other(ROLES, "no task role", task(settings={"executionRoleArn": "arn:a"})),
    good(STOP, "30 s", task(stopTimeout=30)),
    good(STOP, "what is configured", task(stopTimeout=600), maximumSeconds=600),
    bad(STOP, "silence", "has no stopTimeout", task()),
    bad(STOP, "too long", "may take 300 s to stop, must be at most 120 s", task(stopTimeout=300)),
    good(HANGS, "a health check", *run_by(check=CURL)),
    good(HANGS, "behind a load balancer", *run_by(loadBalancers=[{"targetGroupArn": UNKNOWN}])),
    good(HANGS, "a daemon", *run_by(schedulingStrategy="DAEMON")),
    bad(HANGS, "nobody looks", "web has no load balancer", *run_by()),
    bad(HANGS, "only the sidecar is checked", "has no health check", *run_by(essential=False, check=CURL)),
    bad(HANGS, "a check that accepts everything", "succeeds whatever the application answers",
        *run_by(check=TRUE, loadBalancers=[{"targetGroupArn": UNKNOWN}])),
    bad(HANGS, "a check that overlaps itself", "may take 10 s, and the next begins after 10 s",
        *run_by(check={**CURL, "interval": 10, "timeout": 10})),
    bad(HANGS, "a check that takes long", "is replaced 3000 s after it began to hang",
        *run_by(check={**CURL, "interval": 300, "retries": 10})),
    unknown(HANGS, "the containers", *run_by(known=False)),
    other(HANGS, "no service runs it", run_by()[0]),
    other(HANGS, "another task definition", run_by()[0], a(tokens.SERVICE, "web", taskDefinition="other:1")),
)  # fmt: skip
