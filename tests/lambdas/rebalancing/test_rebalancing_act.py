"""Acting: nothing is written over what somebody else has changed meanwhile, and a failure keeps nothing back."""

import pytest

from lambdas.cluster.tags import MOVE
from lambdas.rebalancing import act as acting
from lambdas.rebalancing.run import run
from tests.lambdas.rebalancing.scene import SMALL, Scene, some_settings
from tests.lambdas.transport import AwsError


def skewed(settings=None):
    scene = Scene({"web": SMALL}, 4, settings)
    scene.stack("web", 4, 4, 0, 0)
    return scene


def outcomes(scene):
    return [(type(each.action).__name__, each.outcome) for each in scene.run().results]


def scaled(scene, count):
    return lambda: scene.world.tasks_wanted.update(web=count)


def test_a_count_that_was_changed_after_the_look_is_not_raised():
    scene = skewed()
    scene.api.meanwhile["DescribeScalableTargets"] = scaled(scene, 20)
    assert outcomes(scene) == [("Raise", "stale")]
    assert (scene.world.tasks_wanted["web"], scene.world.tags["web"]) == (20, {})


def test_a_tag_that_was_changed_after_the_look_is_left():
    scene = skewed()
    scene.api.meanwhile["DescribeScalableTargets"] = lambda: scene.world.tags["web"].update({MOVE: "other"})
    assert outcomes(scene) == [("Raise", "stale")]
    assert (scene.world.tasks_wanted["web"], scene.world.tags["web"]) == (8, {MOVE: "other"})


@pytest.mark.parametrize("operation", ["ListTasks", "TagResource", "UpdateTaskProtection"])
def test_a_count_that_is_changed_while_it_is_to_be_lowered_stands(operation):
    scene = skewed()
    scene.minutes(1)
    scene.api.meanwhile[operation] = scaled(scene, 20)
    assert outcomes(scene) == [("Lower", "stale")]
    assert scene.world.tasks_wanted["web"] == 20
    scene.minutes(6)
    assert scene.world.tasks_wanted["web"] == 20
    assert not scene.world.going_on()


def test_a_service_that_is_gone_meanwhile_is_stale():
    scene = skewed()
    scene.minutes(1)
    answer = {"services": [], "failures": [{"arn": "web", "reason": "MISSING"}]}
    scene.api.meanwhile["GetTaskProtection"] = scene.api.meanwhile["UpdateTaskProtection"] = lambda: None

    def gone():
        scene.api.DescribeServices = lambda params: answer

    scene.api.meanwhile["ListTasks"] = gone
    assert outcomes(scene) == [("Lower", "stale")]


def test_what_aws_refuses_is_said_and_keeps_no_other_back(capsys):
    scene = Scene({"one": SMALL, "two": SMALL}, 4)
    scene.stack("one", 4, 0, 0, 0)
    scene.stack("two", 4, 0, 0, 0)

    def refused():
        raise AwsError("AccessDeniedException", "no")

    scene.api.meanwhile["TagResource"] = refused
    assert outcomes(scene) == [("Raise", "failed"), ("Raise", "done")]
    assert scene.api.published_of("rebalancing")["FailedActions"] == 1
    assert '"outcome": "failed"' in capsys.readouterr().out


def test_no_action_begins_in_the_last_seconds_of_the_function():
    scene = skewed()
    done = run(scene.aws, scene.more, scene.settings, scene.world.now, {}, lambda: float(acting.LAST_S))
    assert [each.outcome for each in done.results] == ["left"]
    assert scene.world.tasks_wanted["web"] == 8


@pytest.mark.parametrize(("most", "calls"), [(8, 1), (7, 0)])
def test_of_a_very_large_service_ecs_chooses_what_stops(monkeypatch, most, calls):
    monkeypatch.setattr(acting, "MOST_PROTECTED", most)
    scene = skewed()
    scene.minutes(2)
    assert scene.calls("UpdateTaskProtection") == calls
    assert scene.world.tasks_wanted["web"] == 8


def test_while_tasks_can_not_be_protected_the_count_stays_until_it_is_late(capsys):
    scene = skewed(some_settings(moves={"timeout_s": 300}))
    scene.minutes(1)
    scene.api.UpdateTaskProtection = lambda params: {
        "protectedTasks": [],
        "failures": [{"arn": each, "reason": "DEPLOYMENT_BLOCKED"} for each in params["tasks"]],
    }
    assert outcomes(scene) == [("Lower", "stale")]
    assert '"first": "DEPLOYMENT_BLOCKED"' in capsys.readouterr().out
    scene.minutes(4)
    assert scene.world.tasks_wanted["web"] > 8
    scene.minutes(5)
    assert scene.world.tasks_wanted["web"] == 8


@pytest.mark.parametrize("change", ["scaled", "deployed"])
def test_a_service_that_changes_while_the_tag_is_written_is_not_raised(change):
    scene = skewed()

    def changed():
        if change == "scaled":
            scene.world.tasks_wanted["web"] = 20
        else:
            scene.world.second_deployment.add("web")

    scene.api.meanwhile["TagResource"] = changed
    assert outcomes(scene) == [("Raise", "stale")]
    assert scene.world.tasks_wanted["web"] == (20 if change == "scaled" else 8)


def test_a_tag_without_a_count_is_ended_only_when_no_run_can_still_raise_it():
    scene = skewed()
    scene.crash_at("UpdateService")
    scene.minutes(1)
    assert scene.world.going_on() == {"web"}
    assert outcomes(scene) == []
    scene.minutes(3)
    assert not scene.world.going_on()


def test_a_count_that_a_late_run_raises_after_all_is_lowered_again():
    scene = skewed()
    scene.crash_at("UpdateService")
    scene.minutes(1)
    scene.world.tasks_wanted["web"] = 13  # what the tag says
    scene.minutes(4)
    assert scene.world.tasks_wanted["web"] == 8
