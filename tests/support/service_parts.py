"""Inputs of a service that lie in others: a service that holds one of them, changed by what a test is about."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from infra.services.container import Container
from infra.services.deployment import Deployment
from infra.services.egress import Egress
from infra.services.firelens import LogOptions, LogRouter
from infra.services.lifecycle_hook import LifecycleHook
from infra.services.limits import Limits
from infra.services.login import CognitoLogin, OidcLogin
from infra.services.redirect import Redirect
from infra.services.routing import Route
from infra.services.scaling_targets import MetricTarget, QueueTarget, ScheduledBounds
from infra.services.sidecar import Sidecar, log_router
from infra.services.task_scaling import TaskScaling
from infra.services.traffic_shift import BlueGreen, Canary, Linear
from infra.services.volume import EbsVolume, EfsVolume, Mount, Scratch, Volume
from tests.support.service_effects import COGNITO, HOOK, LATER, OIDC, OTHER

T = TypeVar("T")
AS_ROOT = Container(user=None)
DAY = {"name": "day", "schedule": "cron(0 8 ? * MON-FRI *)", "minimum": 3}


def made(kind: type[T], usual: dict[str, Any], part: Mapping[str, Any]) -> T:
    return kind(**(usual | dict(part)))


def calling(part: Mapping[str, Any]) -> dict[str, Any]:
    group = {} if {"cidr", "prefix_list_id"} & set(part) else {"security_group_id": "sg-0"}
    return {"egress": [made(Egress, {"port": 5432, "name": "db"} | group, part)]}


def mounting(volume: Volume, part: Mapping[str, Any] | None = None) -> dict[str, Any]:
    mount = made(Mount, {"volume": "work", "path": "/work"}, part or {})
    return {"container": Container(mounts=[mount]), "volumes": {mount.volume: volume}}


def shifting(shift: BlueGreen | Canary | Linear) -> dict[str, Any]:
    return {"route": Route(), "deployment": Deployment(shift=shift)}


WITHIN: dict[type, Callable[[dict[str, Any]], dict[str, Any]]] = {
    QueueTarget: lambda part: {
        "scaling": TaskScaling(
            queue=made(QueueTarget, {"queue_name": "work", "acceptable_latency_s": 60, "message_s": 2}, part)
        )
    },
    MetricTarget: lambda part: {
        "scaling": TaskScaling(metric=made(MetricTarget, {"namespace": "A", "name": "a", "value": 1}, part))
    },
    ScheduledBounds: lambda part: {
        "scaling": TaskScaling(
            schedules=[
                made(ScheduledBounds, {"name": "day", "schedule": "cron(0 8 ? * MON-FRI *)", "minimum": 3}, part)
            ]
        )
    },
    BlueGreen: lambda part: shifting(BlueGreen(**part)),
    Canary: lambda part: shifting(Canary(**part)),
    Linear: lambda part: shifting(Linear(**part)),
    LifecycleHook: lambda part: shifting(BlueGreen(hooks=[made(LifecycleHook, HOOK, part)])),
    Egress: calling,
    Sidecar: lambda part: {"containers": [made(Sidecar, {"name": "a", "image": OTHER, "container": AS_ROOT}, part)]},
    Limits: lambda part: {"container": Container(limits=Limits(**part))},
    LogOptions: lambda part: {
        "container": Container(log=made(LogOptions, {"options": {"Name": "x"}}, part)),
        "containers": [log_router(OTHER)],
    },
    LogRouter: lambda part: {
        "container": Container(log=LogOptions(options={"Name": "x"})),
        "containers": [Sidecar(name="router", image=OTHER, container=AS_ROOT, log_router=LogRouter(**part))],
    },
    Mount: lambda part: mounting(Scratch(), part),
    Redirect: lambda part: {"route": Route(path="/old", redirect=Redirect(**(LATER | part)))},
    OidcLogin: lambda part: {"route": Route(login=OidcLogin(**(OIDC | part)))},
    CognitoLogin: lambda part: {"route": Route(login=CognitoLogin(**(COGNITO | part)))},
    EfsVolume: lambda part: {
        **mounting(made(EfsVolume, {"file_system_id": "fs-12345678"}, part)),
        "egress": [Egress.to("sg-0", 2049)],
    },
    EbsVolume: lambda part: mounting(made(EbsVolume, {"size_gib": 10}, part)),
}
"""Inputs that lie in others → the inputs of a service that holds them."""
