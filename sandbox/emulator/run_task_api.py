"""RunTask and StartTask: tasks without a service, which nobody starts again.

Sources: ECS API (2014-11-13), RunTask; Developer Guide, "API failure reasons".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from moto.core.responses import ActionResult
from moto.ecs.exceptions import InvalidParameterException
from moto.ecs.responses import EC2ContainerServiceResponse

from . import agents, services, tasks
from .network_configuration import check_network
from .patches import Replacement
from .placement import choose, refusal

_STARTER = re.compile(r"[A-Za-z0-9\-/_]{0,128}")
"""What `startedBy` may be (API reference, RunTask)."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What RunTask and StartTask ask for, read once."""

    backend: Any
    cluster: Any
    definition: Any
    params: dict[str, Any]

    @property
    def group(self) -> str:
        """The group that the task belongs to."""
        return self.params.get("group") or f"family:{self.definition.family}"

    @property
    def overrides(self) -> dict[str, Any]:
        """What the task changes in its definition."""
        return self.params.get("overrides") or {}

    def constraints(self) -> list[dict[str, str]]:
        """Those of the definition and those of the call."""
        return [*self.definition.placement_constraints, *(self.params.get("placementConstraints") or [])]

    def place(self, instance: str) -> Any:
        """Start a task on a container instance."""
        return tasks.place(
            self.backend,
            self.definition,
            self.backend.container_instances[self.cluster.name][instance],
            cluster=self.cluster,
            group=self.group,
            started_by=self.params.get("startedBy"),
            network=self.params.get("networkConfiguration"),
            overrides=self.params.get("overrides"),
            tags=self._tags(),
            exec=self.params.get("enableExecuteCommand"),
            volumes=self.params.get("volumeConfigurations"),
        )

    def _tags(self) -> list[dict[str, str]]:
        inherited = self.definition.tags if self.params.get("propagateTags") == "TASK_DEFINITION" else []
        own: list[dict[str, str]] = self.params.get("tags") or []
        return [*({pair["key"]: pair for pair in [*inherited, *own]}).values()]


def ordered(backend: Any, params: dict[str, Any]) -> Order:
    """Read and check an order; InvalidParameterException for one that ECS refuses."""
    cluster = backend._get_cluster(params.get("cluster") or "default")  # noqa: SLF001 - raises AWS's own error
    definition = backend.describe_task_definition(params["taskDefinition"])
    order = Order(backend=backend, cluster=cluster, definition=definition, params=params)
    if not _STARTER.fullmatch(params.get("startedBy") or ""):
        raise InvalidParameterException("startedBy has characters that are not allowed, or is too long.")
    if order.group.startswith("service:"):
        raise InvalidParameterException("Invalid namespace for group.")
    if params.get("propagateTags") == "SERVICE":
        raise InvalidParameterException("propagateTags SERVICE is for services; a task takes TASK_DEFINITION.")
    known = {part["name"] for part in definition.container_definitions}
    for change in order.overrides.get("containerOverrides") or []:
        if change.get("name") not in known:
            text = f"Override for container named {change.get('name')} is not a container in the TaskDefinition."
            raise InvalidParameterException(text)
    check_network(backend, definition, params.get("networkConfiguration"))
    return order


def place_all(order: Order) -> tuple[list[Any], list[dict[str, str]]]:
    """Place as many tasks as are asked for; what does not fit is a failure of each instance."""
    shape = tasks.shape_of(order.definition, order.overrides)
    constraints = order.constraints()
    started: list[Any] = []
    failures: list[dict[str, str]] = []
    shelf = order.backend.container_instances.get(order.cluster.name, {})
    for _ in range(int(order.params.get("count") or 1)):
        active = services.active_of(order.backend, order.cluster.name, order.group)
        if not active:
            raise InvalidParameterException("No Container Instances were found in your cluster.")
        connected = [each for each in active if each.facts["agentConnected"] == "true"]
        chosen = choose(connected, shape, constraints, order.params.get("placementStrategy") or [])
        if isinstance(chosen, str):
            reasons = {each.id: refusal(each, shape, constraints) or chosen for each in active}
            failures = [{"arn": shelf[name].container_instance_arn, "reason": why} for name, why in reasons.items()]
            break
        started.append(order.place(chosen.id))
    agents.recount(order.backend, order.cluster)
    return started, failures


def run_task(self: Any) -> ActionResult:
    """RunTask: places what fits and names what does not."""
    started, failures = place_all(ordered(self.ecs_backend, self._get_params()))
    return ActionResult({"tasks": started, "failures": failures})


def start_task(self: Any) -> ActionResult:
    """StartTask: on the instances that the caller names."""
    order = ordered(self.ecs_backend, self._get_params())
    shelf = order.backend.container_instances.get(order.cluster.name, {})
    names: list[str] = order.params.get("containerInstances") or []
    known = [name.split("/")[-1] for name in names if name.split("/")[-1] in shelf]
    failures = [{"arn": name, "reason": "MISSING"} for name in names if name.split("/")[-1] not in shelf]
    started = [order.place(name) for name in known]
    agents.recount(order.backend, order.cluster)
    return ActionResult({"tasks": started, "failures": failures})


REPLACEMENTS: tuple[Replacement, ...] = (
    (EC2ContainerServiceResponse, "run_task", run_task),
    (EC2ContainerServiceResponse, "start_task", start_task),
)
