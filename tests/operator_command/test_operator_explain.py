"""`explain`: what limits, what is missing, and what would be."""

import json
from dataclasses import replace

import pytest

from lambdas.capacity.plan import plan
from lambdas.capacity.settings import Floor
from lambdas.cluster.shapes import Shape
from operator_command.errors import OperatorError
from operator_command.shown.explanation import drawn, explanation_of, missing
from operator_command.shown.what_if import (
    from_nothing,
    of_types,
    said_of_fewer,
    said_of_tasks,
    said_of_types,
    with_tasks,
)
from tests.lambdas.capacity.clusters import (
    NOW,
    a_definition,
    a_group,
    a_member,
    a_room,
    a_service,
    a_snapshot,
    an_instance,
    nothing_more,
    some_settings,
)
from tests.operator_command.golden import assert_golden
from tests.operator_command.large import Cloud, answered
from tests.operator_command.stage import run, staged


def a_cluster(running=6, desired=6, **group):
    """Three instances with two tasks of 1 vCPU each: no CPU is left; a small service beside them."""
    instances = [an_instance(number, cpu=0, memory=4000, tasks=2) for number in range(running // 2)]
    members = [a_member(each) for each in instances]
    return a_snapshot(
        instances,
        [a_service("web", desired, running), a_service("small", 1, 1)],
        [a_definition("web", 1024, 2000), a_definition("small", 128, 128)],
        group=a_group(members, **group),
    )


def planned(snapshot, settings=None):
    seen = []

    def answer(asked, questions):
        seen.append(nothing_more(asked, questions))
        return seen[-1]

    made = plan(snapshot, settings or some_settings(), NOW, answer)
    return made, (seen or [snapshot])[-1]


def explained(snapshot, *what_if):
    made, _ = planned(snapshot)
    assert made.assessment is not None
    return explanation_of("prod", NOW, made, made.assessment, some_settings(), what_if)


def test_the_limiting_shape_its_services_and_what_each_instance_lacks():
    view = explained(a_cluster())
    assert (view.action, view.needed, view.schedulable) == ("scale out from 3 to 4", 1, 0)
    limiting = view.shapes[0]
    assert (limiting.limits, limiting.fit, limiting.services) == (True, 0, ("web", "small"))
    assert {each.missing for each in view.rooms} == {("1024 CPU",)}


@pytest.mark.parametrize("width", [80, 160])
def test_the_screen(width):
    assert_golden("explain", drawn(explained(a_cluster(), "web=+4: 2 instances more: 5 instead of 3")), width)


@pytest.mark.parametrize(
    ("room", "shape", "lacks"),
    [
        ({}, {}, ()),
        ({"cpu_units": 100}, {}, ("412 CPU",)),
        ({"memory_mib": 1, "interfaces": 0}, {"interface": True}, ("999 MiB", "1 interface")),
        ({}, {"gpus": 2}, ("2 GPU",)),
        ({"tcp_ports": frozenset({80})}, {"tcp_ports": frozenset({80})}, ("port 80 is taken",)),
        ({"holds": frozenset({"web"})}, {"distinct": "web"}, ("a task of web is here already",)),
    ],
)
def test_what_a_room_lacks(room, shape, lacks):
    assert missing(a_room(**room), Shape(**{"cpu_units": 512, "memory_mib": 1000, **shape})) == lacks


def test_more_tasks_by_the_real_plan():
    _, seen = planned(a_cluster())
    imagined, _ = planned(with_tasks(seen, "web=+4"))
    assert said_of_tasks(imagined, seen.group) == "3 instances more: 6 instead of 3"


def test_more_tasks_than_the_maximum_has_room_for():
    _, seen = planned(a_cluster(max_size=4))
    imagined, _ = planned(with_tasks(seen, "web=+20"))
    assert said_of_tasks(imagined, seen.group).endswith("4 instead of 3, the maximum, and still too few")
    _, full = planned(a_cluster(max_size=3))
    assert said_of_tasks(planned(full)[0], full.group).startswith("the maximum of 3 is too small")


def test_fewer_tasks_and_what_they_save():
    made, seen = planned(a_cluster(min_size=2))
    group, settings = made.assessment.group, some_settings()
    before = from_nothing(seen, group, settings, NOW)
    after = from_nothing(with_tasks(seen, "web=-5"), group, settings, NOW)
    assert (before.instances, after.instances) == (5, 2)
    assert said_of_fewer(before, after, group) == "2 instances would hold all tasks and the headroom, now 5"
    assert "minimum is 4" in said_of_fewer(before, after, replace(group, min_size=4))


def test_another_type_is_judged_on_new_instances_alone():
    made, seen = planned(a_cluster())
    settings, group = some_settings(floor=Floor(cpu_units=128, memory_mib=128)), made.assessment.group
    before = from_nothing(seen, group, settings, NOW)
    other = of_types(settings, ("m7g.2xlarge",))
    then = from_nothing(seen, group, other, NOW)
    assert said_of_types(before, then, settings, ("m7g.2xlarge",)) == (
        "all tasks and the headroom would fit on 2 instances of m7g.2xlarge; of m7g.large they need 5"
    )
    assert "images have to be built" in said_of_types(before, then, settings, ("m6i.2xlarge",))


def test_a_type_that_no_task_fits_on_is_told():
    _, seen = planned(a_cluster())
    other = of_types(some_settings(), ("m7g.medium",))
    assert from_nothing(seen, seen.group, other, NOW).instances >= 7


@pytest.mark.parametrize(
    ("change", "words"),
    [("web", "write SERVICE"), ("web=x", "write SERVICE"), ("shop=+1", "no such service; there: small, web")],
)
def test_a_change_that_is_not_understood(change, words):
    with pytest.raises(OperatorError, match=words):
        with_tasks(a_cluster(), change)


@pytest.mark.parametrize(("change", "desired"), [("web=+4", 10), ("web=-9", 0), ("web=3", 3)])
def test_a_change_of_tasks(change, desired):
    assert with_tasks(a_cluster(), change).by_name["web"].desired == desired


def test_explain_on_the_emulator():
    with staged() as stage:
        stage.grow(3, tasks=5)
        shown = run("explain", "--tasks", "shop=+10", "--type", "m7g.xlarge")
        told = run("explain", "--json")
        wrong = run("explain", "--type", "m7g.xlage")
    assert (shown.code, shown.err) == (0, "")
    assert "shop=+10: 5 instances more: 8 instead of 3" in shown.out
    assert "1 interface" in shown.out
    assert json.loads(told.out)["shapes"][0]["services"] == ["shop"]
    assert (wrong.code, "did you mean m7g.xlarge" in wrong.err) == (2, True)


def test_without_a_group_nothing_is_explained():
    with answered(Cloud(3)) as cloud:
        cloud.group = "other"
        cloud.DescribeAutoScalingGroups = lambda params: {"AutoScalingGroups": []}
        said = run("explain")
    assert (said.code, said.err) == (5, "error: nothing is scaled: there is no group to scale\n")


def test_a_thousand_instances_are_explained_in_sixty_calls():
    with answered(Cloud(1000, 20)) as cloud:
        said = run("explain", "--tasks", "s0=+5")
    assert said.code == 0, said.err
    assert sum(cloud.calls.values()) <= 60, cloud.calls
