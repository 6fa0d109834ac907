"""`status`: what stands, on one screen."""

from __future__ import annotations

import click

from ..options import Session, with_session
from ..reading.standing import read_picture
from ..shown.status import status_of
from ..shown.status_drawn import drawn


@click.command()
@with_session
def status(session: Session) -> None:
    """Show what stands: sizes, instances, drains, refresh, short services, alarms, and the last decision."""
    view = status_of(read_picture(session.connection, session.now()))
    session.show(view, drawn(view))
