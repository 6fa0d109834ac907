from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import Case, a, bad, good, other, unknown
from tests.policies.cases.tasks import CONTAINER, listed, task

PRIVILEGED, HOST, PATHS, PLAIN = (
    "taskdef-no-privileged", "taskdef-no-host-namespaces", "taskdef-no-host-paths", "taskdef-no-plaintext-secrets",
)  # fmt: skip
WITH_JSON = (PRIVILEGED, PATHS, PLAIN)


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


def linux(**parameters: Any) -> Resource:
    return task(linuxParameters=parameters)


def mounting(path: Any, *, read_only: bool = False, **volume: Any) -> Resource:
    mounts = [{"sourceVolume": "host", "containerPath": "/host", "readOnly": read_only}]
    volumes = [{"name": "host", **({} if path is None else {"hostPath": path}), **volume}]
    return task(settings={"volumes": volumes}, mountPoints=mounts)


def lent(name: str = "web") -> Resource:
    """Two containers: one has the volumes of the other."""
    agent = {**CONTAINER, "name": "agent", "mountPoints": [{"sourceVolume": "host", "containerPath": "/run"}]}
    web = {**CONTAINER, "name": name, "volumesFrom": [{"sourceContainer": "agent"}]}
    text = json.dumps([agent, web])
    return a(tokens.TASK_DEFINITION, "web", containerDefinitions=text,
             volumes=[{"name": "host", "hostPath": "/var/run"}])  # fmt: skip


def started(script: str) -> Resource:
    return a(tokens.LAUNCH_TEMPLATE, "hosts", userData=b64encode(script.encode()).decode())


BIND = {"driver": "local", "driverOpts": {"type": "none", "o": "bind", "device": "/etc"}}
HEX = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def firelens(**options: str) -> Resource:
    return task(logConfiguration={"logDriver": "awsfirelens", "options": {"Name": "http", **options}})


CASES = (
    good(PLAIN, "tags", a(tokens.CLUSTER, tags={"owner": "team", "commit": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
         "secret-store": "prod/db/password", "Name": UNKNOWN})),
    good(PLAIN, "tags of many", a(tokens.BUCKET, tags={"team": "shop"}), a(tokens.GROUP, tags=[
        {"key": "team", "value": "shop", "propagateAtLaunch": True}])),
    bad(PLAIN, "a tag", "the tag db-password holds", a(tokens.CLUSTER, tags={"db-password": "correct-horse"})),
    bad(PLAIN, "the key of an issuer in a tag", "the tag note holds", a(tokens.BUCKET, tags={
        "note": "ghp_" + "a1B2" * 9})),
    bad(PLAIN, "a tag of a group", "the tag api-key holds", a(tokens.GROUP, tags=[
        {"key": "api-key", "value": "correct-horse-battery", "propagateAtLaunch": True}])),
    bad(PLAIN, "a tag of instances", "the tag DB_PASSWORD holds", a(tokens.LAUNCH_TEMPLATE, tagSpecifications=[
        {"resourceType": "instance", "tags": {"DB_PASSWORD": "correct-horse"}}])),
    good(PLAIN, "options of FireLens", firelens(Host="logs.example.org", Header="X-Tenant shop", Port="443")),
    bad(PLAIN, "a password of FireLens", "the log option HTTP_Passwd of container web", firelens(
        HTTP_Passwd="correct-horse")),
    bad(PLAIN, "a header of FireLens", "the log option X-Api-Key of container web", firelens(
        Header="X-Api-Key correct-horse-battery")),
    bad(PLAIN, "a header with a token", "the log option Authorization of container web", firelens(
        header="Authorization Bearer 5d41402abc4b2a76b9719d911017c592")),
    bad(PLAIN, "a token of FireLens", "the log option splunk_token", firelens(
        splunk_token="11111111-2222-3333-4444-5ab5")),
    bad(PLAIN, "a key of FireLens", "the log option license_key", firelens(
        license_key="eu01xx41b2a76b9719d911017c592NRAL")),
    *blind(),
    *unconcerned(),
    good(PRIVILEGED, "ordinary", task()),
    good(PRIVILEGED, "a daemon's agent", task(privileged=True), exceptContainers=["web"]),
    bad(PRIVILEGED, "privileged", "container web is privileged", task(privileged=True)),
    good(HOST, "a network of its own", task()),
    bad(HOST, "the network of the host", "networkMode is host", task(settings={"networkMode": "host"})),
    bad(HOST, "the processes of the host", "pidMode is host", task(settings={"pidMode": "host"})),
    unknown(HOST, "the mode", task(settings={"networkMode": UNKNOWN})),
    good(PLAIN, "the place of a secret", variable("DATABASE_PASSWORD_ARN", "arn:aws:secretsmanager:::secret:db")),
    good(PLAIN, "an ordinary one", variable("LOG_LEVEL", "info")),
    good(PLAIN, "allowed by configuration", variable("CSRF_TOKEN_HEADER", "x-csrf"), allowedNames=["CSRF_.*"]),
    good(PLAIN, "a function", function(CLUSTER="main", TOPIC_ARN=UNKNOWN)),
    bad(PLAIN, "by its name", "DATABASE_PASSWORD of container web holds", variable("DATABASE_PASSWORD", "hunter2")),
    bad(PLAIN, "an access key", "KEY_URL of container web holds", variable("KEY_URL", "AKIA" + "ABCDEFGHIJKLMNOP")),
    bad(PLAIN, "a password in an address", "DB_URL of container", variable("DB_URL", "postgres://shop:hunter2@db/shop")),
    bad(PLAIN, "random text", "SALT of container web holds", variable("SALT", "q8ZrT1vXk3Lw9Yp2Bn7Dc5Fh0Js6Mg4A")),
    bad(PLAIN, "a function's variable", "API_TOKEN holds", function(API_TOKEN="hunter2")),
    unknown(PLAIN, "a function's variable that is not known", function(GREETING=UNKNOWN)),
    good(PRIVILEGED, "a capability that Docker gives anyway", linux(capabilities={"add": ["NET_BIND_SERVICE"]})),
    good(PRIVILEGED, "a capability that is allowed", linux(capabilities={"add": ["SYS_NICE"]}),
         capabilities=["SYS_NICE"]),
    good(PRIVILEGED, "a GPU", linux(devices=[{"hostPath": "/dev/nvidia0"}])),
    good(PRIVILEGED, "a text that is false", task(privileged="false")),
    bad(PRIVILEGED, "privileged as a text", "container web is privileged", task(privileged="true")),
    bad(PRIVILEGED, "a part of it", "adds capabilities that reach its host or its neighbours: NET_RAW, SYS_ADMIN",
        linux(capabilities={"add": ["CAP_SYS_ADMIN", "net_raw", "CHOWN"]})),
    bad(PRIVILEGED, "a disk", "has devices of its host: /dev/xvda", linux(devices=[{"hostPath": "/dev/xvda"}])),
    bad(PRIVILEGED, "unconfined", "runs without confinement: seccomp:unconfined",
        task(dockerSecurityOptions=["no-new-privileges", "seccomp:unconfined"])),
    unknown(PRIVILEGED, "the flag of one of two", listed({"name": "web", "privileged": UNKNOWN}, {"name": "log"})),
    good(PATHS, "a volume of its own", mounting(None)),
    good(PATHS, "a folder for data", mounting("/mnt/data")),
    good(PATHS, "the time zone", mounting("/etc/localtime", read_only=True)),
    good(PATHS, "load of the host, only read", mounting("/sys/fs/cgroup", read_only=True)),
    good(PATHS, "nobody mounts it", task(settings={"volumes": [{"name": "host", "hostPath": "/"}]})),
    good(PATHS, "a daemon's agent", mounting("/proc", read_only=True), exceptContainers=["web"]),
    bad(PATHS, "the socket of Docker, only read", "mounts /var/run/docker.sock of its host",
        mounting("/var/run/docker.sock", read_only=True)),
    bad(PATHS, "everything", "mounts / of its host", mounting("/")),
    bad(PATHS, "what holds the socket", "mounts /var/../var of its host", mounting("/var/../var")),
    bad(PATHS, "programs of the host", "mounts /usr/bin of its host", mounting("/usr/bin")),
    bad(PATHS, "through a volume of Docker", "mounts /etc of its host", mounting(None, dockerVolumeConfiguration=BIND)),
    bad(PATHS, "through another container", "container web mounts /var/run of its host", lent(),
        exceptContainers=["agent"]),
    unknown(PATHS, "one of two mounts",
            listed({"name": "web", "mountPoints": [UNKNOWN, {"sourceVolume": "tmp", "containerPath": "/tmp"}]})),
    unknown(PATHS, "the path", mounting(UNKNOWN)),
    good(PLAIN, "a number of tokens", variable("MAX_TOKENS", "4096")),
    good(PLAIN, "an image digest", variable("IMAGE", f"web@sha256:{HEX}")),
    good(PLAIN, "a secret by reference",
         task(secrets=[{"name": "DB_PASSWORD", "valueFrom": "arn:aws:ssm:::parameter/x"}])),
    good(PLAIN, "user data that asks for its secrets",
         started("export DB_PASSWORD=$(aws secretsmanager get-secret-value --secret-id db)\necho ECS_CLUSTER=main")),
    bad(PLAIN, "a short name", "variable DB_PASS of", variable("DB_PASS", "correct-horse")),
    bad(PLAIN, "a hexadecimal key", "variable FEED of", variable("FEED", HEX)),
    bad(PLAIN, "a command", "the command of container web holds what looks like a secret (password)",
        task(command=["serve", "--password=hunter2"])),
    bad(PLAIN, "a program and its arguments", "the command of container web",
        task(entryPoint=["mysqladmin"], command=["ping", "-phunter2"])),
    bad(PLAIN, "a health check", "the health check of container web",
        task(healthCheck={"command": ["CMD-SHELL", "curl -f -u user:hunter2 http://localhost/ || exit 1"]})),
    bad(PLAIN, "a label", "the label api-key of", task(dockerLabels={"api-key": "hunter2"})),
    bad(PLAIN, "a log option", "the log option splunk-token of",
        task(logConfiguration={"logDriver": "splunk", "options": {"splunk-token": "hunter2"}})),
    bad(PLAIN, "a volume", "the volume option o holds",
        task(settings={"volumes": [{"name": "share", "dockerVolumeConfiguration": {
            "driverOpts": {"type": "cifs", "o": "username=app,password=hunter2"}}}]})),
    bad(PLAIN, "user data", "the user data holds what looks like a secret (DB_PASSWORD)",
        started("#!/bin/sh\nexport DB_PASSWORD=correct-horse\n")),
    bad(PLAIN, "user data of one instance", "the user data holds", a(tokens.INSTANCE, userData="TOKEN=hunter2")),
    bad(PLAIN, "user data of a launch configuration", "the user data holds",
        a(tokens.LAUNCH_CONFIGURATION, userDataBase64=b64encode(b"#!/bin/sh\nAPI_KEY=hunter2").decode())),
    bad(PLAIN, "beside a variable that needs no value", "variable DB_PASS of",
        listed({"name": "web", "environment": [
            {"name": "TOPIC_ARN", "value": UNKNOWN}, {"name": "DB_PASS", "value": "x1"}]})),
    good(PLAIN, "a parameter that is encrypted",
         a(tokens.PARAMETER, type="SecureString", name="/app/token", value="x1")),
    good(PLAIN, "a parameter that holds a place",
         a(tokens.PARAMETER, type="String", name="/app/token-url", value="x1")),
    bad(PLAIN, "a parameter whose value is shown in previews", "what looks like a secret",
        a(tokens.PARAMETER, type="String", name="/app/db-password", insecureValue="correct-horse")),
    bad(PLAIN, "a plain parameter", "the parameter /app/db-password holds",
        a(tokens.PARAMETER, type="String", name="/app/db-password", value="correct-horse")),
    unknown(PLAIN, "the user data", a(tokens.LAUNCH_TEMPLATE, userData=UNKNOWN)),
    unknown(PLAIN, "a word of a command", listed({"name": "web", "command": ["serve", UNKNOWN]})),
    good(PLAIN, "instances that hold none", a(tokens.INSTANCE, userData="echo hello"),
         a(tokens.LAUNCH_CONFIGURATION, userData="echo hello")),
)  # fmt: skip
