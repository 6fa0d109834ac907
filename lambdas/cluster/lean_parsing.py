"""Lean parsing: of an answer of AWS, botocore takes apart only what a controller reads.

botocore builds every member that the model of a service describes. Of a service that is up to 100 events, each with a
moment (ECS API reference, Service); of an instance, some fifty attributes, which are in JSON already what they are
afterwards. Three quarters of a run's CPU time went there.

A client has a model of its own, and parsers skip what the model does not know, as an older one has to with a newer
service. So members are taken out of the model, or made documents, which stay as they came. The parsers themselves,
errors, retries and pages are botocore's. Where a model is built otherwise than here, more is parsed, and nothing else
changes.
"""

from datetime import UTC, datetime
from typing import Any, Final

from botocore.model import StructureShape
from botocore.utils import parse_timestamp

LEFT_OUT: Final = {
    "DescribeContainerInstances": ("attachments", "gpuDevices", "versionInfo"),
    "DescribeServices": ("events", "networkConfiguration"),
    "DescribeTasks": ("attachments", "containers", "overrides"),
}
"""By operation of ECS: members of each item that no controller reads."""

AS_THEY_CAME: Final = {
    "DescribeContainerInstances": ("attributes", "registeredResources", "remainingResources"),
    "DescribeServices": ("loadBalancers", "placementStrategy", "tags"),
}
"""Members without moments, which are the same parsed and not parsed, but for a null, which stays."""

_LISTS: Final = {
    "DescribeContainerInstances": "containerInstances",
    "DescribeServices": "services",
    "DescribeTasks": "tasks",
}


def parse_leanly(ecs: Any) -> None:
    """Make a client of ECS parse only what is read. To be called before its first request."""
    document = StructureShape("Document", {"type": "structure", "members": {}, "document": True})
    for operation, names in LEFT_OUT.items():
        members = _members(ecs, operation)
        for name in names:
            members.pop(name, None)
    for operation, names in AS_THEY_CAME.items():
        members = _members(ecs, operation)
        members.update({name: document for name in names if name in members})


def moment(value: Any) -> datetime:
    """A moment of an answer in UTC: seconds since 1970, or ISO 8601. What is neither is left to botocore.

    botocore's own way asks the time zone of the machine about each, which takes twenty times as long.
    """
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value)
            return found if found.tzinfo else parse_timestamp(value)
        return datetime.fromtimestamp(value, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return parse_timestamp(value)


def _members(ecs: Any, operation: str) -> dict[str, Any]:
    """The members that the model knows of each item of an answer."""
    try:
        answer = ecs.meta.service_model.operation_model(operation).output_shape
        return answer.members[_LISTS[operation]].member.members
    except (AttributeError, KeyError):
        return {}  # the runtime's botocore is not ours to choose, and slow is better than not at all
