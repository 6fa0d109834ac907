"""Settings that several rules have."""

from __future__ import annotations

from ecs_operations.engine.registry import Setting

EXCEPT_CONTAINERS = Setting(
    name="exceptContainers", default=[], description="Names of containers of daemons that need it."
)
MINIMUM_ZONES = Setting(name="minimumZones", default=2, minimum=2, maximum=6, description="Distinct zones at least.")
