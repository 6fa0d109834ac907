"""Pulumi starts the pack here."""

from ecs_operations import run

run()
