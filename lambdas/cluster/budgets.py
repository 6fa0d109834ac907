"""The one home of time budgets: relations between numbers, each checked at preview and at the start of a function.

Every `..._problems` function returns sentences, one for each relation that does not hold, and an empty list when all
hold. All times are in seconds.
"""

from typing import Final

HEARTBEAT_RANGE_S: Final = (30, 7200)
"""Limits of a lifecycle hook's HeartbeatTimeout (Auto Scaling API reference, PutLifecycleHook)."""

GLOBAL_LIMIT_S: Final = 48 * 3600
"""A lifecycle action waits at most 48 hours or 100 times the heartbeat timeout, whichever is smaller (same source)."""

DRAIN_MARGIN_S: Final = 60
"""One schedule period: the controller may see the hook, and the last task's end, that much later."""

LATENESS_S: Final = 120
"""How much earlier than first seen a lifecycle action may have begun: two missed schedule periods."""

LARGEST_BAKE_S: Final = 172_800
"""Limit of an instance refresh's BakeTime (Auto Scaling API reference, RefreshPreferences)."""

SCHEDULE_S: Final = 60
"""Period of the controllers' schedule: the shortest that EventBridge has."""


def global_limit_s(heartbeat_timeout_s: int) -> int:
    """The longest time that a lifecycle action can be kept waiting by heartbeats."""
    return min(GLOBAL_LIMIT_S, 100 * heartbeat_timeout_s)


def needs_heartbeats(*, deadline_s: int, heartbeat_timeout_s: int) -> bool:
    """Whether a deadline outlasts the hook's own timeout, allowing for a late first sight of the action."""
    return deadline_s + LATENESS_S > heartbeat_timeout_s


def hook_problems(*, name: str, heartbeat_timeout_s: int) -> list[str]:
    """Check the timeout of one hook."""
    low, high = HEARTBEAT_RANGE_S
    if low <= heartbeat_timeout_s <= high:
        return []
    return [f"{name}: the heartbeat timeout must be {low} to {high} seconds, got {heartbeat_timeout_s}"]


def drain_problems(
    *, deadline_s: int, deregistration_delay_s: int, stop_timeout_s: int, heartbeat_timeout_s: int
) -> list[str]:
    """Check that the slowest task can leave before the deadline, and that the hook can wait for the deadline."""
    problems = hook_problems(name="draining hook", heartbeat_timeout_s=heartbeat_timeout_s)
    needed = deregistration_delay_s + stop_timeout_s + DRAIN_MARGIN_S
    if deadline_s < needed:
        problems.append(
            f"drain deadline: {deadline_s} s is less than deregistration delay {deregistration_delay_s} s "
            f"+ stop timeout {stop_timeout_s} s + margin {DRAIN_MARGIN_S} s, raise it to {needed} s"
        )
    limit = global_limit_s(heartbeat_timeout_s)
    if deadline_s + LATENESS_S > limit:
        problems.append(
            f"drain deadline: {deadline_s} s does not fit into {limit} s, the longest wait of a hook with a heartbeat "
            f"timeout of {heartbeat_timeout_s} s, lower the deadline or raise the timeout"
        )
    return problems


def ready_problems(*, deadline_s: int, heartbeat_timeout_s: int) -> list[str]:
    """Check that an instance is abandoned before its launching hook ends by itself and lets it into service."""
    problems = hook_problems(name="readiness hook", heartbeat_timeout_s=heartbeat_timeout_s)
    if deadline_s + LATENESS_S > heartbeat_timeout_s:
        problems.append(
            f"readiness deadline: {deadline_s} s + {LATENESS_S} s exceeds the heartbeat timeout of "
            f"{heartbeat_timeout_s} s, so the hook would let a broken instance into service first, raise the timeout"
        )
    return problems


def pace_problems(*, poll_s: int, observe_for_s: int, pass_s: int, function_timeout_s: int | None = None) -> list[str]:
    """Check that an invocation that keeps observing ends before the next one starts and before it is cut off."""
    problems: list[str] = []
    if poll_s < 1:
        problems.append(f"poll interval: must be at least 1 s, got {poll_s}")
    if pass_s < 1:
        problems.append(f"pass allowance: must be at least 1 s, got {pass_s}")
    if not 0 <= observe_for_s < SCHEDULE_S:
        problems.append(
            f"observe for: must be 0 to {SCHEDULE_S - 1} s, so that it ends before the next run, got {observe_for_s}"
        )
    if function_timeout_s is not None and function_timeout_s < observe_for_s + pass_s:
        problems.append(
            f"function timeout: {function_timeout_s} s is less than {observe_for_s} s of observing + {pass_s} s for "
            "the last pass"
        )
    return problems


def observes_again(*, elapsed_s: float, remaining_s: float, poll_s: int, observe_for_s: int, pass_s: int) -> bool:
    """Whether another pass, after another pause, still ends in time for the schedule and for the function's limit."""
    return elapsed_s + poll_s + pass_s <= observe_for_s and remaining_s >= poll_s + pass_s
