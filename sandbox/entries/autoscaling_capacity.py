"""How the real provider waits for the capacity of a group (terraform-provider-aws, autoscaling/group.go)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from sandbox.entries.durations import duration, seconds
from sandbox.refusal import Refusal
from sandbox.resource import Call

_RETRIED: Final = "Invalid IAM Instance Profile"
"""A failed activity with this message is tried again."""
_DONE: Final = 100


def wait(call: Call, look: Callable[[], Any]) -> None:
    """Wait for the instances in service: at least as many at a creation, exactly as many at an update."""
    limit = seconds("waitForCapacityTimeout", str(call.new.get("waitForCapacityTimeout") or "10m"))
    if not limit:
        return
    wanted, exactly = _wanted(call), not call.creating
    last: list[str] = []

    def reached() -> bool:
        _check_activities(call)
        have = _healthy(look())
        bound = "exactly" if exactly else "at least"
        last[:] = [f"want {bound} {wanted} healthy instance(s) in Auto Scaling Group, have {have}"]
        return have == wanted if exactly else have >= wanted

    def late() -> str:
        if limit > call.timeout_s:
            return _failed(call, "context deadline exceeded")
        text = f"timeout while waiting for state to become 'ok' (last state: '{last[0]}', timeout: {duration(limit)})"
        return _failed(call, text)

    replace(call, timeout_s=min(limit, call.timeout_s)).wait("", reached, late=late)


def _wanted(call: Call) -> int:
    """An update goes by the size of the state where the program names none: the one at the last look."""
    least, given = int(call.new.get("minSize") or 0), call.new.get("desiredCapacity")
    if call.creating:
        return int(given) if given else least
    return max(least, int((call.state.get("desiredCapacity") if given is None else given) or 0))


def _healthy(group: Any) -> int:
    instances = group["Instances"] if group else []
    return sum(
        int(item.get("WeightedCapacity") or 1)
        for item in instances
        if item["LifecycleState"] == "InService" and item["HealthStatus"] == "Healthy"
    )


def _check_activities(call: Call) -> None:
    """One activity that failed since the start, in whole seconds as activities carry them, fails the wait."""
    if call.new.get("ignoreFailedScalingActivities"):
        return
    found = call.each("describe_scaling_activities", "Activities", {"AutoScalingGroupName": call.id})
    failed = [
        f"scaling activity ({each['ActivityId']}): Failed: {each.get('StatusMessage') or ''}"
        for each in found
        if each["StatusCode"] == "Failed"
        and each.get("Progress") == _DONE
        and each["StartTime"] >= call.began.replace(microsecond=0)
        if _RETRIED not in (each.get("StatusMessage") or "")
    ]
    if failed:
        raise Refusal(_failed(call, "\n".join(failed)))


def _failed(call: Call, why: str) -> str:
    return f"waiting for Auto Scaling Group ({call.id}) capacity satisfied: {why}"
