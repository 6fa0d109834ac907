"""ECS and ECR."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from sandbox.refusal import Refusal, is_lacking
from sandbox.resource import (
    ARN,
    ID,
    NAME,
    Call,
    Entry,
    Naming,
    Tagging,
    among,
    fill,
    op,
    prop,
    text,
    upsert,
)

_TAGS: Final = Tagging(add="tag_resource", remove="untag_resource", target={"resourceArn": ARN})


def _described(operation: str, at: str, argument: str, *, alive: str = "ACTIVE") -> Any:
    def look(call: Call) -> Any:
        answer = call.send(operation, **{argument: [call.id]}, include=["TAGS"])[at]
        return next((found for found in answer if found["status"] == alive), None)

    return look


def _cluster(call: Call) -> Any:
    include = ["TAGS", "SETTINGS", "CONFIGURATIONS"]
    answer = call.send("describe_clusters", clusters=[call.id], include=include)["clusters"]
    return next((found for found in answer if found["status"] == "ACTIVE"), None)


def _delete_cluster(call: Call) -> None:
    """As the real provider: instances and services may still be leaving."""
    last: list[Exception] = []

    def deleted() -> bool:
        client = call.clients.client("ecs", call.region)
        try:
            client.delete_cluster(cluster=call.id)
        except (
            client.exceptions.ClusterContainsContainerInstancesException,
            client.exceptions.ClusterContainsServicesException,
            client.exceptions.ClusterContainsTasksException,
        ) as error:
            last[:] = [error]
            return False
        return True

    call.wait("nothing runs in the cluster", deleted)


CLUSTER: Final = Entry(
    service="ecs",
    create=fill("create_cluster", "cluster.clusterArn"),
    read=_cluster,
    delete=_delete_cluster,
    changes={
        ("settings", "configuration", "serviceConnectDefaults"): fill("update_cluster", cluster=ID),
    },
    names={"name": "clusterName", "arn": "clusterArn"},
    blind=among("serviceConnectDefaults"),
    naming=Naming(),
    tagging=_TAGS,
)

CAPACITY_PROVIDER: Final = Entry(
    service="ecs",
    create=fill("create_capacity_provider", "capacityProvider.capacityProviderArn"),
    read=_described("describe_capacity_providers", "capacityProviders", "capacityProviders"),
    delete=op("delete_capacity_provider", capacityProvider=ID),
    changes={("autoScalingGroupProvider",): fill("update_capacity_provider", name=NAME)},
    names={"arn": "capacityProviderArn"},
    naming=Naming(),
    tagging=_TAGS,
)

_PUT_PROVIDERS: Final = op(
    "put_cluster_capacity_providers",
    cluster=prop("clusterName"),
    capacityProviders=lambda call: call.new.get("capacityProviders") or [],
    defaultCapacityProviderStrategy=lambda call: call.new.get("defaultCapacityProviderStrategies") or [],
)

CLUSTER_CAPACITY_PROVIDERS: Final = Entry(
    service="ecs",
    create=upsert(_PUT_PROVIDERS, prop("clusterName")),
    read=_cluster,
    delete=op("put_cluster_capacity_providers", cluster=ID, capacityProviders=[], defaultCapacityProviderStrategy=[]),
    update=_PUT_PROVIDERS,
    replaces=among("clusterName"),
    names={"defaultCapacityProviderStrategies": "defaultCapacityProviderStrategy"},
)


def _setting(call: Call) -> Any:
    found = call.send("list_account_settings", name=call.id, effectiveSettings=True)["settings"]
    return next((item for item in found if item["name"] == call.id), None)


def _put_setting(value: Any) -> Any:
    def run(call: Call) -> None:
        wanted = {"name": call.id or call.get("name"), "value": value(call)}
        try:
            call.send("put_account_setting_default", **wanted)
        except ClientError as error:
            if not is_lacking(error):
                raise
            # moto 5.2.5 knows the setting of the calling user only, who is everybody there
            call.send("put_account_setting", **wanted)

    return run


ACCOUNT_SETTING: Final = Entry(
    service="ecs",
    create=upsert(_put_setting(prop("value")), NAME),
    read=_setting,
    # as the real provider: there is no way back to "never set"
    delete=_put_setting(lambda _call: "disabled"),
    changes={("value",): _put_setting(prop("value"))},
)


def _volumes(call: Call) -> Any:
    """The provider's hostPath is a host with a sourcePath in the API."""
    found: list[dict[str, Any]] = []
    for volume in call.new.get("volumes") or []:
        rest = {key: value for key, value in volume.items() if key != "hostPath"}
        found.append({**rest, "host": {"sourcePath": volume["hostPath"]}} if volume.get("hostPath") else rest)
    return found


def _register(call: Call) -> str:
    try:
        containers = json.loads(call.new["containerDefinitions"])
    except ValueError as error:
        raise Refusal(f"containerDefinitions is not JSON: {error}") from error
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
    answer = call.send("describe_services", cluster=cluster, services=[call.id], include=["TAGS"])["services"]
    return next((found for found in answer if found["status"] != "INACTIVE"), None)


def _settle(call: Call) -> None:
    if call.new.get("waitForSteadyState"):
        call.wait("the service is steady", lambda: _steady(_find_service(call)))


def _steady(found: Any) -> bool:
    return len(found["deployments"]) <= 1 and found["runningCount"] == found["desiredCount"]


def _update_service(call: Call) -> None:
    count = int(call.new["desiredCount"]) if call.changed("desiredCount") and "desiredCount" in call.new else None
    call.send(
        "update_service",
        fill=True,
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
    },
    facts={
        "cluster": _same_name("cluster", "clusterArn"),
        "taskDefinition": _same_name("taskDefinition", "taskDefinition"),
        "networkConfiguration": lambda _call, found: _network_of(found),
    },
    blind=among(
        "alarms", "deploymentCircuitBreaker", "deploymentConfiguration", "serviceConnectConfiguration", "propagateTags",
        "healthCheckGracePeriodSeconds", "availabilityZoneRebalancing", "enableExecuteCommand", "enableEcsManagedTags",
        "orderedPlacementStrategies", "placementConstraints", "platformVersion", "iamRole", "loadBalancers",
    ),
    local=among("triggers", "sigintRollback"),
    naming=Naming(),
    tagging=_TAGS,
)  # fmt: skip


def _repository_setting(operation: str, **parameters: Any) -> Any:
    return op(operation, repositoryName=ID, **parameters)


def _scanning(call: Call) -> dict[str, Any]:
    return {"scanOnPush": bool((call.new.get("imageScanningConfiguration") or {}).get("scanOnPush"))}


def _encryption(call: Call) -> Any:
    given = call.new.get("encryptionConfigurations")
    return {key: value for key, value in given[0].items() if value} if given else None


REPOSITORY: Final = Entry(
    service="ecr",
    create=fill("create_repository", "repository.repositoryName", encryptionConfiguration=_encryption),
    read=op("describe_repositories", "repositories[0]", repositoryNames=lambda call: [call.id]),
    delete=op("delete_repository", repositoryName=ID, force=lambda call: bool(call.get("forceDelete"))),
    changes={
        ("imageTagMutability",): _repository_setting(
            "put_image_tag_mutability", imageTagMutability=prop("imageTagMutability", "MUTABLE")
        ),
        ("imageScanningConfiguration",): _repository_setting(
            "put_image_scanning_configuration", imageScanningConfiguration=_scanning
        ),
    },
    names={"name": "repositoryName", "arn": "repositoryArn", "repositoryUrl": "repositoryUri"},
    blind=among("encryptionConfigurations"),
    naming=Naming(longest=256, lower=True),
    tagging=Tagging(
        add="tag_resource",
        remove="untag_resource",
        target={"resourceArn": text("arn:{partition}:ecr:{region}:{account}:repository/{id}")},
        look="list_tags_for_resource",
    ),
)

ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:ecs/cluster:Cluster": CLUSTER,
    "aws:ecs/capacityProvider:CapacityProvider": CAPACITY_PROVIDER,
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": CLUSTER_CAPACITY_PROVIDERS,
    "aws:ecs/accountSettingDefault:AccountSettingDefault": ACCOUNT_SETTING,
    "aws:ecs/taskDefinition:TaskDefinition": TASK_DEFINITION,
    "aws:ecs/service:Service": SERVICE,
    "aws:ecr/repository:Repository": REPOSITORY,
}
