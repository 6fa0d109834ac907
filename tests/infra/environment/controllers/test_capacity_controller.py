import json

import pulumi_aws as aws
import pytest

from infra.environment.cluster.cluster import Cluster, ClusterArgs
from infra.environment.controllers.capacity_controller import CapacityController, CapacityControllerArgs
from infra.environment.controllers.kill_switch import KillSwitch, KillSwitchArgs
from infra.environment.instances.fit import Promise
from lambdas.capacity.run import run
from lambdas.capacity.settings import Grow, Settings, Shrink
from lambdas.cluster.disruption import BUDGET
from tests.lambdas.capacity.capacity_api import NOW, Api
from tests.lambdas.capacity.clusters import some_settings
from tests.lambdas.transport import fake_clients
from tests.support.builders import LOCATION, alarm_topics, some_conventions
from tests.support.event_patterns import matches
from tests.support.graph import graph_of
from tests.support.watched import told


def a_scaling_graph(**changes):
    """The capacity controller of the environment `test`, named `scaling`."""

    def program() -> None:
        base, topic = some_conventions(), alarm_topics()
        inputs = {
            "conventions": base,
            "alarm_topics": topic,
            "cluster": Cluster("main", ClusterArgs(conventions=base, alarm_topics=topic)),
            "switch": KillSwitch("switch", KillSwitchArgs(conventions=base)),
            "instance_types": ["m7g.large", "m7g.xlarge"],
            "trunking": True,
            "promise": Promise(largest_task_cpu_units=1024, largest_task_memory_mib=2048, tasks_per_instance=10),
            "grow": Grow(headroom_tasks=3),
            "shrink": Shrink(),
            "disruption": BUDGET,
            "max_healthy_percent": 110,
        }
        controller = CapacityController("scaling", CapacityControllerArgs(**(inputs | changes)))
        controller.alarm_on_silence(after=inputs["switch"].parameter)

    return graph_of(program)


@pytest.fixture(scope="module")
def graph():
    return a_scaling_graph()


def test_the_function_reads_back_the_settings_that_the_program_wrote(graph):
    variables = graph.one(aws.lambda_.Function)["environment"]["variables"]
    settings = Settings.from_environment(variables)
    assert settings.environment() == variables
    assert (settings.target.cluster, settings.target.switch_parameter, settings.target.namespace) == (
        "ecs-test", "/ecs-platform/test/controllers", "EcsPlatform/ecs-test",
    )  # fmt: skip
    assert (settings.hardware.instance_types, settings.hardware.trunking) == (("m7g.large", "m7g.xlarge"), True)
    assert (settings.floor.cpu_units, settings.floor.memory_mib, settings.floor.interface) == (1024, 2048, True)
    assert settings.grow.headroom_tasks == 3


def a_placement_failure(**detail):
    """ECS developer guide, "Amazon ECS service action events"."""
    cluster = LOCATION.arn("ecs", "cluster/ecs-test")
    return {
        "version": "0",
        "detail-type": "ECS Service Action",
        "source": "aws.ecs",
        "detail": {
            "eventType": "ERROR",
            "eventName": "SERVICE_TASK_PLACEMENT_FAILURE",
            "clusterArn": cluster,
            "capacityProviderArns": [],
            "reason": "RESOURCE:MEMORY",
            **detail,
        },
    }


def test_a_task_without_room_in_this_cluster_wakes_it_and_nothing_else_does(graph):
    pattern = json.loads(graph.one(aws.cloudwatch.EventRule, "scaling-placement")["eventPattern"])
    assert matches(pattern, a_placement_failure())
    assert not matches(pattern, a_placement_failure(clusterArn=LOCATION.arn("ecs", "cluster/ecs-test2")))
    assert not matches(pattern, a_placement_failure(eventName="SERVICE_STEADY_STATE"))


def test_every_alarm_looks_at_a_metric_that_the_controller_publishes(graph):
    api = Api(1)
    run(fake_clients(api), some_settings(), NOW, {})
    own = [
        alarm
        for alarm in graph.of(aws.cloudwatch.MetricAlarm)
        if alarm.inputs.get("namespace") == "EcsPlatform/ecs-test"
    ]
    assert {alarm["metricName"] for alarm in own} <= api.published.keys()
    assert {alarm.name: (alarm["metricName"], alarm["datapointsToAlarm"]) for alarm in own} == {
        "scaling-silent": ("CompletedPasses", 5),
        "scaling-at-maximum-size": ("AtMaximum", 3),
        "scaling-unplaceable-tasks": ("UnplaceableTasks", 3),
        "scaling-demand-unmet": ("UnmetTasks", 15),
        "scaling-stuck-tasks": ("StuckTasks", 15),
        "scaling-several-groups": ("SeveralGroups", 15),
        "scaling-failed-actions": ("FailedActions", 3),
        "scaling-few-addresses": ("FreeAddressesPercent", 15),
        "scaling-many-interfaces": ("NetworkInterfacesPercent", 1),
        "scaling-unread-parts": ("UnreadParts", 15),
    }
    for alarm in own:
        assert alarm["dimensions"] == {"Cluster": "ecs-test", "Controller": "capacity"}
        assert told(graph, alarm)[1]
        assert alarm["treatMissingData"] == ("breaching" if alarm.name == "scaling-silent" else "notBreaching")


def test_thresholds_between_which_an_instance_does_not_fit_end_the_preview(monkeypatch):
    # m7g.xlarge takes 4 of the largest promised task by its CPU, so 3 + 4 calls for one as soon as one has gone.
    monkeypatch.setattr(Settings, "in_from", lambda settings, slots: settings.out_below() + slots)
    with pytest.raises(
        ValueError, match=r"7 schedulable tasks is not above .* threshold 3 \+ 4 slots .* raise it to 8"
    ):
        a_scaling_graph()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"shrink": Shrink(margin_tasks=0)}, "shrink margin: must be 1"),
        ({"grow": Grow(headroom_tasks=-1)}, "grow headroom: must be 0"),
        ({"instance_types": ["m7g.huge"]}, "m7g.huge: unknown instance type"),
    ],
)
def test_what_the_function_would_refuse_ends_the_preview(changes, says):
    with pytest.raises(ValueError, match=says):
        a_scaling_graph(**changes)
