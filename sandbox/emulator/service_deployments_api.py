"""The ECS API for service deployments, which moto lacks, and what stops one: an alarm, or somebody who asks for it."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.core.responses import ActionResult
from moto.ecs.exceptions import ECSException
from moto.ecs.responses import EC2ContainerServiceResponse

from . import failed_tasks, services, traffic_shifts
from .ecs_api import page
from .patches import Replacement
from .service_deployments import ServiceDeployment, held


def list_service_deployments(self: Any) -> Any:
    """ListServiceDeployments: newest first, by status and time of creation."""
    backend = self.ecs_backend
    name = self._get_param("service").rpartition("/")[2]
    service = backend._get_service(self._get_param("cluster", "default"), name)  # noqa: SLF001 - raises AWS's own error
    states, window = self._get_param("status"), self._get_param("createdAt") or {}
    after, before = (_seconds(window.get(name)) for name in ("after", "before"))
    found = [
        _brief(each)
        for each in held(service)
        if not states or each.status in states
        if after is None or each.created_at.timestamp() >= after
        if before is None or each.created_at.timestamp() <= before
    ]
    return page(self, "serviceDeployments", found)


def _seconds(when: Any) -> float | None:
    """A time of a request, in seconds; moto gives it without its zone, UTC."""
    return when.replace(tzinfo=UTC).timestamp() if hasattr(when, "timestamp") else when


def describe_service_deployments(self: Any) -> Any:
    """DescribeServiceDeployments."""
    known = {each.arn: each for service in self.ecs_backend.services.values() for each in held(service)}
    wanted: list[str] = self._get_param("serviceDeploymentArns") or []
    shown = [_described(known[arn]) for arn in wanted if arn in known]
    missing = [{"arn": arn, "reason": "MISSING"} for arn in wanted if arn not in known]
    return ActionResult({"serviceDeployments": shown, "failures": missing})


def describe_service_revisions(self: Any) -> Any:
    """DescribeServiceRevisions: the task definition that each deployment went to."""
    known = {each.revision_arn: each for service in self.ecs_backend.services.values() for each in held(service)}
    wanted: list[str] = self._get_param("serviceRevisionArns") or []
    shown = [
        {
            "serviceRevisionArn": arn,
            "serviceArn": known[arn].service.arn,
            "clusterArn": known[arn].service.cluster_arn,
            "taskDefinition": known[arn].task_definition,
            "createdAt": known[arn].created_at,
        }
        for arn in wanted
        if arn in known
    ]
    missing = [{"arn": arn, "reason": "MISSING"} for arn in wanted if arn not in known]
    return ActionResult({"serviceRevisions": shown, "failures": missing})


def stop_service_deployment(self: Any) -> Any:
    """StopServiceDeployment: rolls back, or leaves what runs (ABORT)."""
    arn = self._get_param("serviceDeploymentArn")
    for service in self.ecs_backend.services.values():
        for each in held(service):
            if each.arn == arn and each.is_open:
                roll_back = self._get_param("stopType", "ROLLBACK") != "ABORT"
                fail(service, each, "Service deployment was stopped by StopServiceDeployment.", roll_back=roll_back)
                return ActionResult({"serviceDeploymentArn": arn})
    raise ECSException("ServiceDeploymentNotFoundException", "The service deployment was not found or has ended.")


def watch(backend: Any, service: Any) -> None:
    """Fail the open service deployment when too many of its tasks failed, or one of its alarms is in ALARM."""
    failed_tasks.count(backend, service)
    running = next((each for each in held(service) if each.status == "IN_PROGRESS"), None)
    if running is not None and failed_tasks.breaks(service):
        breaker = service.deployment_configuration["deploymentCircuitBreaker"]
        ended = "rolled back" if breaker.get("rollback") else "stopped"
        reason = f"Service deployment {ended} because the circuit breaker threshold was exceeded."
        fail(service, running, reason, roll_back=bool(breaker.get("rollback")))
    _watch_alarms(service)


def _watch_alarms(service: Any) -> None:
    """Source: Developer Guide, "How CloudWatch alarms detect Amazon ECS deployment failures"."""
    settings = (getattr(service, "deployment_configuration", None) or {}).get("alarms") or {}
    running = next((each for each in held(service) if each.status == "IN_PROGRESS"), None)
    if running is None or not settings.get("enable"):
        return
    alarms: Any = cloudwatch_backends[service._account_id][service.region_name].alarms  # noqa: SLF001 - moto keeps it there
    ringing = [
        name for name in settings.get("alarmNames") or [] if name in alarms and alarms[name].state_value == "ALARM"
    ]
    if ringing:
        ended = "rolled back" if settings.get("rollback") else "stopped"
        reason = f"Service deployment {ended} because of CloudWatch alarms in ALARM: {', '.join(ringing)}."
        fail(service, running, reason, roll_back=bool(settings.get("rollback")))


def fail(service: Any, failed: ServiceDeployment, reason: str, *, roll_back: bool) -> None:
    """Stop a service deployment, and go back to what ran before if that is wanted and there is something."""
    service.deployments[0].update(rolloutState="FAILED", rolloutStateReason=reason)
    services.say(service, f"(deployment {service.deployments[0]['id']}) deployment failed: {reason}")
    services.tell_deployment(service, service.deployments[0], "ERROR", "SERVICE_DEPLOYMENT_FAILED")
    if not roll_back:
        failed.end("STOPPED", reason)
    elif failed.before is None:
        failed.end("ROLLBACK_FAILED", f"{reason} No rollback candidate was found to run the rollback.")
    else:
        failed.status, failed.reason = "ROLLBACK_IN_PROGRESS", reason
        if not services.turn_back(service):
            service.task_definition = failed.before
            services.new_deployment(service, rolls_back=True)


def _brief(each: ServiceDeployment) -> dict[str, Any]:
    return {
        "serviceDeploymentArn": each.arn,
        "serviceArn": each.service.arn,
        "clusterArn": each.service.cluster_arn,
        "createdAt": each.created_at,
        "startedAt": each.created_at,
        "finishedAt": each.finished_at,
        "targetServiceRevisionArn": each.revision_arn,
        "status": each.status,
        "statusReason": each.reason,
    }


def _described(each: ServiceDeployment) -> dict[str, Any]:
    service = each.service
    shift = traffic_shifts.shift_of(service) if each.is_open else None
    target: dict[str, Any] = {"arn": each.revision_arn}
    found = {**_brief(each), "deploymentConfiguration": getattr(service, "deployment_configuration", None)}
    if shift:
        source = service.arn.replace(":service/", ":service-revision/") + "/" + shift.blue.removeprefix("ecs-svc/")
        target["requestedProductionTrafficWeight"] = shift.percent
        found["sourceServiceRevisions"] = [{"arn": source, "requestedProductionTrafficWeight": 100 - shift.percent}]
        found["lifecycleStage"] = shift.stage
    return {**found, "targetServiceRevision": target}


REPLACEMENTS: tuple[Replacement, ...] = tuple(
    (EC2ContainerServiceResponse, function.__name__, function)
    for function in (
        list_service_deployments,
        describe_service_deployments,
        describe_service_revisions,
        stop_service_deployment,
    )
)
