"""ECS task definitions and services."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from sandbox.entries import ecs_container_definitions, ecs_service_wait
from sandbox.entries.ecs_clusters import TAGS as _TAGS
from sandbox.resource import Call, Entry, Naming
from sandbox.steps import ID, IDS, among, fill, one_of, op


def _volumes(call: Call) -> Any:
    """The provider's hostPath is a host with a sourcePath in the API."""
    found: list[dict[str, Any]] = []
    for volume in call.new.get("volumes") or []:
        rest = {key: value for key, value in volume.items() if key != "hostPath"}
        found.append({**rest, "host": {"sourcePath": volume["hostPath"]}} if volume.get("hostPath") else rest)
    return found


def _register(call: Call) -> str:
    containers = json.loads(call.new["containerDefinitions"])
    wanted = {**call.new, "containerDefinitions": containers, "volumes": _volumes(call)}
    parameters = call.shaped(call.structure("RegisterTaskDefinition"), wanted)
    tags = [{"key": key, "value": value} for key, value in call.tags.items()]
    made = call.send("register_task_definition", **parameters, tags=tags or None)
    return str(made["taskDefinition"]["taskDefinitionArn"])


def _definition(call: Call) -> Any:
    answer = call.send("describe_task_definition", taskDefinition=call.get("arn") or call.id, include=["TAGS"])
    found = answer["taskDefinition"]
    return {**found, "tags": answer.get("tags", [])} if found["status"] == "ACTIVE" else None


TASK_DEFINITION: Final = Entry(
    service="ecs",
    create=_register,
    read=_definition,
    delete=op("deregister_task_definition", taskDefinition=lambda call: call.get("arn") or call.id),
    names={"arn": "taskDefinitionArn"},
    blind=among("containerDefinitions", "volumes", "cpu", "memory", "enableFaultInjection"),
    facts={
        "arnWithoutRevision": lambda _call, found: found["taskDefinitionArn"].rsplit(":", 1)[0],
        "containerDefinitions": lambda call, found: (
            call.get("containerDefinitions") or json.dumps(found["containerDefinitions"])
        ),
    },
    local=among("trackLatest"),
    tagging=_TAGS,
    check=lambda values: ecs_container_definitions.problem(values["containerDefinitions"]),
)


def _same_name(name: str, api: str) -> Any:
    """Programs may give a name where AWS answers the ARN."""

    def fact(call: Call, found: Any) -> Any:
        given, held = call.get(name), found.get(api)
        return given if given and held and str(held).endswith(f"/{given}") else held

    return fact


def _deployment(call: Call) -> dict[str, Any]:
    new = call.new
    wanted = {
        **(new.get("deploymentConfiguration") or {}),
        "maximumPercent": new.get("deploymentMaximumPercent"),
        "minimumHealthyPercent": new.get("deploymentMinimumHealthyPercent"),
        "deploymentCircuitBreaker": new.get("deploymentCircuitBreaker"),
        "alarms": new.get("alarms"),
    }
    return call.shaped(call.structure("CreateService", "deploymentConfiguration"), wanted)


def _network(call: Call) -> dict[str, Any] | None:
    given = call.new.get("networkConfiguration")
    if not given:
        return None
    public = "ENABLED" if given.get("assignPublicIp") else "DISABLED"
    found = {"subnets": given["subnets"], "securityGroups": given.get("securityGroups"), "assignPublicIp": public}
    return {"awsvpcConfiguration": {key: value for key, value in found.items() if value is not None}}


def _network_of(found: Any) -> Any:
    held = (found.get("networkConfiguration") or {}).get("awsvpcConfiguration")
    return {**held, "assignPublicIp": held.get("assignPublicIp") == "ENABLED"} if held else None


_WRITTEN: Final[Mapping[str, Any]] = {"deploymentConfiguration": _deployment, "networkConfiguration": _network}


def _find_service(call: Call) -> Any:
    cluster = call.get("cluster") or "default"
    alive = "services[?status!='INACTIVE']"
    wanted = {"serviceArn": ID}
    return one_of("describe_services", alive, wanted, cluster=cluster, services=IDS, include=["TAGS"])(call)


def _settle(call: Call) -> None:
    if call.new.get("waitForSteadyState"):
        ecs_service_wait.wait(call, lambda: _find_service(call))


def _update_service(call: Call) -> None:
    count = int(call.new["desiredCount"]) if call.changed("desiredCount") and "desiredCount" in call.new else None
    call.fill(
        "update_service",
        service=call.id,
        cluster=call.get("cluster"),
        desiredCount=count,
        **_WRITTEN,
    )


def _delete_service(call: Call) -> None:
    """As the real provider: scale to nothing, then delete; a daemon cannot be scaled."""
    cluster = call.get("cluster")
    if call.get("schedulingStrategy") != "DAEMON":
        call.send("update_service", cluster=cluster, service=call.id, desiredCount=0)
    call.send("delete_service", cluster=cluster, service=call.id, force=True)
    call.wait("the service is gone", lambda: _find_service(call) is None)


SERVICE: Final = Entry(
    service="ecs",
    create=fill("create_service", "service.serviceArn", **_WRITTEN),
    read=_find_service,
    delete=_delete_service,
    update=_update_service,
    settle=_settle,
    replaces=among("cluster", "launchType", "schedulingStrategy", "iamRole"),
    names={
        "name": "serviceName",
        "arn": "serviceArn",
        "cluster": "cluster",
        "iamRole": "role",
        "orderedPlacementStrategies": "placementStrategy",
        ".elbName": "loadBalancerName",
        ".sizeInGb": "sizeInGiB",
    },
    facts={
        "cluster": _same_name("cluster", "clusterArn"),
        "taskDefinition": _same_name("taskDefinition", "taskDefinition"),
        "networkConfiguration": lambda _call, found: _network_of(found),
    },
    blind=among(
        "alarms",
        "deploymentCircuitBreaker",
        "deploymentConfiguration",
        "serviceConnectConfiguration",
        "propagateTags",
        "healthCheckGracePeriodSeconds",
        "availabilityZoneRebalancing",
        "enableExecuteCommand",
        "enableEcsManagedTags",
        "orderedPlacementStrategies",
        "placementConstraints",
        "platformVersion",
        "iamRole",
        "loadBalancers",
        "volumeConfiguration",
        "deploymentController",
        "forceNewDeployment",
    ),
    local=among("sigintRollback"),
    naming=Naming(),
    tagging=_TAGS,
)


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:ecs/taskDefinition:TaskDefinition": TASK_DEFINITION,
    "aws:ecs/service:Service": SERVICE,
}
