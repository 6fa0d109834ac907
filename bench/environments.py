"""Writes a Pulumi program that makes several environments of the platform at once, for benchmarks only."""

from __future__ import annotations

PROGRAM = """\
import pulumi
import pulumi_aws as aws

from infra.environment import AwsFacts, Environment, load_settings

settings = load_settings()
# One for all: the engine starts a process for each provider, and asks AWS for each account.
provider = aws.Provider("aws", region=settings.region, default_tags={{"tags": settings.all_tags}})
facts = AwsFacts.look_up(settings, pulumi.InvokeOptions(provider=provider))
for number in range({copies}):
    named = settings.model_copy(update={{"environment": f"e{{number}}"}})
    Environment(named, facts=facts, provider=provider).export()
"""


def program(copies: int) -> str:
    """The source of `copies` environments, each with names of its own."""
    return PROGRAM.format(copies=copies)
