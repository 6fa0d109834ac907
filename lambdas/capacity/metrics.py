"""Names of what the capacity controller measures."""

from typing import Final

CONTROLLER: Final = "capacity"
"""Value of the dimension Controller; also the folder's name."""

SCHEDULABLE_TASKS: Final = "SchedulableTasks"
"""Tasks of the shape that is hardest to place which fit at this moment."""
UNPLACED_TASKS: Final = "UnplacedTasks"
"""Tasks that may start now and are not placed."""
UNMET_TASKS: Final = "UnmetTasks"
"""Those of them that do not fit at this moment."""
UNPLACEABLE_TASKS: Final = "UnplaceableTasks"
"""Tasks that fit on no empty instance."""
STUCK_TASKS: Final = "StuckTasks"
"""Tasks that wait, and that no instance is added for: it would not help, or has not helped."""
SURPLUS_INSTANCES: Final = "SurplusInstances"
"""Instances that could go; its history is what a scale-in rests on."""
INSTANCES_STARTING: Final = "InstancesStarting"
"""Instances that are wanted or launched and take no tasks yet."""
INSTANCES_NEEDED: Final = "InstancesNeeded"
"""Instances that are missing."""
AT_MAXIMUM: Final = "AtMaximum"
"""1 while the largest size that is allowed is too small."""

PLACED_TASKS: Final = "PlacedTasks"
"""Tasks of a service that have a place, by the dimensions Cluster and Service; written only while others of it wait."""

FREE_ADDRESSES_PERCENT: Final = "FreeAddressesPercent"
"""Percent of the addresses that are free in the fullest subnet of the instances and their tasks."""

INTERFACES_PERCENT: Final = "NetworkInterfacesPercent"
"""Percent of the account's quota of network interfaces that are in use; written every INTERFACES_MINUTES."""
INTERFACES_MINUTES: Final = 15
"""Minutes from one measurement of it to the next: it takes a call for each thousand interfaces."""

SEVERAL_GROUPS: Final = "SeveralGroups"
"""1 while more than one group has the cluster's tag and is not being deleted: none of them is scaled."""

RUNNING_TASKS: Final = "RunningTasks"
"""Tasks of a service, by the dimensions Cluster and Service; written only of a service that runs too few."""

MISSING_TASKS: Final = "MissingTasks"
"""Instances without a task of a daemon, by the dimensions Cluster and Service; written only while there are some."""

INSTANCES_ADDED: Final = "InstancesAdded"
"""Instances by which this run raised the group's size."""
INSTANCES_REMOVED: Final = "InstancesRemoved"
"""Instances that this run removed."""
