"""Service discovery and DNS."""

from __future__ import annotations

from ecs_operations import tokens
from ecs_operations.model import Resource, Unknown
from ecs_operations.registry import Config, Level, Results, Setting, Severity, WhenUnknown, resource_rule

CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"
"""Hosted zone of all CloudFront distributions (source: Route 53 API reference, AliasTarget)."""


@resource_rule(
    "service-registry-health",
    summary="A Cloud Map service in a private namespace lets ECS report the health of its tasks.",
    fix="Set health_check_custom_config.",
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Use service discovery to connect Amazon ECS services with DNS names",
    types=(tokens.DISCOVERY_SERVICE,),
    unknown=WhenUnknown.PRESENT,
    guards=("healthCheckCustomConfig",),
)
def service_registry_health(service: Resource, _config: Config) -> Results:
    """Without it the address of a task that no longer answers stays in DNS, and callers keep trying it."""
    if service.has("dnsConfig") and not service.has("healthCheckConfig") and not service.has("healthCheckCustomConfig"):
        yield "publishes addresses whose health nobody reports"


@resource_rule(
    "dns-ttl-bounds",
    summary="A DNS answer is forgotten soon enough to follow what it names.",
    fix="Lower the ttl; use an alias where the target is a load balancer.",
    severity=Severity.LOW,
    source="AWS Cloud Map developer guide, DNS configuration; Amazon Route 53 developer guide, Simple records",
    types=(tokens.DISCOVERY_SERVICE, tokens.RECORD),
    level=Level.ADVISORY,
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="discoverySeconds",
            default=60,
            minimum=1,
            maximum=3600,
            description="Longest ttl of a task's address; a task should serve that long after SIGTERM.",
        ),
        Setting(
            name="recordSeconds",
            default=300,
            minimum=1,
            maximum=604800,
            description="Longest ttl of a record that is no alias.",
        ),
    ),
    guards=("dnsConfig", "ttl"),
)
def dns_ttl_bounds(holder: Resource, config: Config) -> Results:
    """ECS does not wait for the ttl when it stops a task: until then callers are sent to an address that is gone."""
    if holder.type == tokens.DISCOVERY_SERVICE:
        for record in holder.get("dnsConfig", "dnsRecords", default=[]):
            if record["ttl"] > config["discoverySeconds"]:
                yield f"an answer lives {record['ttl']} s, at most {config['discoverySeconds']} s are wanted"
    elif holder.get("ttl", default=0) > config["recordSeconds"]:
        yield f"an answer lives {holder.get('ttl')} s, at most {config['recordSeconds']} s are wanted"


@resource_rule(
    "route53-alias-evaluates-health",
    summary="An alias answers only with targets that are healthy.",
    fix="Set evaluate_target_health on the alias.",
    severity=Severity.MEDIUM,
    source="Amazon Route 53 API reference, AliasTarget",
    types=(tokens.RECORD,),
    unknown=WhenUnknown.FAIL,
    guards=("aliases",),
)
def route53_alias_evaluates_health(record: Resource, _config: Config) -> Results:
    """An alias that does not look goes on naming a balancer without a healthy target. CloudFront cannot be asked."""
    for alias in record.get("aliases", default=[]):
        zone = alias.get("zoneId")
        if not isinstance(zone, Unknown) and zone == CLOUDFRONT_ZONE:
            continue
        if not alias.get("evaluateTargetHealth"):
            yield "does not evaluate the health of its target"
