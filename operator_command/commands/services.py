"""`services`, `tasks` and `events`: what runs, and what ECS says of it."""

from __future__ import annotations

import click

from lambdas.capacity.short_services import short_services
from lambdas.cluster.read_services import read_services

from ..options import Session, with_session
from ..reading.service_details import find_service, read_hosts, read_service_tasks
from ..shown.services import events_drawn, events_of, services_drawn, services_of, tasks_drawn, tasks_of


@click.command()
@with_session
def services(session: Session) -> None:
    """List the services: tasks, state of the deployment, task definition. What is wrong comes first."""
    cluster = session.connection.cluster
    found = read_services(session.connection.aws.ecs, cluster)
    view = services_of(cluster, session.now(), found, short_services(found))
    session.show(view, services_drawn(view))


@click.command()
@click.argument("service")
@with_session
def tasks(session: Session, service: str) -> None:
    """List the tasks of SERVICE, also those that stopped within the hour, and why.

    SERVICE is the name, or as much of it as no other service begins with, up to a dash: `cart` for `cart-service-1a2b`.
    """
    connection = session.connection
    name = find_service(connection, service)["serviceName"]
    found = read_service_tasks(connection, name)
    view = tasks_of(name, session.now(), found, read_hosts(connection, found))
    session.show(view, tasks_drawn(view))


@click.command()
@click.argument("service")
@click.option("--last", default=20, show_default=True, type=click.IntRange(1, 100), help="How many; ECS keeps 100.")
@with_session
def events(session: Session, service: str, last: int) -> None:
    """Show what ECS says of SERVICE, the newest last: placement failures, deployments, health checks."""
    found = find_service(session.connection, service)
    view = events_of(found["serviceName"], found.get("events", []), last)
    session.show(view, events_drawn(view))
