"""`restart` and `rollback`: a new deployment of a service, of what runs or of what ran before."""

from __future__ import annotations

import click

from ..errors import Exit, OperatorError
from ..options import Session, asks, with_session
from ..reading.service_details import Deployed, find_service, read_deployments
from ..shown.words import counted, short_arn

_IN_PROGRESS = frozenset({"PENDING", "IN_PROGRESS"})


@click.command()
@click.argument("service")
@asks
@with_session
def restart(session: Session, service: str) -> None:
    """Replace all tasks of SERVICE by new ones of the same definition, within its healthy percentages."""
    connection = session.connection
    found = find_service(connection, service)
    name, definition = found["serviceName"], short_arn(found["taskDefinition"])
    session.agree(f"{name}: a new deployment of {definition} replaces {counted(found['runningCount'], 'task')}.")
    connection.client("ecs").update_service(cluster=connection.cluster, service=name, forceNewDeployment=True)
    click.echo(f"{name} deploys; watch it: ecs-platform watch {name}")


@click.command()
@click.argument("service")
@asks
@with_session
def rollback(session: Session, service: str) -> None:
    """Bring SERVICE back to what it ran before: stop the deployment that goes on, or deploy the definition before.

    Says what Pulumi will show next, because its program still wants the newer one.
    """
    connection = session.connection
    found = find_service(connection, service)
    name, current = found["serviceName"], str(found["taskDefinition"])
    deployments = read_deployments(connection, name)
    going_on = next((each for each in deployments if each.status in _IN_PROGRESS), None)
    if going_on is not None:
        session.agree(
            f"{name}: the deployment of {short_arn(going_on.definition_arn or current)} is stopped and rolls back."
        )
        connection.client("ecs").stop_service_deployment(
            serviceDeploymentArn=going_on.deployment_arn, stopType="ROLLBACK"
        )
        click.echo(f"{name} rolls back; the `pulumi up` that started it fails and says so")
        return
    before = before_of(deployments, current)
    if before is None:
        raise OperatorError(
            f"{name}: no other definition than {short_arn(current)} was ever deployed well", Exit.NOT_THERE
        )
    session.agree(f"{name}: {short_arn(before)} is deployed again, in place of {short_arn(current)}.")
    connection.client("ecs").update_service(cluster=connection.cluster, service=name, taskDefinition=before)
    click.echo(pulumi_next(name, current, before))


def before_of(deployments: list[Deployed], current: str) -> str | None:
    """The definition of the newest deployment that ended well and was of another one; None where there is none."""
    well = (each.definition_arn for each in deployments if each.status == "SUCCESSFUL")
    return next((each for each in well if each and each != current), None)


def pulumi_next(name: str, current: str, before: str) -> str:
    """What Pulumi shows after a rollback that it does not know of."""
    return (
        f"{name} deploys {short_arn(before)}; watch it: ecs-platform watch {name}\n"
        f"Pulumi still wants {short_arn(current)}: `pulumi preview` shows no change, `pulumi preview --refresh` shows "
        f"taskDefinition {short_arn(before)} => {short_arn(current)}, and `pulumi up --refresh` would deploy it again. "
        "Deploy a corrected image next."
    )
