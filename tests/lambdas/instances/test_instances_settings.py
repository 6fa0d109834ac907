"""Settings of the instance controller: through the environment and back, and what they may not say."""

import pytest

from lambdas.cluster.disruption import Disruption
from lambdas.cluster.environment import parse
from lambdas.instances.settings import Drain, Pace, Ready, Renewal, Rollout, Settings, Target, Watch
from tests.lambdas.instances.builders import settings


def test_settings_survive_the_environment():
    given = settings(
        ready=Ready(trunked=True),
        drain=Drain(result="ABANDON", deadline_s=1200),
        rollout=Rollout(alarms=("one", "two"), drain_old_generation=False, canary_minutes=90),
        renewal=Renewal(max_age_days=14),
        disruption=Disruption(percent=20, quiet=("Mon-Fri 07:00-19:00", "22:00-06:00")),
    )
    assert Settings.from_environment(given.environment()) == given


def test_the_environment_names_every_field_by_its_section():
    variables = settings().environment()
    assert variables["TARGET_CLUSTER"] == "prod"
    assert variables["DRAIN_DEADLINE_S"] == "900"
    assert variables["READY_TRUNKED"] == "false"
    assert variables["ROLLOUT_ALARMS"] == ""
    assert all(isinstance(value, str) for value in variables.values())


def test_what_is_not_set_takes_its_default():
    variables = {name: value for name, value in settings().environment().items() if name.startswith("TARGET_")}
    assert len(variables) == 4
    assert Settings.from_environment(variables) == settings()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"TARGET_CLUSTER": None}, "TARGET_CLUSTER: is not set"),
        ({"DRAIN_DEADLINE_S": "soon"}, "DRAIN_DEADLINE_S: must be a whole number, got 'soon'"),
        ({"READY_TRUNKED": "yes"}, "READY_TRUNKED: must be true or false, got 'yes'"),
        ({"DRAIN_RESULT": "KEEP"}, "drain result: must be CONTINUE or ABANDON, got 'KEEP'"),
    ],
)
def test_a_wrong_variable_is_named(change, sentence):
    variables = settings().environment() | change
    with pytest.raises(ValueError, match=sentence.partition(":")[0]) as raised:
        parse(Settings, {name: value for name, value in variables.items() if value is not None})
    assert sentence in str(raised.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"drain": Drain(standalone_wait_s=901)},
        {"drain": Drain(agent_gone_s=-1)},
        {"ready": Ready(deadline_s=0)},
        {"watch": Watch(observations=1)},
        {"watch": Watch(interval_s=0)},
        {"watch": Watch(budget_percent=0)},
        {"watch": Watch(budget_percent=101)},
        {"rollout": Rollout(max_healthy_percent=100)},
        {"rollout": Rollout(max_healthy_percent=201)},
        {"rollout": Rollout(bake_s=172_801)},
        {"rollout": Rollout(alarms=tuple("abcdefghijk"))},
        {"rollout": Rollout(canary_minutes=-1)},
        {"rollout": Rollout(canary_minutes=2881)},
        {"renewal": Renewal(max_age_days=-1)},
        {"renewal": Renewal(max_age_days=366)},
        {"disruption": Disruption(percent=0)},
        {"disruption": Disruption(quiet=("at night",))},
        {"pace": Pace(observe_for_s=60)},
        {"pace": Pace(poll_s=0)},
        {"pace": Pace(pass_s=0)},
    ],
)
def test_settings_that_contradict_themselves_are_refused(wrong):
    with pytest.raises(ValueError, match="got"):
        settings(**wrong)


def test_every_problem_is_named_at_once():
    with pytest.raises(ValueError, match=r"watch observations.*rollout maximum"):
        settings(watch=Watch(observations=0), rollout=Rollout(max_healthy_percent=0))


def test_a_target_has_no_default_cluster():
    assert (
        Target(cluster="a", group_prefix="g", switch_parameter="b", next_look_parameter="n").namespace
        == "EcsPlatform/a"
    )
