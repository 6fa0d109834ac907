"""What no task definition holds: ways from a container to its host, and secrets in the open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from ecs_operations.engine.registry import (
    Config,
    NotEvaluated,
    Results,
    Rule,
    Setting,
    Severity,
    WhenUnknown,
    apart,
)
from ecs_operations.engine.shared_settings import EXCEPT_CONTAINERS
from ecs_operations.facts import tokens
from ecs_operations.facts.capabilities import HARMLESS, plain_name
from ecs_operations.facts.documents import SECURITY_GUIDE, called, containers, inner
from ecs_operations.facts.encoded_texts import decoded
from ecs_operations.facts.host_paths import opens_the_host
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.secret_names import Meaning, meaning_of
from ecs_operations.facts.secrets_in_text import has_shape, in_command, in_script, looks_secret
from ecs_operations.facts.shapes import entries, is_true, listed
from ecs_operations.facts.tags import TAGGABLE
from ecs_operations.facts.values import Unknown, UnknownInputError

GUARDS = ("containerDefinitions",)
TASK = (tokens.TASK_DEFINITION,)


@Rule(
    id="taskdef-no-privileged",
    summary="No container is privileged, or has a part of it: capabilities, devices, no confinement.",
    fix="Remove privileged, devices and unconfined security options; add only capabilities that Docker gives anyway.",
    severity=Severity.CRITICAL,
    source=f"{SECURITY_GUIDE}; Kubernetes documentation, Pod Security Standards, Baseline",
    anchors=("Security Hub ECS.4", "checkov CKV_334"),
    types=TASK,
    unknown=WhenUnknown.SKIP,
    settings=(
        EXCEPT_CONTAINERS,
        Setting(name="capabilities", default=[], description="Further capabilities that may be added."),
    ),
    guards=GUARDS,
)
def taskdef_no_privileged(task: Resource, config: Config) -> Results:
    """A privileged container is root on its host, with the role of the host and the memory of its neighbours.

    SYS_ADMIN, SYS_PTRACE or the disk of the host lead there as well.
    """
    yield from apart(containers(task), lambda container: _privileges(container, config))


def _privileges(container: dict[str, Any], config: Config) -> Results:
    if container.get("name") in config["exceptContainers"]:
        return
    if is_true(container.get("privileged")):
        yield f"{called(container)} is privileged"
    added = {plain_name(item) for item in listed(inner(container, "linuxParameters", "capabilities", "add"))}
    if wide := sorted(added - HARMLESS - {plain_name(item) for item in config["capabilities"]}):
        yield f"{called(container)} adds capabilities that reach its host or its neighbours: {', '.join(wide)}"
    devices = {str(item.get("hostPath")) for item in entries(inner(container, "linuxParameters", "devices"))}
    if raw := sorted(device for device in devices if not HARMLESS_DEVICE.match(device)):
        yield f"{called(container)} has devices of its host: {', '.join(raw)}"
    options = [str(item) for item in listed(container.get("dockerSecurityOptions"))]
    if loose := [option for option in options if UNCONFINED.search(option)]:
        yield f"{called(container)} runs without confinement: {', '.join(loose)}"


HARMLESS_DEVICE = re.compile(r"/dev/(nvidia|neuron|dri|fuse|net/tun|snd|video|null|zero|full|u?random|tty)")
"""GPUs, and what every container has."""
UNCONFINED = re.compile(r"unconfined|label[:=]disable|no-new-privileges[:=]false", re.IGNORECASE)


@Rule(
    id="taskdef-no-host-paths",
    summary="No container mounts a socket, a device, settings or programs of its host.",
    fix="Remove host_path of the volume; keep data in a volume of Docker or of EFS.",
    severity=Severity.CRITICAL,
    source="CIS Docker Benchmark, 5.5 and 5.31; Amazon ECS developer guide, Use bind mounts with Amazon ECS",
    types=TASK,
    unknown=WhenUnknown.SKIP,
    settings=(EXCEPT_CONTAINERS,),
    guards=("containerDefinitions", "volumes"),
)
def taskdef_no_host_paths(task: Resource, config: Config) -> Results:
    """Who may write to the socket of Docker starts a privileged container; who reads /etc has the keys of the agent.

    A mount that is only read is let pass where reading does no harm.
    """
    by_name = _by_name(task)
    yield from apart(containers(task), lambda container: _mounts(task, container, by_name, config))


def _by_name(task: Resource) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    with suppress(UnknownInputError):
        found.update({one["name"]: one for one in containers(task) if isinstance(one.get("name"), str)})
    return found


def _mounts(task: Resource, container: dict[str, Any], by_name: dict[str, dict[str, Any]], config: Config) -> Results:
    if container.get("name") in config["exceptContainers"]:
        return
    volumes = {str(item.get("name")): item for item in entries(task.get("volumes"))}

    def judged(mount: tuple[str, bool]) -> Results:
        volume, read_only = mount
        path = _host_path(volumes.get(volume, {}))
        if path and opens_the_host(path, read_only=read_only):
            yield f"{called(container)} mounts {path} of its host"

    yield from apart(_mounted(container, by_name), judged)


def _mounted(container: dict[str, Any], by_name: dict[str, dict[str, Any]]) -> Iterator[tuple[str, bool]]:
    """Volumes that a container mounts, itself or as another container does, and whether it only reads them."""
    for mount in entries(container.get("mountPoints")):
        yield str(mount.get("sourceVolume")), is_true(mount.get("readOnly"))
    for source in entries(container.get("volumesFrom")):
        others = {name: one for name, one in by_name.items() if one is not container}
        for volume, read_only in _mounted(others.get(str(source.get("sourceContainer")), {}), others):
            yield volume, read_only or is_true(source.get("readOnly"))


def _host_path(volume: dict[str, Any]) -> str:
    """The path of the host behind a volume: of a bind mount, or of a volume of Docker that is one by its options."""
    device = inner(volume, "dockerVolumeConfiguration", "driverOpts", "device")
    path = str(volume.get("hostPath") or device or "")
    return path if path.startswith("/") else ""


@Rule(
    id="taskdef-no-host-namespaces",
    summary="A task shares neither network nor processes nor memory with its host.",
    fix='Set network_mode "awsvpc"; remove pid_mode and ipc_mode "host".',
    severity=Severity.HIGH,
    source=SECURITY_GUIDE,
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

    def judged(name: str) -> Results:
        if str(task.get(name)).lower() == "host":
            yield f"{name} is host"

    yield from apart(("networkMode", "pidMode", "ipcMode"), judged)


USER_DATA = {
    tokens.LAUNCH_TEMPLATE: ("userData",),
    tokens.LAUNCH_CONFIGURATION: ("userData", "userDataBase64"),
    tokens.INSTANCE: ("userData", "userDataBase64"),
}


@Rule(
    id="taskdef-no-plaintext-secrets",
    summary="No variable, command, label, tag, log option, plain parameter or user data holds a secret.",
    fix="Keep it in Secrets Manager or Parameter Store, and name it under secrets (valueFrom), or read it at run time.",
    severity=Severity.CRITICAL,
    source="Amazon ECS developer guide, Pass sensitive data to an Amazon ECS container",
    anchors=("Security Hub ECS.8", "cdk-nag AwsSolutions-ECS2", "checkov CKV_45", "checkov CKV_46"),
    types=tuple(sorted({*TAGGABLE, *USER_DATA})),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="allowedNames",
            default=[],
            description="Regular expressions on whole names, of variables and others, that look like secrets only.",
        ),
    ),
)
def taskdef_no_plaintext_secrets(holder: Resource, config: Config) -> Results:
    """Whoever may describe the task, the function or the instance reads the password, and old revisions keep it.

    Judged by name and value together, by known shapes of keys and by randomness; the value is never shown.
    """
    yield from apart(_places(holder), lambda place: _judged(*place, config["allowedNames"]))


Place = tuple[str, str, Any]
"""What is there, whose it is, and the value: named values, the words of a command, or a script."""


def _places(holder: Resource) -> Iterator[Place]:
    yield from (("tag", "", part) for part in _tags(holder))
    if holder.type == tokens.FUNCTION:
        yield "variable", "", holder.get("environment", "variables")
    elif holder.type == tokens.PARAMETER:
        if holder.get("type") != "SecureString":
            name = str(holder.get("name", default=holder.name))
            given = (one for one in ("value", "insecureValue") if holder.has(one))
            yield from (("parameter", "", {name: holder.peek(one)}) for one in given)
    elif holder.type in USER_DATA:
        yield from (("user data", "", holder.peek(name)) for name in USER_DATA[holder.type])
    elif holder.type == tokens.TASK_DEFINITION:
        yield "volumes", "", holder.peek("volumes")
        for container in containers(holder):
            yield from _places_of(container)


def _tags(holder: Resource) -> Iterator[Any]:
    """Yield the tags of a resource and, of a template, of what it starts."""
    specified = holder.inputs.get("tagSpecifications")
    parts = (
        [one.get("tags") for one in specified if isinstance(one, dict)] if isinstance(specified, list) else [specified]
    )
    for part in (holder.inputs.get("tags"), *parts):
        given = part if isinstance(part, list) else []
        keyed = {str(one.get("key")): one.get("value") for one in given if isinstance(one, dict)}
        yield keyed if isinstance(part, list) else part


DRIVER_OPTIONS = ("dockerVolumeConfiguration", "driverOpts")


def _places_of(container: dict[str, Any]) -> Iterator[Place]:
    of = f" of {called(container)}"
    yield "variable", of, container.get("environment")
    yield "command", of, (container.get("entryPoint"), container.get("command"))
    yield "health check", of, (inner(container, "healthCheck", "command"),)
    yield "label", of, container.get("dockerLabels")
    yield "log option", of, inner(container, "logConfiguration", "options")
    yield "log option", of, inner(container, "firelensConfiguration", "options")


def _judged(kind: str, of: str, value: Any, allowed: list[str]) -> Results:
    if kind in ("command", "health check"):
        yield from _command(kind, of, [word for part in value for word in _words(part)], allowed)
    elif kind == "volumes":
        for volume in entries(value):
            yield from _judged("volume option", "", inner(volume, *DRIVER_OPTIONS), allowed)
    elif kind == "user data":
        text = str(value or "")
        name = in_script(decoded(text) or text)
        if name and not _is_allowed(name, allowed):
            yield f"the user data holds what looks like a secret ({name})"
    else:
        yield from apart(_pairs(value), lambda pair: _named(kind, of, *pair, allowed))


def _command(kind: str, of: str, words: list[Any], allowed: list[str]) -> Results:
    name = in_command([word for word in words if not isinstance(word, Unknown)])
    if name and not _is_allowed(name, allowed):
        yield f"the {kind}{of} holds what looks like a secret ({name})"
    elif any(isinstance(word, Unknown) for word in words):
        yield NotEvaluated(f"{kind}{of}")


NAMED = (Meaning.PASSWORD, Meaning.KEY)
HEADERS = ("header", "headers", "http_headers")
"""Options of FireLens of the form `Name value` (source: Fluent Bit manual, HTTP output)."""


def _named(kind: str, of: str, given: Any, value: Any, allowed: list[str]) -> Results:
    name, meaning = str(given), meaning_of(str(given))
    if _is_allowed(name, allowed):
        return
    if kind == "tag" and meaning not in NAMED and (isinstance(value, Unknown) or not has_shape(str(value))):
        return  # tags hold commits and digests, which look as random as keys
    if kind == "log option" and name.lower() in HEADERS and isinstance(value, str):
        name, _, value = value.strip().partition(" ")
        value = value.rpartition(" ")[2]  # a token stands behind its scheme
    if isinstance(value, Unknown):
        if meaning is not Meaning.PLACE:
            yield NotEvaluated(f"value of the {kind} {name}")
    elif looks_secret("token" if name.lower().endswith("authorization") else name, str(value)):
        yield f"the {kind} {name}{of} holds what looks like a secret"


def _is_allowed(name: str, allowed: list[str]) -> bool:
    return any(re.fullmatch(pattern, name) for pattern in allowed)


def _words(value: Any) -> list[Any]:
    given = value if isinstance(value, list) else [value]
    return [word if isinstance(word, Unknown) else str(word) for word in given if word is not None]


def _pairs(value: Any) -> Iterator[tuple[Any, Any]]:
    given = value or {}
    if isinstance(given, dict):
        yield from ((name, held) for name, held in given.items() if held is not None)
    for item in entries(value):
        yield item.get("name"), "" if item.get("value") is None else item["value"]
