"""ECS clusters, their capacity providers, and the account settings of ECS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from sandbox.refusal import is_lacking
from sandbox.resource import Call, Entry, Naming, Step, Tagging
from sandbox.steps import ARN, ID, IDS, NAME, among, fill, one_of, op, prop, upsert

TAGS: Final = Tagging(add="tag_resource", remove="untag_resource", target={"resourceArn": ARN})


def _active(operation: str, at: str, name: str, arn: str, *include: str) -> Step:
    """Read what is ACTIVE; programs may use the name or the ARN, and either may be the id."""

    def look(call: Call) -> Any:
        wanted = {arn if call.id.startswith("arn:") else name: call.id, "status": "ACTIVE"}
        return one_of(operation, at, wanted, **{at: IDS}, include=[*include])(call)

    return look


_cluster: Final = _active(
    "describe_clusters", "clusters", "clusterName", "clusterArn", "TAGS", "SETTINGS", "CONFIGURATIONS"
)


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
    tagging=TAGS,
)


CAPACITY_PROVIDER: Final = Entry(
    service="ecs",
    create=fill("create_capacity_provider", "capacityProvider.capacityProviderArn"),
    read=_active("describe_capacity_providers", "capacityProviders", "name", "capacityProviderArn", "TAGS"),
    delete=op("delete_capacity_provider", capacityProvider=ID),
    changes={("autoScalingGroupProvider",): fill("update_capacity_provider", name=NAME)},
    names={"arn": "capacityProviderArn"},
    naming=Naming(),
    tagging=TAGS,
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


def _put_setting(value: Callable[[Call], Any]) -> Step:
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


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:ecs/cluster:Cluster": CLUSTER,
    "aws:ecs/capacityProvider:CapacityProvider": CAPACITY_PROVIDER,
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": CLUSTER_CAPACITY_PROVIDERS,
    "aws:ecs/accountSettingDefault:AccountSettingDefault": ACCOUNT_SETTING,
}
