"""`pause` and `resume`: the kill switch of the controllers."""

from __future__ import annotations

import click

from lambdas.cluster.switch import PAUSED, RUNNING

from ..options import Session, asks, with_session
from ..reading.controllers import read_controllers, read_pause
from ..shown.done import Done

_MEANS = {
    PAUSED: (
        "All controllers of {cluster} pause within a minute: nothing is drained, scaled, moved, replaced or rolled "
        "out. Instances wait in their hooks until those time out, then new ones enter service unchecked, and leaving "
        "ones end with their tasks: pause for minutes. A refresh that runs goes on."
    ),
    RUNNING: "All controllers of {cluster} go on within a minute.",
}


@click.command()
@asks
@with_session
def pause(session: Session) -> None:
    """Pause all controllers: they go on measuring and log what they would do, but change nothing."""
    turn(session, PAUSED)


@click.command()
@asks
@with_session
def resume(session: Session) -> None:
    """Let all controllers go on."""
    turn(session, RUNNING)


def turn(session: Session, word: str) -> None:
    """Write the word into the switch, unless it stands there."""
    connection = session.connection
    cluster, controllers = connection.cluster, read_controllers(connection)
    parameter = controllers.instances.target.switch_parameter
    now = read_pause(connection, controllers)
    if now.understood and now.paused == (word == PAUSED):
        said = f"the controllers of {cluster} are {word} already"
        session.tell(Done(cluster=cluster, on=parameter, done=said, changed=False))
        return
    session.agree(_MEANS[word].format(cluster=cluster))
    connection.aws.ssm.put_parameter(Name=parameter, Value=word, Overwrite=True)
    session.tell(Done(cluster=cluster, on=parameter, done=f"{parameter} is {word}"))
