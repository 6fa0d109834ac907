"""What a task definition needs of an instance, and what an agent says that it can: attributes by name. Pure.

Sources: amazon-ecs-agent, agent/app/agent_capability.go and agent_capability_unix.go (what an agent registers) and
ecs-init/docker (what the ECS-optimized AMI tells it); ECS API reference, the notes on parameters of ContainerDefinition
(what a parameter asks for).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

OLD: Final = "com.amazonaws.ecs.capability."
NEW: Final = "ecs.capability."
SELINUX: Final = f"{OLD}selinux"
APPARMOR: Final = f"{OLD}apparmor"

_AMI: Final = {
    "ECS_AVAILABLE_LOGGING_DRIVERS": '["json-file","syslog","awslogs","fluentd","none"]',
    "ECS_ENABLE_TASK_IAM_ROLE": "true",
    "ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST": "true",
    "ECS_ENABLE_TASK_ENI": "true",
    "ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE": "true",
    "ECS_ENABLE_TASK_CPU_MEM_LIMIT": "true",
    "ECS_VOLUME_PLUGIN_CAPABILITIES": '["efsAuth"]',
}
"""Settings of the agent on the ECS-optimized AMI where the user data are silent; all others are off."""

_DOCKER: Final = range(17, 45)
"""Docker Remote API versions 1.17 to 1.44, those of Docker 25."""

_ALWAYS: Final = (
    *(f"{OLD}docker-remote-api.1.{minor}" for minor in _DOCKER),
    f"{OLD}ecr-auth",
    f"{OLD}logging-driver.awsfirelens",
    *(
        NEW + name
        for name in (
            "aws-appmesh", "container-ordering", "container-restart-policy", "docker-plugin.local", "ecr-endpoint",
            "efs", "env-files.s3", "execute-command", "execution-role-ecr-pull", "firelens.fluentbit",
            "firelens.fluentd", "firelens.options.config.file", "firelens.options.config.s3", "full-sync",
            "network.container-port-range", "pid-ipc-namespace-sharing",
            "private-registry-authentication.secretsmanager", "secrets.asm.bootstrap.log-driver",
            "secrets.asm.environment-variables", "secrets.ssm.bootstrap.log-driver",
            "secrets.ssm.environment-variables", "service-connect-v1", "storage.ebs-task-volume-attach",
        )
    ),
)  # fmt: skip

_WHERE_ENABLED: Final = {
    "ECS_SELINUX_CAPABLE": (SELINUX,),
    "ECS_APPARMOR_CAPABLE": (APPARMOR,),
    "ECS_ENABLE_TASK_IAM_ROLE": (f"{OLD}task-iam-role",),
    "ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST": (f"{OLD}task-iam-role-network-host",),
    "ECS_ENABLE_TASK_ENI": (f"{NEW}task-eni",),
    "ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE": (f"{NEW}execution-role-awslogs",),
    "ECS_ENABLE_TASK_CPU_MEM_LIMIT": (f"{NEW}task-cpu-mem-limit", f"{NEW}increased-task-cpu-limit"),
}

_WHERE_NOT_DISABLED: Final = {
    "ECS_DISABLE_PRIVILEGED": f"{OLD}privileged-container",
    "ECS_DISABLE_DOCKER_HEALTH_CHECK": f"{NEW}container-health-check",
}

_BY_PARAMETER: Final = {
    "logConfiguration": f"{OLD}docker-remote-api.1.18",
    "ulimits": f"{OLD}docker-remote-api.1.18",
    "dockerLabels": f"{OLD}docker-remote-api.1.18",
    "privileged": f"{OLD}privileged-container",
    "healthCheck": f"{NEW}container-health-check",
    "dependsOn": f"{NEW}container-ordering",
    "startTimeout": f"{NEW}container-ordering",
    "stopTimeout": f"{NEW}container-ordering",
    "environmentFiles": f"{NEW}env-files.s3",
    "repositoryCredentials": f"{NEW}private-registry-authentication.secretsmanager",
}

_ECR: Final = re.compile(r"^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/")

Needs = frozenset[frozenset[str]]
"""Of each set, an instance needs one attribute."""


def is_on(settings: Mapping[str, str], name: str) -> bool:
    """Whether a setting of the agent is true, as Go reads it."""
    return settings.get(name, _AMI.get(name, "")) in {"1", "t", "T", "true", "TRUE", "True"}


def registered(settings: Mapping[str, str]) -> dict[str, str]:
    """Give the capabilities of an agent with these settings of /etc/ecs/ecs.config, as attributes without a value."""
    names = [*_ALWAYS]
    for name, attributes in _WHERE_ENABLED.items():
        names += attributes if is_on(settings, name) else ()
    names += [attribute for name, attribute in _WHERE_NOT_DISABLED.items() if not is_on(settings, name)]
    if is_on(settings, "ECS_ENABLE_TASK_ENI") and is_on(settings, "ECS_AWSVPC_BLOCK_IMDS"):
        names.append(f"{NEW}task-eni-block-instance-metadata")
    drivers = _texts(settings, "ECS_AVAILABLE_LOGGING_DRIVERS")
    names += [f"{OLD}logging-driver.{driver}" for driver in drivers]
    names += [NEW + capability for capability in _texts(settings, "ECS_VOLUME_PLUGIN_CAPABILITIES")]
    return dict.fromkeys(names, "")


def _texts(settings: Mapping[str, str], name: str) -> list[str]:
    """A list in JSON; one that the agent cannot read counts as empty."""
    try:
        return [str(item) for item in json.loads(settings.get(name, _AMI[name]))]
    except (ValueError, TypeError):
        return []


def needed(definition: Any) -> Needs:
    """Give what a task definition (moto's) needs of an instance."""
    found = {frozenset({name}) for name in _of_the_task(definition)}
    for container in definition.container_definitions:
        found |= {frozenset({name}) for name in _of_a_container(container, executes=_role(definition, "execution"))}
        found |= {_of_an_option(option) for option in container.get("dockerSecurityOptions") or []}
    return frozenset(found)


def shown(definition: Any) -> list[dict[str, str]]:
    """Give `requiresAttributes` of a task definition."""
    return [
        {"name": name} for name in sorted(name for names in needed(definition) if len(names) == 1 for name in names)
    ]


def _role(definition: Any, kind: str) -> bool:
    return bool(getattr(definition, f"{kind}_role_arn", None))


def _of_the_task(definition: Any) -> Iterator[str]:
    if definition.network_mode == "awsvpc":
        yield f"{NEW}task-eni"
    if _role(definition, "task"):
        host = "-network-host" if definition.network_mode == "host" else ""
        yield f"{OLD}task-iam-role{host}"
    if definition.cpu or definition.memory:
        yield f"{NEW}task-cpu-mem-limit"
    if definition.pid_mode or definition.ipc_mode:
        yield f"{NEW}pid-ipc-namespace-sharing"
    for volume in definition.volumes or []:
        yield from _of_a_volume(volume)


def _of_a_volume(volume: Mapping[str, Any]) -> Iterator[str]:
    if efs := volume.get("efsVolumeConfiguration"):
        yield f"{NEW}efsAuth" if efs.get("transitEncryption") or efs.get("authorizationConfig") else f"{NEW}efs"
    if driver := (volume.get("dockerVolumeConfiguration") or {}).get("driver"):
        yield f"{NEW}docker-plugin.{driver.replace(':', '.')}"


def _of_a_container(container: Mapping[str, Any], *, executes: bool) -> Iterator[str]:
    for name, attribute in _BY_PARAMETER.items():
        if container.get(name):
            yield attribute
    if (container.get("linuxParameters") or {}).get("initProcessEnabled"):
        yield f"{OLD}docker-remote-api.1.25"
    if _ECR.match(container.get("image") or ""):
        yield f"{OLD}ecr-auth"
        if executes:
            yield f"{NEW}execution-role-ecr-pull"
    for secret in container.get("secrets") or []:
        yield f"{NEW}secrets.{_store(secret)}.environment-variables"
    yield from _of_logging(container.get("logConfiguration") or {}, executes=executes)


def _of_logging(logs: Mapping[str, Any], *, executes: bool) -> Iterator[str]:
    if driver := logs.get("logDriver"):
        yield f"{OLD}logging-driver.{driver}"
        if driver == "awslogs" and executes:
            yield f"{NEW}execution-role-awslogs"
    for secret in logs.get("secretOptions") or []:
        yield f"{NEW}secrets.{_store(secret)}.bootstrap.log-driver"


def _store(secret: Mapping[str, Any]) -> str:
    return "asm" if ":secretsmanager:" in (secret.get("valueFrom") or "") else "ssm"


def _of_an_option(option: str) -> frozenset[str]:
    """One of the security options; what is neither a label nor a profile needs an agent that knows either system."""
    if option.startswith("label:"):
        return frozenset({SELINUX})
    return frozenset({APPARMOR}) if option.startswith("apparmor:") else frozenset({SELINUX, APPARMOR})
