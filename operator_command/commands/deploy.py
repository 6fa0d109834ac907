"""`restart` and `rollback`: a new deployment of a service, of what runs or of what ran before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import click

from ..connection import Connection
from ..errors import Exit, OperatorError
from ..options import Session, asks, with_session
from ..reading.service_details import GOES_ON, Deployed, find_service, read_definition, read_deployments
from ..shown.done import Done, watched
from ..shown.words import counted, short_arn

_CAN_BE_STOPPED: Final = frozenset({"PENDING", "IN_PROGRESS"})
_DEFINITION: Final = re.compile(r"[A-Za-z0-9_-]+:[0-9]+")


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
    session.tell(Done(cluster=connection.cluster, on=name, done=f"{name} deploys", follows=watched(name)))


@click.command()
@click.argument("service")
@click.option("--to", "target", default="", metavar="FAMILY:REVISION", help="Deploy this task definition.")
@asks
@with_session
def rollback(session: Session, service: str, target: str) -> None:
    """Bring SERVICE back to what it ran before: stop the deployment that goes on, or deploy the definition before.

    Says what Pulumi will show next, because its program still wants the newer one. Once more, it goes back further, and
    never to what was rolled back.
    """
    connection = session.connection
    found = find_service(connection, service)
    name, current = found["serviceName"], str(found["taskDefinition"])
    deployments = read_deployments(connection, name)
    going_on = next((each for each in deployments if each.status in GOES_ON), None)
    if going_on is not None:
        if target or going_on.status not in _CAN_BE_STOPPED:
            raise OperatorError(
                f"{name}: a deployment goes on ({going_on.status}); wait for its end: ecs-platform watch {name}"
            )
        session.agree(
            f"{name}: the deployment of {short_arn(going_on.definition_arn or current)} is stopped and rolls back."
        )
        connection.client("ecs").stop_service_deployment(
            serviceDeploymentArn=going_on.deployment_arn, stopType="ROLLBACK"
        )
        follows = "the `pulumi up` that started it fails and says so"
        session.tell(Done(cluster=connection.cluster, on=name, done=f"{name} rolls back", follows=follows))
        return
    before = read_named(connection, target) if target else before_of(deployments, current)
    if before is None:
        raise OperatorError(
            f"{name}: in what ECS still knows, nothing was deployed well before {short_arn(current)}; "
            "name a definition: --to FAMILY:REVISION",
            Exit.NOT_THERE,
        )
    if before == current:
        raise OperatorError(f"{name} runs {short_arn(current)} already", Exit.USAGE)
    session.agree(f"{name}: {short_arn(before)} is deployed again, in place of {short_arn(current)}.")
    connection.client("ecs").update_service(cluster=connection.cluster, service=name, taskDefinition=before)
    follows = f"{watched(name)}\n{pulumi_next(current, before)}"
    session.tell(Done(cluster=connection.cluster, on=name, done=f"{name} deploys {short_arn(before)}", follows=follows))


def read_named(connection: Connection, target: str) -> str:
    """ARN of a task definition that is named as `family:revision`; one call."""
    if not _DEFINITION.fullmatch(target):
        raise OperatorError(f"--to {target}: write FAMILY:REVISION, such as shop:4", Exit.USAGE)
    return str(read_definition(connection, target)["taskDefinitionArn"])


def before_of(deployments: Sequence[Deployed], current: str) -> str | None:
    """The definition of the newest deployment that ended well before the current one first did; None without one.

    What came after that was rolled back already: to deploy it would bring back what was wrong.
    """
    well = [each.definition_arn for each in deployments if each.status == "SUCCESSFUL" and each.definition_arn]
    first = max((number for number, each in enumerate(well) if each == current), default=-1)
    return next(iter(well[first + 1 :]), None)


def pulumi_next(current: str, before: str) -> str:
    """What Pulumi shows after a rollback that it does not know of."""
    return (
        f"Pulumi still wants {short_arn(current)}: `pulumi preview` shows no change, `pulumi preview --refresh` shows "
        f"taskDefinition {short_arn(before)} => {short_arn(current)}, and `pulumi up --refresh` would deploy it again. "
        "Deploy a corrected image next."
    )
