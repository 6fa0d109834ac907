"""EventBridge Scheduler: expressions, time zones, windows, targets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from zoneinfo import available_timezones

from sandbox.emulator import cron

from .relation import Params, Problems, Relation, matches, values

_GUIDE: Final = "EventBridge Scheduler User Guide"
_RATE: Final = re.compile(r"rate\((\d+) (minute|minutes|hour|hours|day|days)\)")
_AT: Final = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
_UNIVERSAL: Final = re.compile(r"arn:aws[a-z-]*:scheduler:::aws-sdk:([a-z0-9]+):([A-Za-z]+)")
_READS: Final = re.compile(
    r"(get|describe|list|poll|receive|search|scan|query|select|read|lookup|discover|validate|batchGet|batchDescribe|"
    r"batchRead|transactGet|adminGet|adminList|retrieve|testConnection|isAuthorized)([A-Z].*)?"
)
_OF_A_TARGET: Final = {
    "EcsParameters": r"arn:aws[a-z-]*:ecs:[^:]+:\d{12}:cluster/.+",
    "EventBridgeParameters": r"arn:aws[a-z-]*:events:[^:]+:\d{12}:event-bus/.+",
    "KinesisParameters": r"arn:aws[a-z-]*:kinesis:.+",
    "SageMakerPipelineParameters": r"arn:aws[a-z-]*:sagemaker:.+",
    "SqsParameters": r"arn:aws[a-z-]*:sqs:.+",
}
_NEEDS_THEM: Final = {"EcsParameters", "EventBridgeParameters", "KinesisParameters"}


def is_expression(text: str) -> bool:
    """Whether this is `rate(…)`, `cron(…)` or `at(…)` of a time that exists."""
    try:
        if found := _AT.fullmatch(text):
            datetime.fromisoformat(found[1])
        elif found := _RATE.fullmatch(text):
            return int(found[1]) > 0
        else:
            cron.parse(text)
    except ValueError:
        return False
    return True


def _window(params: Params) -> Iterator[str]:
    window: dict[str, Any] = params.get("FlexibleTimeWindow") or {}
    longest = window.get("MaximumWindowInMinutes")
    if window.get("Mode") == "FLEXIBLE" and longest is None:
        yield "MaximumWindowInMinutes must be provided for a FLEXIBLE time window."
    elif window.get("Mode") == "OFF" and longest is not None:
        yield "MaximumWindowInMinutes must not be provided when the flexible time window is OFF."


def _parameters(params: Params) -> Iterator[str]:
    target: dict[str, Any] = params.get("Target") or {}
    arn = str(target.get("Arn", ""))
    for name, pattern in _OF_A_TARGET.items():
        fits = re.fullmatch(pattern, arn)
        if target.get(name) and not fits:
            yield f"{name} cannot be provided for the target {arn}."
        elif fits and name in _NEEDS_THEM and not target.get(name):
            yield f"{name} must be provided for the target {arn}."
    if re.fullmatch(r"arn:aws[a-z-]*:sqs:.+\.fifo", arn) and not target.get("SqsParameters"):
        yield "SqsParameters must be provided for a FIFO queue."


def _universal(params: Params) -> Iterator[str]:
    target: dict[str, Any] = params.get("Target") or {}
    arn = str(target.get("Arn", ""))
    if not arn.startswith(("arn:aws:scheduler:", "arn:aws-")) or ":scheduler:" not in arn:
        return
    found = _UNIVERSAL.fullmatch(arn)
    if not found or not found[2][:1].islower() or _READS.fullmatch(found[2]):
        yield f"{arn} is not a supported target: aws-sdk:SERVICE:apiAction, and no action that only reads."
    elif not _is_object(target.get("Input")):
        yield "The Input of a universal target must be a JSON object."


def _is_object(text: Any) -> bool:
    try:
        return isinstance(json.loads(text or ""), dict)
    except ValueError:
        return False


def _overrides(params: Params) -> Iterator[str]:
    target: dict[str, Any] = params.get("Target") or {}
    if target.get("EcsParameters") and target.get("Input") and not _is_object(target["Input"]):
        yield "The Input of an ECS target must be a JSON object: the overrides of RunTask."


def _dates(params: Params) -> Iterator[str]:
    first, last = params.get("StartDate"), params.get("EndDate")
    if first is not None and last is not None and first >= last:
        yield "The StartDate must be before the EndDate."


def _line(problems: Problems, source: str) -> Relation:
    operations = ("CreateSchedule", "UpdateSchedule")
    return Relation(service="scheduler", operations=operations, problems=problems, source=f"{_GUIDE}, {source}")


RELATIONS: Final = (
    _line(values("ScheduleExpression", is_expression, "Invalid Schedule Expression {value}."), "schedule types"),
    _line(
        values(
            "ScheduleExpressionTimezone",
            lambda name: name in available_timezones(),
            "Invalid ScheduleExpressionTimezone {value}.",
        ),
        "time zones: names of the IANA data base",
    ),
    _line(_window, "flexible time windows"),
    _line(_parameters, "templated targets"),
    _line(_universal, "universal targets"),
    _line(_overrides, "templated targets, ECS RunTask"),
    _line(_dates, "schedule types, StartDate and EndDate"),
    _line(
        values(
            "Target.EcsParameters.TaskDefinitionArn",
            matches(r"arn:aws[a-z-]*:ecs:[^:]+:\d{12}:task-definition/[A-Za-z0-9_-]+(:\d+)?"),
            "TaskDefinitionArn {value} is not the ARN of a task definition.",
        ),
        "templated targets, ECS RunTask",
    ),
)
