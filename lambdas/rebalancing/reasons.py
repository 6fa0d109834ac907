"""Why tasks are moved, or stay."""

from enum import Enum


class Reason(Enum):
    """The value is the sentence of the log line. Numbers travel beside it."""

    NO_GROUP = "there is no group whose instances the tasks could follow"
    QUIET_TIME = "nothing is moved for convenience at this time"
    ROLLOUT_WAITS = "another version of the instances is wanted than runs"
    REFRESH_RUNS = "an instance refresh is running"
    INSTANCES_START = "instances are starting"
    INSTANCES_LEAVE = "instances are leaving or drain"
    TASKS_WAIT = "tasks of the cluster wait for a place"
    ENOUGH_SERVICES = "as many services as allowed are being moved"
    BUDGET_SPENT = "as many tasks as allowed are being moved"

    OPTED_OUT = "its tag keeps its tasks where they are"
    NOT_MOVABLE = "its tasks do not run on these instances, one on each, or as something else than ECS deploys them"
    SINGLE_TASK = "it has less than two tasks"
    NEVER_MORE = "its maximum percent allows no further task"
    AT_ITS_MAXIMUM = "its scaling allows no further task"
    DEPLOYING = "it is being deployed or scaled"
    COOLS_DOWN = "it was moved a moment ago"
    GIVEN_UP = "moves have not helped"
    TAG_UNREADABLE = "the tag of its last move is not understood"
    COUNTS_DISAGREE = "it counts other tasks than its instances"
    INSTANCE_UNAVAILABLE = "a task of it stands on an instance that takes none"
    PROTECTED_TASK = "a task of it protects itself"
    UNKNOWN_DEFINITION = "what its tasks reserve is not known"
    BALANCED = "its tasks are balanced as far as there is room"
    NO_GAIN = "moving would leave as many tasks misplaced"

    MISPLACED_TASKS = "tasks stand on too full an instance while others have room"
    STARTING_TASKS = "its further tasks start"
    FURTHER_TASKS_RUN = "its further tasks run"
    STOPPING_TASKS = "its tasks on the fullest instances stop"
    TOOK_TOO_LONG = "its further tasks do not run in time"
    COUNT_CHANGED = "somebody else has changed its desired count"
    NEVER_RAISED = "its desired count was not raised"
    HELPED = "fewer tasks are misplaced than before"
    DID_NOT_HELP = "as many tasks are misplaced as before"
    NOTHING_TO_REMEMBER = "its last move is long ago"
