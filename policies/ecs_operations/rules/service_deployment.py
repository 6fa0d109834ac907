"""How a deployment of an ECS service ends, and who learns of it."""

from __future__ import annotations

from ecs_operations.engine.registry import Config, Level, Results, Rule, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.quantities import number
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.services import deployed_by_ecs
from ecs_operations.facts.shapes import is_true


@Rule(
    id="service-deployment-alarms",
    summary="An alarm stops a deployment that answers with errors, and rolls it back.",
    fix="Set alarms with enable, rollback, and the alarm on errors of the target group in alarm_names.",
    severity=Severity.MEDIUM,
    source="Amazon ECS developer guide, How CloudWatch alarms detect Amazon ECS deployment failures",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.SKIP,
    guards=("alarms",),
)
def service_deployment_alarms(service: Resource, _config: Config) -> Results:
    """The circuit breaker counts tasks that do not start. One that starts and answers each request with 500 is healthy.

    Services without a load balancer need none; where they have some, these have to work.
    """
    if not deployed_by_ecs(service):
        return
    if not service.has("alarms", "alarmNames"):
        if service.has("loadBalancers"):
            yield "is behind a load balancer, and no alarm stops a deployment that answers with errors"
    elif not is_true(service.get("alarms", "enable")):
        yield "does not look at the alarms of its deployments (enable is off)"
    elif not is_true(service.get("alarms", "rollback")):
        yield "stops a deployment at an alarm, but does not roll back"
    elif number(service.get("deploymentConfiguration", "bakeTimeInMinutes"), 1) <= 0:
        yield "shifts its traffic and lets no time pass in which an alarm could go off (bakeTimeInMinutes is 0)"


@Rule(
    id="service-deployment-awaited",
    summary="`up` waits for the end of a deployment.",
    fix="Set wait_for_steady_state, and custom_timeouts for as long as a deployment may take.",
    severity=Severity.LOW,
    source="Pulumi registry, aws.ecs.Service: waitForSteadyState",
    types=(tokens.SERVICE,),
    level=Level.ADVISORY,
    unknown=WhenUnknown.SKIP,
    guards=("waitForSteadyState",),
)
def service_deployment_awaited(service: Resource, _config: Config) -> Results:
    """Without it `up` succeeds while the first new task is pulled; that ECS rolled back is seen by nobody."""
    if deployed_by_ecs(service) and not is_true(service.get("waitForSteadyState")):
        yield "does not wait for its deployments: `up` succeeds before they do"
