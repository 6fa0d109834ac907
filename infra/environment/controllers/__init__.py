"""The controllers and what they share: functions, schedules, hints, kill switch. Others import these names."""

from .capacity_controller import CapacityController, CapacityControllerArgs
from .instance_controller import InstanceController, InstanceControllerArgs, rollback_alarms
from .kill_switch import KillSwitch, KillSwitchArgs
from .rebalancing_controller import RebalancingController, RebalancingControllerArgs

__all__ = [
    "CapacityController",
    "CapacityControllerArgs",
    "InstanceController",
    "InstanceControllerArgs",
    "KillSwitch",
    "KillSwitchArgs",
    "RebalancingController",
    "RebalancingControllerArgs",
    "rollback_alarms",
]
