"""CloudWatch alarms, log groups and EventBridge rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from sandbox.emulator import cron

from .relation import Params, Relation, matches, one_of, values

_RETENTION: Final = frozenset(
    {1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
)
_DAY_S, _WEEK_S, _HOUR_S = 86400, 604800, 3600
_RATE: Final = re.compile(r"rate\((\d+) (minute|minutes|hour|hours|day|days)\)")
_TARGETS: Final = 5


def _is_rate(text: str) -> bool:
    """EventBridge wants the singular after 1, and only there."""
    found = _RATE.fullmatch(text)
    return bool(found) and int(found[1]) > 0 and (found[1] == "1") != found[2].endswith("s")


def _is_cron(text: str) -> bool:
    try:
        cron.parse(text)
    except ValueError:
        return False
    return True


def _is_period(seconds: int) -> bool:
    return seconds in {10, 20, 30} or seconds % 60 == 0


def _alarm(params: Params) -> Iterator[str]:
    period, number = params.get("Period"), params.get("EvaluationPeriods")
    if period and number and period * number > (_WEEK_S if period >= _HOUR_S else _DAY_S):
        yield "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400)."
    if (least := params.get("DatapointsToAlarm")) and number and least > number:
        yield "DatapointsToAlarm must be less than or equal to EvaluationPeriods."
    if params.get("MetricName") and not (params.get("Statistic") or params.get("ExtendedStatistic")):
        yield "Exactly one element of Statistic and ExtendedStatistic must be specified."


def _targets(params: Params) -> Iterator[str]:
    held: list[dict[str, Any]] = params.get("Targets") or []
    if len(held) > _TARGETS:
        yield "The requested resource exceeds the maximum number allowed."


def _rule(params: Params) -> Iterator[str]:
    if not params.get("EventPattern") and not params.get("ScheduleExpression"):
        yield "Parameter(s) EventPattern or ScheduleExpression must be specified."


RELATIONS: Final = (
    Relation(
        service="cloudwatch",
        operations=("PutMetricAlarm",),
        problems=values("[Period, Metrics[].Period][]", _is_period, "Period must be 10, 20, 30 or a multiple of 60"),
        source="CloudWatch API (2010-08-01), PutMetricAlarm, Period",
    ),
    Relation(
        service="cloudwatch",
        operations=("PutMetricAlarm",),
        problems=_alarm,
        source="CloudWatch API (2010-08-01), PutMetricAlarm; User Guide, evaluating an alarm",
    ),
    Relation(
        service="logs",
        operations=("PutRetentionPolicy",),
        problems=values("retentionInDays", one_of(_RETENTION), "Invalid retention value '{value}'"),
        source="CloudWatch Logs API (2014-03-28), PutRetentionPolicy, retentionInDays",
    ),
    Relation(
        service="logs",
        operations=("CreateLogGroup",),
        problems=values("logGroupName", matches(r"(?!aws/).*"), "Log groups starting with aws/ are reserved for AWS."),
        source="CloudWatch Logs API (2014-03-28), CreateLogGroup",
    ),
    Relation(service="events", operations=("PutRule",), problems=_rule, source="EventBridge API (2015-10-07), PutRule"),
    Relation(
        service="events",
        operations=("PutRule",),
        problems=values(
            "ScheduleExpression",
            lambda text: not text or _is_rate(text) or _is_cron(text),
            "Parameter ScheduleExpression is not valid.",
        ),
        source="EventBridge User Guide, rules that run on a schedule",
    ),
    Relation(
        service="events",
        operations=("PutTargets",),
        problems=_targets,
        source="EventBridge quotas, targets per rule",
        code="LimitExceededException",
    ),
)
