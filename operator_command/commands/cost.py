"""`cost`: what stands now, as a month's bill."""

from __future__ import annotations

import click

from ..options import Session, with_session
from ..reading.standing_cost import read_billed, read_prices
from ..shown.bill import bill_drawn, bill_of


@click.command()
@with_session
def cost(session: Session) -> None:
    """Say what the environment costs a month if what stands now stays: instances, volumes, gateways, balancers, alarms.

    By the figures of the cost page. What is billed by use is not known here, and not counted.
    """
    view = bill_of(session.connection.cluster, read_billed(session.connection), read_prices())
    session.show(view, bill_drawn(view))
