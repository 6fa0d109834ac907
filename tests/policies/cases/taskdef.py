from __future__ import annotations

import json
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import Case, a, bad, good, other, unknown

PRIVILEGED, READONLY, HOST, MEMORY, LOGS, IMAGE, ROLES, PLAIN = (
    "taskdef-no-privileged", "taskdef-readonly-root", "taskdef-no-host-namespaces", "taskdef-memory-limit",
    "taskdef-log-driver", "taskdef-image-pinned", "taskdef-roles-split", "taskdef-no-plaintext-secrets",
)  # fmt: skip
USER, STOP = "taskdef-non-root", "taskdef-stop-timeout"
WITH_JSON = (PRIVILEGED, READONLY, MEMORY, LOGS, IMAGE, PLAIN, USER, STOP)
NON_BLOCKING = {"logDriver": "awslogs", "options": {"awslogs-group": "/shop/web", "mode": "non-blocking"}}
DIGEST = f"registry.example.com/web@sha256:{'0' * 64}"
CONTAINER = {
    "name": "web", "image": DIGEST, "memory": 512, "readonlyRootFilesystem": True, "logConfiguration": NON_BLOCKING,
}  # fmt: skip


def task(*, settings: Any = None, **container: Any) -> Resource:
    text = json.dumps([{**CONTAINER, **container}])
    return a(
        tokens.TASK_DEFINITION, "web", **{"networkMode": "awsvpc", "containerDefinitions": text, **(settings or {})}
    )


def variable(name: str, value: str) -> Resource:
    return task(environment=[{"name": name, "value": value}])


def function(**variables: Any) -> Resource:
    return a(tokens.FUNCTION, "f", environment={"variables": variables})


def blind() -> tuple[Case, ...]:
    unseen = a(tokens.TASK_DEFINITION, containerDefinitions=UNKNOWN)
    return tuple(unknown(rule, "the containers", unseen) for rule in WITH_JSON)


def unconcerned() -> tuple[Case, ...]:
    elsewhere = a(tokens.CLUSTER)
    return tuple(other(rule, "no task definition", elsewhere) for rule in (*WITH_JSON, HOST))


HANGS, FITS = "taskdef-container-health-check", "taskdef-fits-instance"
CURL = {"command": ["CMD", "curl", "-f", "http://localhost/"]}


def run_by(*, essential: bool = True, known: bool = True, check: Any = None, **changes: Any) -> Any:
    """A task definition, and the service that runs it."""
    text = json.dumps([{"name": "web", "essential": essential, "healthCheck": check}])
    task = a(tokens.TASK_DEFINITION, "task", containerDefinitions=text if known else UNKNOWN)
    return task, a(tokens.SERVICE, "web", depends={"taskDefinition": [task]}, **changes)


def template(instance: Any = "m7g.large") -> Resource:
    return a(tokens.LAUNCH_TEMPLATE, instanceType=instance)


def sized(cpu: Any = None, memory: Any = None, containers: Any = (), **more: Any) -> Resource:
    text = containers if containers is UNKNOWN else json.dumps(list(containers))
    return a(tokens.TASK_DEFINITION, "web", cpu=cpu, memory=memory, containerDefinitions=text, **more)


MIXED = a(tokens.GROUP, mixedInstancesPolicy={"launchTemplate": {"overrides": [
    {"instanceType": "m7g.xlarge"}, {"instanceType": "m7g.large"}]}})  # fmt: skip
TWO = ({"name": "web", "cpu": 1024, "memory": 4096}, {"name": "log", "cpu": 1024, "memoryReservation": 1024})

CASES = (
    *blind(),
    *unconcerned(),
    good(PRIVILEGED, "ordinary", task()),
    good(PRIVILEGED, "a daemon's agent", task(privileged=True), exceptContainers=["web"]),
    bad(PRIVILEGED, "privileged", "container web is privileged", task(privileged=True)),
    good(READONLY, "read-only", task()),
    bad(READONLY, "silent", "may write to its root", task(readonlyRootFilesystem=None)),
    good(HOST, "a network of its own", task()),
    bad(HOST, "the network of the host", "networkMode is host", task(settings={"networkMode": "host"})),
    bad(HOST, "the processes of the host", "pidMode is host", task(settings={"pidMode": "host"})),
    unknown(HOST, "the mode", task(settings={"networkMode": UNKNOWN})),
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
    bad(IMAGE, "a tag, not a digest", "runs the tag 1.4.2, which moves", task(image="web:1.4.2"), requireDigest=True),
    good(USER, "a number", task(user="1000:1000")),
    bad(USER, "silent", "runs as root, or as the user of its image", task()),
    bad(USER, "root", "runs as root", task(user="root")),
    bad(USER, "zero", "runs as root", task(user="0:0")),
    good(ROLES, "two roles", task(settings={"taskRoleArn": "arn:a", "executionRoleArn": "arn:b"})),
    bad(ROLES, "one role", "one role as taskRoleArn and executionRoleArn",
        task(settings={"taskRoleArn": "arn:a", "executionRoleArn": "arn:a"})),
    unknown(ROLES, "the roles", task(settings={"taskRoleArn": UNKNOWN, "executionRoleArn": UNKNOWN})),
    other(ROLES, "no task role", task(settings={"executionRoleArn": "arn:a"})),
    good(PLAIN, "the place of a secret", variable("DATABASE_PASSWORD_ARN", "arn:aws:secretsmanager:::secret:db")),
    good(PLAIN, "an ordinary one", variable("LOG_LEVEL", "info")),
    good(PLAIN, "allowed by configuration", variable("CSRF_TOKEN_HEADER", "x-csrf"), allowedNames=["CSRF_.*"]),
    good(PLAIN, "a function", function(CLUSTER="main", TOPIC_ARN=UNKNOWN)),
    bad(PLAIN, "by its name", "DATABASE_PASSWORD holds", variable("DATABASE_PASSWORD", "hunter2")),
    bad(PLAIN, "an access key", "KEY_URL holds", variable("KEY_URL", "AKIA" + "ABCDEFGHIJKLMNOP")),
    bad(PLAIN, "a password in an address", "DB_URL holds", variable("DB_URL", "postgres://shop:hunter2@db/shop")),
    bad(PLAIN, "random text", "SALT holds", variable("SALT", "q8ZrT1vXk3Lw9Yp2Bn7Dc5Fh0Js6Mg4A")),
    bad(PLAIN, "a function's variable", "API_TOKEN holds", function(API_TOKEN="hunter2")),
    unknown(PLAIN, "a function's variable that is not known", function(GREETING=UNKNOWN)),
    good(STOP, "30 s", task(stopTimeout=30)),
    good(STOP, "what is configured", task(stopTimeout=600), maximumSeconds=600),
    bad(STOP, "silence", "has no stopTimeout", task()),
    bad(STOP, "too long", "may take 300 s to stop, must be at most 120 s", task(stopTimeout=300)),
    good(HANGS, "a health check", *run_by(check=CURL)),
    good(HANGS, "behind a load balancer", *run_by(loadBalancers=[{"targetGroupArn": UNKNOWN}])),
    good(HANGS, "a daemon", *run_by(schedulingStrategy="DAEMON")),
    bad(HANGS, "nobody looks", "web has no load balancer", *run_by()),
    bad(HANGS, "only the sidecar is checked", "has no health check", *run_by(essential=False, check=CURL)),
    unknown(HANGS, "the containers", *run_by(known=False)),
    other(HANGS, "no service runs it", run_by()[0]),
    other(HANGS, "another task definition", run_by()[0], a(tokens.SERVICE, "web", taskDefinition="other:1")),
    good(FITS, "a small task", sized("256", "512"), template()),
    good(FITS, "exactly what is left", sized("2048", "7362"), template()),
    good(FITS, "containers that add up", sized(containers=TWO), template()),
    bad(FITS, "too much memory", "needs 7363 MiB, m7g.large has 7362 MiB", sized("256", "7363"), template()),
    bad(FITS, "too much CPU", "needs 4096 CPU units, m7g.large has 2048", sized("4096", "512"), template()),
    bad(FITS, "the smallest of several types", "m7g.large has 2048", sized("4096", "512"), MIXED),
    bad(FITS, "containers that add up to more", "needs 3072 CPU units", sized(memory="256", containers=(*TWO, TWO[0])),
        template("t3.small"), reservedMemoryMib=0),
    unknown(FITS, "the containers", sized(containers=UNKNOWN), template()),
    unknown(FITS, "the instance type", sized("256", "512"), template(UNKNOWN)),
    unknown(FITS, "a type that the table lacks", sized("256", "512"), template("x9z.large")),
    other(FITS, "no instances in this stack", sized("4096", "65536")),
    other(FITS, "Fargate", sized("4096", "65536", requiresCompatibilities=["FARGATE"]), template()),
)  # fmt: skip
