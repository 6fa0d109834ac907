"""Names of what the rebalancing controller measures."""

from typing import Final

CONTROLLER: Final = "rebalancing"
"""Value of the dimension Controller; also the folder's name."""

MISPLACED_TASKS: Final = "MisplacedTasks"
"""Tasks of a service that stand on too full an instance or in too full a zone, by the dimensions Cluster and Service;
written of each service that was looked at and has some."""

TASKS_MOVED: Final = "TasksMoved"
"""Tasks of the moves that began in this run."""
MOVES_GOING_ON: Final = "MovesGoingOn"
"""Services whose tasks are being moved."""
MOVES_TAKEN_BACK: Final = "MovesTakenBack"
"""Moves whose further tasks did not run in time: the count was lowered again."""
SERVICES_GIVEN_UP: Final = "ServicesGivenUp"
"""Services whose moves did not help, and that are left alone for a day or until they are deployed again."""
DRY_RUN: Final = "DryRun"
"""1 while it only says what it would move."""
