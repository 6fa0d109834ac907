"""The first hour of an environment, and of a service in it: all controllers run, and no alarm notifies anybody."""

from typing import Any

import pulumi_aws as aws
import pytest

from infra.services.service_alarms import RUNNING_TASKS
from tests.model.alarms import rings
from tests.model.all_three import AllThree
from tests.model.both import LARGE
from tests.model.services import BOOT_S
from tests.support.program import graph_for
from tests.support.shop import shop

WEB = "web"
LATER = "-silent"
"""Alarms that come after the group has its first instances, which the provider waits for."""


def told(graph, suffix=""):
    """The alarms on one metric that notify somebody, or that another one speaks for, by their logical names.

    Those that compute need requests, or instances that measure themselves: the model has neither.
    """
    spoken_for = {
        urn for each in graph.of(aws.cloudwatch.CompositeAlarm) for urn in each.property_dependencies["alarmRule"]
    }
    found = [
        each
        for each in graph.of(aws.cloudwatch.MetricAlarm)
        if "metricName" in each.inputs and (each.inputs.get("alarmActions") or each.urn in spoken_for)
    ]
    return {each.name: each for each in found if each.name.endswith(suffix)}


class FirstHour(AllThree):
    """Minutes, and every alarm that rang in them."""

    def __init__(self, instances=3):
        super().__init__({}, {}, 0)
        self.world.size = instances
        self.alarms: dict[str, Any] = {
            name: each for name, each in told(graph_for("prod")).items() if not name.endswith(LATER)
        }
        self.rang = set()

    def minutes(self, count):
        for _ in range(count):
            super().minutes(1)
            now = self.world.now
            self.rang |= {name for name, each in self.alarms.items() if rings(each, self.world.samples, now)}

    def up(self):
        """The group has come up, and `up` goes on to what comes after it."""
        self.minutes(BOOT_S // 60 + 2)
        self.alarms |= told(graph_for("prod"), LATER)

    def deploy(self, name, count):
        """A service of its own alarm on too few tasks, which is there before its first task."""
        (alarm,) = [each for each in told(shop()).values() if each["metricName"] == RUNNING_TASKS][:1]
        own = {**alarm.inputs, "dimensions": {"Cluster": "prod", "Service": name}}
        self.alarms[name] = own
        self.world.sizes[name], self.world.tasks_wanted[name] = LARGE, count


def test_a_new_environment_and_a_new_service_notify_nobody():
    hour = FirstHour()
    hour.up()
    hour.minutes(10)
    hour.deploy(WEB, 12)
    hour.minutes(45)
    assert hour.rang == set()
    assert hour.world.waiting()[WEB] == 0
    assert len(hour.alarms) > 20


def test_a_service_that_loses_its_tasks_after_that_does():
    hour = FirstHour()
    hour.up()
    hour.deploy(WEB, 6)
    hour.minutes(10)
    hour.world.duds = 99
    for each in hour.world.serving_members():
        hour.world.lose(each)
    hour.minutes(10)
    assert WEB in hour.rang


@pytest.mark.parametrize(("duds", "rang"), [(1, set()), (2, {"ecs-prod-instance-controller-launches-abandoned"})])
def test_one_launch_that_is_abandoned_notifies_nobody_and_a_second_one_does(duds, rang):
    hour = FirstHour()
    hour.up()
    hour.world.duds = duds
    hour.world.size += duds
    hour.minutes(30)
    assert sum(kind == "launch" and by == "controller" for _, kind, by in hour.world.ended) >= 3 + duds
    assert (hour.world.duds, hour.rang) == (0, rang)
