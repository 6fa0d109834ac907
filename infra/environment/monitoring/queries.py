"""What people ask the logs of an environment, in CloudWatch Logs Insights and on its dashboard. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from lambdas.capacity import metrics as capacity
from lambdas.instances import metrics as instances

from ...common.names import Names, function_log_group


@dataclass(frozen=True, kw_only=True)
class Query:
    """One question, in the language of CloudWatch Logs Insights."""

    title: str
    log_group: str
    text: str


def queries(names: Names) -> dict[str, Query]:
    """Short name → question."""
    decisions, actions = (
        function_log_group(names.function(package)) for package in (capacity.CONTROLLER, instances.CONTROLLER)
    )
    events = names.event_log_group
    return {
        "decisions": Query(
            title="Last decisions on the size",
            log_group=decisions,
            text='fields @timestamp, event, reason | filter event in ["ScaleOut", "ScaleIn", "NoChange"] '
            "| sort @timestamp desc | limit 20",
        ),
        "service-events": Query(
            title="Last service events and placement failures",
            log_group=events,
            text="fields @timestamp, detail.eventType, detail.eventName, resources.0, detail.reason "
            "| filter ispresent(detail.eventName) and detail.eventName != 'SERVICE_STEADY_STATE' "
            "| sort @timestamp desc | limit 20",
        ),
        "stopped-tasks": Query(
            title="Why tasks stopped",
            log_group=events,
            text="fields @timestamp, detail.group, detail.stopCode, detail.stoppedReason "
            "| filter detail.lastStatus = 'STOPPED' | sort @timestamp desc | limit 50",
        ),
        "instance-actions": Query(
            title="What was done with instances",
            log_group=actions,
            text="fields @timestamp, event, outcome, instance_id, reason, error | filter ispresent(event) "
            'and event != "finished" | sort @timestamp desc | limit 50',
        ),
        "failures": Query(
            title="What AWS refused the controller of the instances",
            log_group=actions,
            text='fields @timestamp, event, instance_id, error | filter outcome = "failed" or event = "not read" '
            "| sort @timestamp desc | limit 50",
        ),
        "host-errors": Query(
            title="Errors of the ECS agents",
            log_group=names.log_group("instances"),
            text="fields @timestamp, @logStream, @message | filter @logStream like /ecs-agent/ and @message like "
            "/level=(error|critical)/ | sort @timestamp desc | limit 50",
        ),
    }
