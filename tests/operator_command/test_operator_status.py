"""`status`: what is shown of a picture, how it is drawn, and the command on the emulator."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.cluster.snapshot import Template
from lambdas.instances.snapshot import InstancesSnapshot
from operator_command.reading.controllers import decision_in
from operator_command.reading.standing import of_environment, read_images
from operator_command.shown.status import decided, state_of
from operator_command.shown.status_drawn import drain_text, drawn
from tests.lambdas.capacity.clusters import a_group, a_member, an_instance
from tests.operator_command.golden import assert_golden, screen
from tests.operator_command.large import Cloud, answered
from tests.operator_command.stage import run, staged
from tests.operator_command.views import a_status, in_trouble

LINE = {
    "timestamp": "2026-03-01T12:00:00+00:00", "level": "INFO", "event": "ScaleOut", "outcome": "done",
    "reason": "waiting tasks or the headroom lack room", "details": {"waiting": 4},
    "action": {"observed": 3, "desired": 5}, "inputs": {"needed": 2},
}  # fmt: skip


@pytest.mark.parametrize("width", [80, 160])
def test_the_screen_of_a_small_cluster(width):
    assert_golden("status-small", drawn(a_status(3)), width)


@pytest.mark.parametrize("width", [80, 160])
def test_the_screen_of_300_instances_in_trouble_is_one_screen(width):
    assert_golden("status-trouble", drawn(in_trouble(300)), width)
    assert len(screen(drawn(in_trouble(300)), width)) <= 45


def test_a_pause_and_a_word_that_is_not_understood_are_shown():
    assert "paused: the controllers change nothing" in "\n".join(screen(drawn(a_status(paused=True)), 80))
    unknown = screen(drawn(a_status(paused=True, switch_understood=False)), 80)
    assert any("neither running nor paused" in line for line in unknown)


def test_calm_is_what_asks_for_nobody():
    assert a_status().calm
    assert not in_trouble().calm
    assert not a_status(paused=True).calm


@pytest.mark.parametrize(
    ("member", "registered", "state"),
    [
        (None, {}, "no group"),
        ({"state": "Pending:Wait"}, None, "starting"),
        ({"state": "Terminating:Wait"}, {}, "leaving"),
        ({"state": "Terminating:Retained"}, {}, "retained"),
        ({"healthy": False}, {}, "unhealthy"),
        ({}, None, "unregistered"),
        ({}, {"status": "DRAINING"}, "draining"),
        ({}, {"agent_connected": False}, "agent away"),
        ({}, {}, "in service"),
    ],
)
def test_the_state_of_an_instance(member, registered, state):
    in_group = None if member is None else a_member(1, **member)
    assert state_of(in_group, None if registered is None else an_instance(1, **registered)) == state


def test_a_decision_is_said_in_words():
    found = decision_in(json.dumps(LINE))
    assert found is not None
    assert decided(found) == "scale out from 3 to 5: waiting tasks or the headroom lack room (waiting 4)"
    assert decided(replace(found, event="NoChange", outcome="paused", details={})).startswith("no change (paused): ")
    assert decided(replace(found, event="ScaleIn", action={"instance_ids": ["i-1", "i-2"]})).startswith(
        "remove i-1, i-2:"
    )


ODD = [
    json.dumps({name: value for name, value in LINE.items() if name != "timestamp"}),
    json.dumps(LINE | {"timestamp": "yesterday"}),
    json.dumps(LINE | {"timestamp": 7}),
    json.dumps(LINE | {"action": "none"}),
    json.dumps(LINE | {"inputs": 3}),
]
"""What another release may write."""


@pytest.mark.parametrize("line", ["START RequestId", "[]", '{"event": "finished"}', '{"reason": "x"}', *ODD])
def test_other_log_lines_are_no_decision(line):
    assert decision_in(line) is None


def test_a_drain_whose_deadline_is_not_known_or_over():
    drain = in_trouble().drains[0]
    assert drain_text(drain, in_trouble().at).endswith("deadline passed 30 s ago")
    assert drain_text(replace(drain, deadline=None), in_trouble().at).endswith("deadline not known yet")


@pytest.mark.parametrize(
    ("alarm", "ours"),
    [
        ({"AlarmName": "ecs-dev-x"}, True),
        ({"AlarmName": "cart-errors", "AlarmActions": ["arn:aws:sns:r:1:ecs-dev-alarm-topic-1"]}, True),
        ({"AlarmName": "cart", "Dimensions": [{"Name": "ClusterName", "Value": "ecs-dev"}]}, True),
        ({"AlarmName": "ecs-develop-x", "AlarmActions": ["arn:aws:sns:r:1:other"]}, False),
    ],
)
def test_an_alarm_is_known_by_its_name_its_dimensions_or_its_topic(alarm, ours):
    assert of_environment(alarm, "ecs-dev") is ours


def test_status_of_an_emulated_cluster():
    with staged() as stage:
        stage.grow(3, tasks=4)
        now = datetime.now(UTC)
        stage.log(LINE | {"timestamp": now.isoformat()}, at_ms=int(now.timestamp() * 1000))
        leaving = stage.land.ids()[0]
        stage.land.auto_scaling.terminate_instance_in_auto_scaling_group(
            InstanceId=leaving, ShouldDecrementDesiredCapacity=False
        )
        stage.land.emulator.advance(1)
        found = run("status", "--json").json
        shown = run("--cluster", "platform", "status")
    assert (shown.code, shown.err) == (0, "")
    assert found["sizes"] == {"minimum": 0, "desired": 3, "maximum": 9, "in_service": 2}
    assert [each["instance_id"] for each in found["drains"]] == [leaving]
    assert found["drains"][0]["exact"]
    assert found["decision"]["action"] == {"observed": 3, "desired": 5}
    assert {each["image"] for each in found["instances"]} == {"ami-12345678"}
    assert f"{leaving}: " in shown.out
    assert "scale out from 3 to 5" in shown.out


class Elsewhere(Cloud):
    """The functions are those of another release, and a template version of an instance is deleted."""

    def GetFunctionConfiguration(self, params):
        found = super().GetFunctionConfiguration(params)["Environment"]["Variables"]
        return {"Environment": {"Variables": found | {"DRAIN_DEADLINE_S": "PT15M"}}}


def test_settings_of_another_release_cost_themselves_and_not_the_screen():
    with answered(Elsewhere(3)):
        shown, told, acts = run("status"), run("status", "--json"), run("explain")
    assert (shown.code, told.code) == (0, 0), shown
    assert "their defaults are assumed" in " ".join(shown.out.split())
    assert "DRAIN_DEADLINE_S" in told.json["problem"]
    assert len(told.json["instances"]) == 3
    assert (acts.code, "install the release of ecs-platform that stands there" in acts.err) == (1, True)


def test_a_daemon_that_is_missing_on_instances_is_noted_after_what_runs_too_few():
    cloud = Cloud(3, services=2)
    cloud.daemons = frozenset({"s0"})
    with answered(cloud):
        noted = run("status", "--json").json["noted_services"]
    assert [(each["name"], each["what"]) for each in noted] == [
        ("s1", "below its minimum"), ("s0", "missing on instances"),
    ]  # fmt: skip


def test_a_deleted_template_version_costs_its_image_alone():
    class Versions:
        def describe_launch_template_versions(self, LaunchTemplateId, Versions):  # noqa: N803  AWS's names
            if "2" in Versions:
                code = "InvalidLaunchTemplateId.VersionNotFound"
                raise ClientError({"Error": {"Code": code, "Message": "x"}}, "DescribeLaunchTemplateVersions")
            found = [
                {"VersionNumber": int(each), "LaunchTemplateData": {"ImageId": f"ami-{each}"}} for each in Versions
            ]
            return {"LaunchTemplateVersions": found}

    template = Template(template_id="lt", version="1")
    members = [replace(a_member(n), template=replace(template, version=str(n))) for n in (1, 2, 3)]
    seen = InstancesSnapshot(groups=(a_group(members, template=template),))
    connection: Any = SimpleNamespace(aws=SimpleNamespace(ec2=Versions()))
    assert read_images(connection, seen) == {"1": "ami-1", "3": "ami-3"}
