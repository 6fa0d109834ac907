"""How long a DNS answer is kept."""

from __future__ import annotations

from ecs_operations.engine.registry import Config, Level, Results, Rule, Setting, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource


@Rule(
    id="dns-ttl-bounds",
    summary="The ttl of a DNS record is short enough to follow what it names.",
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
                yield f"a DNS answer is kept {record['ttl']} s, must be at most {config['discoverySeconds']} s"
    elif holder.get("ttl", default=0) > config["recordSeconds"]:
        yield f"a DNS answer is kept {holder.get('ttl')} s, must be at most {config['recordSeconds']} s"
