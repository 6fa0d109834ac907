"""`doctor`: what is orphaned, or was changed by another hand."""

from __future__ import annotations

import click

from ..errors import Exit
from ..options import Session, with_session
from ..reading.health import read_health
from ..shown.findings import findings_drawn, findings_of


@click.command()
@with_session
def doctor(session: Session) -> int:
    """Find what is orphaned, or was changed by another hand; each with its remedy. Ends with 1 if there is any.

    Ghost registrations, retained and foreign instances, suspended scaling, foreign and missing hooks, second scalers,
    stopped controllers, a blocked rollout, orphaned rules and target groups.
    """
    view = findings_of(read_health(session.connection, session.now()))
    session.show(view, findings_drawn(view))
    return Exit.WRONG if view.findings else Exit.DONE
