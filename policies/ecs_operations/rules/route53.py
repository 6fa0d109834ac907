"""Route 53 records."""

from __future__ import annotations

from ecs_operations.engine.registry import Config, Results, Rule, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import blocks, is_true, known
from ecs_operations.facts.values import Unknown

CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"
"""Hosted zone of all CloudFront distributions (source: Route 53 API reference, AliasTarget)."""


@Rule(
    id="route53-alias-evaluates-health",
    summary="An alias answers only with targets that are healthy.",
    fix="Set evaluate_target_health on the alias, and health_check_id on a primary record without one.",
    severity=Severity.MEDIUM,
    source="Amazon Route 53 API reference, AliasTarget",
    types=(tokens.RECORD,),
    unknown=WhenUnknown.FAIL,
    guards=("aliases", "healthCheckId"),
)
def route53_alias_evaluates_health(record: Resource, _config: Config) -> Results:
    """An alias that does not look keeps naming a load balancer without healthy targets. CloudFront cannot be asked.

    A primary record that nothing checks never fails over to the secondary.
    """
    aliases = blocks(record.get("aliases", default=[]))
    for alias in aliases:
        zone = known(alias).get("zoneId")
        if not isinstance(zone, Unknown) and zone == CLOUDFRONT_ZONE:
            continue
        if not is_true(alias.get("evaluateTargetHealth")):
            yield "does not evaluate the health of its target"
    primary = any(
        known(one).get("type") == "PRIMARY" for one in blocks(record.get("failoverRoutingPolicies", default=[]))
    )
    if primary and not aliases and not record.has("healthCheckId"):
        yield "is the primary of a failover, and no health check (healthCheckId) tells when it fails"
