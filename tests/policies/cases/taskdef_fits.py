from __future__ import annotations

import json
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

FITS = "taskdef-fits-instance"


def template(instance: Any = "m7g.large") -> Resource:
    return a(tokens.LAUNCH_TEMPLATE, instanceType=instance)


def sized(cpu: Any = None, memory: Any = None, containers: Any = (), **more: Any) -> Resource:
    text = containers if containers is UNKNOWN else json.dumps(list(containers))
    return a(tokens.TASK_DEFINITION, "web", family="web", cpu=cpu, memory=memory, containerDefinitions=text, **more)


IN_CLUSTER = [{"key": "AmazonECSManaged", "value": "true", "propagateAtLaunch": True}]
MIXED = a(tokens.GROUP, tags=IN_CLUSTER, mixedInstancesPolicy={"launchTemplate": {"overrides": [
    {"instanceType": "m7g.xlarge"}, {"instanceType": "m7g.large"}]}})  # fmt: skip
OF_WEB = a(tokens.LAUNCH_TEMPLATE, "web", instanceType="t3.nano", userData="#!/bin/sh\nyum install -y httpd")
WEB = (OF_WEB, a(tokens.GROUP, "web", depends={"launchTemplate": [OF_WEB]}), a(tokens.CAPACITY_PROVIDER, "hosts"))
TWO = ({"name": "web", "cpu": 1024, "memory": 4096}, {"name": "log", "cpu": 1024, "memoryReservation": 1024})

CASES = (
    good(FITS, "a small task", sized("256", "512"), template()),
    good(FITS, "exactly what is left", sized("2048", "7362"), template()),
    good(FITS, "containers that add up", sized(containers=TWO), template()),
    bad(FITS, "too much memory", "needs 7363 MiB, m7g.large has 7362 MiB", sized("256", "7363"), template()),
    bad(FITS, "too much CPU", "needs 4096 CPU units, m7g.large has 2048", sized("4096", "512"), template()),
    bad(FITS, "the smallest of several types", "m7g.large has 2048", sized("4096", "512"), MIXED),
    bad(FITS, "containers that add up to more", "needs 3072 CPU units", sized(memory="256", containers=(*TWO, TWO[0])),
        template("t3.small"), reservedMemoryMib=0),
    unknown(FITS, "the containers", sized(containers=UNKNOWN), template()),
    unknown(FITS, "the instance type", sized("256", "512"), template(UNKNOWN)),
    unknown(FITS, "a type that the table lacks", sized("256", "512"), template("x9z.large")),
    other(FITS, "no instances in this stack", sized("4096", "65536")),
    good(FITS, "sizes as texts", sized("1 vCPU", "2 GB"), template()),
    bad(FITS, "too much, as texts", "needs 4096 CPU units", sized("4 vCPU", "2 GB"), template()),
    unknown(FITS, "one of two types", sized("256", "512"), template(UNKNOWN), MIXED),
    other(FITS, "a service on Fargate by its strategy", sized("4096", "65536"), template(),
          a(tokens.SERVICE, "web", taskDefinition="web",
            capacityProviderStrategies=[{"capacityProvider": "FARGATE_SPOT"}])),
    other(FITS, "instances that join no cluster", sized("4096", "65536"),
          a(tokens.LAUNCH_TEMPLATE, instanceType="t3.nano", userData="#!/bin/sh\nyum install -y httpd")),
    other(FITS, "a web group beside a cluster", sized("4096", "65536"), *WEB),
    other(FITS, "Fargate", sized("4096", "65536", requiresCompatibilities=["FARGATE"]), template()),
)  # fmt: skip
