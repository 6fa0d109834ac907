"""Task definitions: what a container needs, its image, its logs, its health and its end."""

from __future__ import annotations

import re
from typing import Any

from ecs_operations.engine.registry import (
    Config,
    Level,
    Results,
    Rule,
    Setting,
    Severity,
    WhenUnknown,
    apart,
)
from ecs_operations.engine.shared_settings import EXCEPT_CONTAINERS
from ecs_operations.facts import tokens
from ecs_operations.facts.documents import SECURITY_GUIDE, called, containers, inner
from ecs_operations.facts.fargate import made_for_instances
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.health_commands import accepts_everything
from ecs_operations.facts.image_tags import moves, tag_of
from ecs_operations.facts.quantities import number, size_in_bytes
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.services import is_daemon
from ecs_operations.facts.shapes import is_false, is_true, listed

GUARDS = ("containerDefinitions",)


TASK = (tokens.TASK_DEFINITION,)


@Rule(
    id="taskdef-readonly-root",
    summary="The root file system of a container is read-only.",
    fix="Set readonlyRootFilesystem, and mount volumes where the application writes.",
    severity=Severity.MEDIUM,
    source=SECURITY_GUIDE,
    anchors=("Security Hub ECS.5", "checkov CKV_336"),
    types=TASK,
    unknown=WhenUnknown.SKIP,
    settings=(EXCEPT_CONTAINERS,),
    guards=GUARDS,
)
def taskdef_readonly_root(task: Resource, config: Config) -> Results:
    """What breaks into a container brings its tools along; on a read-only root there is no place for them.

    ECS Exec needs volumes at /managed-agents, /var/lib/amazon/ssm and /var/log/amazon/ssm then.
    """

    def judged(container: dict[str, Any]) -> Results:
        excepted = container.get("name") in config["exceptContainers"]
        if not excepted and not is_true(container.get("readonlyRootFilesystem")):
            yield f"{called(container)} may write to its root file system (readonlyRootFilesystem)"

    yield from apart(containers(task), judged)


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

    def judged(container: dict[str, Any]) -> Results:
        limited = task.has("memory")
        limit, reserved = number(container.get("memory")), number(container.get("memoryReservation"))
        if not limit and not limited:
            yield f"{called(container)} has no memory limit"
        elif limit and reserved > limit:
            yield f"{called(container)} reserves {reserved} MiB of a limit of {limit} MiB"

    yield from apart(containers(task), judged)


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
        Setting(
            name="minimumBufferMib",
            default=1,
            minimum=0,
            maximum=1024,
            description="MiB of lines that wait at least (max-buffer-size); 1 is what Docker takes by default.",
        ),
    ),
    guards=GUARDS,
)
def taskdef_log_driver(task: Resource, config: Config) -> Results:
    """In blocking mode a write to standard output waits while CloudWatch cannot be reached, and with it the request."""
    yield from apart(containers(task), lambda container: _logged(container, config))


def _logged(container: dict[str, Any], config: Config) -> Results:
    driver = inner(container, "logConfiguration", "logDriver")
    if driver not in config["drivers"]:
        yield f"{called(container)} has {f'the log driver {driver}' if driver else 'no log driver'}"
    elif driver == "awslogs":
        size = inner(container, "logConfiguration", "options", "max-buffer-size")
        if inner(container, "logConfiguration", "options", "mode") != "non-blocking":
            yield f"{called(container)} blocks when its log cannot be written (mode must be non-blocking)"
        elif size is not None and size_in_bytes(size) < config["minimumBufferMib"] * 2**20:
            yield (
                f"{called(container)} loses lines that exceed {size} while its log is written (max-buffer-size must be "
                f"at least {config['minimumBufferMib']}m)"
            )


DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")


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
            description="Tags that move, whatever they look like; others without a whole version, a day, a commit or a "
            "build number do as well.",
        ),
        Setting(
            name="fixedTags",
            default=[],
            description="Regular expressions on whole tags that are never moved here, whatever they look like.",
        ),
    ),
    guards=GUARDS,
)
def taskdef_image_pinned(task: Resource, config: Config) -> Results:
    """When an instance fails at night, its tasks start again with an image that no deployment chose."""

    def judged(container: dict[str, Any]) -> Results:
        image = str(container.get("image") or "")
        tag = tag_of(image)
        if DIGEST.search(image):
            return
        if moves(tag, config["movingTags"], config["fixedTags"]):
            yield f"{called(container)} runs the tag {tag or 'latest'}, which moves"
        elif config["requireDigest"]:
            yield f"{called(container)} runs the tag {tag}, must be named by a digest (@sha256:…)"

    yield from apart(containers(task), judged)


@Rule(
    id="taskdef-roles-split",
    summary="The task role is not the execution role, and secrets have an execution role that reads them.",
    fix="Make a task role with what the application needs, beside the execution role.",
    severity=Severity.MEDIUM,
    source="Amazon ECS developer guide, IAM roles for Amazon ECS",
    anchors=("checkov CKV_249",),
    types=TASK,
    level=Level.ADVISORY,
    unknown=WhenUnknown.SKIP,
    guards=("taskRoleArn", "executionRoleArn"),
)
def taskdef_roles_split(task: Resource, graph: Graph, _config: Config) -> Results:
    """With one role for both, the application may read every secret and every image that its start needs."""
    if task.has("taskRoleArn") and task.has("executionRoleArn") and _is_one_role(task, graph):
        yield "has one role as taskRoleArn and executionRoleArn"
    if not task.has("executionRoleArn") and any(one.get("secrets") for one in containers(task)):
        yield "has secrets, and no executionRoleArn that may read them"


def _is_one_role(task: Resource, graph: Graph) -> bool:
    """Whether both are made from one role, or are one text; a role that is looked up is known by its text alone."""
    application, start = (
        {urn for urn in task.dependencies.get(name, ()) if (role := graph.get(urn)) and role.type == tokens.ROLE}
        for name in ("taskRoleArn", "executionRoleArn")
    )
    if application and start:
        return application == start
    return bool(task.get("taskRoleArn") == task.get("executionRoleArn"))


@Rule(
    id="taskdef-non-root",
    summary="A container does not run as root.",
    fix="Set user to a number other than 0, here or in the image and here.",
    severity=Severity.LOW,
    source=SECURITY_GUIDE,
    anchors=("Security Hub ECS.20",),
    types=TASK,
    level=Level.ADVISORY,
    unknown=WhenUnknown.SKIP,
    settings=(
        EXCEPT_CONTAINERS,
        Setting(
            name="noNewPrivileges",
            default=False,
            description='Whether dockerSecurityOptions must hold "no-new-privileges" on instances; their agent needs '
            "ECS_SELINUX_CAPABLE or ECS_APPARMOR_CAPABLE for it.",
        ),
    ),
    guards=GUARDS,
)
def taskdef_non_root(task: Resource, graph: Graph, config: Config) -> Results:
    """Root in a container is root on the host for whoever breaks out of it. What the image says no review sees."""

    def judged(container: dict[str, Any]) -> Results:
        if container.get("name") in config["exceptContainers"]:
            return
        user = str(container.get("user") or "").partition(":")[0]
        options = {str(item).partition(":")[0] for item in listed(container.get("dockerSecurityOptions"))}
        # A log router reads a configuration and makes a socket where the agent, as root, has put both.
        if user.lstrip("0") in ("", "root") and not container.get("firelensConfiguration"):
            yield f"{called(container)} runs as root, or as the user of its image"
        elif config["noNewPrivileges"] and "no-new-privileges" not in options and made_for_instances(graph, task):
            yield f"{called(container)} may become root by a program of its image (no-new-privileges is not set)"

    yield from apart(containers(task), judged)


@Rule(
    id="taskdef-stop-timeout",
    summary="A container has a stopTimeout that is neither too short nor too long.",
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
        Setting(name="minimumSeconds", default=2, minimum=1, maximum=120, description="Shortest stopTimeout."),
    ),
    guards=GUARDS,
)
def taskdef_stop_timeout(task: Resource, config: Config) -> Results:
    """After 30 seconds, or what the agent of the host says, a container is killed with its requests.

    A long one holds every deployment and every drain as long as a process ignores the signal.
    """
    least, most = config["minimumSeconds"], config["maximumSeconds"]

    def judged(container: dict[str, Any]) -> Results:
        given = container.get("stopTimeout")
        if given is None:
            yield f"{called(container)} has no stopTimeout"
        elif number(given) < least:
            yield f"{called(container)} has {given} s to stop, must be at least {least} s"
        elif number(given) > most:
            yield f"{called(container)} may take {given} s to stop, must be at most {most} s"

    yield from apart(containers(task), judged)


DEFAULT_INTERVAL_S, DEFAULT_TIMEOUT_S, DEFAULT_RETRIES = 30, 5, 3
"""Of a container's health check (source: Amazon ECS API reference, HealthCheck)."""


@Rule(
    id="taskdef-container-health-check",
    summary="A task that hangs is noticed in time: by a load balancer, or by a health check of its container.",
    fix="Give an essential container a healthCheck whose command fails when the application does not answer.",
    severity=Severity.MEDIUM,
    source="Amazon ECS developer guide, Determine Amazon ECS task health using container health checks",
    types=(tokens.TASK_DEFINITION,),
    level=Level.ADVISORY,
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="maximumDetectionSeconds",
            default=180,
            minimum=5,
            maximum=3000,
            description="Seconds until a container that hangs is replaced: interval * retries.",
        ),
    ),
    guards=("containerDefinitions",),
)
def taskdef_container_health_check(task: Resource, graph: Graph, config: Config) -> Results:
    """ECS sees a process that runs, not that it answers: without a load balancer it stays in DNS for days.

    Daemons and tasks that no service runs need no check.
    """
    yield from apart(containers(task), lambda container: _checked(container, config["maximumDetectionSeconds"]))
    services = graph.sources((tokens.SERVICE,), "taskDefinition", task, "arn", "family")
    unseen = [one.name for one in services if not one.has("loadBalancers") and not is_daemon(one)]
    if unseen and not any(item.get("healthCheck") for item in containers(task) if not is_false(item.get("essential"))):
        yield f"has no health check, and {', '.join(sorted(unseen))} has no load balancer"


def _checked(container: dict[str, Any], most: int) -> Results:
    check = container.get("healthCheck") or {}
    if not isinstance(check, dict) or not check:
        return
    interval = number(check.get("interval"), DEFAULT_INTERVAL_S)
    timeout = number(check.get("timeout"), DEFAULT_TIMEOUT_S)
    seconds = interval * number(check.get("retries"), DEFAULT_RETRIES)
    if accepts_everything(check.get("command")):
        yield f"the health check of {called(container)} succeeds whatever the application answers"
    if timeout >= interval:
        yield f"the health check of {called(container)} may take {timeout} s, and the next begins after {interval} s"
    if seconds > most:
        yield f"{called(container)} is replaced {seconds} s after it began to hang, must be at most {most} s"
