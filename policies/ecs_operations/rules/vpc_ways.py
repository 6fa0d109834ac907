"""The ways through a VPC that something needs: security groups, network ACLs, routes and endpoints."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import partial

from ecs_operations.engine.registry import Config, Results, Rule, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.acls import ACLS, PRIVATE, WORLD, AclRule, passes, refusals, rule_of, rules_of, rules_of_aws
from ecs_operations.facts.calls import Call, allowed
from ecs_operations.facts.carried_groups import carried_groups, lets_in, lets_out
from ecs_operations.facts.ecs_groups import host_in_cluster
from ecs_operations.facts.fargate import on_instances
from ecs_operations.facts.globs import UNSAID
from ecs_operations.facts.graph import Graph, any_true
from ecs_operations.facts.hosts import HOSTS, inherits
from ecs_operations.facts.ingress import Opening, is_private, is_world
from ecs_operations.facts.places import region_of
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.routes import leads_nowhere, nat_gateways, public
from ecs_operations.facts.shapes import is_true, number
from ecs_operations.facts.statements import statements_at
from ecs_operations.facts.user_data import user_data

HTTPS = 443


@Rule(
    id="vpc-ways-open",
    summary="Nothing in a VPC closes a way that hosts, tasks, functions or a public listener need.",
    fix="Add a vpc.SecurityGroupEgressRule for TCP 443 to hosts, an ingress rule for its port to a public listener and "
    "for 443 to endpoints; let a network ACL pass what it lets in or out and the answers (ports 1024 to 65535); route "
    "public subnets to the Internet gateway, and put functions into subnets with a NAT gateway; remove the policy of "
    "the endpoint, or allow the calls.",
    severity=Severity.HIGH,
    source="Amazon ECS developer guide, Best practices for connecting Amazon ECS to AWS services from inside your VPC; "
    "Amazon VPC user guide, Security groups and Network ACLs; AWS PrivateLink guide, Endpoint policies; AWS Lambda "
    "developer guide, Giving Lambda functions access to resources in a VPC",
    types=(
        *HOSTS, tokens.SERVICE, tokens.FUNCTION, *tokens.LISTENERS, *tokens.LOAD_BALANCERS, tokens.VPC_ENDPOINT, *ACLS,
        tokens.NETWORK_ACL_RULE,
    ),
    unknown=WhenUnknown.SKIP,
)  # fmt: skip
def vpc_ways_open(holder: Resource, graph: Graph, _config: Config) -> Results:
    """An agent that reaches neither ECS nor its images keeps an instance that costs and runs nothing.

    The deployment succeeds: AWS makes a group without rules, an ACL without answers and a listener that nobody
    reaches as readily as any other. Judged is what the stack has; groups and tables of another stack are left alone.
    """
    yield from JUDGES[holder.type](holder, graph)


def _host(host: Resource, graph: Graph) -> Results:
    if inherits(host) or not host_in_cluster(graph, host):
        return
    groups = carried_groups(graph, host)
    if groups is not None and not _reaches_aws(groups, graph) and "proxy" not in user_data(host).lower():
        yield f"{_named(groups)} lets no TCP out to port 443, so the agent reaches neither ECS nor its images"


def _service(service: Resource, graph: Graph) -> Results:
    """What Fargate gets for a task, it gets through the task's own interface."""
    if not service.has("networkConfiguration") or on_instances(graph, service):
        return
    groups = carried_groups(graph, service)
    if groups is not None and not _reaches_aws(groups, graph):
        yield f"{_named(groups)} lets no TCP out to port 443, so its tasks get neither image nor secrets"


def _function(function: Resource, graph: Graph) -> Results:
    if not function.has("vpcConfig"):
        return
    groups = carried_groups(graph, function)
    if groups is not None and not lets_out(graph, groups):
        yield f"{_named(groups)} lets nothing out, so it reaches nothing"
    for subnet in graph.targets(function, "vpcConfig", (tokens.SUBNET,), "id"):
        if public(subnet, graph) and not nat_gateways(subnet, graph):
            yield f"is in {subnet.name}, whose default route leads to the Internet gateway: a function has no address"


def _reaches_aws(groups: Sequence[Resource], graph: Graph) -> bool:
    return any_true(*(partial(_is_way, one, graph) for one in lets_out(graph, groups)))


def _is_way(opening: Opening, graph: Graph) -> bool:
    """Whether HTTPS gets to AWS: through the Internet, to endpoints, or by what another network has."""
    if not opening.opens(HTTPS):
        return False
    if opening.names_no_range or is_world([one for one in opening.networks if one.version == 4]):  # noqa: PLR2004  of IP
        return True
    inside = any(is_private(network) for network in opening.networks)
    if is_world(opening.networks):
        return any(vpc.has("ipv6CidrBlock") or vpc.has("assignGeneratedIpv6CidrBlock") for vpc in graph.of(tokens.VPC))
    return inside and (not graph.of(tokens.VPC) or any(map(_is_interface, graph.of(tokens.VPC_ENDPOINT))))


def _named(groups: Iterable[Resource]) -> str:
    return f"its security group {' and '.join(sorted(group.name for group in groups))}"


def _listener(listener: Resource, graph: Graph) -> Results:
    port = number(listener.get("port"))
    protocol = "udp" if listener.get("protocol", default="") in ("UDP", "QUIC") else "tcp"
    for balancer in graph.targets(listener, "loadBalancerArn", tokens.LOAD_BALANCERS, "arn", "id"):
        if is_true(balancer.get("internal", default=False)) or port is None or not _has_groups(balancer):
            continue
        groups = carried_groups(graph, balancer)
        if groups is not None and not any_true(
            *(partial(_from_outside, one, int(port), protocol) for one in lets_in(graph, groups))
        ):
            yield f"nobody reaches it: {_named(groups)} lets nothing in from outside to port {port:g}"


def _has_groups(balancer: Resource) -> bool:
    """Whether groups apply: an Application Load Balancer gets the default one where it names none."""
    return balancer.has("securityGroups") or balancer.get("loadBalancerType", default="application") == "application"


def _from_outside(opening: Opening, port: int, protocol: str) -> bool:
    if not opening.opens(port, protocol):
        return False
    return opening.names_no_range or any(not is_private(network) for network in opening.networks)


def _balancer(balancer: Resource, graph: Graph) -> Results:
    if is_true(balancer.get("internal", default=False)):
        return
    property_ = "subnetMappings" if balancer.has("subnetMappings") else "subnets"
    for subnet in graph.targets(balancer, property_, (tokens.SUBNET,), "id"):
        if leads_nowhere(subnet, graph):
            yield f"faces the Internet from {subnet.name}, which has no route to an Internet gateway"


def _is_interface(endpoint: Resource) -> bool:
    return endpoint.get("vpcEndpointType", default="Gateway") == "Interface"


USES: dict[str, tuple[str, ...]] = {
    "s3": ("s3:GetObject",),
    "ecr.api": ("ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
    "ecr.dkr": ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
    "ecs": ("ecs:RegisterContainerInstance", "ecs:SubmitTaskStateChange"),
    "ecs-agent": ("ecs:Poll",),
    "ecs-telemetry": ("ecs:StartTelemetrySession",),
    "logs": ("logs:CreateLogStream", "logs:PutLogEvents"),
    "secretsmanager": ("secretsmanager:GetSecretValue",),
    "kms": ("kms:Decrypt",),
    "monitoring": ("cloudwatch:PutMetricData",),
    "ssmmessages": ("ssmmessages:CreateControlChannel", "ssmmessages:OpenDataChannel"),
}
"""End of a service's name → what hosts and tasks call there (sources: Amazon ECR user guide, Amazon ECR interface VPC
endpoints; Amazon ECS developer guide, Amazon ECS interface VPC endpoints)."""


LAYERS = "prod-{}-starport-layer-bucket"
"""The bucket of Amazon ECR (source: Amazon ECR user guide, Create the Amazon S3 gateway endpoint)."""


def _endpoint(endpoint: Resource, graph: Graph) -> Results:
    if _is_interface(endpoint):
        groups = carried_groups(graph, endpoint)
        if groups is not None and not any_true(*(partial(_opens_https, one) for one in lets_in(graph, groups))):
            yield f"{_named(groups)} lets nobody in to port 443"
    if not endpoint.has("policy"):
        return
    service = re.sub(r"^com\.amazonaws\.[a-z0-9-]+\.", "", str(endpoint.get("serviceName")))
    statements = statements_at(endpoint, "policy")
    calls = [Call(action=action, resources=_called(action, endpoint, graph)) for action in USES.get(service, ())]
    refused = [call.action for call in calls if not allowed(statements, call)]
    if refused and service == "s3" and graph.of(tokens.CLUSTER):
        yield f"its policy refuses {LAYERS.format('<region>')}, from which the layers of images in ECR come"
    elif refused:
        yield f"its policy refuses {', '.join(refused)}"


def _called(action: str, endpoint: Resource, graph: Graph) -> tuple[str, ...]:
    """What an action is for; a token of ECR is for no repository, and of others any resource may be meant."""
    if action == "s3:GetObject" and graph.of(tokens.CLUSTER):
        return (f"arn:{UNSAID}:s3:::{LAYERS.format(region_of(endpoint))}/{UNSAID}",)
    return ("*",) if action == "ecr:GetAuthorizationToken" else ()


def _opens_https(opening: Opening) -> bool:
    return opening.opens(HTTPS) and (bool(opening.networks) or opening.names_no_range)


def _acl(acl: Resource, graph: Graph) -> Results:
    subnets = _subnets_of(acl, graph)
    if subnets:
        yield from _refused(rules_of(graph, acl), subnets, graph)


def _subnets_of(acl: Resource, graph: Graph) -> list[Resource]:
    """The subnets of an ACL; the default one has those that no other has."""
    if acl.type == tokens.NETWORK_ACL or acl.has("subnetIds"):
        linked = graph.sources((tokens.NETWORK_ACL_ASSOCIATION,), "networkAclId", acl, "id")
        more = [subnet for one in linked for subnet in graph.targets(one, "subnetId", (tokens.SUBNET,), "id")]
        own = graph.targets(acl, "subnetIds", (tokens.SUBNET,), "id") if acl.has("subnetIds") else ()
        return [*own, *more]
    taken = {subnet for other in graph.of(tokens.NETWORK_ACL) for subnet in _subnets_of(other, graph)}
    return [subnet for subnet in graph.of(tokens.SUBNET) if subnet not in taken]


def _acl_rule(rule: Resource, graph: Graph) -> Results:
    """Rules of an ACL that is no resource of this stack; they are judged together, at the first of them."""
    if graph.targets(rule, "networkAclId", ACLS, "id"):
        return
    beside = [one for one in graph.of(tokens.NETWORK_ACL_RULE) if _same_acl(one, rule)]
    if beside[0] is rule and any(not rule_of(one).allows for one in beside):
        yield from _refused([*rules_of_aws(), *map(rule_of, beside)], (), graph)


def _same_acl(one: Resource, other: Resource) -> bool:
    links = one.dependencies.get("networkAclId")
    if links or other.dependencies.get("networkAclId"):
        return links == other.dependencies.get("networkAclId")
    return one.get("networkAclId") == other.get("networkAclId")


def _refused(rules: list[AclRule], subnets: Sequence[Resource], graph: Graph) -> Results:
    found = list(refusals(rules))
    yield from found
    if found or any(passes(rules, address, HTTPS, egress=True) for address in (WORLD, *PRIVATE)):
        return
    users = [
        one.name for subnet in subnets for one in graph.sources((tokens.GROUP,), "vpcZoneIdentifiers", subnet, "id")
    ]
    if users or not subnets:
        yield f"lets no TCP out to port 443{f', which instances of {users[0]} need' if users else ''}"


JUDGES = {
    **dict.fromkeys(HOSTS, _host),
    **dict.fromkeys(tokens.LISTENERS, _listener),
    **dict.fromkeys(tokens.LOAD_BALANCERS, _balancer),
    **dict.fromkeys(ACLS, _acl),
    tokens.SERVICE: _service,
    tokens.FUNCTION: _function,
    tokens.VPC_ENDPOINT: _endpoint,
    tokens.NETWORK_ACL_RULE: _acl_rule,
}
