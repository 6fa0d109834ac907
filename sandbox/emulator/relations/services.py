"""ECS services: deployment strategies, daemons, managed volumes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from .relation import Keeps, Params, Problems, Relation, between, values

_API: Final = "Amazon ECS API (2014-11-13)"
_STRATEGIES: Final = {"canaryConfiguration": "CANARY", "linearConfiguration": "LINEAR"}
_SETTINGS: Final = "deploymentConfiguration"
_GROUPS: Final = 5
_PERCENT: Final = 100


def daemon_problems(params: Params) -> Iterator[str]:
    """What ECS does not take of a service that runs one task on every instance; its sentences where they are known."""
    if params.get("schedulingStrategy") != "DAEMON":
        return
    if params.get("desiredCount") is not None:
        yield (
            "The daemon scheduling strategy does not support a desired count for services. Remove the desired count "
            "value and try again"
        )
    if ((params.get(_SETTINGS) or {}).get("maximumPercent") or 0) > _PERCENT:
        yield (
            "The daemon scheduling strategy does not support values above 100 for maximumPercent on a deployment "
            "configuration. Change the maximumPercent value to 100, and try again"
        )
    if params.get("placementStrategy"):
        yield (
            "The daemon scheduling strategy does not support placement strategies. Remove the placement strategy and "
            "try again"
        )
    if params.get("availabilityZoneRebalancing") == "ENABLED":
        yield "The daemon scheduling strategy does not support availabilityZoneRebalancing."
    controller = (params.get("deploymentController") or {}).get("type") or "ECS"
    if controller != "ECS" or params.get("launchType") == "FARGATE":
        yield "The daemon scheduling strategy is only supported on instances, with the ECS deployment controller."


def _strategy(params: Params) -> Iterator[str]:
    settings: dict[str, Any] = params.get(_SETTINGS) or {}
    for name, strategy in _STRATEGIES.items():
        if settings.get(name) and settings.get("strategy") != strategy:
            yield f"{name} is only supported with the {strategy} deployment strategy."
    if settings.get("strategy") == "BLUE_GREEN" and settings.get("bakeTimeInMinutes") is None:
        yield "bakeTimeInMinutes is required with the BLUE_GREEN deployment strategy."
    for hook in settings.get("lifecycleHooks") or []:
        lambda_hook = hook.get("targetType", "AWS_LAMBDA") == "AWS_LAMBDA"
        if lambda_hook and not (hook.get("hookTargetArn") and hook.get("roleArn")):
            yield "A lifecycle hook of a function must have a hookTargetArn and a roleArn."


def _tenths(least: float) -> Keeps:
    def keeps(value: float) -> bool:
        return least <= value <= _PERCENT and round(float(value) * 10, 6).is_integer()

    return keeps


def _volumes(params: Params) -> Iterator[str]:
    for each in params.get("volumeConfigurations") or []:
        volume: dict[str, Any] = each.get("managedEBSVolume") or {}
        if not (volume.get("sizeInGiB") or volume.get("snapshotId")):
            yield f"Volume '{each.get('name')}' must have a sizeInGiB or a snapshotId."
        elif volume.get("volumeType") in {"io1", "io2"} and not volume.get("iops"):
            yield f"Volume '{each.get('name')}' of type {volume['volumeType']} must have iops."
        elif volume.get("throughput") and volume.get("volumeType", "gp3") != "gp3":
            yield "throughput is only supported for gp3 volumes."
    if len(params.get("volumeConfigurations") or []) > 1:
        yield "A task can have only one volume that is configured at launch."


def _balancers(params: Params) -> Iterator[str]:
    if len(params.get("loadBalancers") or []) > _GROUPS:
        yield f"A service can have at most {_GROUPS} target groups."


def _line(problems: Problems, source: str) -> Relation:
    operations = ("CreateService", "UpdateService")
    return Relation(service="ecs", operations=operations, problems=problems, source=f"{_API}, {source}")


RELATIONS: Final = (
    Relation(
        service="ecs",
        operations=("CreateService",),
        problems=daemon_problems,
        source=f"{_API}, CreateService, schedulingStrategy; Developer Guide, daemon scheduling and zone rebalancing",
    ),
    _line(_strategy, "DeploymentConfiguration and DeploymentLifecycleHook"),
    _line(
        values(
            f"{_SETTINGS}.[bakeTimeInMinutes, canaryConfiguration.canaryBakeTimeInMinutes, "
            "linearConfiguration.stepBakeTimeInMinutes][]",
            between(0, 1440),
            "Bake times must be 0 to 1440 minutes, got {value}.",
        ),
        "CanaryConfiguration and LinearConfiguration",
    ),
    _line(
        values(
            f"{_SETTINGS}.canaryConfiguration.canaryPercent",
            _tenths(0.1),
            "canaryPercent must be a multiple of 0.1 from 0.1 to 100, got {value}.",
        ),
        "CanaryConfiguration, canaryPercent",
    ),
    _line(
        values(
            f"{_SETTINGS}.linearConfiguration.stepPercent",
            _tenths(3.0),
            "stepPercent must be a multiple of 0.1 from 3 to 100, got {value}.",
        ),
        "LinearConfiguration, stepPercent",
    ),
    _line(_balancers, "LoadBalancer; Developer Guide, multiple target groups"),
    _line(_volumes, "ServiceManagedEBSVolumeConfiguration"),
)
