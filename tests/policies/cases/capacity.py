from __future__ import annotations

from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import DROP, a, bad, good, other, unknown
from tests.policies.cases.controllers import controller
from tests.policies.cases.hooked import HOSTS, NAMED, PLAIN, undecided

SCALING = "capacity-scaling-present"
SET = "autoscaling:SetDesiredCapacity"
GROUP = a(tokens.GROUP, "web", **NAMED)
ALONE, USED = "capacity-size-left-alone", "capacity-provider-in-use"


def provider(**scaling: Any) -> Resource:
    return a(tokens.CAPACITY_PROVIDER, "web", depends={"autoScalingGroupProvider": [GROUP]},
             autoScalingGroupProvider={"managedScaling": scaling})  # fmt: skip


def tracking(**specification: Any) -> Resource:
    return a(tokens.GROUP_POLICY, "follow", depends={"autoscalingGroupName": [GROUP]},
             targetTrackingConfiguration={"targetValue": 75, **specification})  # fmt: skip


def stepped(metric: Any, **inputs: Any) -> tuple[Resource, ...]:
    policy = a(
        tokens.GROUP_POLICY, "step", depends={"autoscalingGroupName": [GROUP]}, policyType="StepScaling", **inputs
    )
    alarm = a(tokens.METRIC_ALARM, "low", depends={"alarmActions": [policy]}, metricName=metric)
    return (GROUP, policy, alarm)


ON_CPU = tracking(predefinedMetricSpecification={"predefinedMetricType": "ASGAverageCPUUtilization"})
ON_RESERVATION = tracking(customizedMetricSpecification={"metricName": "CapacityProviderReservation"})
BY_MATH = tracking(customizedMetricSpecification={"metrics": [
    {"id": "m", "metricStat": {"stat": "Average", "metric": {"metricName": "MemoryReservation"}}}]})  # fmt: skip


def at_night(**sizes: Any) -> Resource:
    return a(
        tokens.GROUP_SCHEDULED_ACTION,
        "night",
        depends={"autoscalingGroupName": [GROUP]},
        recurrence="0 20 * * *",
        **sizes,
    )


def sized(ignore: tuple[str, ...] = (), desired: Any = 4) -> Resource:
    return a(tokens.GROUP, "web", ignore=ignore, desiredCapacity=desired, **NAMED)


MANAGED = provider(status="ENABLED")
CLUSTER = a(tokens.CLUSTER, "main")


def listed(*providers: Resource, default: Any = DROP) -> Resource:
    return a(tokens.CLUSTER_CAPACITY_PROVIDERS, depends={"clusterName": [CLUSTER], "capacityProviders": providers},
             defaultCapacityProviderStrategies=default)  # fmt: skip


def service(**inputs: Any) -> Resource:
    return a(tokens.SERVICE, "cart", depends={"cluster": [CLUSTER]}, **inputs)


BY_DEFAULT = [{"capacityProvider": UNKNOWN, "weight": 1}]


def called(action: str, text: Any, **changes: Any) -> Resource:
    """A schedule that calls Auto Scaling itself."""
    arn = f"arn:aws:scheduler:::aws-sdk:autoscaling:{action}"
    return a(tokens.SCHEDULE, "night", target={"arn": arn, "input": text}, scheduleExpression="cron(0 20 * * ? *)",
             **changes)  # fmt: skip


CASES = (
    good(SCALING, "a schedule for another group", GROUP, MANAGED, called(
        "setDesiredCapacity", '{"AutoScalingGroupName": "db-1", "DesiredCapacity": 1}')),
    good(SCALING, "a schedule that sets no size", GROUP, MANAGED, called(
        "updateAutoScalingGroup", '{"AutoScalingGroupName": "web-1", "DefaultCooldown": 60}')),
    bad(SCALING, "a schedule beside it", "managed scaling of web and by the schedule night", GROUP, MANAGED, called(
        "setDesiredCapacity", '{"AutoScalingGroupName": "web-1", "DesiredCapacity": 1}')),
    bad(SCALING, "a schedule of a name that AWS makes", "the schedule night", GROUP, MANAGED, called(
        "updateAutoScalingGroup", UNKNOWN, depends={"target": [GROUP]})),
    unknown(SCALING, "what a schedule sets", GROUP, MANAGED, called("setDesiredCapacity", UNKNOWN)),
    good(SCALING, "a controller", GROUP, *controller(SET)),
    good(SCALING, "managed scaling", GROUP, provider(status="ENABLED", targetCapacity=90)),
    good(SCALING, "managed scaling to the full", GROUP, provider(status="ENABLED")),
    good(SCALING, "a policy on reservation", GROUP, ON_RESERVATION),
    good(SCALING, "a policy on metric math", GROUP, BY_MATH),
    good(SCALING, "steps on schedulable tasks", *stepped("SchedulableTasks")),
    bad(SCALING, "nothing", "nothing adjusts its size", GROUP),
    bad(SCALING, "managed scaling is off", "nothing adjusts", GROUP, provider(status="DISABLED")),
    bad(SCALING, "a controller of other groups", "nothing adjusts", GROUP, *controller(SET, resource="arn:x")),
    bad(SCALING, "two of them", "managed scaling of web and by the policy follow", GROUP, ON_RESERVATION,
        provider(status="ENABLED")),
    bad(SCALING, "managed scaling and a controller", "by the function controller",
        GROUP, provider(status="ENABLED"), *controller(SET)),
    bad(SCALING, "CPU beside managed scaling", "follow scales on ASGAverageCPUUtilization", GROUP, ON_CPU,
        provider(status="ENABLED")),
    good(SCALING, "a scheduled action that leaves it alone", GROUP, *controller(SET),
         at_night(minSize=-1, maxSize="-1", desiredCapacity=-1)),
    bad(SCALING, "a scheduled action as well", "by the function controller and by the scheduled action night",
        GROUP, *controller(SET), at_night(minSize=-1, maxSize=-1, desiredCapacity=2)),
    bad(SCALING, "a scheduled action that leaves out what becomes 0", "by the scheduled action night",
        GROUP, MANAGED, at_night(minSize=2)),
    bad(SCALING, "a policy that is off", "step is switched off", GROUP, *stepped("SchedulableTasks", enabled=False)[1:],
        *controller(SET)),
    bad(SCALING, "a policy that only forecasts", "follow is switched off", GROUP, *controller(SET),
        a(tokens.GROUP_POLICY, "follow", depends={"autoscalingGroupName": [GROUP]}, policyType="PredictiveScaling",
          predictiveScalingConfiguration={"mode": "ForecastOnly"})),
    bad(SCALING, "managed scaling that keeps ten times of what is used", "aims at 10 % use",
        GROUP, provider(status="ENABLED", targetCapacity="10")),
    bad(SCALING, "a controller that looks once a day", "looks every 86400 s, must be at least every 900 s",
        GROUP, *controller(SET, runs={"scheduleExpression": "rate(1 day)"})),
    bad(SCALING, "a controller of another cluster", "counts the tasks of the cluster db", GROUP,
        a(tokens.CLUSTER, name="main"), *controller(SET, environment={"TARGET_CLUSTER": "db"})),
    bad(SCALING, "a controller that is switched off", "nothing adjusts",
        GROUP, *controller(SET, runs={"state": "DISABLED"})),
    bad(SCALING, "two providers", "of second and by managed scaling of web", GROUP, MANAGED,
        a(tokens.CAPACITY_PROVIDER, "second", depends={"autoScalingGroupProvider": [GROUP]},
          autoScalingGroupProvider={"managedScaling": {"status": "ENABLED"}})),
    unknown(SCALING, "whether it is one of ECS", undecided(), HOSTS),
    unknown(SCALING, "a scheduled size", GROUP, *controller(SET), at_night(minSize=UNKNOWN)),
    other(SCALING, "a group of web servers", PLAIN, *stepped("CPUUtilization")[1:]),
    unknown(SCALING, "whose policy it is", GROUP, a(tokens.GROUP_POLICY, autoscalingGroupName=UNKNOWN)),
    unknown(SCALING, "the role's document", GROUP, *controller(SET, known=False)),
    unknown(SCALING, "the metric", *stepped(UNKNOWN)),
    other(SCALING, "no group", a(tokens.CLUSTER)),
    good(ALONE, "it is not set", GROUP, *controller(SET)),
    good(ALONE, "its changes are ignored", sized(('["desiredCapacity"]',)), *controller(SET)),
    bad(ALONE, "beside a controller", "sets its size at each up", sized(), *controller(SET)),
    bad(ALONE, "beside managed scaling", "sets its size at each up", sized(), MANAGED),
    bad(ALONE, "with the least size", "sets its size at each up", sized(desired=UNKNOWN), ON_RESERVATION),
    unknown(ALONE, "whether anything scales it", sized(), *controller(SET, known=False)),
    unknown(ALONE, "whether it is one of ECS", undecided(desiredCapacity=2), HOSTS),
    other(ALONE, "nothing else sizes it", sized()),
    other(ALONE, "a group of web servers",
          a(tokens.GROUP, "web", namePrefix="web-", desiredCapacity=2), *controller(SET)),
    good(USED, "a cluster uses it", GROUP, MANAGED, CLUSTER, listed(MANAGED)),
    good(USED, "a service starts through it", GROUP, MANAGED, CLUSTER, listed(MANAGED),
         service(capacityProviderStrategies=BY_DEFAULT)),
    good(USED, "a service starts through the default", GROUP, MANAGED, CLUSTER, listed(MANAGED, default=BY_DEFAULT),
         service()),
    good(USED, "a daemon", GROUP, MANAGED, CLUSTER, listed(MANAGED),
         service(launchType="EC2", schedulingStrategy="DAEMON")),
    good(USED, "a cluster of another stack", GROUP, MANAGED),
    bad(USED, "no cluster uses it", "scales and drains nothing", GROUP, MANAGED, CLUSTER),
    bad(USED, "a cluster uses another", "scales and drains nothing", GROUP, MANAGED, CLUSTER,
        a(tokens.CLUSTER_CAPACITY_PROVIDERS, depends={"clusterName": [CLUSTER]}, capacityProviders=["FARGATE"])),
    bad(USED, "a service beside it", "beside web, whose managed scaling", GROUP, MANAGED, CLUSTER, listed(MANAGED),
        service(launchType="EC2")),
    bad(USED, "a service without a default", "beside web, whose managed scaling", GROUP, MANAGED, CLUSTER,
        listed(MANAGED), service()),
    bad(USED, "two of one group", "web has the capacity provider second already", GROUP, MANAGED,
        a(tokens.CAPACITY_PROVIDER, "second", depends={"autoScalingGroupProvider": [GROUP]})),
    unknown(USED, "whose cluster it is", GROUP, MANAGED, CLUSTER,
            a(tokens.CLUSTER_CAPACITY_PROVIDERS, capacityProviders=UNKNOWN)),
    other(USED, "a service on Fargate", GROUP, MANAGED, CLUSTER, listed(MANAGED), service(launchType="FARGATE")),
    other(USED, "a cluster without a provider", CLUSTER, service(launchType="EC2")),
)  # fmt: skip
