"""Deployments that shift traffic: BLUE_GREEN, CANARY and LINEAR. The new tasks are green, those before are blue.

Green tasks start beside all blue ones and register in the other target group; the weights of the production rule move
in steps; after the bake time blue ends. Lifecycle hooks are recorded and always succeed. Minutes of baking last their
share `stop_scale`.
Source: ECS Developer Guide, "Amazon ECS blue/green deployments", lifecycle stages; ECS API (2014-11-13).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from moto.elbv2.models import FakeAction, elbv2_backends

from . import world

STRATEGIES = frozenset({"BLUE_GREEN", "CANARY", "LINEAR"})
_ALL = 100.0
_MINUTE_S = 60.0
_CANARY = (5.0, 10)
"""Percent and minutes by default (API reference, CanaryConfiguration)."""
_LINEAR = (10.0, 6)
"""Percent and minutes of a step by default (API reference, LinearConfiguration)."""


@dataclass
class Shift:
    """The traffic of one deployment, on its way from blue to green."""

    blue: str
    """Id of the deployment before."""
    steps: list[tuple[float, float]]
    """What is still to come: percent of green, and seconds until the next step."""
    stage: str = "SCALE_UP"
    percent: float = 0.0
    until: float = field(default=-math.inf)


def strategy_of(service: Any) -> str:
    """The deployment strategy of a service; by default ROLLING."""
    return (getattr(service, "deployment_configuration", None) or {}).get("strategy") or "ROLLING"


def shift_of(service: Any) -> Shift | None:
    """The shift that is going on."""
    return getattr(service, "shift", None)


def begin(service: Any, before: str | None) -> None:
    """Prepare the shift of a new deployment from the one that serves; a first deployment has none."""
    sides: dict[str, int] = vars(service).setdefault("sides", {})
    going_on = shift_of(service)
    blue = going_on.blue if going_on else before
    if going_on:
        _point(service, sides.get(blue or "", 0), _ALL)
    shifts = strategy_of(service) in STRATEGIES and blue is not None
    service.shift = Shift(blue or "", _steps(service)) if shifts else None
    sides[service.deployments[0]["id"]] = 1 - sides.get(blue or "", 0) if shifts else sides.get(blue or "", 0)


def _steps(service: Any) -> list[tuple[float, float]]:
    settings: dict[str, Any] = service.deployment_configuration
    bake = _seconds(settings.get("bakeTimeInMinutes") or 0)
    if strategy_of(service) == "CANARY":
        given = settings.get("canaryConfiguration") or {}
        minutes = given.get("canaryBakeTimeInMinutes", _CANARY[1])
        return [(given.get("canaryPercent", _CANARY[0]), _seconds(minutes)), (_ALL, bake)]
    if strategy_of(service) == "LINEAR":
        given = settings.get("linearConfiguration") or {}
        size, minutes = given.get("stepPercent", _LINEAR[0]), given.get("stepBakeTimeInMinutes", _LINEAR[1])
        number = math.ceil(_ALL / size)
        return [*((size * n, _seconds(minutes)) for n in range(1, number)), (_ALL, bake)]
    return [(_ALL, bake)]


def _seconds(minutes: Any) -> float:
    return _MINUTE_S * float(minutes) * world.current().settings.stop_scale


def balancers_of(service: Any, deployment: str) -> list[dict[str, Any]]:
    """The target groups of a deployment's tasks: the first ones, or the alternate ones."""
    if not vars(service).get("sides", {}).get(deployment):
        return service.load_balancers
    return [{**each, "targetGroupArn": _groups(each)[1]} for each in service.load_balancers]


def _groups(balancer: dict[str, Any]) -> tuple[str, str]:
    first = balancer.get("targetGroupArn", "")
    return first, (balancer.get("advancedConfiguration") or {}).get("alternateTargetGroupArn") or first


def advance(service: Any, *, ready: bool) -> bool:
    """Take the next step if its time has come; True when blue may end. `ready`: all green tasks run."""
    shift = shift_of(service)
    if shift is None or shift.stage == "CLEAN_UP":
        return True
    now = world.current().now
    if shift.stage == "SCALE_UP" and ready:
        shift.stage = "TEST_TRAFFIC_SHIFT"
        _point(service, _green(service), _ALL, rule="testListenerRule")
    elif shift.stage != "SCALE_UP" and now >= shift.until:
        if shift.steps:
            shift.percent, wait = shift.steps.pop(0)
            shift.until = now + wait
            shift.stage = "PRODUCTION_TRAFFIC_SHIFT" if shift.steps else "BAKE_TIME"
            _point(service, _green(service), shift.percent)
        else:
            shift.stage = "CLEAN_UP"
    return shift.stage == "CLEAN_UP"


def end(service: Any) -> None:
    """Forget a shift that is done."""
    service.shift = None


def turn_back(service: Any) -> str | None:
    """Give all traffic back to blue, at once; its deployment's id, or None where nothing shifted."""
    shift = shift_of(service)
    if shift is None or not any(each["id"] == shift.blue for each in service.deployments):
        return None
    blue = 1 - _green(service)
    _point(service, blue, _ALL)
    _point(service, blue, _ALL, rule="testListenerRule")
    service.shift = None
    return shift.blue


def _green(service: Any) -> int:
    return service.sides[service.deployments[0]["id"]]


def _point(service: Any, side: int, percent: float, rule: str = "productionListenerRule") -> None:
    """Let this share of a rule's requests go to the target groups of a side."""
    for balancer in service.load_balancers:
        arn = (balancer.get("advancedConfiguration") or {}).get(rule)
        groups = _groups(balancer)
        if arn:
            weights = {groups[side]: percent, groups[1 - side]: _ALL - percent}
            for holder, name in _holders(service, arn):
                setattr(holder, name, [_weighted(action, weights) for action in getattr(holder, name)])


def _holders(service: Any, arn: str) -> list[tuple[Any, str]]:
    """Where the actions of a rule, or of a listener of a Network Load Balancer, are kept."""
    backend: Any = elbv2_backends[service._account_id][service.region_name]  # noqa: SLF001 - moto keeps it there
    found: list[tuple[Any, str]] = []
    for balancer in backend.load_balancers.values():
        for listener in balancer.listeners.values():
            if listener.arn == arn:
                found.append((listener, "default_actions"))
            found += [(rule, "actions") for rule in listener.rules.values() if getattr(rule, "arn", None) == arn]
    return found


def _weighted(action: Any, weights: dict[str, float]) -> Any:
    if action.type != "forward":
        return action
    kept = {key: value for key, value in action.data.items() if key not in {"TargetGroupArn", "ForwardConfig"}}
    sticky = (action.data.get("ForwardConfig") or {}).get("TargetGroupStickinessConfig") or {"Enabled": False}
    groups = [{"TargetGroupArn": arn, "Weight": round(weight)} for arn, weight in weights.items()]
    return FakeAction({**kept, "ForwardConfig": {"TargetGroups": groups, "TargetGroupStickinessConfig": sticky}})
