"""Pulumi starts the pack here."""

from pulumi_policy import EnforcementLevel, PolicyPack

from ecs_operations.adapter import policies

PolicyPack(name="ecs-operations", enforcement_level=EnforcementLevel.MANDATORY, policies=policies())
