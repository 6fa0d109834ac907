"""Why the controller acts, or does not."""

from enum import Enum


class Stuck(Enum):
    """Why tasks wait for which no instance is added."""

    ROLLOUT_FAILED = "its deployment has failed"
    DEPLOYMENT_WAITS = "its deployment has waited for longer than its patience"
    NO_HELP = "instances that were added did not help"
    TASKS_FAIL = "its tasks fail"


class Reason(Enum):
    """The value is the sentence of the log line. Numbers and ids travel beside it, as `details`."""

    SEVERAL_GROUPS = "more than one group could be meant"
    NO_GROUP = "there is no group to scale"

    ROOM_IS_SHORT = "waiting tasks or the headroom lack room"
    MAXIMUM_REACHED = "the group is at its maximum and too small"
    JUST_ADDED = "as many instances as allowed were added within the last minute"

    MINIMUM_REACHED = "the group is at its minimum"
    NO_SURPLUS = "there is no surplus"
    TASKS_ARE_MOVED = "tasks of a service are being moved"
    INSTANCES_START = "instances are starting"
    AGENT_DISCONNECTED = "an agent is disconnected"
    INSTANCES_LEAVE = "instances are leaving"
    COUNTS_DISAGREE = "services count more tasks than instances"
    REFRESH_RUNS = "an instance refresh is running"
    TERMINATIONS_SUSPENDED = "terminations are suspended"
    SURPLUS_TOO_RECENT = "the surplus is too recent"

    TASKS_OVERDUE = "tasks are not placed though they fit"

    QUIET_TIME = "nothing is moved for convenience at this time"
    NO_CANDIDATE = "no instance may be considered"
    ZONE_HAS_FEWER = "another zone has more instances"
    STANDALONE_TASK = "it runs a task that no service would replace"
    PROTECTED_TASK = "it runs a protected task"
    UNKNOWN_DEFINITION = "it runs a task of an unknown definition"
    UNKNOWN_SERVICE = "it runs a task of an unknown service"
    TASKS_DO_NOT_FIT = "its tasks and the headroom do not fit on the others"
    HEADROOM_AT_RISK = "the headroom would be lost if its tasks were spread"
    CHEAPEST_TO_EMPTY = "of the instances that may go it is the cheapest to empty"
