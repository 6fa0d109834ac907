"""One action of every kind, and what AWS answers to it."""

from typing import Literal

from lambdas.cluster.snapshot import Template
from lambdas.instances.actions import (
    Complete,
    Deregister,
    EnableMetrics,
    Heartbeat,
    MarkUnhealthy,
    PutAttribute,
    SetStatus,
    StartRefresh,
    Stop,
)

ARN = "arn:aws:ecs:eu-west-1:123456789012:container-instance/prod/1"
COMPLETE = Complete(group="g", hook="drain", instance_id="i-1", result="CONTINUE", ending="drained", reason="empty")
HEARTBEAT = Heartbeat(group="g", hook="drain", instance_id="i-1", container_instance_arn=ARN, reason="long")
REMEMBER = PutAttribute(container_instance_arn=ARN, name="a", value="1", reason="first seen")
STOP = Stop(task_arn="t", instance_id="i-1", reason="standalone")
UNHEALTHY = MarkUnhealthy(instance_id="i-1", reason="silent")
DEREGISTER = Deregister(container_instance_arn=ARN, instance_id="i-1", reason="terminated")
REFRESH = StartRefresh(
    group="g", template=Template(template_id="lt-1", version="2"), mixed_policy=None, reason="wanted"
)
METRICS = EnableMetrics(group="g", reason="it publishes no sizes")
EVERY = (COMPLETE, HEARTBEAT, REMEMBER, STOP, UNHEALTHY, DEREGISTER, REFRESH, METRICS)


def draining(number, status: Literal["ACTIVE", "DRAINING"] = "DRAINING"):
    arn = f"{ARN}{number:03}"
    return SetStatus(container_instance_arn=arn, instance_id=f"i-{number}", status=status, reason="leaves")


def answered(operation, answer=None):
    if operation == "StartInstanceRefresh":
        return {"InstanceRefreshId": "r-1"}
    return answer or {}
