"""EventBridge's patterns, as far as the platform uses them, and samples of the events that AWS documents.

A pattern matches when each of its fields does: a list of accepted values, where `{"prefix": "x"}`, `{"exists": true}`
and `{"anything-but": [...]}` stand for more than themselves. Any other operator is an error here, so that no test
passes by ignorance (EventBridge user guide, "Event patterns").
"""

from collections.abc import Mapping
from typing import Any

_ABSENT = object()


def matches(pattern: Mapping[str, Any], event: Any) -> bool:
    return isinstance(event, Mapping) and all(
        _field(wanted, event.get(key, _ABSENT)) for key, wanted in pattern.items()
    )


def _field(wanted: Any, value: Any) -> bool:
    if isinstance(wanted, Mapping):
        return matches(wanted, value)
    values = value if isinstance(value, list) else [value]
    return any(_accepts(each, one) for each in wanted for one in values)


def _accepts(wanted: Any, value: Any) -> bool:
    if not isinstance(wanted, Mapping):
        return value is not _ABSENT and wanted == value
    ((operator, operand),) = wanted.items()
    if operator == "exists":
        return (value is not _ABSENT) == operand
    if operator == "prefix":
        return isinstance(value, str) and value.startswith(operand)
    if operator == "anything-but":
        return value is not _ABSENT and value not in (operand if isinstance(operand, list) else [operand])
    raise NotImplementedError(operator)


def a_lifecycle_event(kind: str = "terminate", **detail: Any) -> dict[str, Any]:
    """Auto Scaling user guide, "Auto Scaling event reference", lifecycle actions."""
    transition = {"terminate": "EC2_INSTANCE_TERMINATING", "launch": "EC2_INSTANCE_LAUNCHING"}[kind]
    places = ("AutoScalingGroup", "EC2") if kind == "terminate" else ("EC2", "AutoScalingGroup")
    return {
        "version": "0",
        "id": "12345678-1234-1234-1234-123456789012",
        "detail-type": f"EC2 Instance-{kind} Lifecycle Action",
        "source": "aws.autoscaling",
        "account": "123456789012",
        "time": "2026-01-01T00:00:00Z",
        "region": "eu-central-1",
        "resources": ["arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup:uuid:autoScalingGroupName/name"],
        "detail": {
            "LifecycleActionToken": "87654321-4321-4321-4321-210987654321",
            "AutoScalingGroupName": "ecs-test-instances-0a1b2c3",
            "LifecycleHookName": {"terminate": "drain", "launch": "ready"}[kind],
            "EC2InstanceId": "i-1234567890abcdef0",
            "LifecycleTransition": f"autoscaling:{transition}",
            "NotificationMetadata": "additional-info",
            "Origin": places[0],
            "Destination": places[1],
        }
        | detail,
    }


def a_launch_success() -> dict[str, Any]:
    """The same source, without a lifecycle action."""
    event = a_lifecycle_event("launch")
    return event | {"detail-type": "EC2 Instance Launch Successful"}
