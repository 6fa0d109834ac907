"""Security groups."""

from __future__ import annotations

from ecs_operations.engine.registry import Config, Level, Results, Rule, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.ingress import HOLDERS, openings
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import is_set

ADMIN_PORTS = {22: "SSH", 3389: "RDP"}


@Rule(
    id="sg-no-public-ssh",
    summary="No port for administration is open to the Internet.",
    fix="Remove the rule; open sessions with Session Manager, which needs no port.",
    severity=Severity.CRITICAL,
    source="AWS Systems Manager user guide, Session Manager",
    anchors=("Security Hub EC2.13", "Security Hub EC2.14", "checkov CKV_24", "cdk-nag EC2RestrictedSSH"),
    types=HOLDERS,
    unknown=WhenUnknown.SKIP,
    guards=("ingress",),
)
def sg_no_public_ssh(holder: Resource, _config: Config) -> Results:
    """A port for administration that the world reaches is tried within minutes; a wide range or `-1` includes it."""
    for opening in openings(holder):
        for port, name in ADMIN_PORTS.items():
            if opening.world and port in opening.ports:
                yield f"opens {name} (port {port}) to the world"


PUBLIC_PORTS = frozenset({80, 443})


@Rule(
    id="sg-public-ingress-only-alb",
    summary="Only an Internet-facing load balancer is open to the world, on ports 80 and 443.",
    fix="Allow from the security group of the load balancer instead of from 0.0.0.0/0.",
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Network security best practices for Amazon ECS",
    anchors=("Security Hub EC2.18", "cdk-nag AwsSolutions-EC23"),
    types=HOLDERS,
    unknown=WhenUnknown.SKIP,
)
def sg_public_ingress_only_alb(holder: Resource, graph: Graph, _config: Config) -> Results:
    """What the world reaches directly has neither TLS nor access logs nor a limit in front of it."""
    for opening in openings(holder):
        if not opening.world:
            continue
        if not PUBLIC_PORTS.issuperset(opening.ports):
            yield f"opens ports {opening.ports[0]} to {opening.ports[-1]} to the world"
        elif not _at_public_balancer(holder, graph):
            yield f"opens port {opening.ports[0]} to the world on a group of no public load balancer"


def _at_public_balancer(holder: Resource, graph: Graph) -> bool:
    group_types = (tokens.SECURITY_GROUP, tokens.DEFAULT_SECURITY_GROUP)
    groups = [holder] if holder.type in group_types else graph.targets(holder, "securityGroupId", group_types, "id")
    return any(
        not balancer.get("internal", default=False)
        for group in groups
        for balancer in graph.sources(tokens.LOAD_BALANCERS, "securityGroups", group, "id")
    )


@Rule(
    id="sg-no-mixed-rules",
    summary="The rules of a security group are inline or separate resources, not both.",
    fix="Move the inline rules to vpc.SecurityGroupIngressRule and vpc.SecurityGroupEgressRule.",
    severity=Severity.MEDIUM,
    source="Terraform AWS provider, aws_security_group: protocol exceptions and inline rules",
    anchors=("AWSGuard",),
    types=(tokens.SECURITY_GROUP,),
    unknown=WhenUnknown.SKIP,
)
def sg_no_mixed_rules(group: Resource, graph: Graph, _config: Config) -> Results:
    """The provider removes every rule that is not inline, so each `up` closes what the separate rules open."""
    for direction, token in (("ingress", tokens.INGRESS_RULE), ("egress", tokens.EGRESS_RULE)):
        separate = [*graph.sources((token,), "securityGroupId", group, "id")]
        older = graph.sources((tokens.SECURITY_GROUP_RULE,), "securityGroupId", group, "id")
        separate += [rule for rule in older if rule.get("type") == direction]
        if separate and group.has(direction):
            yield f"has inline {direction} rules and the separate {', '.join(rule.name for rule in separate)}"


SILENT = "Managed by Pulumi"
"""What the provider writes where the program says nothing."""


@Rule(
    id="sg-descriptions",
    summary="Security groups and their rules have a description.",
    fix="Set description; a group's is fixed for its life, so write it before the group is made.",
    severity=Severity.LOW,
    source="Amazon VPC user guide, Security group rules",
    anchors=("checkov CKV_23", "cdk-nag EC27"),
    types=(tokens.SECURITY_GROUP, tokens.INGRESS_RULE, tokens.EGRESS_RULE, tokens.SECURITY_GROUP_RULE),
    level=Level.ADVISORY,
    unknown=WhenUnknown.PRESENT,
    guards=("description",),
)
def sg_descriptions(holder: Resource, _config: Config) -> Results:
    """A rule whose reason is not known is never removed again."""
    if not holder.has("description") or (not holder.is_unknown("description") and holder.get("description") == SILENT):
        yield "has no description"
    for direction in ("ingress", "egress"):
        blocks = () if holder.is_unknown(direction) else holder.get(direction, default=())
        if any(isinstance(block, dict) and not is_set(block.get("description")) for block in blocks):
            yield f"has an inline {direction} rule without a description"
