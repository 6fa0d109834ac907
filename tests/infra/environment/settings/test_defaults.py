"""What a setting is by default, and how far it goes, is the same in the settings and in what they configure."""

from dataclasses import MISSING, fields, replace

import pytest

from infra.environment.cluster import ClusterArgs
from infra.environment.controllers import RebalancingControllerArgs
from infra.environment.conventions import Conventions
from infra.environment.instances import InstancesArgs, Promise
from infra.environment.load_balancer import LoadBalancerArgs
from infra.environment.monitoring import AlarmTopicsArgs
from infra.environment.network import NetworkArgs
from infra.environment.settings.alarms import AlarmsSettings
from infra.environment.settings.capacity import CapacitySettings
from infra.environment.settings.cluster import ClusterSettings
from infra.environment.settings.disruption import DisruptionSettings
from infra.environment.settings.draining import DrainingSettings
from infra.environment.settings.instances import InstancesSettings, LargestTaskSettings
from infra.environment.settings.load_balancer import LoadBalancerSettings
from infra.environment.settings.logs import LogsSettings
from infra.environment.settings.network import NetworkSettings
from infra.environment.settings.readiness import ReadinessSettings
from infra.environment.settings.rebalancing import RebalancingSettings
from infra.environment.settings.rollout import RolloutSettings
from infra.environment.settings.watch import WatchSettings
from lambdas.capacity import settings as capacity
from lambdas.cluster.disruption import BUDGET, Disruption
from lambdas.cluster.target import Target
from lambdas.instances import settings as instances
from lambdas.rebalancing import settings as rebalancing
from tests.support.builders import some_conventions

TARGET = Target(cluster="c", group_prefix="g", switch_parameter="/s", next_look_parameter="/n")
FLOOR = capacity.Floor()


def test_sections_without_a_line_give_the_controllers_their_own_defaults():
    assert ReadinessSettings().to_controller(trunked=False) == instances.Ready()
    assert DrainingSettings().to_controller() == instances.Drain()
    assert WatchSettings().to_controller() == instances.Watch()
    assert RolloutSettings().to_controller(()) == instances.Rollout()
    assert InstancesSettings().renewal == instances.Renewal()
    assert CapacitySettings().grow(boot_s=capacity.Grow.boot_s) == capacity.Grow()
    assert CapacitySettings().shrink() == capacity.Shrink()
    assert DisruptionSettings().to_controller() == BUDGET
    assert RebalancingSettings().to_controller() == rebalancing.Moves()
    assert ReadinessSettings().deadline_s == capacity.Grow.boot_s


@pytest.mark.parametrize(
    ("args", "section"),
    [
        (AlarmTopicsArgs, AlarmsSettings),
        (ClusterArgs, ClusterSettings),
        (InstancesArgs, InstancesSettings),
        (LoadBalancerArgs, LoadBalancerSettings),
        (NetworkArgs, NetworkSettings),
        (RebalancingControllerArgs, RebalancingSettings),
    ],
    ids=lambda kind: kind.__name__,
)
def test_a_component_and_its_section_have_the_same_defaults(args, section):
    own = {field.name: field.default for field in fields(args) if field.default is not MISSING}
    named = {name: field.default for name, field in section.model_fields.items()}
    shared = own.keys() & named.keys()
    assert shared
    assert {name: own[name] for name in shared} == {name: named[name] for name in shared}


def test_the_deadlines_of_the_instances_are_those_of_their_sections():
    assert InstancesArgs.ready_deadline_s == ReadinessSettings().deadline_s
    assert InstancesArgs.drain_deadline_s == DrainingSettings().deadline_s
    assert InstancesArgs.retain_abandoned is DrainingSettings().retain_abandoned


def test_log_groups_keep_their_events_as_long_in_the_conventions_as_in_the_settings():
    assert Conventions.log_retention_days == LogsSettings().retention_days


def bounds_of(section) -> dict[str, tuple[int, int]]:
    """The numbers of a section with a range: name → least and largest."""
    found = {}
    for name, field in section.model_fields.items():
        limits = {key: getattr(one, key) for one in field.metadata for key in ("ge", "le") if hasattr(one, key)}
        if len(limits) == 2:
            found[name] = limits["ge"], limits["le"]
    return found


def instance_controller(**sections) -> None:
    instances.Settings(target=TARGET, **sections)


def capacity_controller(**sections) -> None:
    hardware = capacity.Hardware(instance_types=("m7g.large",))
    capacity.Settings(**({"target": TARGET, "hardware": hardware, "floor": FLOOR} | sections))


def rebalancing_controller(**moves) -> None:
    dry_run = rebalancing.DryRun(parameter="/d")
    rebalancing.Settings(target=TARGET, dry_run=dry_run, moves=rebalancing.Moves(**moves))


def dry_run(days) -> None:
    links: dict = dict.fromkeys(("alarm_topics", "cluster", "switch"))
    RebalancingControllerArgs(conventions=some_conventions(), dry_run_days=days, **links)


TAKES = {
    (RebalancingSettings, "dry_run_days"): dry_run,
    (RebalancingSettings, "services"): lambda value: rebalancing_controller(services=value),
    (RebalancingSettings, "cooldown_s"): lambda value: rebalancing_controller(cooldown_s=value),
    (RebalancingSettings, "timeout_s"): lambda value: rebalancing_controller(timeout_s=value),
    (RebalancingSettings, "soak_s"): lambda value: rebalancing_controller(soak_s=value),
    (RebalancingSettings, "look_minutes"): lambda value: rebalancing_controller(look_minutes=value),
    (ReadinessSettings, "deadline_s"): lambda value: instance_controller(ready=instances.Ready(deadline_s=value)),
    (DrainingSettings, "deadline_s"): lambda value: instance_controller(
        drain=instances.Drain(deadline_s=value, standalone_wait_s=0, agent_gone_s=0)
    ),
    (DrainingSettings, "standalone_wait_s"): lambda value: instance_controller(
        drain=instances.Drain(deadline_s=172_680, standalone_wait_s=value)
    ),
    (DrainingSettings, "agent_gone_s"): lambda value: instance_controller(
        drain=instances.Drain(deadline_s=172_680, agent_gone_s=value)
    ),
    (WatchSettings, "observations"): lambda value: instance_controller(watch=instances.Watch(observations=value)),
    (WatchSettings, "budget_percent"): lambda value: instance_controller(watch=instances.Watch(budget_percent=value)),
    (RolloutSettings, "max_healthy_percent"): lambda value: instance_controller(
        rollout=instances.Rollout(max_healthy_percent=value)
    ),
    (RolloutSettings, "bake_s"): lambda value: instance_controller(rollout=instances.Rollout(bake_s=value)),
    (RolloutSettings, "canary_minutes"): lambda value: instance_controller(
        rollout=instances.Rollout(canary_minutes=value)
    ),
    (InstancesSettings, "max_age_days"): lambda value: instance_controller(
        renewal=instances.Renewal(max_age_days=value)
    ),
    (CapacitySettings, "headroom_tasks"): lambda value: capacity_controller(grow=capacity.Grow(headroom_tasks=value)),
    (CapacitySettings, "instances_per_minute"): lambda value: capacity_controller(grow=capacity.Grow(per_minute=value)),
    (DisruptionSettings, "percent"): lambda value: capacity_controller(disruption=Disruption(percent=value)),
    (CapacitySettings, "margin_tasks"): lambda value: capacity_controller(shrink=capacity.Shrink(margin_tasks=value)),
    (CapacitySettings, "hold_s"): lambda value: capacity_controller(shrink=capacity.Shrink(hold_s=value)),
    (LargestTaskSettings, "cpu_units"): lambda value: capacity_controller(floor=replace(FLOOR, cpu_units=value)),
    (LargestTaskSettings, "memory_mib"): lambda value: capacity_controller(floor=replace(FLOOR, memory_mib=value)),
}
"""A number of the settings → what has to take it."""

NARROWER = {
    (ReadinessSettings, "deadline_s"),  # the hook sets the ends, and hooks.py checks them
    (DrainingSettings, "deadline_s"),
    (DrainingSettings, "standalone_wait_s"),
    (DrainingSettings, "agent_gone_s"),
    (WatchSettings, "observations"),  # an hour is long enough; the controller would take more
    (CapacitySettings, "instances_per_minute"),  # a group has 1,000 instances at most
    (LargestTaskSettings, "cpu_units"),  # the ends are those of instance types that are known
    (LargestTaskSettings, "memory_mib"),
}
"""Numbers whose upper bound in the settings lies within that of the controller."""


def test_every_number_that_a_controller_reads_is_compared():
    sections = (
        ReadinessSettings, DrainingSettings, WatchSettings, RolloutSettings, CapacitySettings, DisruptionSettings,
        LargestTaskSettings, RebalancingSettings,
    )  # fmt: skip
    compared = {(section, name) for section in sections for name in bounds_of(section)}
    assert compared | {(InstancesSettings, "max_age_days")} == TAKES.keys()  # the others are the group's and the AMI's


@pytest.mark.parametrize(("section", "name"), TAKES, ids=lambda value: getattr(value, "__name__", value))
def test_a_controller_takes_both_ends_of_what_the_settings_allow(section, name):
    least, largest = bounds_of(section)[name]
    TAKES[section, name](least)
    TAKES[section, name](largest)


@pytest.mark.parametrize(
    ("section", "name"), sorted(TAKES.keys() - NARROWER, key=str), ids=lambda value: getattr(value, "__name__", value)
)
def test_beyond_the_settings_the_controller_refuses_as_well(section, name):
    _, largest = bounds_of(section)[name]
    with pytest.raises(ValueError, match=str(largest + 1)):
        TAKES[section, name](largest + 1)


def test_the_promise_is_what_the_settings_of_the_instances_say():
    settings = InstancesSettings()
    assert settings.promise == Promise(
        largest_task_cpu_units=settings.largest_task.cpu_units,
        largest_task_memory_mib=settings.largest_task.memory_mib,
        tasks_per_instance=settings.tasks_per_instance,
    )
