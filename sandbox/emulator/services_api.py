"""The ECS API for services over `services`.

Traps of moto: a service starts no task; deployment configuration, placement and the like are dropped at creation; an
update reports the desired count as running; a deleted service is INACTIVE at once.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.ecs.exceptions import ECSException, InvalidParameterException
from moto.ecs.responses import EC2ContainerServiceResponse

from . import service_checks, services, world
from .ecs_api import page
from .patches import Replacement

_KEPT = (
    "deploymentConfiguration",
    "placementConstraints",
    "placementStrategy",
    "capacityProviderStrategy",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "availabilityZoneRebalancing",
    "healthCheckGracePeriodSeconds",
    "serviceRegistries",
    "loadBalancers",
    "propagateTags",
    "networkConfiguration",
    "platformVersion",
    "volumeConfigurations",
)
"""Settings that DescribeServices shows as they were given."""
_REDEPLOYS = {"taskDefinition", "networkConfiguration", "loadBalancers", "serviceRegistries", "volumeConfigurations"}
"""Changes that begin a new deployment."""
_LISTED = 100

_moto_create = EC2ContainerServiceResponse.create_service


def _keep(service: Any, params: dict[str, Any]) -> None:
    for name in _KEPT:
        if params.get(name) is not None:
            setattr(service, camelcase_to_underscores(name), params[name])


def _service(self: Any) -> tuple[Any, Any]:
    backend = self.ecs_backend
    name = self._get_param("service").split("/")[-1]
    return backend, backend._get_service(self._get_param("cluster", "default"), name)  # noqa: SLF001 - raises AWS's own error


def create_service(self: Any) -> Any:
    """CreateService: the first deployment begins at the next tick."""
    backend, params = self.ecs_backend, self._get_params()
    cluster = backend._get_cluster(self._get_param("cluster", "default"))  # noqa: SLF001 - raises AWS's own error
    old: Any = backend.services.get(f"{cluster.name}:{params['serviceName']}")
    if old and old.status == "ACTIVE":
        raise InvalidParameterException("Creation of service was not idempotent.")
    if old and old.status == "DRAINING":
        raise InvalidParameterException("Unable to Start a service that is still Draining.")
    if params.get("taskDefinition"):
        service_checks.check(backend, backend.describe_task_definition(params["taskDefinition"]), params)
    answer = _moto_create(self)
    service: Any = backend.services[f"{cluster.name}:{params['serviceName']}"]
    if self._get_param("role") is None:
        service.role_arn = None
    _keep(service, params)
    service.created_at = world.current().when()
    service.running_count = service.pending_count = 0
    service.events, service.deployments = [], []
    services.new_deployment(service)
    return answer


def update_service(self: Any) -> Any:
    """UpdateService: a new task definition, network or balancer, or force, begins a new deployment."""
    backend, service = _service(self)
    params = self._get_params()
    if service.status != "ACTIVE":
        raise ECSException("ServiceNotActiveException", "Service was not ACTIVE.")
    definition = backend.describe_task_definition(params.get("taskDefinition") or service.task_definition)
    held = {
        name: getattr(service, camelcase_to_underscores(name), None)
        for name in (*_KEPT, "launchType", "schedulingStrategy")
    }
    given = {name: value for name, value in params.items() if value is not None}
    service_checks.check(backend, definition, {**held, **given})
    _keep(service, params)
    redeploys = bool(params.get("forceNewDeployment"))
    for name in _REDEPLOYS & {key for key, value in params.items() if value is not None}:
        redeploys = redeploys or name != "taskDefinition"
    if params.get("taskDefinition"):
        redeploys = redeploys or definition.arn != service.task_definition
        service.task_definition = definition.arn
    if params.get("desiredCount") is not None:
        service.desired_count = int(params["desiredCount"])
        service.steady = False
    if redeploys:
        services.new_deployment(service)
    return ActionResult({"service": service})


def delete_service(self: Any) -> Any:
    """DeleteService: DRAINING until its tasks have stopped, then INACTIVE."""
    _, service = _service(self)
    if service.desired_count and service.scheduling_strategy != "DAEMON" and not self._get_param("force"):
        raise InvalidParameterException("The service cannot be stopped while it is scaled above 0.")
    service.status, service.desired_count = "DRAINING", 0
    return ActionResult({"service": service})


def list_services(self: Any) -> Any:
    """ListServices: those that are not INACTIVE."""
    backend = self.ecs_backend
    cluster = backend._get_cluster(self._get_param("cluster", "default"))  # noqa: SLF001 - raises AWS's own error
    strategy, launch_type = self._get_param("schedulingStrategy"), self._get_param("launchType")
    found = [
        service.arn
        for service in backend.services.values()
        if service.cluster_name == cluster.name
        and service.status != "INACTIVE"
        and strategy in {None, service.scheduling_strategy}
        and launch_type in {None, service.launch_type}
    ]
    return page(self, "serviceArns", sorted(found), _LISTED)


REPLACEMENTS: tuple[Replacement, ...] = tuple(
    (EC2ContainerServiceResponse, function.__name__, function)
    for function in (create_service, update_service, delete_service, list_services)
)
