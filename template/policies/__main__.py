"""Pulumi starts the pack here."""

from pulumi_policy import EnforcementLevel, PolicyPack

from ecs_operations.adapter import names_in_configuration, policies

PolicyPack(
    name="ecs-operations",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=policies(named=names_in_configuration()),
)
