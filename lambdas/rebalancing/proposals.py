"""What is proposed for a service: to act, to wait, or to ask for what has to be known first."""

from dataclasses import dataclass

from ..cluster.questions import TaskDefinitions, TaskProtection
from .actions import Action
from .reasons import Reason


@dataclass(frozen=True, kw_only=True)
class ServiceTasks:
    """Asks for the tasks of these services."""

    services: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class ScalingBounds:
    """Asks between which numbers of tasks these services are scaled."""

    services: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class HealthyTargets:
    """Asks how many targets of these target groups are healthy."""

    target_groups: frozenset[str]


Question = ServiceTasks | ScalingBounds | HealthyTargets | TaskDefinitions | TaskProtection


@dataclass(frozen=True, kw_only=True)
class Act:
    """Do it."""

    action: Action
    reason: Reason
    misplaced: int | None = None
    """Tasks that stand on too full an instance, where that was looked at."""


@dataclass(frozen=True, kw_only=True)
class Wait:
    """Leave the service as it is."""

    reason: Reason
    misplaced: int | None = None


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Propose again once these are answered."""

    questions: tuple[Question, ...]


Proposal = Act | Wait | Ask
