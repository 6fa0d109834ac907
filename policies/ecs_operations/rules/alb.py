"""Application Load Balancers and their listeners."""

from __future__ import annotations

from ecs_operations.engine.registry import Config, Results, Rule, Setting, Severity, WhenUnknown
from ecs_operations.engine.sentences import counted
from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.zones import zones_behind

TLS_POLICIES = [
    "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    "ELBSecurityPolicy-TLS13-1-3-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
]
"""Policies that offer nothing older than TLS 1.2 (source: Application Load Balancers, Security policies)."""


HTTP_PORT = 80


def _application(balancer: Resource) -> bool:
    return balancer.get("loadBalancerType", default="application") == "application"


@Rule(
    id="alb-tls-policy",
    summary="A TLS listener offers only current versions and ciphers.",
    fix="Set ssl_policy to a policy of the list, such as ELBSecurityPolicy-TLS13-1-2-2021-06.",
    severity=Severity.HIGH,
    source="Application Load Balancers, Security policies for your Application Load Balancer",
    anchors=("checkov CKV_103", "checkov CKV2_74", "compliance-policies aws-lb-listener-configure-secure-tls"),
    types=tokens.LISTENERS,
    unknown=WhenUnknown.FAIL,
    settings=(Setting(name="policies", default=TLS_POLICIES, description="Security policies that may be used."),),
    guards=("sslPolicy",),
)
def alb_tls_policy(listener: Resource, config: Config) -> Results:
    """A listener that is silent gets ELBSecurityPolicy-2016-08, which still speaks TLS 1.0."""
    if listener.get("protocol") not in ("HTTPS", "TLS"):
        return
    policy = listener.get("sslPolicy")
    if policy not in config["policies"]:
        yield f"uses {policy or 'the default policy ELBSecurityPolicy-2016-08'}"


@Rule(
    id="alb-http-redirects",
    summary="A public HTTP listener only redirects to HTTPS.",
    fix="Make the default action a redirect to HTTPS, port 443, status HTTP_301.",
    severity=Severity.HIGH,
    source="Application Load Balancers, Listener rules: redirect actions",
    anchors=("Security Hub ELB.1", "checkov CKV2_20", "AWSGuard alb-http-to-https-redirection"),
    types=tokens.LISTENERS,
    unknown=WhenUnknown.SKIP,
    guards=("defaultActions",),
)
def alb_http_redirects(listener: Resource, graph: Graph, _config: Config) -> Results:
    """Cookies and passwords of the first request travel in the clear. Internal load balancers may speak HTTP."""
    protocol = listener.get("protocol", default="HTTP" if listener.get("port") == HTTP_PORT else "")
    if protocol != "HTTP":
        return
    balancers = [item for item in graph.of(*tokens.LOAD_BALANCERS) if _listens(listener, item, graph)]
    if balancers and all(balancer.get("internal", default=False) for balancer in balancers):
        return
    for action in listener.get("defaultActions", default=[]):
        redirect = action.get("redirect") or {}
        if action.get("type") != "redirect":
            yield f"answers HTTP with {action.get('type')}"
        elif redirect.get("protocol") != "HTTPS" or redirect.get("statusCode") != "HTTP_301":
            yield "redirects, but not permanently (HTTP_301) to HTTPS"


def _listens(listener: Resource, balancer: Resource, graph: Graph) -> bool:
    return balancer in graph.targets(listener, "loadBalancerArn", tokens.LOAD_BALANCERS, "arn", "id")


@Rule(
    id="alb-access-logs",
    summary="A load balancer writes access logs.",
    fix="Set access_logs with enabled true and a bucket.",
    severity=Severity.MEDIUM,
    source="Application Load Balancers, Access logs for your Application Load Balancer",
    anchors=("Security Hub ELB.5", "checkov CKV_91", "cdk-nag AwsSolutions-ELB2"),
    types=tokens.LOAD_BALANCERS,
    unknown=WhenUnknown.PRESENT,
    guards=("accessLogs",),
)
def alb_access_logs(balancer: Resource, _config: Config) -> Results:
    """Only access logs say which client got which error from which target; without them a 502 cannot be explained."""
    path = ("accessLogs", "enabled")
    if not balancer.is_unknown(*path) and balancer.get(*path, default=False) is not True:
        yield "writes no access logs"


@Rule(
    id="alb-deletion-protection",
    summary="A load balancer cannot be deleted by accident.",
    fix="Set enable_deletion_protection.",
    severity=Severity.MEDIUM,
    source="Application Load Balancers, Deletion protection",
    anchors=("Security Hub ELB.6", "checkov CKV_150", "AWSGuard elb-deletion-protection"),
    types=tokens.LOAD_BALANCERS,
    unknown=WhenUnknown.FAIL,
    guards=("enableDeletionProtection",),
)
def alb_deletion_protection(balancer: Resource, _config: Config) -> Results:
    """A replacement takes the address and the listeners of all applications along. Development may disable the rule."""
    if balancer.get("enableDeletionProtection", default=False) is not True:
        yield "can be deleted by accident"


@Rule(
    id="alb-hygiene",
    summary="A load balancer drops malformed headers and defends against request smuggling.",
    fix='Set drop_invalid_header_fields, and desync_mitigation_mode "defensive" or "strictest".',
    severity=Severity.MEDIUM,
    source="Application Load Balancers, Load balancer attributes",
    anchors=("Security Hub ELB.4", "Security Hub ELB.12", "checkov CKV_131", "checkov CKV_328"),
    types=tokens.LOAD_BALANCERS,
    unknown=WhenUnknown.FAIL,
    guards=("dropInvalidHeaderFields", "desyncMitigationMode"),
)
def alb_hygiene(balancer: Resource, _config: Config) -> Results:
    """A header that load balancer and application read differently smuggles one user's request into another's."""
    if not _application(balancer):
        return
    if balancer.get("dropInvalidHeaderFields", default=False) is not True:
        yield "passes malformed headers on"
    if balancer.get("desyncMitigationMode", default="defensive") == "monitor":
        yield "lets request smuggling through (desyncMitigationMode monitor)"


@Rule(
    id="alb-multi-az",
    summary="A load balancer is in several Availability Zones.",
    fix="Give it one subnet in each of the zones.",
    severity=Severity.HIGH,
    source="Elastic Load Balancing user guide, Availability Zones and load balancer nodes",
    anchors=("Security Hub ELB.13",),
    types=tokens.LOAD_BALANCERS,
    unknown=WhenUnknown.SKIP,
    settings=(Setting(name="minimumZones", default=2, minimum=2, maximum=6, description="Distinct zones at least."),),
    guards=("subnets", "subnetMappings"),
)
def alb_multi_az(balancer: Resource, graph: Graph, config: Config) -> Results:
    """All applications are reached through it; one zone that fails must not take it away."""
    zones = zones_behind(graph, balancer, "subnetMappings" if balancer.has("subnetMappings") else "subnets")
    if len(zones) < config["minimumZones"]:
        yield f"is in {counted(len(zones), 'zone')}, must be in at least {config['minimumZones']}"
