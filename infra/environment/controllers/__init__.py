"""The controllers and what they share: functions, schedules, hints, kill switch. Others import these names."""

from .capacity_controller import CapacityController, CapacityControllerArgs
from .instance_controller import InstanceController, InstanceControllerArgs, rollback_alarms
from .kill_switch import KillSwitch, KillSwitchArgs

__all__ = [
    "CapacityController",
    "CapacityControllerArgs",
    "InstanceController",
    "InstanceControllerArgs",
    "KillSwitch",
    "KillSwitchArgs",
    "rollback_alarms",
]
