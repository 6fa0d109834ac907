from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.hooks import TERMINATING
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown
from tests.policies.cases.controllers import PREFIX, controller
from tests.policies.cases.hooked import GROUP, HOSTS, OF_ECS, PLAIN, hook, initial, undecided

WIRED = "asg-drain-handler-wired"
COMPLETE = "autoscaling:CompleteLifecycleAction"


def by_event(
    pattern: Any, principal: str | None = "events.amazonaws.com", state: Any = "ENABLED", **options: Any
) -> tuple[Resource, ...]:
    text = pattern if pattern is UNKNOWN else json.dumps(pattern)
    rule = a(tokens.EVENT_RULE, "leaving", eventPattern=text, state=state)
    function = a(tokens.FUNCTION, "drain", **options)
    target = a(tokens.EVENT_TARGET, "leaving", depends={"rule": [rule], "arn": [function]})
    permission = a(tokens.PERMISSION, "leaving", depends={"function": [function]}, principal=principal)
    return (GROUP, hook(), rule, function, target, *([permission] if principal else []))


def by_notification(
    queue: bool = False, polled: bool = True, role: Any = UNKNOWN, poll: Any = None, call: Any = None
) -> tuple[Resource, ...]:
    topic = a(tokens.QUEUE if queue else tokens.TOPIC, "leaving")
    function = a(tokens.FUNCTION, "drain")
    polls = a(tokens.EVENT_SOURCE_MAPPING, "poll", depends={"eventSourceArn": [topic], "functionName": [function]},
              **poll or {})  # fmt: skip
    calls = a(tokens.SUBSCRIPTION, "call", depends={"topic": [topic], "endpoint": [function]}, **call or {})
    allowed = a(tokens.PERMISSION, "call", depends={"function": [function]}, principal="sns.amazonaws.com")
    noticed = a(tokens.LIFECYCLE_HOOK, "drain", lifecycleTransition=TERMINATING, roleArn=role,
                depends={"autoscalingGroupName": [GROUP], "notificationTargetArn": [topic]})  # fmt: skip
    return (GROUP, noticed, topic, function, *([polls] if queue else [calls, allowed] if polled else []))


def on_bus(bus: Any) -> tuple[Resource, ...]:
    return tuple(
        replace(one, inputs={**one.inputs, "eventBusName": bus}) if one.type == tokens.EVENT_RULE else one
        for one in by_event(leaving())
    )


def by_machine() -> tuple[Resource, ...]:
    """A state machine, which the pack does not read, behind an event rule."""
    rule = a(tokens.EVENT_RULE, "leaving", eventPattern=json.dumps(leaving()))
    machine = "arn:aws:states:eu-central-1:111122223333:stateMachine:drain"
    return (GROUP, hook(), rule, a(tokens.EVENT_TARGET, "leaving", depends={"rule": [rule]}, arn=machine))


def filtered(scope: str, policy: dict[str, Any]) -> dict[str, Any]:
    return {"filterPolicy": json.dumps(policy), "filterPolicyScope": scope}


def only(**body: Any) -> dict[str, Any]:
    return {"filterCriteria": {"filters": [{"pattern": json.dumps({"body": body})}]}}


def leaving(**detail: Any) -> dict[str, Any]:
    return {"source": ["aws.autoscaling"], "detail-type": ["EC2 Instance-terminate Lifecycle Action"], "detail": detail}


def woken(pattern: Any) -> tuple[Resource, ...]:
    """An event rule that starts the controller, too."""
    _, _, rule, _, _, _ = by_event(pattern)
    function = controller()[1]
    allowed = a(tokens.PERMISSION, "leaving", depends={"function": [function]}, principal="events.amazonaws.com")
    return (rule, a(tokens.EVENT_TARGET, "leaving", depends={"rule": [rule], "arn": [function]}), allowed)


HOOKS = initial().inputs["initialLifecycleHooks"]
OF_WEB = {"AutoScalingGroupName": [{"prefix": "web-"}]}
OF_OTHERS = {"AutoScalingGroupName": ["db-1"]}
TAGGED = a(tokens.GROUP, "web", name="web-1",
           tags=[{"key": "Cluster", "value": "main", "propagateAtLaunch": True}, *OF_ECS["tags"]])  # fmt: skip
TAGGED_HOOK = a(tokens.LIFECYCLE_HOOK, "drain", autoscalingGroupName="web-1", lifecycleTransition=TERMINATING)
BY_TAG = {"StringEquals": {"autoscaling:ResourceTag/Cluster": "main"}}
OTHER_TAG = {"StringEquals": {"aws:ResourceTag/Cluster": "db"}}
SECOND = a(tokens.LIFECYCLE_HOOK, "audit", depends={"autoscalingGroupName": [GROUP]}, lifecycleTransition=TERMINATING)
OUTLIVES = "asg-drain-handler-outlives-group"
PARTS = controller(COMPLETE)
EARLY = replace(GROUP, depends_on=frozenset(part.urn for part in PARTS))
LATE_HOOK = replace(hook(), depends_on=frozenset(part.urn for part in PARTS))


def without(type_: str) -> Resource:
    """The group, which depends on all parts of its handler but those of a type."""
    return replace(GROUP, depends_on=frozenset(part.urn for part in PARTS if part.type != type_))


ROLE_OF_IT = next(part for part in PARTS if part.type == tokens.ROLE)
LOGS = a(
    tokens.ROLE_POLICY,
    "logs",
    depends={"role": [ROLE_OF_IT]},
    policy=json.dumps(
        {
            "Statement": [
                {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "arn:aws:logs:*:*:log-group:x:*"}
            ]
        }
    ),
)
BASIC = a(tokens.ROLE_POLICY_ATTACHMENT, "basic", depends={"role": [ROLE_OF_IT]},
          policyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")  # fmt: skip
ELSEWHERE = a(tokens.ROLE_POLICY_ATTACHMENT, "more", depends={"role": [ROLE_OF_IT]},
              policyArn="arn:aws:iam::123456789012:policy/draining")  # fmt: skip

CASES = (
    good(WIRED, "two hooks of a handler that is told of none", GROUP, hook(), SECOND, *controller(COMPLETE)),
    good(WIRED, "two hooks, one by events", SECOND, *by_event(leaving(LifecycleHookName=["audit"])), *controller(
        COMPLETE, environment={"DRAIN_HOOK": "drain"})),
    bad(WIRED, "a second hook of a handler that is told of one", "has the terminating hook audit beside another one",
        GROUP, hook(), SECOND, *controller(COMPLETE, environment={"DRAIN_HOOK": "drain"})),
    bad(WIRED, "a second hook that no event rule is for", "has the terminating hook audit", SECOND,
        *by_event(leaving(LifecycleHookName=["drain"]))),
    bad(WIRED, "a second hook that notifies nobody", "has the terminating hook audit", SECOND, *by_notification()),
    good(WIRED, "a controller on a schedule", GROUP, hook(), *controller(COMPLETE)),
    good(WIRED, "a controller on a rule with a schedule", GROUP, hook(), *controller(COMPLETE, by_rule=True)),
    good(WIRED, "a controller with a managed policy", GROUP, hook(), *controller(COMPLETE, managed=True)),
    good(WIRED, "a controller for groups with a tag", TAGGED, TAGGED_HOOK,
         *controller(COMPLETE, resource="*", condition=BY_TAG)),
    good(WIRED, "an event rule", *by_event(leaving())),
    good(WIRED, "an event rule for these groups", *by_event(leaving(**OF_WEB))),
    good(WIRED, "an event rule that is not read does not matter", *by_event(UNKNOWN), *controller(COMPLETE)),
    good(WIRED, "an event rule with a wildcard", *by_event(leaving(AutoScalingGroupName=[{"wildcard": "web*"}]))),
    good(WIRED, "an event rule for all but others",
         *by_event(leaving(AutoScalingGroupName=[{"anything-but": ["db"]}]))),
    good(WIRED, "an event rule for its hook", *by_event(leaving(LifecycleHookName=["drain"]))),
    good(WIRED, "a state machine", *by_machine()),
    good(WIRED, "a schedule that runs for years", GROUP, hook(),
         *controller(COMPLETE, runs={"startDate": "2020-01-01T00:00:00Z", "endDate": "2199-01-01T00:00:00Z"})),
    good(WIRED, "a topic with a filter of its body", *by_notification(
        call=filtered("MessageBody", {"LifecycleTransition": [TERMINATING]}))),
    good(WIRED, "a queue with a filter", *by_notification(queue=True, poll=only(LifecycleHookName=["drain"]))),
    good(WIRED, "a topic", *by_notification()),
    good(WIRED, "a queue", *by_notification(queue=True)),
    bad(WIRED, "nobody", "hook drain, which nothing completes", GROUP, hook()),
    bad(WIRED, "nobody for the group's own hook", "which nothing completes", initial()),
    bad(WIRED, "a controller without the permission", "nothing completes", GROUP, hook(), *controller("ecs:ListTasks")),
    bad(WIRED, "a controller of other groups", "nothing completes", GROUP, hook(),
        *controller(COMPLETE, resource=f"{PREFIX}db-*")),
    bad(WIRED, "a controller of one group of that prefix", "nothing completes", GROUP, hook(),
        *controller(COMPLETE, resource=f"{PREFIX}web-1")),
    bad(WIRED, "a controller of another tag", "nothing completes", TAGGED, TAGGED_HOOK,
        *controller(COMPLETE, resource="*", condition=OTHER_TAG)),
    bad(WIRED, "a rule for other groups", "nothing completes", *by_event(leaving(**OF_OTHERS))),
    bad(WIRED, "a rule for another event", "nothing completes",
        *by_event({"detail-type": ["EC2 Instance-launch Lifecycle Action"]})),
    bad(WIRED, "a function that may not be called", "nothing completes", *by_event(leaving(), None)),
    bad(WIRED, "a function that another may call", "nothing completes", *by_event(leaving(), "s3.amazonaws.com")),
    bad(WIRED, "a topic without a subscriber", "nothing completes", *by_notification(polled=False)),
    bad(WIRED, "a schedule that is off", "nothing completes", GROUP, hook(),
        *controller(COMPLETE, runs={"state": "DISABLED"})),
    bad(WIRED, "a rule with a schedule that is off", "nothing completes", GROUP, hook(),
        *controller(COMPLETE, by_rule=True, runs={"isEnabled": False})),
    bad(WIRED, "a schedule that has ended", "nothing completes", GROUP, hook(),
        *controller(COMPLETE, runs={"endDate": "2020-01-01T00:00:00Z"})),
    bad(WIRED, "a schedule of another year", "nothing completes", GROUP, hook(),
        *controller(COMPLETE, runs={"startDate": "2199-01-01T00:00:00Z"})),
    bad(WIRED, "a schedule that runs once", "nothing completes", GROUP, hook(),
        *controller(COMPLETE, runs={"scheduleExpression": "at(2030-01-01T00:00:00)"})),
    bad(WIRED, "a function that never runs", "nothing completes", GROUP, hook(),
        *controller(COMPLETE, reservedConcurrentExecutions=0)),
    bad(WIRED, "an event rule that is off", "nothing completes", *by_event(leaving(), state="DISABLED")),
    bad(WIRED, "a function that no event starts", "nothing completes",
        *by_event(leaving(), reservedConcurrentExecutions="0")),
    bad(WIRED, "an event rule, and a schedule that is off", "whose schedule minute starts nothing", GROUP, hook(),
        *controller(COMPLETE, runs={"state": "DISABLED"}), *woken(leaving())),
    bad(WIRED, "a rule of another bus", "nothing completes", *on_bus("orders")),
    bad(WIRED, "a rule of a bus that the program makes", "nothing completes", *on_bus(UNKNOWN)),
    good(WIRED, "a rule of the default bus", *on_bus("arn:aws:events:eu-central-1:111122223333:event-bus/default")),
    bad(WIRED, "a rule for another source", "nothing completes", *by_event({**leaving(), "source": ["aws.ec2"]})),
    bad(WIRED, "a rule for another hook", "nothing completes", *by_event(leaving(LifecycleHookName=["other"]))),
    bad(WIRED, "a rule for launches", "nothing completes",
        *by_event(leaving(LifecycleTransition=[{"suffix": "LAUNCHING"}]))),
    bad(WIRED, "a rule for all but this", "nothing completes",
        *by_event(leaving(AutoScalingGroupName=[{"anything-but": {"prefix": "web-"}}]))),
    bad(WIRED, "a rule for what no event has", "nothing completes", *by_event(leaving(eventName=["x"]))),
    bad(WIRED, "a topic without the hook's role", "nothing completes", *by_notification(role=None)),
    bad(WIRED, "a filter of attributes, of which there are none", "nothing completes", *by_notification(
        call=filtered("MessageAttributes", {"LifecycleTransition": [TERMINATING]}))),
    bad(WIRED, "a filter of another hook", "nothing completes", *by_notification(
        call=filtered("MessageBody", {"LifecycleHookName": ["other"]}))),
    bad(WIRED, "a subscription of another kind", "nothing completes", *by_notification(call={"protocol": "https"})),
    bad(WIRED, "a mapping that is off", "nothing completes", *by_notification(queue=True, poll={"enabled": False})),
    bad(WIRED, "a mapping for others", "nothing completes",
        *by_notification(queue=True, poll=only(AutoScalingGroupName=["db"]))),
    good(WIRED, "a controller of this cluster and hook", GROUP, hook(), a(tokens.CLUSTER, name="main"),
         *controller(COMPLETE, environment={"ECS_CLUSTER": "main", "DRAIN_HOOK": "drain"})),
    good(WIRED, "a controller of a cluster that only AWS names", GROUP, hook(), a(tokens.CLUSTER),
         *controller(COMPLETE, environment={"CLUSTER_ARN": UNKNOWN, "SLACK_HOOK": "https://example.com"})),
    bad(WIRED, "a controller of another cluster", "looks at another cluster, db", GROUP, hook(),
        a(tokens.CLUSTER, name="main"), *controller(COMPLETE, environment={"CLUSTER_NAME": "db"})),
    bad(WIRED, "a controller of another hook", "looks for the hook other", GROUP, hook(),
        *controller(COMPLETE, environment={"LIFECYCLE_HOOK_NAME": "other"})),
    unknown(WIRED, "whether the schedule is on", GROUP, hook(), *controller(COMPLETE, runs={"state": UNKNOWN})),
    unknown(WIRED, "whether it is one of ECS", HOSTS, undecided(initialLifecycleHooks=HOOKS)),
    unknown(WIRED, "the pattern", *by_event(UNKNOWN)),
    unknown(WIRED, "the role's document", GROUP, hook(), *controller(COMPLETE, known=False)),
    unknown(WIRED, "a filter that is not read", *by_event(leaving(AutoScalingGroupName=[{"suffix": "web"}]))),
    unknown(WIRED, "an operator that is not read", *by_event(leaving(AutoScalingGroupName=[{"numeric": [">", 1]}]))),
    other(WIRED, "a group of web servers", a(tokens.GROUP, namePrefix="web-", initialLifecycleHooks=HOOKS)),
    other(WIRED, "no hook", GROUP),
    good(OUTLIVES, "the group depends on all of it", EARLY, hook(), *PARTS),
    good(OUTLIVES, "the hook depends on all of it", GROUP, LATE_HOOK, *PARTS),
    bad(OUTLIVES, "nothing", "does not depend on controller, minute", GROUP, hook(), *PARTS),
    bad(OUTLIVES, "a hook of the group", "does not depend on controller, minute", initial(), *PARTS),
    bad(OUTLIVES, "not the schedule", "does not depend on minute", without(tokens.SCHEDULE), hook(), *PARTS),
    bad(OUTLIVES, "not the permission", "does not depend on controller", without(tokens.ROLE_POLICY), hook(), *PARTS),
    good(OUTLIVES, "policies that no drain needs may go first", EARLY, hook(), *PARTS, LOGS, BASIC),
    bad(OUTLIVES, "not a policy of another stack", "does not depend on more", EARLY, hook(), *PARTS, ELSEWHERE),
    good(OUTLIVES, "a hook that stays", EARLY, replace(hook(), retain_on_delete=True), *PARTS),
    bad(OUTLIVES, "a hook that goes first", "a destroy drains nothing", EARLY,
        replace(hook(), retain_on_delete=False), *PARTS),
    unknown(OUTLIVES, "the role's document", GROUP, hook(), *controller(COMPLETE, known=False)),
    unknown(OUTLIVES, "whether it is one of ECS", HOSTS, undecided(initialLifecycleHooks=HOOKS)),
    other(OUTLIVES, "no hook", PLAIN, *PARTS),
    other(OUTLIVES, "a group of web servers", *PARTS,
          a(tokens.GROUP, namePrefix="web-", initialLifecycleHooks=HOOKS)),
    other(OUTLIVES, "a handler of another stack", GROUP, hook()),
)  # fmt: skip
