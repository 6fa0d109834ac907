"""Every component of an application refuses a name that is none, in one sentence."""

import pulumi
import pytest

from infra.services.daemon import Daemon
from infra.services.domain import Domain
from infra.services.network_load_balancer import NetworkLoadBalancer
from infra.services.pull_through_cache import PullThroughCache
from infra.services.scheduled_task import ScheduledTask
from infra.services.service import Service
from infra.services.work_queue import WorkQueue

COMPONENTS = [Daemon, Domain, NetworkLoadBalancer, PullThroughCache, ScheduledTask, Service, WorkQueue]


@pytest.mark.parametrize("component", COMPONENTS)
@pytest.mark.parametrize("name", [None, 5, "", "a name", ["shop"], "x" * 41])
def test_a_name_that_is_none_is_refused(component, name):
    with pytest.raises(pulumi.RunError, match=r"^name: must be a DNS name: .* got "):
        component(name, None)


@pytest.mark.parametrize("component", COMPONENTS)
def test_other_args_are_refused_with_what_to_write(component):
    with pytest.raises(pulumi.RunError, match=rf"^shop: args: must be a \w+, got None; write {component.__name__}\("):
        component("shop", None)
