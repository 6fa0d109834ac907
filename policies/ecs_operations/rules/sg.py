"""Security groups."""

from __future__ import annotations

from collections.abc import Iterable

from ecs_operations.engine.registry import (
    Config,
    Level,
    Results,
    Rule,
    Setting,
    Severity,
    WhenUnknown,
    apart,
)
from ecs_operations.facts import tokens
from ecs_operations.facts.carried_groups import rule_holders
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.ingress import (
    HOLDERS,
    ICMP,
    WITH_PORTS,
    Network,
    Opening,
    carrier,
    groups_of,
    is_world,
    openings,
)
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import is_true, listed, number
from ecs_operations.facts.values import is_set

ADMIN_PORTS = {"22": "SSH", "3389": "RDP"}


@Rule(
    id="sg-no-public-ssh",
    summary="No port for administration is open to the Internet.",
    fix="Remove the rule; open sessions with Session Manager, which needs no port.",
    severity=Severity.CRITICAL,
    source="AWS Systems Manager user guide, Session Manager",
    anchors=("Security Hub EC2.13", "Security Hub EC2.14", "checkov CKV_24", "cdk-nag EC2RestrictedSSH"),
    types=HOLDERS,
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="ports",
            default=list(ADMIN_PORTS),
            description="TCP ports for administration. The rule sg-public-ingress-only-alb sees every other port.",
        ),
    ),
    guards=("ingress",),
)
def sg_no_public_ssh(holder: Resource, graph: Graph, config: Config) -> Results:
    """A port for administration that the world reaches is tried within minutes; a wide range or `-1` includes it.

    The world is whoever comes from as many public addresses as an IPv4 /8 holds: two halves of the Internet, too.
    """
    reached: dict[str, list[Network]] = {port: [] for port in config["ports"]}

    def read(opening: Opening) -> Results:
        for port, networks in reached.items():
            if opening.opens(int(port)):
                networks.extend(opening.certain or opening.networks)
        yield from ()

    yield from apart(openings(holder, graph), read)
    for port, networks in reached.items():
        if is_world(networks):
            yield f"opens {ADMIN_PORTS.get(port, 'administration')} (port {port}) to the world"


PUBLIC_PORTS = frozenset({80, 443})


@Rule(
    id="sg-public-ingress-only-alb",
    summary="Only an Internet-facing load balancer is open to the world, on ports 80 and 443.",
    fix="Allow from the security group of the load balancer instead of from 0.0.0.0/0; give hosts and tasks a group of "
    "their own.",
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Network security best practices for Amazon ECS",
    anchors=("Security Hub EC2.18", "cdk-nag AwsSolutions-EC23"),
    types=HOLDERS,
    unknown=WhenUnknown.SKIP,
)
def sg_public_ingress_only_alb(holder: Resource, graph: Graph, _config: Config) -> Results:
    """What the world reaches directly has neither TLS nor access logs nor a limit in front of it.

    A Network Load Balancer may open the ports of its listeners. ICMP opens nothing.
    """

    def judge(opening: Opening) -> Results:
        if not opening.world or opening.protocol in ICMP:
            return
        groups = groups_of(holder, graph)
        doors = _public_balancers(groups, graph)
        if opening.protocol not in WITH_PORTS:
            yield f"opens protocol {opening.protocol} to the world"
        elif not opening.ports:
            return
        elif not _served(doors, graph).issuperset(opening.ports):
            yield f"opens {_ports(opening)} to the world"
        elif not doors:
            yield f"opens {_ports(opening)} to the world on a group of no public load balancer"
        elif host := carrier(groups, graph):
            yield f"opens {_ports(opening)} of {host.name} to the world: it carries the load balancer's group, too"

    yield from apart(openings(holder, graph), judge)


def _ports(opening: Opening) -> str:
    first, last = opening.ports[0], opening.ports[-1]
    return f"port {first}" if first == last else f"ports {first} to {last}"


def _public_balancers(groups: Iterable[Resource], graph: Graph) -> list[Resource]:
    return [
        balancer
        for group in groups
        for balancer in graph.sources(tokens.LOAD_BALANCERS, "securityGroups", group, "id")
        if not is_true(balancer.get("internal", default=False))
    ]


def _served(balancers: Iterable[Resource], graph: Graph) -> frozenset[int]:
    """The ports on which the world may reach these load balancers."""
    listeners = [
        listener
        for balancer in balancers
        if balancer.get("loadBalancerType", default="application") == "network"
        for listener in graph.sources(tokens.LISTENERS, "loadBalancerArn", balancer, "arn", "id")
    ]
    return PUBLIC_PORTS.union(int(number(listener.get("port", default=0)) or 0) for listener in listeners)


@Rule(
    id="sg-narrow-ingress",
    summary="Hosts and tasks do not open all their ports to a whole network.",
    fix="Allow the port of the service alone, from the security group of each caller.",
    severity=Severity.MEDIUM,
    source="Amazon ECS developer guide, Network security best practices for Amazon ECS",
    types=HOLDERS,
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="maximumPorts",
            default=32_768,
            minimum=1,
            maximum=65_536,
            description="Ports that one rule may open to a network; by default as many as Linux gives to containers "
            "with dynamic host ports, 32768 to 65535.",
        ),
        Setting(
            name="smallNetwork",
            default=256,
            minimum=1,
            maximum=65_536,
            description="IPv4 addresses of a network that is no whole network yet; IPv6 counts by /64.",
        ),
    ),
    guards=("ingress",),
)
def sg_narrow_ingress(holder: Resource, graph: Graph, config: Config) -> Results:
    """Whoever gets into one task of the network reaches every port of all others, debuggers and agents included."""

    def judge(opening: Opening) -> Results:
        small = {4: config["smallNetwork"], 6: 2**64}
        wide = [network for network in opening.networks if network.num_addresses > small[network.version]]
        if not wide or opening.world or len(opening.ports) <= config["maximumPorts"]:
            return
        if host := carrier(groups_of(holder, graph), graph):
            yield f"opens {_ports(opening)} of {host.name} to all of {wide[0]}"

    yield from apart(openings(holder, graph), judge)
    if holder.type == tokens.SECURITY_GROUP:
        yield from _together(holder, graph, config)


def _together(group: Resource, graph: Graph, config: Config) -> Results:
    """Ranges of ports that are narrow each, and all ports when they are added up."""
    small = {4: config["smallNetwork"], 6: 2**64}
    ports: dict[Network, set[int]] = {}
    rules = [opening for one in rule_holders(graph, [group], tokens.INGRESS_RULE) for opening in openings(one, graph)]
    for opening in rules:
        if opening.world or len(opening.ports) > config["maximumPorts"]:
            continue
        for network in opening.networks:
            if network.num_addresses > small[network.version]:
                ports.setdefault(network, set()).update(opening.ports)
    for network, opened in ports.items():
        if len(opened) > config["maximumPorts"] and (host := carrier([group], graph)):
            yield f"its rules together open {len(opened)} ports of {host.name} to all of {network}"


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
        blocks = () if holder.is_unknown(direction) else listed(holder.get(direction))
        if any(isinstance(block, dict) and not is_set(block.get("description")) for block in blocks):
            yield f"has an inline {direction} rule without a description"
