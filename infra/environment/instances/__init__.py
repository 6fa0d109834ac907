"""The container instances, from launch template to lifecycle hooks. Others import these names; `fit` is pure."""

from . import fit
from .deployed_group import DeployedGroup
from .fit import Promise
from .instances import Instances, InstancesArgs
from .launch_template import AMI_VOLUME_GIB
from .user_data import RESERVED_MEMORY_MIB

__all__ = ["AMI_VOLUME_GIB", "RESERVED_MEMORY_MIB", "DeployedGroup", "Instances", "InstancesArgs", "Promise", "fit"]
