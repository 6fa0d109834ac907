"""What ECS looks up before it takes a service: its network, its target groups, its volumes.

Sources: ECS API (2014-11-13), CreateService, LoadBalancer, ServiceVolumeConfiguration; the sentences are ECS's where
they are known.
"""

from __future__ import annotations

from typing import Any

from moto.ecs.exceptions import InvalidParameterException
from moto.elbv2.models import elbv2_backends

from .network_configuration import check_network
from .relations.services import daemon_problems
from .traffic_shifts import STRATEGIES


def check(backend: Any, definition: Any, settings: dict[str, Any]) -> None:
    """Refuse settings of a service (those of a request over those it has) that do not fit its task definition."""
    for problem in daemon_problems(settings):
        raise InvalidParameterException(problem)
    launch_type = settings.get("launchType") or "EC2"
    if launch_type != "FARGATE":
        check_network(backend, definition, settings.get("networkConfiguration") or None, launch_type)
    strategy = (settings.get("deploymentConfiguration") or {}).get("strategy")
    for balancer in settings.get("loadBalancers") or []:
        _check_container(definition, balancer)
        if balancer.get("targetGroupArn"):
            _check_groups(backend, balancer, shifts=strategy in STRATEGIES)
    _check_volumes(definition, settings.get("volumeConfigurations") or [])


def _check_container(definition: Any, balancer: dict[str, Any]) -> None:
    name, port = balancer.get("containerName"), balancer.get("containerPort")
    part = next((each for each in definition.container_definitions if each["name"] == name), None)
    if part is None:
        raise InvalidParameterException(f"The container {name} does not exist in the task definition.")
    if port not in {mapping.get("containerPort") for mapping in part.get("portMappings") or []}:
        raise InvalidParameterException(f"The container {name} did not have a container port {port} defined.")


def _check_groups(backend: Any, balancer: dict[str, Any], *, shifts: bool) -> None:
    known: Any = elbv2_backends[backend.account_id][backend.region_name].target_groups
    advanced: dict[str, Any] = balancer.get("advancedConfiguration") or {}
    if shifts and not advanced:
        text = "advancedConfiguration is required in loadBalancers for the BLUE_GREEN, LINEAR and CANARY strategies."
        raise InvalidParameterException(text)
    for arn in filter(None, (balancer["targetGroupArn"], advanced.get("alternateTargetGroupArn"))):
        if arn not in known:
            raise InvalidParameterException(f"The target group with targetGroupArn {arn} does not exist.")
        if not known[arn].load_balancer_arns:
            text = f"The target group with targetGroupArn {arn} does not have an associated load balancer."
            raise InvalidParameterException(text)
    _check_rules(backend, [advanced.get("productionListenerRule"), advanced.get("testListenerRule")])


def _check_rules(backend: Any, arns: list[str | None]) -> None:
    """ECS shifts no rule that does more than forward (Developer Guide, resources for blue/green deployments)."""
    balancers: Any = elbv2_backends[backend.account_id][backend.region_name].load_balancers
    for balancer in balancers.values():
        for listener in balancer.listeners.values():
            for rule in listener.rules.values():
                if getattr(rule, "arn", None) in arns and any(action.type != "forward" for action in rule.actions):
                    text = f"The listener rule {rule.arn} must have forward actions only."
                    raise InvalidParameterException(text)


def _check_volumes(definition: Any, configurations: list[dict[str, Any]]) -> None:
    wanted = {volume["name"] for volume in definition.volumes if volume.get("configuredAtLaunch")}
    given = {each["name"] for each in configurations}
    if wanted != given:
        names = ", ".join(sorted(wanted ^ given))
        text = f"volumeConfigurations and the volumes that are configuredAtLaunch must have the same names: {names}."
        raise InvalidParameterException(text)
