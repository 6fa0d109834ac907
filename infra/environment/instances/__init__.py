"""The container instances, from launch template to lifecycle hooks. Others import these names; `fit` is pure."""

from . import fit
from .deployed_group import DeployedGroup
from .fit import Promise
from .host_alarms import FULL_PERCENT, MEMORY_PERCENT, host_metric
from .instances import Instances, InstancesArgs
from .launch_template import AMI_VOLUME_GIB
from .user_data import CONNECTIONS_REFUSED, RESERVED_MEMORY_MIB

__all__ = [
    "AMI_VOLUME_GIB",
    "CONNECTIONS_REFUSED",
    "FULL_PERCENT",
    "MEMORY_PERCENT",
    "RESERVED_MEMORY_MIB",
    "DeployedGroup",
    "Instances",
    "InstancesArgs",
    "Promise",
    "fit",
    "host_metric",
]
