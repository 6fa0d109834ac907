from __future__ import annotations

import json
from typing import Any

from ecs_operations import tokens
from ecs_operations.model import UNKNOWN, Resource
from tests.policies.cases.build import a, bad, good, other, unknown
from tests.policies.cases.controllers import controller

SCALING, FITS = "capacity-scaling-present", "taskdef-fits-instance"
SET = "autoscaling:SetDesiredCapacity"
GROUP = a(tokens.GROUP, "web", namePrefix="web-")


def provider(**scaling: Any) -> Resource:
    return a(tokens.CAPACITY_PROVIDER, "web", depends={"autoScalingGroupProvider": [GROUP]},
             autoScalingGroupProvider={"managedScaling": scaling})  # fmt: skip


def tracking(**specification: Any) -> Resource:
    return a(tokens.GROUP_POLICY, "follow", depends={"autoscalingGroupName": [GROUP]},
             targetTrackingConfiguration={"targetValue": 75, **specification})  # fmt: skip


def stepped(metric: Any) -> tuple[Resource, ...]:
    policy = a(tokens.GROUP_POLICY, "step", depends={"autoscalingGroupName": [GROUP]}, policyType="StepScaling")
    alarm = a(tokens.METRIC_ALARM, "low", depends={"alarmActions": [policy]}, metricName=metric)
    return (GROUP, policy, alarm)


ON_CPU = tracking(predefinedMetricSpecification={"predefinedMetricType": "ASGAverageCPUUtilization"})
ON_RESERVATION = tracking(customizedMetricSpecification={"metricName": "CapacityProviderReservation"})
BY_MATH = tracking(customizedMetricSpecification={"metrics": [
    {"id": "m", "metricStat": {"stat": "Average", "metric": {"metricName": "MemoryReservation"}}}]})  # fmt: skip


def template(instance: Any = "m7g.large") -> Resource:
    return a(tokens.LAUNCH_TEMPLATE, instanceType=instance)


def task(cpu: Any = None, memory: Any = None, containers: Any = (), **more: Any) -> Resource:
    text = containers if containers is UNKNOWN else json.dumps(list(containers))
    return a(tokens.TASK_DEFINITION, "web", cpu=cpu, memory=memory, containerDefinitions=text, **more)


MIXED = a(tokens.GROUP, mixedInstancesPolicy={"launchTemplate": {"overrides": [
    {"instanceType": "m7g.xlarge"}, {"instanceType": "m7g.large"}]}})  # fmt: skip
TWO = ({"name": "web", "cpu": 1024, "memory": 4096}, {"name": "log", "cpu": 1024, "memoryReservation": 1024})

CASES = (
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
    unknown(SCALING, "whose policy it is", GROUP, a(tokens.GROUP_POLICY, autoscalingGroupName=UNKNOWN)),
    unknown(SCALING, "the role's document", GROUP, *controller(SET, known=False)),
    unknown(SCALING, "the metric", *stepped(UNKNOWN)),
    other(SCALING, "no group", a(tokens.CLUSTER)),
    good(FITS, "a small task", task("256", "512"), template()),
    good(FITS, "exactly what is left", task("2048", "7526"), template()),
    good(FITS, "containers that add up", task(containers=TWO), template()),
    bad(FITS, "too much memory", "needs 7527 MiB, and m7g.large has 7526 MiB", task("256", "7527"), template()),
    bad(FITS, "too much CPU", "needs 4096 CPU units, and m7g.large has 2048", task("4096", "512"), template()),
    bad(FITS, "the smallest of several types", "m7g.large has 2048", task("4096", "512"), MIXED),
    bad(FITS, "containers that add up to more", "needs 3072 CPU units", task(memory="256", containers=(*TWO, TWO[0])),
        template("t3.small"), reservedMemoryMib=0),
    unknown(FITS, "the containers", task(containers=UNKNOWN), template()),
    unknown(FITS, "the instance type", task("256", "512"), template(UNKNOWN)),
    unknown(FITS, "a type that the table lacks", task("256", "512"), template("x9z.large")),
    other(FITS, "no instances in this stack", task("4096", "65536")),
    other(FITS, "Fargate", task("4096", "65536", requiresCompatibilities=["FARGATE"]), template()),
)  # fmt: skip
