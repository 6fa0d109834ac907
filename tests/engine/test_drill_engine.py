"""`make drill`, `make capacity` and `make update-drill`: the demo and its deployed controllers at work."""

import re
import shutil
import sys

import pytest

from tests.engine.workspace import ROOT, Workspace
from tools.update_record import from_text
from tools.update_verdict import judge, moves

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("drill-engine")]

QUICK = {"EMULATOR_SPEED": "5"}
DEPLOYS = "✓ deploy"
LINE = re.compile(r"^t\+ *([\d.]+) s  (.{19,}?)  (.+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    space = Workspace.of(tmp_path_factory.mktemp("drill"))
    (space.folder / "tools").mkdir()
    for file in (ROOT / "tools").glob("*.py"):
        shutil.copy(file, space.folder / "tools")
    shutil.copy(ROOT / "settings.schema.json", space.folder)
    yield space
    space.in_sandbox("wipe")


@pytest.fixture(scope="module")
def first(workspace):
    """The first drill, which has to deploy the demo."""
    return drill(workspace, "--stop-timeout", "30")


@pytest.fixture(autouse=True)
def _no_service_is_left(first, workspace):
    yield
    assert workspace.client("ecs").list_services(cluster="ecs-dev")["serviceArns"] == []
    assert workspace.client("ecs").list_task_definitions(familyPrefix="drill")["taskDefinitionArns"] == []


def drill(space, *arguments):
    return space.run(sys.executable, "tools/drill.py", *arguments, **QUICK)


def happened(text):
    """When, who and what of every line, in the order of their times: a line is printed when it is seen, not before."""
    return sorted((float(when), who.strip(), what) for when, who, what in LINE.findall(text))


def victim_of(text):
    return re.search(r"^(i-\w+), with (\d) of them, is told to terminate$", text, re.MULTILINE)


def test_the_drill_deploys_the_demo_drains_an_instance_and_judges(first):
    assert first.code == 0, first.text
    assert DEPLOYS in first.text
    assert "sandbox/docs/emulator.md" in first.text
    assert "the drain kept its promise" in first.text
    assert "✗" not in first.text
    order = ("instance controller", f"SetStatus {victim_of(first.text)[1]} DRAINING done: its terminating hook waits")
    assert order in [(who, what) for _, who, what in happened(first.text)]


def test_a_task_that_stops_slowly_holds_its_instance(workspace):
    done = drill(workspace, "--stop-timeout", "1000")
    assert done.code == 0, done.text
    assert DEPLOYS not in done.text  # the demo's platform stood
    story, (victim, tasks) = happened(done.text), victim_of(done.text).groups()
    released = next(when for when, _, what in story if what.startswith(f"Complete {victim} CONTINUE done"))
    stopped = [when for when, _, what in story if what == f"STOPPED on {victim}"]
    (gone,) = [when for when, who, what in story if (who, what) == (victim, "has left the group")]
    assert len(stopped) == int(tasks), story
    assert max(stopped) <= released <= gone
    remembered = [what for _, _, what in story if "draining-since" in what]
    # Two runs may overlap when it is first seen; after that the moment is kept.
    assert 1 <= len(remembered) <= 2, "the moment from which its deadline counts is kept"


def test_the_deployed_capacity_controller_decides_on_tasks_without_room_and_nothing_changes(workspace):
    def size():
        (group,) = workspace.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
        return group["DesiredCapacity"]

    before = size()
    done = workspace.run(sys.executable, "tools/capacity_table.py", "--tasks", "60", **QUICK)
    assert done.code == 0, done.text
    told = dict(re.findall(r"^│ (\S.*?) +│ (.+?) +│$", done.text, re.MULTILINE))
    waiting, fitting = int(told["UnplacedTasks"]), int(told["SchedulableTasks"])
    assert 0 < waiting < 60, done.text
    assert fitting < waiting
    wanted = re.fullmatch(r"from (\d+) to (\d+) instances \(paused\)", told["decision"])
    assert wanted, done.text
    assert int(wanted[1]) == before == size()
    assert int(wanted[2]) == before + int(told["InstancesNeeded"])
    switch = workspace.client("ssm").get_parameter(Name="/ecs-platform/dev/controllers")["Parameter"]["Value"]
    assert switch == "running"


def test_an_update_moves_every_task_once_and_its_record_says_the_same(workspace):
    record = workspace.folder / "record.json"
    done = workspace.run(sys.executable, "tools/update_drill.py", "--record", str(record), **QUICK)
    assert done.code == 0, done.text
    assert "the update kept its promise" in done.text
    assert "the update moved 12 of 12 tasks once, and 0 a second time" in done.text
    told = from_text(record.read_text())
    assert [check.says for check in judge(told)] == re.findall(
        r"^  ✓ (\w.+)$", done.text.split("Verdict")[1], re.MULTILINE
    )
    assert len(moves(told).once) == 12
    assert told.before != told.wanted
