import pulumi_aws as aws
import pytest

from infra.environment.instances.hooks import (
    DrainingHook,
    DrainingHookArgs,
    ReadinessHook,
    ReadinessHookArgs,
    heartbeat_s,
    initial_hooks,
)
from lambdas.cluster import budgets
from lambdas.cluster.lifecycle_hooks import LAUNCHING, TERMINATING
from lambdas.instances.settings import Drain, Ready
from tests.support.graph import Node, graph_of


def a_group() -> aws.autoscaling.Group:
    return aws.autoscaling.Group("group", min_size=1, max_size=2)


def the_hook(component: type, args: type, **changes) -> Node:
    graph = graph_of(lambda: component("hook", args(**({"group": a_group(), "deadline_s": 900} | changes))))
    return graph.one(aws.autoscaling.LifecycleHook)


DEADLINES = {"ready_deadline_s": 3000, "drain_deadline_s": 60}

BOTH = pytest.mark.parametrize(
    ("component", "args"), [(DrainingHook, DrainingHookArgs), (ReadinessHook, ReadinessHookArgs)]
)


def test_a_hook_of_the_first_moment_and_one_with_the_settings_are_the_same_hook():
    first = {hook.name: hook.lifecycle_transition for hook in initial_hooks(**DEADLINES)}
    later = [the_hook(DrainingHook, DrainingHookArgs), the_hook(ReadinessHook, ReadinessHookArgs)]
    assert {hook["name"]: hook["lifecycleTransition"] for hook in later} == first
    assert first == {Ready().hook: LAUNCHING, Drain().hook: TERMINATING}


def test_the_first_instances_wait_as_long_as_later_ones_and_pass_in_the_end():
    ready, drain = initial_hooks(**DEADLINES)
    assert (ready.heartbeat_timeout, drain.heartbeat_timeout) == (heartbeat_s(3000), heartbeat_s(60))
    assert ready.default_result == drain.default_result == "CONTINUE"


@BOTH
def test_a_hook_stays_with_its_group_when_the_stack_goes(component, args):
    hook = the_hook(component, args)
    assert hook.retain_on_delete
    assert hook.property_dependencies["autoscalingGroupName"]


@pytest.mark.parametrize(
    ("deadline_s", "timeout_s"),
    [(60, 180), (600, 720), (900, 1020), (7080, 7200), (7081, 7200), (172_680, 7200)],
)
def test_a_hook_waits_a_little_longer_than_the_deadline_and_two_hours_at_most(deadline_s, timeout_s):
    assert heartbeat_s(deadline_s) == timeout_s
    assert the_hook(DrainingHook, DrainingHookArgs, deadline_s=deadline_s)["heartbeatTimeout"] == timeout_s
    assert budgets.hook_problems(name="hook", heartbeat_timeout_s=timeout_s) == []


@pytest.mark.parametrize(("deadline_s", "needed"), [(60, False), (7080, False), (7081, True), (172_680, True)])
def test_heartbeats_are_sent_only_where_the_deadline_outlasts_the_hook(deadline_s, needed):
    assert budgets.needs_heartbeats(deadline_s=deadline_s, heartbeat_timeout_s=heartbeat_s(deadline_s)) is needed


@pytest.mark.parametrize(
    ("component", "args", "deadline_s", "says"),
    [
        (DrainingHook, DrainingHookArgs, 59, "drain deadline: 59 s is less than .* raise it to 60 s"),
        (DrainingHook, DrainingHookArgs, 172_681, "drain deadline: 172681 s does not fit into 172800 s"),
        (
            ReadinessHook,
            ReadinessHookArgs,
            7081,
            "readiness deadline: 7081 s .* exceeds the heartbeat timeout of 7200 s",
        ),
    ],
)
def test_a_deadline_that_cannot_be_kept_is_refused_with_what_to_do(component, args, deadline_s, says):
    with pytest.raises(ValueError, match=says):
        the_hook(component, args, deadline_s=deadline_s)


def test_readiness_fails_open():
    assert the_hook(ReadinessHook, ReadinessHookArgs)["defaultResult"] == "CONTINUE"


@pytest.mark.parametrize(("keep", "result"), [(False, "CONTINUE"), (True, "ABANDON")])
def test_what_is_left_at_the_deadline_goes_or_is_kept_as_it_is_set(keep, result):
    assert the_hook(DrainingHook, DrainingHookArgs, retain_abandoned=keep)["defaultResult"] == result
