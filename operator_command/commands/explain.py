"""`explain`: why the size is what it is, and what another type or more tasks would change."""

from __future__ import annotations

import click

from ..errors import Exit, OperatorError
from ..options import Session, with_session
from ..reading.capacity import Planner
from ..reading.controllers import read_controllers
from ..shown.explanation import drawn, explanation_of
from ..shown.what_if import from_nothing, of_types, said_of_fewer, said_of_tasks, said_of_types, settled, with_tasks


@click.command()
@click.option("--type", "types", multiple=True, help="What if the group had this instance type? Several: a mix.")
@click.option("--tasks", "changes", multiple=True, metavar="SERVICE=+N", help="What if the service had N tasks more?")
@with_session
def explain(session: Session, types: tuple[str, ...], changes: tuple[str, ...]) -> None:
    """Say why there are as many instances as there are: the limiting shape, and what each instance lacks for it.

    The capacity controller's plan is made again by its own code, on what its own readers say. Nothing is changed.
    """
    connection, now = session.connection, session.now()
    cluster = connection.cluster
    settings = read_controllers(connection).capacity
    other = of_types(settings, types) if types else None
    planner = Planner(connection=connection, settings=settings, now=now)
    plan, seen = planner.plan(planner.see())
    found = plan.assessment
    if found is None:
        raise OperatorError(f"nothing is scaled: {plan.proposal.reason.value}", Exit.NOT_THERE)
    said: list[str] = []
    usual = settled(seen, now)
    for change in changes:
        imagined = with_tasks(usual, change)
        wanted = sum(each.desired for each in imagined.services) - sum(each.desired for each in usual.services)
        if wanted < 0:
            now_needed, then_needed = (from_nothing(each, found.group, settings, now) for each in (usual, imagined))
            answer = said_of_fewer(now_needed, then_needed, found.group)
        else:
            answer = said_of_tasks(planner.plan(imagined)[0], found.group)
        said.append(f"{change}: {answer}")
    if other is not None:
        then, before = (from_nothing(usual, found.group, each, now) for each in (other, settings))
        said.append(said_of_types(before, then, settings, types))
    view = explanation_of(cluster, now, plan, found, settings, tuple(said))
    session.show(view, drawn(view))
