"""Schedules that call AWS themselves, with a universal target of EventBridge Scheduler, and so set a number.

Source: EventBridge Scheduler user guide, Universal targets: `arn:aws:scheduler:::aws-sdk:<service>:<action>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.documents import parsed
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UnknownInputError
from ecs_operations.facts.wiring import is_on

_CALL = re.compile(r"arn:[\w-]+:scheduler:::aws-sdk:(\w+:\w+)")
_SIZES = ("MinSize", "MaxSize", "DesiredCapacity")
_COUNTS = ("DesiredCount", "MinCapacity", "MaxCapacity")
OF_GROUPS = {"autoscaling:setdesiredcapacity": _SIZES, "autoscaling:updateautoscalinggroup": _SIZES}
OF_SERVICES = {"ecs:updateservice": _COUNTS, "applicationautoscaling:registerscalabletarget": _COUNTS}
"""Call in lower case → the parameters with which it sets a size or a count."""


def sizing_schedules(graph: Graph, group: Resource) -> list[Resource]:
    """Return the schedules that set the size of an Auto Scaling group themselves."""
    found: list[Resource] = []
    for schedule, given in _calls(graph, OF_GROUPS):
        prefix = str(group.get("namePrefix", default=group.name))
        name = str(given.get("AutoScalingGroupName", ""))
        if _linked(schedule, {group.urn}) or name in group.known("name", "id") or (prefix and name.startswith(prefix)):
            found.append(schedule)
    return found


def counting_schedules(graph: Graph, holder: Resource) -> list[Resource]:
    """Return the schedules that set the number of tasks of a service, or of the one that a scaling target scales."""
    urns = {holder.urn, *holder.dependencies.get("resourceId", ())}
    services = [one for one in graph.of(tokens.SERVICE) if one.urn in urns]
    names = {text.rpartition("/")[2] for text in holder.texts("resourceId")}
    names |= {name for service in services for name in service.known("name")}
    calls = list(_calls(graph, OF_SERVICES))
    if calls and holder.undecided("resourceId"):
        raise UnknownInputError("resourceId")
    return [
        schedule
        for schedule, given in calls
        if _linked(schedule, urns) or str(given.get("Service") or given.get("ResourceId")).rpartition("/")[2] in names
    ]


def _calls(graph: Graph, wanted: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[Resource, Mapping[str, Any]]]:
    """Yield the schedules with one of these calls, and what they give it. Raises UnknownInputError if not known."""
    for schedule in graph.of(tokens.SCHEDULE):
        if schedule.is_unknown("target", "arn", noted=False):
            if not schedule.dependencies.get("target") and is_on(graph, schedule):
                raise UnknownInputError(f"target.arn of {schedule.name}")
            continue  # what AWS makes is the ARN of a resource; that of a call is written down
        call = _CALL.match(str(schedule.get("target", "arn")))
        sizes = wanted.get(call[1].lower(), ()) if call else ()
        if not sizes or not is_on(graph, schedule):
            continue
        if schedule.is_unknown("target", "input", noted=False):
            if not schedule.dependencies.get("target"):
                raise UnknownInputError(f"target.input of {schedule.name}")
            yield schedule, {}
            continue
        given = parsed(schedule, "target", "input", default={})
        if isinstance(given, dict) and any(size in given for size in sizes):
            yield schedule, given


def _linked(schedule: Resource, urns: set[str]) -> bool:
    return not urns.isdisjoint(schedule.dependencies.get("target", ()))
