"""Act: an action becomes API calls, each provided that nobody else has changed the service since it was decided on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from botocore.exceptions import BotoCoreError, ClientError

from ..cluster import journal
from ..cluster.moves import Move, Phase
from ..cluster.read_cluster import batches
from ..cluster.tags import MOVE
from .actions import Action, Forget, Lower, Raise, Remember

Outcome = Literal["done", "stale", "failed", "left"]

PROTECTED_PER_CALL: Final = 10
"""Tasks per UpdateTaskProtection call (ECS API reference)."""

MOST_PROTECTED: Final = 500
"""Tasks of a service that are protected while its count is lowered; of a larger one ECS chooses which stop."""

PROTECTED_MINUTES: Final = 2
"""Minutes: ECS chooses within seconds of the new count, and a deployment waits for protected tasks."""

LAST_S: Final = 20
"""Seconds of the function's time in which no further action begins: it makes up to 55 calls, of a tenth each or so."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of an action. `left`: the time was over, and the next run decides again."""

    action: Action
    outcome: Outcome
    error: str = ""


def act(ecs: Any, cluster: str, actions: Sequence[Action], remaining_s: Callable[[], float]) -> list[Result]:
    """Do them one after the other. What fails keeps no other back, and is decided on afresh at the next run."""
    return [
        _one(ecs, cluster, each) if remaining_s() > LAST_S else Result(action=each, outcome="left") for each in actions
    ]


def _one(ecs: Any, cluster: str, action: Action) -> Result:
    try:
        reason = _call(ecs, cluster, action)
    except (ClientError, BotoCoreError) as error:
        return Result(action=action, outcome="failed", error=str(error))
    return Result(action=action, outcome="stale" if reason else "done", error=reason)


def _call(ecs: Any, cluster: str, action: Action) -> str:
    """Do it; returns why not, where it no longer applies."""
    match action:
        case Raise():
            return _raise(ecs, cluster, action)
        case Lower():
            return _lower(ecs, cluster, action)
        case Remember(move=move):
            if reason := _stale(ecs, cluster, action, action.desired):
                return reason
            _tag(ecs, action.service_arn, move)
        case Forget():
            if reason := _stale(ecs, cluster, action, None):
                return reason
            ecs.untag_resource(resourceArn=action.service_arn, tagKeys=[MOVE])
    return ""


def _raise(ecs: Any, cluster: str, action: Raise) -> str:
    """The tag first, so that whoever comes after a crash knows what the count was."""
    move = action.move
    if reason := _stale(ecs, cluster, action, move.before):
        return reason
    _tag(ecs, action.service_arn, move)
    if reason := _changed(_described(ecs, cluster, action.service), move.before):
        return reason
    _set(ecs, cluster, action.service, move.during)
    return ""


def _lower(ecs: Any, cluster: str, action: Lower) -> str:
    """The tag first, so that whoever comes after a crash knows that the count was to be lowered; and again once it is.

    From then on the count that the move had set would be somebody else's.
    """
    if reason := _stale(ecs, cluster, action, action.move.during):
        return reason
    _tag(ecs, action.service_arn, action.move)
    stay = action.stay if len(action.stay) <= MOST_PROTECTED else ()
    if (failed := _unprotected(ecs, cluster, stay)) and not action.late:
        return f"{failed} tasks that stay can not be protected"
    count = _described(ecs, cluster, action.service).get("desiredCount")
    if count != action.move.during:  # somebody has changed it while the tasks were being protected
        return f"the desired count is {count} by now, it was {action.move.during}"
    _set(ecs, cluster, action.service, action.desired)
    _tag(ecs, action.service_arn, replace(action.move, phase=Phase.LOWERED))
    return ""


def _stale(ecs: Any, cluster: str, action: Action, desired: int | None) -> str:
    """Why the action no longer applies: two runs may have decided on the same moment."""
    found = _described(ecs, cluster, action.service)
    if not found:
        return "the service is gone"
    tag = next((each.get("value") for each in found.get("tags") or [] if each["key"] == MOVE), None)
    if tag != action.seen:
        return f"its tag is {tag!r} by now, it was {action.seen!r}"
    count = found.get("desiredCount")
    return "" if desired in (None, count) else f"the desired count is {count} by now, it was {desired}"


def _changed(found: Mapping[str, Any], desired: int) -> str:
    """Why a count is not raised after all: while the tag was written, somebody scaled or deployed the service."""
    if found.get("desiredCount") != desired:
        return f"the desired count is {found.get('desiredCount')} by now, it was {desired}"
    return "it is being deployed by now" if len(found.get("deployments", [])) != 1 else ""


def _described(ecs: Any, cluster: str, service: str) -> dict[str, Any]:
    found = ecs.describe_services(cluster=cluster, services=[service], include=["TAGS"])["services"]
    return found[0] if found else {}


def _tag(ecs: Any, service_arn: str, move: Move) -> None:
    ecs.tag_resource(resourceArn=service_arn, tags=[{"key": MOVE, "value": move.text()}])


def _set(ecs: Any, cluster: str, service: str, desired: int) -> None:
    ecs.update_service(cluster=cluster, service=service, desiredCount=desired)


def _unprotected(ecs: Any, cluster: str, tasks: Sequence[str]) -> int:
    """Keep ECS from stopping these tasks; how many it does not keep. One that is gone meanwhile needs no protection."""
    failed: list[str] = []
    for batch in batches(tasks, PROTECTED_PER_CALL):
        answer = ecs.update_task_protection(
            cluster=cluster, tasks=batch, protectionEnabled=True, expiresInMinutes=PROTECTED_MINUTES
        )
        failed += [each.get("reason", "") for each in answer.get("failures", []) if each.get("reason") != "MISSING"]
    if failed:
        journal.write("not protected", "WARN", failures=len(failed), first=failed[0])
    return len(failed)
