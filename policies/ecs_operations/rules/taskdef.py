"""Task definitions: what a container may do, what it needs, its logs and its secrets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ecs_operations.engine.registry import Config, Level, NotEvaluated, Results, Rule, Setting, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.documents import containers
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.instance_types import REGISTERED_SHARE, SIZES
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.secrets_in_text import HARMLESS_NAME, looks_secret
from ecs_operations.facts.services import is_daemon
from ecs_operations.facts.values import Unknown

GUIDE = "Amazon ECS developer guide, Task and container security best practices"


GUARDS = ("containerDefinitions",)


TASK = (tokens.TASK_DEFINITION,)


EXCEPT = Setting(name="exceptContainers", default=[], description="Names of containers of daemons that need it.")


def _others(task: Resource, config: Config) -> Iterable[dict[str, Any]]:
    return (item for item in containers(task) if item.get("name") not in config["exceptContainers"])


@Rule(
    id="taskdef-no-privileged",
    summary="No container is privileged.",
    fix="Remove privileged; add the one Linux capability that is needed.",
    severity=Severity.CRITICAL,
    source=GUIDE,
    anchors=("Security Hub ECS.4", "checkov CKV_334"),
    types=TASK,
    unknown=WhenUnknown.SKIP,
    settings=(EXCEPT,),
    guards=GUARDS,
)
def taskdef_no_privileged(task: Resource, config: Config) -> Results:
    """A privileged container is root on its host, with the role of the host and the memory of its neighbours."""
    for container in _others(task, config):
        if container.get("privileged"):
            yield f"container {container.get('name')} is privileged"


@Rule(
    id="taskdef-readonly-root",
    summary="The root file system of a container is read-only.",
    fix="Set readonlyRootFilesystem, and mount volumes where the application writes.",
    severity=Severity.MEDIUM,
    source=GUIDE,
    anchors=("Security Hub ECS.5", "checkov CKV_336"),
    types=TASK,
    unknown=WhenUnknown.SKIP,
    settings=(EXCEPT,),
    guards=GUARDS,
)
def taskdef_readonly_root(task: Resource, config: Config) -> Results:
    """What breaks into a container brings its tools along; on a read-only root there is no place for them.

    ECS Exec needs volumes at /managed-agents, /var/lib/amazon/ssm and /var/log/amazon/ssm then.
    """
    for container in _others(task, config):
        if container.get("readonlyRootFilesystem") is not True:
            yield f"container {container.get('name')} may write to its root file system"


@Rule(
    id="taskdef-no-host-namespaces",
    summary="A task shares neither network nor processes nor memory with its host.",
    fix='Set network_mode "awsvpc"; remove pid_mode and ipc_mode "host".',
    severity=Severity.HIGH,
    source=GUIDE,
    anchors=(
        "Security Hub ECS.3",
        "Security Hub ECS.17",
        "checkov CKV_335",
        "cdk-nag ECSTaskDefinitionUserForHostMode",
    ),
    types=TASK,
    unknown=WhenUnknown.FAIL,
    guards=("networkMode", "pidMode", "ipcMode"),
)
def taskdef_no_host_namespaces(task: Resource, _config: Config) -> Results:
    """A task on the host's network reaches the role of the instance and every port that listens on it."""
    for name in ("networkMode", "pidMode", "ipcMode"):
        if task.get(name) == "host":
            yield f"{name} is host"


@Rule(
    id="taskdef-memory-limit",
    summary="Every container has a hard limit of memory.",
    fix="Set memory for the container or for the task, at or above memoryReservation.",
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, How Amazon ECS manages CPU and memory resources",
    types=TASK,
    unknown=WhenUnknown.SKIP,
    guards=("containerDefinitions", "memory"),
)
def taskdef_memory_limit(task: Resource, _config: Config) -> Results:
    """One leak without a limit takes the whole host, and the kernel chooses what to kill: often the ECS agent."""
    for container in containers(task):
        limit, reserved = container.get("memory"), container.get("memoryReservation") or 0
        if not limit and not task.has("memory"):
            yield f"container {container.get('name')} has no memory limit"
        elif limit and int(reserved) > int(limit):
            yield f"container {container.get('name')} reserves {reserved} MiB of a limit of {limit} MiB"


@Rule(
    id="taskdef-log-driver",
    summary="Every container logs, and a log service that is down does not stop it.",
    fix='Set logConfiguration: driver awslogs with awslogs-group and mode "non-blocking", or awsfirelens.',
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Send Amazon ECS logs to CloudWatch: awslogs log driver, mode",
    anchors=("Security Hub ECS.9", "cdk-nag AwsSolutions-ECS7"),
    types=TASK,
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(name="drivers", default=["awslogs", "awsfirelens"], description="Log drivers that may be used."),
    ),
    guards=GUARDS,
)
def taskdef_log_driver(task: Resource, config: Config) -> Results:
    """In blocking mode a write to standard output waits while CloudWatch cannot be reached, and with it the request."""
    for container in containers(task):
        log = container.get("logConfiguration") or {}
        driver = log.get("logDriver")
        if driver not in config["drivers"]:
            yield f"container {container.get('name')} has {f'the log driver {driver}' if driver else 'no log driver'}"
        elif driver == "awslogs" and (log.get("options") or {}).get("mode") != "non-blocking":
            yield f"container {container.get('name')} blocks when its log cannot be written (mode must be non-blocking)"


@Rule(
    id="taskdef-image-pinned",
    summary="An image is named by a digest, or by a tag that does not move.",
    fix="Name the image by digest (name@sha256:…), or by a tag that is never moved.",
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Container image best practices; Container image resolution",
    types=TASK,
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(name="requireDigest", default=False, description="Whether a tag is not enough."),
        Setting(
            name="movingTags",
            default=["latest", "stable", "main", "master", "edge", "dev"],
            description="Tags that move.",
        ),
    ),
    guards=GUARDS,
)
def taskdef_image_pinned(task: Resource, config: Config) -> Results:
    """When an instance fails at night, its tasks start again with an image that no deployment chose."""
    for container in containers(task):
        image = str(container.get("image") or "")
        if "@sha256:" in image:
            continue
        tag = image.rpartition("/")[2].partition(":")[2]
        if config["requireDigest"] or tag in ("", *config["movingTags"]):
            yield f"container {container.get('name')} runs the tag {tag or 'latest'}, which moves"


@Rule(
    id="taskdef-roles-split",
    summary="The task role is not the execution role.",
    fix="Make a task role with what the application needs, beside the execution role.",
    severity=Severity.MEDIUM,
    source="Amazon ECS developer guide, IAM roles for Amazon ECS",
    anchors=("checkov CKV_249",),
    types=TASK,
    level=Level.ADVISORY,
    unknown=WhenUnknown.PRESENT,
    guards=("taskRoleArn", "executionRoleArn"),
)
def taskdef_roles_split(task: Resource, _config: Config) -> Results:
    """With one role for both, the application may read every secret and every image that its start needs."""
    if task.is_unknown("taskRoleArn") or task.is_unknown("executionRoleArn"):
        return
    if task.has("taskRoleArn") and task.get("taskRoleArn") == task.get("executionRoleArn"):
        yield "has one role as taskRoleArn and executionRoleArn"


@Rule(
    id="taskdef-non-root",
    summary="A container does not run as root.",
    fix="Set user to a number other than 0, here or in the image and here.",
    severity=Severity.LOW,
    source=GUIDE,
    anchors=("Security Hub ECS.20",),
    types=TASK,
    level=Level.ADVISORY,
    unknown=WhenUnknown.SKIP,
    settings=(EXCEPT,),
    guards=GUARDS,
)
def taskdef_non_root(task: Resource, config: Config) -> Results:
    """Root in a container is root on the host for whoever breaks out of it. What the image says no review sees."""
    for container in _others(task, config):
        user = str(container.get("user") or "").partition(":")[0]
        if user in ("", "0", "root"):
            yield f"container {container.get('name')} runs as root, or as the user of its image"


@Rule(
    id="taskdef-stop-timeout",
    summary="A container has a stopTimeout.",
    fix="Set stopTimeout to the longest request and a margin, at most what the drain budget leaves.",
    severity=Severity.LOW,
    source="Amazon ECS developer guide, Task definition parameters: stopTimeout",
    types=TASK,
    level=Level.ADVISORY,
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="maximumSeconds",
            default=120,
            minimum=2,
            maximum=3600,
            description="Longest stopTimeout; 120 is what Fargate allows, and what a Spot instance has.",
        ),
    ),
    guards=GUARDS,
)
def taskdef_stop_timeout(task: Resource, config: Config) -> Results:
    """After 30 seconds, or what the agent of the host says, a container is killed with its requests.

    A long one holds every deployment and every drain as long as a process ignores the signal.
    """
    most = config["maximumSeconds"]
    for container in containers(task):
        seconds = container.get("stopTimeout")
        if seconds is None:
            yield f"container {container.get('name')} has no stopTimeout"
        elif int(seconds) > most:
            yield f"container {container.get('name')} may take {seconds} s to stop, must be at most {most} s"


@Rule(
    id="taskdef-container-health-check",
    summary="A task that hangs is noticed: by a load balancer, or by a health check of its container.",
    fix="Add healthCheck to an essential container, with a command that is in its image.",
    severity=Severity.MEDIUM,
    source="Amazon ECS developer guide, Determine Amazon ECS task health using container health checks",
    types=(tokens.TASK_DEFINITION,),
    level=Level.ADVISORY,
    unknown=WhenUnknown.SKIP,
    guards=("containerDefinitions",),
)
def taskdef_container_health_check(task: Resource, graph: Graph, _config: Config) -> Results:
    """ECS sees a process that runs, not that it answers: without a load balancer it stays in DNS for days.

    Daemons and tasks that no service runs are left alone.
    """
    services = graph.sources((tokens.SERVICE,), "taskDefinition", task, "arn", "family")
    unseen = [one.name for one in services if not one.has("loadBalancers") and not is_daemon(one)]
    if unseen and not any(item.get("healthCheck") for item in containers(task) if item.get("essential", True)):
        yield f"has no health check, and {', '.join(sorted(unseen))} has no load balancer"


@Rule(
    id="taskdef-fits-instance",
    summary="Every task fits on the smallest instance of the cluster.",
    fix="Lower the task's cpu or memory, or choose a larger instance type.",
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Task size; Amazon EC2 instance types",
    types=(tokens.TASK_DEFINITION,),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="reservedMemoryMib",
            default=256,
            minimum=0,
            maximum=16384,
            description="MiB that ECS_RESERVED_MEMORY keeps for the system, of the 93 % that an instance registers.",
        ),
    ),
)
def taskdef_fits_instance(task: Resource, graph: Graph, config: Config) -> Results:
    """A task that fits on no instance stays unplaced for ever, and a scaler that counts it grows to its limit."""
    if task.get("requiresCompatibilities") == ["FARGATE"]:
        return
    types = sorted({name for template in graph.of(tokens.LAUNCH_TEMPLATE, tokens.GROUP) for name in _types(template)})
    cpu, memory = _needs(task)
    for name in types:
        if name not in SIZES:
            yield NotEvaluated(f"size of the instance type {name}")
            continue
        usable = int(SIZES[name].memory_mib * REGISTERED_SHARE) - config["reservedMemoryMib"]
        if cpu > SIZES[name].cpu_units:
            yield f"needs {cpu} CPU units, {name} has {SIZES[name].cpu_units}"
        if memory > usable:
            yield f"needs {memory} MiB, {name} has {usable} MiB for tasks"


def _types(source: Resource) -> list[str]:
    if source.type == tokens.LAUNCH_TEMPLATE:
        return [source.get("instanceType")] if source.has("instanceType") else []
    overrides = source.get("mixedInstancesPolicy", "launchTemplate", "overrides", default=[])
    return [item["instanceType"] for item in overrides if item.get("instanceType")]


def _needs(task: Resource) -> tuple[int, int]:
    if task.has("cpu") and task.has("memory"):
        return int(task.get("cpu")), int(task.get("memory"))
    each = containers(task)
    cpu = int(task.get("cpu", default=0)) or sum(int(item.get("cpu") or 0) for item in each)
    reserved = sum(int(item.get("memoryReservation") or item.get("memory") or 0) for item in each)
    return cpu, int(task.get("memory", default=0)) or reserved


@Rule(
    id="taskdef-no-plaintext-secrets",
    summary="No environment variable holds a secret.",
    fix="Keep it in Secrets Manager or Parameter Store, and name it under secrets (valueFrom), or read it at run time.",
    severity=Severity.CRITICAL,
    source="Amazon ECS developer guide, Pass sensitive data to an Amazon ECS container",
    anchors=("Security Hub ECS.8", "cdk-nag AwsSolutions-ECS2", "checkov CKV_45"),
    types=(tokens.TASK_DEFINITION, tokens.FUNCTION),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="allowedNames",
            default=[],
            description="Regular expressions on whole names of variables that only look like secrets.",
        ),
    ),
    guards=("containerDefinitions", "environment"),
)
def taskdef_no_plaintext_secrets(holder: Resource, config: Config) -> Results:
    """Whoever may describe the task or the function reads the password, and it stays in every old revision.

    Judged by the name of a variable, by known shapes of keys and by randomness; the value is never shown.
    """
    for name, value in _variables(holder):
        if any(re.fullmatch(pattern, name) for pattern in config["allowedNames"]):
            continue
        if isinstance(value, Unknown):
            if not HARMLESS_NAME.fullmatch(name):
                yield NotEvaluated(f"value of the variable {name}")
        elif looks_secret(name, str(value)):
            yield f"the variable {name} holds what looks like a secret"


def _variables(holder: Resource) -> Iterator[tuple[str, Any]]:
    if holder.type == tokens.FUNCTION:
        yield from holder.get("environment", "variables", default={}).items()
        return
    for container in containers(holder):
        for item in container.get("environment") or ():
            yield str(item.get("name")), item.get("value") or ""
