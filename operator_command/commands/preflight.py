"""`preflight`: whether an account has what the first `pulumi up` of a stack needs."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import chain
from pathlib import Path

import click

from ..connection import Connection, Place
from ..errors import Exit, OperatorError
from ..options import Session, plain, with_session
from ..reading.checked import Checked, Verdict
from ..shown.printable import printable


@click.command()
@click.argument("name", metavar="STACK")
@click.option("--folder", default=".", help="Folder with the file Pulumi.STACK.yaml. Default: this one.")
@with_session
def preflight(session: Session, name: str, folder: str) -> int:
    """Check, read-only, that an account has what the first `pulumi up` of STACK needs: a line a check.

    Quotas, service-linked roles, the hosted zone, what the Region offers and the caller may do; addresses of the
    private subnets. Nothing has to stand yet; --cluster and --stack say nothing here. Ends with 1 when something is
    missing; what may not be read is said, and is no failure.
    """
    from ..reading import preflight as checks  # noqa: PLC0415  the program's settings, which no other command needs

    if not (Path(folder) / f"Pulumi.{name}.yaml").is_file():
        raise OperatorError(f"{name}: {folder} has no file Pulumi.{name}.yaml with its settings", Exit.USAGE)
    settings = checks.settings_of(name, Path(folder))
    place = session.connection.place
    connection = Connection(place=Place(region=place.region or settings.region, profile=place.profile))
    found: list[Checked] = []
    account = checks.Preflight(settings=settings, client=connection.client)
    for each in chain([checks.cli_version(checks.installed_cli())], account.findings()):
        found.append(each)
        click.echo(json.dumps(asdict(each), default=plain) if session.as_json else printable(str(each)))
    counts = {verdict: [one.verdict for one in found].count(verdict) for verdict in Verdict}
    if not session.as_json:
        click.echo(", ".join(f"{count} {verdict.value}" for verdict, count in counts.items()))
    return Exit.WRONG if counts[Verdict.PROBLEM] else Exit.DONE
