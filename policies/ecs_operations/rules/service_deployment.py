"""How a deployment of an ECS service ends, and who learns of it."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from ecs_operations.engine.registry import Config, Level, NotEvaluated, Results, Rule, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.alarms import direction, measures
from ecs_operations.facts.globs import GIVEN_END, may_cover
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.options import ignores
from ecs_operations.facts.places import names_of
from ecs_operations.facts.quantities import number
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.services import deployed_by_ecs, shifting
from ecs_operations.facts.shapes import is_true, known, rows


@Rule(
    id="service-deployment-alarms",
    summary="An alarm stops a deployment that answers with errors, and rolls it back.",
    fix="Set alarms with enable, rollback, and the alarm on errors of the target group in alarm_names, by the name "
    "that it has.",
    severity=Severity.MEDIUM,
    source="Amazon ECS developer guide, How CloudWatch alarms detect Amazon ECS deployment failures",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.SKIP,
    guards=("alarms",),
)
def service_deployment_alarms(service: Resource, graph: Graph, _config: Config) -> Results:
    """The circuit breaker counts tasks that do not start. One that starts and answers each request with 500 is healthy.

    Services without a load balancer need none; where they have some, these have to work: an alarm that nobody made, one
    on another service, or one that goes off when all is well.
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
    elif not service.undecided("alarms"):
        yield from _alarms(service, graph)


SUCCESS = re.compile(
    r"HTTPCode_\w+_[23]XX_Count|(Grpc)?RequestCount(PerTarget)?|HealthyHostCount|Invocations|Running\w*"
)
"""Metrics of which more is better, or no fault."""
WATCHED = (*tokens.TARGET_GROUPS, tokens.SERVICE)
KEYS = ("name", "arnSuffix", "id")


def _alarms(service: Resource, graph: Graph) -> Results:
    named = graph.targets(service, "alarms", (tokens.METRIC_ALARM, tokens.COMPOSITE_ALARM), "name", "alarmName", "id")
    if not named and service.undecided("loadBalancers"):
        return
    own = {service, *graph.targets(service, "loadBalancers", tokens.TARGET_GROUPS, "arn")}
    if not named:
        yield from _missing(service, own, graph)
    for alarm in named if len(named) == 1 else ():
        if alarm.type == tokens.METRIC_ALARM:
            yield from _watches(alarm, own, graph)


ALIKE = 0.85
"""Share of two names that is the same where one of them is a slip of the pen."""


def _missing(service: Resource, own: set[Resource], graph: Graph) -> Results:
    """Judge names that no alarm of the stack has: one that is nearly the name of one is misspelt."""
    alarms = graph.of(tokens.METRIC_ALARM)
    given = sorted(service.texts("alarms"))
    possible = {text: alarm for alarm in alarms for text in names_of(alarm, "name")}
    if any(may_cover(name, text) for name in given for text in possible):
        return
    near = [alarm.name for text, alarm in possible.items() if any(_alike(name, text) for name in given)]
    if near:
        yield f"names {', '.join(given)} for its deployments, which no alarm of this stack is; it has {near[0]}"
    elif any(own.intersection(_watched(alarm, graph)) for alarm in alarms):
        yield NotEvaluated(f"alarms.alarmNames ({', '.join(given)}, not of this stack)", elsewhere=True)


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other.replace(GIVEN_END, "")).ratio() >= ALIKE


def _watches(alarm: Resource, own: set[Resource], graph: Graph) -> Results:
    others = _watched(alarm, graph)
    if others and not own.intersection(others):
        yield f"stops its deployments by {alarm.name}, which watches {others[0].name}"
    found = measures(alarm)
    good = [str(known(one.metric)) for one in found if SUCCESS.fullmatch(str(known(one.metric)))]
    if direction(alarm) == "high" and good and not any(one.meaning().worse == "high" for one in found):
        yield f"rolls back when all is well: {alarm.name} goes to ALARM when there is much of {good[0]}"


def _watched(alarm: Resource, graph: Graph) -> list[Resource]:
    properties = [one for one in ("dimensions", "metricQueries") if alarm.has(one) and not alarm.undecided(one)]
    return [one for property_ in properties for one in graph.targets(alarm, property_, WATCHED, *KEYS)]


@Rule(
    id="service-deployment-shift",
    summary="A deployment that shifts traffic has two target groups, alarms on both, and time for them.",
    fix="Give each load balancer an advanced_configuration, the strategy minutes of baking, and alarms the errors of "
    "both target groups.",
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Application Load Balancer resources for blue/green, linear, and canary "
    "deployments; API reference, CanaryConfiguration, LinearConfiguration",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.SKIP,
    guards=("deploymentConfiguration",),
)
def service_deployment_shift(service: Resource, graph: Graph, _config: Config) -> Results:
    """A rollback is a change of weights as long as the old tasks run: something has to see the errors in that time.

    Each target group needs an alarm of its own: all errors of a canary are few among all answers.
    """
    strategy = shifting(service)
    if not strategy:
        return
    if strategy != "BLUE_GREEN" and not (service.has("loadBalancers") or service.has("serviceConnectConfiguration")):
        yield f"is deployed by {strategy}, and has no load balancer whose traffic could shift"
    if any(not row.get("advancedConfiguration") for row in rows(service.get("loadBalancers", default=[]))):
        yield f"is deployed by {strategy}, and a load balancer has no second target group (advancedConfiguration)"
    if problem := _haste(service):
        yield problem
    yield from _unwatched(service, graph)


@Rule(
    id="service-deployment-weights",
    summary="The weights by which ECS shifts traffic are left alone by `up`.",
    fix='Set ignore_changes=["actions"] on the listener rules of the service.',
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Amazon ECS blue/green service deployments workflow",
    types=(tokens.SERVICE,),
    unknown=WhenUnknown.SKIP,
    reads_ignore_changes=True,
)
def service_deployment_weights(service: Resource, graph: Graph, _config: Config) -> Results:
    """ECS changes the weights of the rule. An `up` that sets them back sends all requests to where no task is."""
    if shifting(service):
        for rule in graph.targets(service, "loadBalancers", tokens.LISTENER_RULES, "arn", "id"):
            if not ignores(rule, "actions"):
                yield f"shifts its traffic by {rule.name}, whose weights the next `up` sets back"


def _haste(service: Resource) -> str:
    """What lets requests go over before anybody could see an error."""
    settings = "deploymentConfiguration"
    for steps, percent, minutes in STEPS:
        if service.has(settings, steps):
            if number(service.get(settings, steps, percent), 1) >= WHOLE:
                return f"shifts all of its traffic at once ({percent} is 100)"
            if number(service.get(settings, steps, minutes), 1) <= 0:
                return f"goes on before an alarm could go off ({minutes} is 0)"
    if not service.has(settings, "bakeTimeInMinutes"):
        return "ends the old tasks as soon as the new ones have all traffic (no bakeTimeInMinutes)"
    return ""


WHOLE = 100
STEPS = (
    ("canaryConfiguration", "canaryPercent", "canaryBakeTimeInMinutes"),
    ("linearConfiguration", "stepPercent", "stepBakeTimeInMinutes"),
)


def _unwatched(service: Resource, graph: Graph) -> Results:
    """A target group without an alarm that stops the deployment, where the other one has some."""
    if not service.has("alarms", "alarmNames"):
        return
    alarms = graph.targets(service, "alarms", (tokens.METRIC_ALARM,), "name", "id")
    watched = {one for alarm in alarms for one in _watched(alarm, graph)}
    groups = graph.targets(service, "loadBalancers", tokens.TARGET_GROUPS, "arn")
    if watched.intersection(groups):
        for group in groups:
            if group not in watched:
                yield f"shifts its traffic to {group.name} and back, and none of its alarms watches that"


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
