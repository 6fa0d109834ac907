"""`test-alarm`: proves that alarms reach somebody."""

from __future__ import annotations

import time
from typing import Any

import click

from ..connection import Connection
from ..errors import Exit, OperatorError
from ..options import Session, asks, with_session
from ..reading.controllers import Controllers, read_controllers
from ..reading.one_instance import read_group, with_refreshes
from ..reading.standing import of_environment
from ..shown.done import Done
from ..shown.words import joined


@click.command("test-alarm")
@click.argument("name", default="")
@click.option(
    "--hold", default=10, show_default=True, type=click.IntRange(0, 600), help="Seconds that it stays in ALARM."
)
@asks
@with_session
def try_alarm(session: Session, name: str, hold: int) -> None:
    """Set an alarm to ALARM and back to OK, so that all who are notified get both messages.

    NAME is an alarm of the environment, or the beginning of only one; by default the first one of the platform itself
    that is calm and only notifies. One that does more, such as to scale, has to be named in full. An alarm of a service
    rolls back the deployment that goes on at that time; one that would roll a rollout back is refused during one.
    """
    connection = session.connection
    controllers = read_controllers(connection)
    watched = controllers.instances.rollout.alarms
    found = alarms(connection)
    if not name:
        own = f"{connection.cluster}-"
        found = [each for each in found if each["AlarmName"].startswith(own) and each["AlarmName"] not in watched]
    alarm = choose(found, name)
    if alarm["AlarmName"] in watched and rolling(connection, controllers):
        raise OperatorError(f"{alarm['AlarmName']} would roll back the rollout that goes on", Exit.WRONG)
    alarm_name, actions = str(alarm["AlarmName"]), alarm.get("AlarmActions", [])
    session.agree(f"{alarm_name} goes to ALARM for {hold} s, and notifies {joined([_last(each) for each in actions])}.")
    cloudwatch = connection.aws.cloudwatch
    reason = "ecs-platform test-alarm: somebody tests that alarms arrive; nothing is wrong"
    cloudwatch.set_alarm_state(AlarmName=alarm_name, StateValue="ALARM", StateReason=reason)
    try:
        time.sleep(hold)
    finally:  # an interrupt must not leave it in ALARM until its next data point
        cloudwatch.set_alarm_state(AlarmName=alarm_name, StateValue="OK", StateReason=f"{reason}; the test is over")
    done, follows = f"{alarm_name} was in ALARM and is OK again", "did both messages arrive?"
    session.tell(Done(cluster=connection.cluster, on=alarm_name, done=done, follows=follows))


def rolling(connection: Connection, controllers: Controllers) -> bool:
    """Whether a rollout goes on."""
    group = with_refreshes(connection, read_group(connection, controllers))
    return any(each.running for each in group.refreshes)


def alarms(connection: Connection) -> list[Any]:
    """The metric alarms of the environment; a page for each 100 of the account."""
    pages = connection.aws.cloudwatch.get_paginator("describe_alarms").paginate(AlarmTypes=["MetricAlarm"])
    found = [each for page in pages for each in page["MetricAlarms"]]
    return sorted(
        (each for each in found if of_environment(each, connection.cluster)), key=lambda each: each["AlarmName"]
    )


def choose(found: list[Any], name: str) -> Any:
    """The alarm to test: of this name, or the only one that begins so; without a name the first that can be tested.

    Raises OperatorError for one that is not there, that nobody hears, that already rings, or that does more than notify
    and is not named in full.
    """
    exact = [each for each in found if each["AlarmName"] == name]
    named = exact or [each for each in found if each["AlarmName"].startswith(name)]
    if not named:
        raise OperatorError(f"{name or 'test-alarm'}: no such alarm of this environment", Exit.NOT_THERE)
    if name and len(named) > 1:
        raise OperatorError(f"{name}: several alarms begin so: {_names(named)}", Exit.USAGE)
    heard = [each for each in named if each.get("AlarmActions") and each.get("ActionsEnabled", True)]
    if not heard:
        raise OperatorError(f"{named[0]['AlarmName']} notifies nobody: it has no action, or they are off", Exit.WRONG)
    calm = [each for each in heard if each.get("StateValue") != "ALARM"]
    if not calm:
        raise OperatorError(f"{heard[0]['AlarmName']} is in ALARM by itself: see ecs-platform status", Exit.WRONG)
    harmless = exact or [each for each in calm if not _does(each)]
    if not harmless:
        does = joined(_does(calm[0]))
        raise OperatorError(f"{calm[0]['AlarmName']} does more than notify ({does}): name it in full", Exit.USAGE)
    return harmless[0]


def _does(alarm: Any) -> list[str]:
    """What an alarm does beside messages to SNS, when it rings or is calm again."""
    actions = [*alarm.get("AlarmActions", []), *alarm.get("OKActions", [])]
    return [each for each in actions if each.split(":")[2:3] != ["sns"]]


def _names(alarms: list[Any]) -> str:
    return joined([each["AlarmName"] for each in alarms])


def _last(arn: str) -> str:
    return arn.rpartition(":")[2]
