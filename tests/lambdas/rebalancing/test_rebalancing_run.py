"""Whole runs in the world of the model: a skew falls by a surge and a shrink, and nothing is lost on the way."""

from datetime import timedelta

import pytest

from lambdas.cluster.moves import Phase, move_of
from lambdas.cluster.services import Service
from lambdas.cluster.tags import MOVE, REBALANCING
from lambdas.rebalancing.reasons import Reason
from tests.lambdas.rebalancing.scene import LARGE, SMALL, Scene, some_settings
from tests.model.services import STEP_S


def skewed(**changes):
    """Two zones' instances hold all tasks of a service, and two others, one of them in the same zone, hold none."""
    scene = Scene({"web": SMALL}, 4, **changes)
    scene.stack("web", 4, 4, 0, 0)
    return scene


def move(scene, name="web"):
    return move_of(Service(name=name, desired=0, tags=scene.world.tags[name]))


def test_tasks_of_the_fullest_instances_go_to_the_empty_ones():
    scene = skewed()
    scene.minutes(4)
    assert sorted(scene.world.counts("web").values()) == [1, 2, 2, 3]  # zones of 3, 3 and 2 tasks
    assert (scene.world.tasks_wanted["web"], scene.least["web"]) == (8, 8)
    assert scene.calls("UpdateService") == 2


def test_nothing_is_done_once_it_is_balanced_and_nothing_is_left_behind():
    scene = skewed()
    scene.minutes(10)
    before = len(scene.api.calls)
    scene.minutes(5)
    assert scene.world.tags["web"] == {}
    changes = ("UpdateService", "TagResource", "UntagResource", "UpdateTaskProtection")
    assert not [each for each in scene.api.calls[before:] if each.endswith(changes)]
    assert scene.reasons() == {"web": Reason.BALANCED}


def test_a_second_run_at_the_same_moment_changes_nothing():
    scene = skewed()
    for _ in range(4):
        scene.run()
        found = (dict(scene.world.tasks_wanted), {name: dict(each) for name, each in scene.world.tags.items()})
        calls = scene.calls("UpdateService")
        scene.run()
        assert (scene.world.tasks_wanted, scene.world.tags) == found
        assert scene.calls("UpdateService") == calls
        scene.world.advance(60)


def test_tasks_that_stay_are_protected_for_a_moment_and_the_newest_on_the_fullest_go():
    scene = skewed()
    old = {each.arn for each in scene.world.of("web")}
    scene.minutes(2)
    kept = [each for each in scene.world.of("web") if each.arn in old]
    moved = 8 - len(kept)
    assert moved == 3
    assert len(scene.world.protected_until) == 8
    assert scene.calls("UpdateTaskProtection") == 1


@pytest.mark.parametrize("kind", ["slow", "unhealthy"])
def test_further_tasks_that_do_not_serve_are_taken_back(kind):
    scene = skewed(settings=some_settings(moves={"timeout_s": 300}))
    scene.run()
    getattr(scene.world, kind).add("web")
    scene.minutes(5)
    assert scene.world.tasks_wanted["web"] > 8
    scene.minutes(2)
    assert scene.world.tasks_wanted["web"] == 8
    assert scene.api.published_of("rebalancing")["MovesTakenBack"] == 1
    assert scene.least["web"] == 8


def test_two_moves_in_vain_are_enough_until_the_service_is_deployed_or_a_day_has_passed():
    scene = skewed(settings=some_settings(moves={"timeout_s": 120}))
    scene.world.slow.add("web")
    scene.minutes(25)
    assert move(scene).in_vain == 2
    assert scene.reasons() == {"web": Reason.GIVEN_UP}
    assert scene.api.published_of("rebalancing")["ServicesGivenUp"] == 1
    assert scene.calls("UpdateService") == 4
    scene.world.slow.clear()
    scene.minutes(5)
    assert scene.calls("UpdateService") == 4
    scene.world.deployed["web"] = scene.world.now
    scene.minutes(5)
    assert scene.calls("UpdateService") == 6
    assert scene.world.skew("web") == 2


def test_a_move_that_is_taken_back_stops_the_tasks_that_do_not_serve():
    scene = skewed(settings=some_settings(moves={"timeout_s": 180}))
    old = {each.arn for each in scene.world.of("web")}
    scene.run()
    scene.world.slow.add("web")
    scene.minutes(6)
    assert {each.arn for each in scene.world.of("web")} == old
    assert scene.least["web"] == 8


def test_a_task_that_protects_itself_meanwhile_keeps_its_own_protection_and_its_place():
    scene = skewed()
    scene.run()
    scene.world.advance(60)
    fullest = max(scene.world.counts("web"), key=scene.world.counts("web").__getitem__)
    busy = [each for each in scene.world.of("web") if each.instance_id == fullest]
    for each in busy:
        each.protected = True
    scene.minutes(1)
    assert scene.world.tasks_wanted["web"] == 8
    assert all(each.desired == "RUNNING" for each in busy)
    assert not {each.arn for each in busy} & scene.world.protected_until.keys()


def test_where_too_many_tasks_protect_themselves_the_count_waits_until_it_is_late():
    scene = skewed(settings=some_settings(moves={"timeout_s": 300}))
    scene.run()
    scene.world.advance(60)
    for each in scene.world.of("web"):
        each.protected = True
    assert scene.reasons() == {"web": Reason.PROTECTED_TASK}
    scene.minutes(7)
    assert scene.world.tasks_wanted["web"] == 8


def test_a_scaler_that_lowers_every_move_is_given_way_to():
    scene = skewed()
    for _ in range(2):
        for _ in range(9):
            scene.run()
            if scene.world.tasks_wanted["web"] > 8:
                break
            scene.world.advance(60)
        scene.world.tasks_wanted["web"] = 7
        scene.minutes(1)
        scene.world.tasks_wanted["web"] = 8
        scene.minutes(1)
    assert scene.reasons() == {"web": Reason.GIVEN_UP}
    scene.world.tags["web"][REBALANCING] = "off"
    scene.run()
    assert scene.api.published_of("rebalancing")["ServicesGivenUp"] == 0


@pytest.mark.parametrize("count", [3, 12, 40])
def test_a_count_that_somebody_else_sets_in_the_middle_stands(count):
    scene = skewed()
    scene.run()
    scene.world.tasks_wanted["web"] = count
    scene.minutes(8)
    assert scene.world.tasks_wanted["web"] == count
    assert not scene.world.going_on()


def test_a_minimum_that_is_raised_in_the_middle_is_kept():
    scene = skewed()
    scene.run()
    scene.world.bounds["web"] = (10, 40)
    scene.minutes(3)
    assert scene.world.tasks_wanted["web"] == 10
    scene.minutes(8)
    assert scene.world.tasks_wanted["web"] == 10


def test_the_maximum_of_its_scaling_limits_a_move():
    scene = skewed()
    scene.world.bounds["web"] = (1, 8)
    assert scene.reasons() == {"web": Reason.AT_ITS_MAXIMUM}
    scene.world.bounds["web"] = (1, 9)
    scene.minutes(1)
    assert scene.world.tasks_wanted["web"] == 9


def test_a_move_is_finished_after_a_crash_at_any_call():
    for at in range(40):
        for kind in ("before", "after"):
            scene = skewed()
            scene.crash(at, kind)
            scene.minutes(12)
            assert scene.world.tasks_wanted["web"] == 8, (at, kind)
            assert not scene.world.going_on(), (at, kind)
            assert scene.least["web"] == 8, (at, kind)
            assert sorted(scene.world.counts("web").values()) == [1, 2, 2, 3], (at, kind)


def opted_out(world):
    world.tags["web"][REBALANCING] = "Off"


def deploying(world):
    world.deploying.add("web")


def protected(world):
    world.of("web")[0].protected = True


def garbled(world):
    world.tags["web"][MOVE] = "raised at:today"


def refreshing(world):
    world.refreshes.append({"InstanceRefreshId": "r", "Status": "InProgress", "StartTime": world.now})


def wanting(world):
    world.wanted = "2"


def draining(world):
    next(iter(world.members.values())).status = "DRAINING"


def silent(world):
    world.silence(next(iter(world.members.values())))


def leaving(world):
    world.terminate(world.launch("a"))


def starting(world):
    world.launch("a")


def waiting(world):
    world.tasks_wanted["huge"] = 1


def long_waiting(world):
    world.tasks_wanted["huge"] = 1
    world.deployed["huge"] = world.now - timedelta(hours=1)


def retained(world):
    member = world.launch("a")
    world.register(member)
    world.put("huge", member)
    member.state, member.status, member.action = "Terminating:Retained", "DRAINING", None


def failing(world):
    world.tasks_wanted["huge"] = 1
    world.failed.add("huge")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (opted_out, Reason.OPTED_OUT),
        (deploying, Reason.DEPLOYING),
        (protected, Reason.PROTECTED_TASK),
        (garbled, Reason.TAG_UNREADABLE),
        (refreshing, Reason.REFRESH_RUNS),
        (wanting, Reason.ROLLOUT_WAITS),
        (draining, Reason.INSTANCES_LEAVE),
        (silent, Reason.INSTANCE_UNAVAILABLE),
        (leaving, Reason.INSTANCES_LEAVE),
        (starting, Reason.INSTANCES_START),
        (waiting, Reason.TASKS_WAIT),
        (failing, Reason.MISPLACED_TASKS),
        (long_waiting, Reason.MISPLACED_TASKS),
        (retained, Reason.MISPLACED_TASKS),
    ],
)
def test_what_keeps_tasks_where_they_are(change, reason):
    scene = Scene({"web": SMALL, "huge": (4096, 9000)}, 4)
    scene.stack("web", 4, 4, 0, 0)
    change(scene.world)
    assert scene.reasons()["web"] is reason
    assert scene.calls("UpdateService") == (reason is Reason.MISPLACED_TASKS)


def test_quiet_times_and_the_dry_run_begin_nothing_and_finish_what_has_begun():
    quiet = some_settings(quiet=("00:00-24:00",))
    assert skewed(settings=quiet).reasons() == {"web": Reason.QUIET_TIME}
    for change in ({"settings": quiet}, {"dry_days": "7"}):
        scene = skewed()
        scene.run()
        scene.set(**change)
        scene.minutes(4)
        assert scene.world.tasks_wanted["web"] == 8
        assert not scene.world.going_on()


@pytest.mark.parametrize("value", ["7", "", "soon", "-1", "٣"])
def test_a_dry_run_says_what_it_would_move(value, capsys):
    scene = skewed()
    scene.set(dry_days=value)
    scene.run()
    assert scene.calls("UpdateService") == scene.calls("TagResource") == 0
    assert '"event": "Raise", "service": "web", "outcome": "dry run"' in capsys.readouterr().out
    assert scene.api.published_of("rebalancing")["DryRun"] == 1


def test_a_dry_run_ends_when_its_days_have_passed():
    scene = skewed()
    scene.set(dry_days="2")
    scene.minutes(1)
    assert scene.calls("UpdateService") == 0
    scene.world.advance(2 * 24 * 3600)
    scene.minutes(1)
    assert scene.calls("UpdateService") == 1


def test_paused_means_that_nothing_is_done_at_all():
    scene = skewed()
    scene.run()
    scene.world.paused = True
    scene.minutes(5)
    assert scene.world.going_on() == {"web"}
    scene.world.paused = False
    scene.minutes(4)
    assert scene.world.tasks_wanted["web"] == 8


def test_a_single_task_and_a_daemon_of_nothing_stay():
    scene = Scene({"one": SMALL, "none": SMALL}, 3)
    scene.stack("one", 1, 0, 0)
    assert set(scene.reasons().values()) == {Reason.SINGLE_TASK}


def test_where_there_is_no_room_nothing_is_tried():
    scene = Scene({"web": LARGE, "full": LARGE}, 2)
    scene.stack("web", 2, 0)
    scene.stack("full", 0, 2)
    assert scene.reasons() == {"web": Reason.BALANCED, "full": Reason.BALANCED}


def test_services_that_begin_in_one_run_share_the_room():
    scene = Scene(dict.fromkeys("abcd", (341, 600)), 2)  # six on an instance
    for name in "abc":
        scene.stack(name, 2, 0)
    scene.stack("d", 0, 4)
    assert list(scene.reasons().values()) == [Reason.MISPLACED_TASKS] * 2 + [Reason.BALANCED] * 2
    assert sum(scene.world.tasks_wanted.values()) == 12


def test_services_and_tasks_at_a_time_are_limited():
    names = [f"s{index}" for index in range(6)]
    scene = Scene(dict.fromkeys(names, SMALL), 9, some_settings(moves={"services": 2}, percent=100))
    for name in names:
        scene.stack(name, 3, 0, 0)
    scene.run()
    assert len(scene.world.going_on()) == 2
    scene = Scene(dict.fromkeys(names, SMALL), 9, some_settings(percent=1))
    for name in names:
        scene.stack(name, 3, 0, 0)
    scene.run()
    assert sum(scene.world.tasks_wanted.values()) - 18 == 5  # one percent of 18 tasks is none: five are always allowed


def test_every_service_is_looked_at_once_in_some_minutes():
    names = [f"s{index}" for index in range(12)]
    scene = Scene(dict.fromkeys(names, SMALL), 6, some_settings(moves={"look_minutes": 4}))
    for name in names:
        scene.stack(name, *([1] * 6))
    looked = []
    for _ in range(4):
        looked += scene.reasons()
        scene.world.advance(60 - 60 % STEP_S)
    assert sorted(looked) == sorted(names)


def test_further_moves_start_only_after_the_cooldown():
    scene = skewed(settings=some_settings(moves={"cooldown_s": 600}))
    scene.minutes(4)
    assert move(scene).phase is Phase.ENDED
    assert scene.reasons() == {"web": Reason.COOLS_DOWN}
