"""Whether a load balancer gets through to the tasks behind it, as far as the rules of a stack say it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from ecs_operations.facts import tokens
from ecs_operations.facts.carried_groups import rule_holders
from ecs_operations.facts.graph import Graph, any_true
from ecs_operations.facts.ingress import PRIVATE, SECURITY_GROUPS, Network, Opening, exits, openings
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import blocks, known, listed

SOURCES = ("ingress", "referencedSecurityGroupId", "sourceSecurityGroupId")
"""Properties in which a holder of rules names the security groups that it lets in."""


def balancers_of(target: Resource, graph: Graph) -> Iterator[Resource]:
    """Yield the load balancers of this stack that forward to a target group."""
    listeners = [*graph.sources(tokens.LISTENERS, "defaultActions", target, "arn")]
    for rule in graph.sources(tokens.LISTENER_RULES, "actions", target, "arn"):
        listeners += graph.targets(rule, "listenerArn", tokens.LISTENERS, "arn", "id")
    for listener in listeners:
        yield from graph.targets(listener, "loadBalancerArn", tokens.LOAD_BALANCERS, "arn", "id")


def task_groups(service: Resource, graph: Graph) -> list[Resource]:
    """Return the security groups of a service's tasks; none unless all of them are in this stack."""
    network = next(iter(blocks(service.get("networkConfiguration", default={}))), {})
    found = graph.targets(service, "networkConfiguration", SECURITY_GROUPS, "id")
    return list(found) if len(found) == len(listed(known(network).get("securityGroups"))) else []


@dataclass(frozen=True)
class Caller:
    """A rule that lets somebody in, and what holds it."""

    holder: Resource
    opening: Opening

    def may_be_of(self, balancers: Sequence[Resource], graph: Graph) -> bool:
        """Return whether it lets one of these load balancers in, or somebody who may be one.

        Without load balancers in the stack, a group counts unless tasks carry it and no load balancer does.
        """
        if self.opening.ranges:
            return any(_holds_nodes(network) for network in self.opening.networks)
        named = self._senders(graph)
        own = {group for one in balancers for group in graph.targets(one, "securityGroups", SECURITY_GROUPS, "id")}
        if own:
            return bool(named & own)
        if self.opening.own or not self._let_out(graph):
            return False
        return not named or any(_at_balancer(group, graph) or not _at_tasks(group, graph) for group in named)

    def meets(self, way: Resource, graph: Graph) -> bool:
        """Return whether it lets in what an egress rule lets out."""
        (out,) = exits(way, graph)
        alike = out.protocol == self.opening.protocol or "all" in (out.protocol, self.opening.protocol)
        if not alike or (out.ports and not _meet(out.ports, self.opening.ports)):
            return False
        senders = {*graph.targets(way, "securityGroupId", SECURITY_GROUPS, "id")}
        return bool(self.opening.ranges or self.opening.own or self._same(way) or senders & self._senders(graph))

    def _senders(self, graph: Graph) -> set[Resource]:
        return {one for name in SOURCES for one in graph.targets(self.holder, name, SECURITY_GROUPS, "id")}

    def _same(self, way: Resource) -> bool:
        """Whether both name one group of another stack."""
        return any(way.texts("securityGroupId") & self.holder.texts(name) for name in SOURCES)

    def _let_out(self, graph: Graph) -> bool:
        """Whether the group that is let in may also get out, where this stack says to which ports it may.

        A stack that opens its tasks to a load balancer of another one adds a rule for each way.
        """
        ways = [
            way
            for group in graph.targets(self.holder, "securityGroupId", SECURITY_GROUPS, "id")
            for way in graph.sources((tokens.EGRESS_RULE,), "referencedSecurityGroupId", group, "id")
            if self._same(way)
        ]
        return not ways or any(_meet(self.opening.ports, out.ports) for way in ways for out in exits(way, graph))


def _meet(one: range, other: range) -> bool:
    return max(one.start, other.start) < min(one.stop, other.stop)


def callers(groups: Iterable[Resource], port: int, protocol: str, graph: Graph) -> list[Caller]:
    """Return the rules of these security groups that open a port."""
    return [rule for rule in _rules_of(groups, graph) if rule.opening.opens(port, protocol)]


def _rules_of(groups: Iterable[Resource], graph: Graph) -> list[Caller]:
    holders = [*groups]
    for group in groups:
        for token in (tokens.INGRESS_RULE, tokens.SECURITY_GROUP_RULE):
            holders += graph.sources((token,), "securityGroupId", group, "id")
    return [Caller(holder, opening) for holder in holders for opening in openings(holder, graph)]


def closed_ways(group: Resource, graph: Graph) -> list[Resource]:
    """Return the egress rules of this stack that lead to a security group which does not let them in."""
    ways = graph.sources((tokens.EGRESS_RULE,), "referencedSecurityGroupId", group, "id")
    rules = _rules_of((group,), graph) if ways else []
    return [way for way in ways if not any(rule.meets(way, graph) for rule in rules)]


LET_IN_BY = {
    tokens.INGRESS_RULE: "referencedSecurityGroupId",
    tokens.SECURITY_GROUP_RULE: "sourceSecurityGroupId",
}
"""Type of a rule → the property with the group that it lets in."""


def unsent_ways(group: Resource, graph: Graph) -> list[tuple[Resource, Resource]]:
    """Return the rules of a security group that let in another one which may not get out to it, with that one."""
    return [
        (rule, sender)
        for kind, property_ in LET_IN_BY.items()
        for rule in graph.sources((kind,), "securityGroupId", group, "id")
        if openings(rule, graph)
        for sender in graph.targets(rule, property_, (tokens.SECURITY_GROUP,), "id")
        if sender is not group and _is_kept_in(sender, group, rule, graph)
    ]


def _is_kept_in(sender: Resource, group: Resource, rule: Resource, graph: Graph) -> bool:
    holders = rule_holders(graph, [sender], tokens.EGRESS_RULE)
    ways = [(holder, out) for holder in holders for out in exits(holder, graph)]
    (into,) = openings(rule, graph)
    return not any_true(*(partial(_lets_to, *way, group, into, graph) for way in ways))


def _lets_to(holder: Resource, out: Opening, group: Resource, into: Opening, graph: Graph) -> bool:
    alike = out.protocol == into.protocol or "all" in (out.protocol, into.protocol)
    if not alike or (into.ports and not _meet(out.ports, into.ports)):
        return False
    if any(_holds_nodes(network) for network in out.networks):
        return True
    return any(group in graph.targets(holder, name, SECURITY_GROUPS, "id") for name in ("egress", *SOURCES[1:]))


def _holds_nodes(network: Network) -> bool:
    """Whether nodes of a load balancer may have an address of a range: they call from inside of the VPC."""
    return any(network.version == private.version and network.overlaps(private) for private in PRIVATE)  # pyright: ignore[reportArgumentType]


def _at_tasks(group: Resource, graph: Graph) -> bool:
    return bool(graph.sources((tokens.SERVICE,), "networkConfiguration", group, "id"))


def _at_balancer(group: Resource, graph: Graph) -> bool:
    return bool(graph.sources(tokens.LOAD_BALANCERS, "securityGroups", group, "id"))
