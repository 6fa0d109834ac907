"""The emulator as a whole: installed into moto, moved on by ticks."""

import time
import traceback
from types import TracebackType
from typing import Any, Self

from moto.autoscaling.models import autoscaling_backends
from moto.ecs.models import ecs_backends

from . import (
    agents,
    autoscaling_api,
    deletion_protection,
    ecs_api,
    events,
    functions,
    group_sizes,
    groups,
    load_balancing_api,
    protection,
    public_parameters,
    pull_through_api,
    refresh,
    run_task_api,
    schedules,
    schedules_api,
    service_deployments_api,
    services,
    services_api,
    strictness,
)
from . import tasks as tasks_
from .patches import Patches
from .settings import Settings
from .world import World, current, enter, leave


class Emulator:
    """moto with the extensions, for as long as the `with` block runs.

    Nothing moves by itself: `tick(now)` takes one step of everything. The server ticks in a thread.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.world = World(settings or Settings())
        self._patches = Patches()
        self.workers = functions.Workers()

    def __enter__(self) -> Self:
        """Replace moto's functions."""
        self.world.now = time.time()
        enter(self.world)
        for part in (
            autoscaling_api,
            ecs_api,
            run_task_api,
            services_api,
            service_deployments_api,
            load_balancing_api,
            pull_through_api,
            protection,
            schedules_api,
            events,
            functions,
            deletion_protection,
            public_parameters,
            strictness,
        ):
            self._patches.apply(part.REPLACEMENTS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let running functions end and put moto's functions back."""
        self.workers.close()
        self._patches.undo()
        leave(self.world)
        self.world.clear()

    def tick(self, now: float | None = None) -> None:
        """Take one step of everything at `now` (seconds since 1970; default: the real time)."""
        with self.world.lock:
            self.world.now = time.time() if now is None else now
            _auto_scaling()
            agents.tick()
            _ecs()
            schedules.fire()
            self.workers.start_due()

    def advance(self, seconds: float, step: float = 1.0) -> None:
        """Tick through a stretch of time without waiting for it."""
        end = self.world.now + seconds
        while self.world.now < end:
            self.tick(min(end, self.world.now + step))


def _auto_scaling() -> None:
    for group in groups.groups():
        groups.adopt(group)
        for member in list(group.instance_states):
            groups.step(group, member)
        refresh.tick(group)
        groups.converge(group)
        group_sizes.tick(group)
    # A group that was deleted leaves nothing: its instances ended with it.
    for _, _, backend in list(autoscaling_backends.iter_backends()):
        anything: Any = backend
        anything.lifecycle_hooks = {
            key: hook
            for key, hook in anything.lifecycle_hooks.items()
            if hook.auto_scaling_group_name in anything.autoscaling_groups
        }


def _ecs() -> None:
    for _, _, backend in list(ecs_backends.iter_backends()):
        anything: Any = backend
        for cluster in list(anything.clusters.values()):
            connected = {
                mine.container_instance_arn: mine.agent_connected
                for mine in anything.container_instances.get(cluster.name, {}).values()
            }
            services.orphan(anything, cluster.name)
            for task in tasks_.tasks_of(anything, cluster.name):
                tasks_.step(task, connected=connected.get(task.container_instance_arn, False))
            # Daemons first: ECS keeps room for them (ECS developer guide, daemon scheduling).
            for service in sorted(anything.services.values(), key=lambda each: each.scheduling_strategy != "DAEMON"):
                if service.cluster_name == cluster.name:
                    _serve(anything, service)
            tasks_.forget_old(anything, cluster.name)
            agents.recount(anything, cluster)


def _serve(backend: Any, service: Any) -> None:
    """Move a service on; one that cannot start its tasks says so and does not stop the others."""
    try:
        service_deployments_api.watch(backend, service)
        services.tick(backend, service)
    except Exception as error:  # noqa: BLE001 - as ECS, which notes the failure in the service's events
        current().log.append(traceback.format_exc())
        services.say(service, f"was unable to place a task. Reason: {error or repr(error)}")
