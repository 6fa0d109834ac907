"""How far one thing is: a rollout, an instance that leaves, a deployment; and whether it ended, and well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from lambdas.cluster.snapshot import REFRESH_FAILED
from lambdas.rebalancing.reasons import Reason

from ..reading.rebalancing import Balance
from ..reading.standing import Progress
from .status import DrainLine
from .words import counted, span

Raw = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One look at it."""

    percent: int
    text: str
    ended: bool | None = None
    """None while it goes on; then whether it ended well."""


@dataclass(frozen=True, kw_only=True)
class Look(Step):
    """A look of `watch` as it is printed with --json."""

    what: str
    """`update`, `rollout`, or the instance or service that is watched."""
    at: datetime


_ROLLS_BACK: Final = "RollbackInProgress"
_DEPLOYED: Final = {"SUCCESSFUL": True, "STOPPED": False, "ROLLBACK_SUCCESSFUL": False, "ROLLBACK_FAILED": False}
_SOON: Final = timedelta(seconds=15)
"""How near its deadline a drain has to be for its end to count as the deadline's: it is looked at every few seconds."""


def rollout_step(progress: Progress | None, *, blocked: bool, waits: bool) -> Step:
    """The newest refresh of the group, and whether its version is held back, or not everywhere yet."""
    ended = progress is None or progress.status == "Successful" or progress.status in REFRESH_FAILED
    if ended and waits:
        return Step(percent=0, text="another version is wanted than runs; its rollout has not begun yet")
    if progress is None or progress.status == "Successful":
        return Step(percent=100, text="every instance runs the wanted version", ended=True)
    said = f"{progress.status}, {counted(progress.left, 'instance')} left"
    why = f": {progress.reason}" if progress.reason else ""
    if progress.status in REFRESH_FAILED:
        kept = "; the version is not tried again: retry-rollout" if blocked else ""
        return Step(percent=progress.percent, text=f"{progress.status}{why}{kept}", ended=False)
    rolls_back = progress.status == _ROLLS_BACK
    return Step(percent=progress.percent, text=f"rolls back, {said}{why}" if rolls_back else said)


PASSING: Final = frozenset(
    {
        Reason.MISPLACED_TASKS, Reason.STARTING_TASKS, Reason.FURTHER_TASKS_RUN, Reason.STOPPING_TASKS,
        Reason.TOOK_TOO_LONG, Reason.COUNT_CHANGED, Reason.NEVER_RAISED, Reason.HELPED, Reason.DID_NOT_HELP,
        Reason.BUDGET_SPENT, Reason.COOLS_DOWN, Reason.DEPLOYING, Reason.COUNTS_DISAGREE, Reason.INSTANCE_UNAVAILABLE,
    }
)  # fmt: skip
"""What a service does not stay in: its tasks move, or it is looked at again in some minutes."""

_STAYING: Final = frozenset({Reason.QUIET_TIME, Reason.NO_GROUP})
"""What keeps tasks where they are for longer than somebody watches."""


def balance_step(balance: Balance) -> Step:
    """How far the tasks are that follow the instances; it ends well also where the controller may not move them."""
    found = balance.plan.decisions
    if balance.paused:
        return Step(percent=100, text="tasks stay: the controllers are paused", ended=True)
    if balance.dry:
        return Step(percent=100, text="tasks stay: the rebalancing controller only says what it would move", ended=True)
    if balance.plan.obstacle in _STAYING:
        return Step(percent=100, text=f"tasks stay: {balance.plan.obstacle.value}", ended=True)
    if balance.plan.obstacle is not None:
        return Step(percent=0, text=f"tasks are not moved yet: {balance.plan.obstacle.value}")
    open_ = [each for each in found if each.proposal.reason in PASSING]
    kept = [each for each in found if each.proposal.misplaced and each not in open_]
    if not open_:
        left = "; ".join(f"{each.service} stays: {each.proposal.reason.value}" for each in kept)
        return Step(percent=100, text=left or "tasks are balanced as far as there is room", ended=True)
    first = open_[0]
    more = f", and {counted(len(open_) - 1, 'service')} more" if len(open_) > 1 else ""
    done = 100 * (len(found) - len(open_)) // len(found)
    return Step(percent=done, text=f"{first.service}: {first.proposal.reason.value}{more}")


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """What is seen of an instance that leaves, or that only drains."""

    at: datetime
    state: str
    """As `status` says; empty for one that is gone."""
    tasks_left: int
    drain: DrainLine | None
    """What its hook waits for; None for one that is in no hook."""


def leaving_step(first: Leaving, before: Leaving, now: Leaving) -> Step:
    """How far an instance is, by the first, the last and this look."""
    most = max(first.tasks_left, 1)
    percent = 100 * (most - min(now.tasks_left, most)) // most
    if now.state == "":
        return _gone(before, now)
    if now.state == "retained":
        return Step(percent=percent, text=f"retained at its deadline with {_left(now)}", ended=False)
    if now.drain is not None:
        deadline = now.drain.deadline
        until = f", deadline in {span((deadline - now.at).total_seconds())}" if deadline else ""
        return Step(percent=percent, text=f"{_left(now)}{until}")
    if now.state == "draining" and now.tasks_left == 0:
        return Step(percent=100, text="no service's task is left on it", ended=True)
    if now.state in ("in service", "agent away", "unregistered", "unhealthy"):
        return Step(percent=0, text=f"{now.state}, it does not drain", ended=False)
    return Step(percent=percent, text=f"{now.state}, {_left(now)}")


def _gone(before: Leaving, now: Leaving) -> Step:
    deadline = before.drain.deadline if before.drain else None
    if before.tasks_left and deadline is not None and now.at + _SOON >= deadline:
        return Step(percent=100, text=f"ended at its deadline with {_left(before)}", ended=False)
    return Step(percent=100, text="gone, drained", ended=True)


def _left(seen: Leaving) -> str:
    return f"{counted(seen.tasks_left, 'task')} left"


def deployment_step(service: Raw, deployment: Raw | None) -> Step:
    """The newest service deployment, and how many of its tasks run."""
    primary: Raw = next((each for each in service["deployments"] if each["status"] == "PRIMARY"), {})
    running, desired = int(primary.get("runningCount", 0)), int(primary.get("desiredCount", 0))
    percent = 100 * min(running, desired) // desired if desired else 100
    if _begins(primary, deployment):
        return Step(percent=0, text="a deployment has begun that ECS does not tell yet")
    if deployment is None:
        return Step(percent=percent, text="no deployment is known", ended=False)
    status, why = str(deployment["status"]), deployment.get("statusReason") or ""
    said = f"{status.lower().replace('_', ' ')}: {running} of {counted(desired, 'task')} run" + (
        f"; {why}" if why else ""
    )
    ended = _DEPLOYED.get(status)
    return Step(percent=100 if ended else percent, text=said, ended=ended)


def _begins(primary: Raw, deployment: Raw | None) -> bool:
    """Whether the service has a newer deployment than the newest one that is listed, which has ended."""
    deploys = primary.get("rolloutState") == "IN_PROGRESS"
    if deployment is None or deployment["status"] == "SUCCESSFUL":
        return deploys
    if deployment["status"] not in _DEPLOYED:
        return False
    began, ended = primary.get("createdAt"), deployment.get("finishedAt")
    return began is not None and ended is not None and began > ended
