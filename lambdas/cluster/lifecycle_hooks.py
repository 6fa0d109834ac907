"""The two lifecycle hooks of a group: what the program names them is what the instance controller completes."""

from typing import Final

LAUNCHING: Final = "autoscaling:EC2_INSTANCE_LAUNCHING"
TERMINATING: Final = "autoscaling:EC2_INSTANCE_TERMINATING"
"""The transitions, as Auto Scaling spells them (API reference, LifecycleHook)."""

READINESS_HOOK: Final = "ready"
"""Name of the launching hook: an instance waits in it until it can run tasks."""

DRAINING_HOOK: Final = "drain"
"""Name of the terminating hook: an instance waits in it until its tasks are gone."""
