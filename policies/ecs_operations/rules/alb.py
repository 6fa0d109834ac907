"""Application Load Balancers and their listeners."""

from __future__ import annotations

from functools import partial
from typing import Any

from ecs_operations.engine.registry import Config, Results, Rule, Setting, Severity, WhenUnknown, apart
from ecs_operations.engine.sentences import counted
from ecs_operations.engine.shared_settings import MINIMUM_ZONES
from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import blocks, is_true, known, number
from ecs_operations.facts.tls_policies import DEFAULT, weakness
from ecs_operations.facts.zones import zones_behind

HTTP_PORT, HTTPS_PORT = 80, 443
KEPT_PORT = "#{port}"
"""In a redirect: the port of the request, as by default."""


def _application(balancer: Resource) -> bool:
    return balancer.get("loadBalancerType", default="application") == "application"


@Rule(
    id="alb-tls-policy",
    summary="A TLS listener offers only current versions and ciphers.",
    fix='Set ssl_policy to a policy of TLS 1.2 and 1.3, such as "ELBSecurityPolicy-TLS13-1-2-Res-2021-06".',
    severity=Severity.HIGH,
    source="Application Load Balancers, Security policies for your Application Load Balancer",
    anchors=("checkov CKV_103", "checkov CKV2_74", "compliance-policies aws-lb-listener-configure-secure-tls"),
    types=tokens.LISTENERS,
    unknown=WhenUnknown.FAIL,
    settings=(
        Setting(
            name="oldestVersion",
            default="1.2",
            choices=("1.2", "1.3"),
            description="The oldest version of TLS that may be offered.",
        ),
        Setting(name="policies", default=[], description="Security policies that may be used, whatever they offer."),
    ),
    guards=("sslPolicy",),
)
def alb_tls_policy(listener: Resource, config: Config) -> Results:
    """A listener that is silent gets ELBSecurityPolicy-2016-08, which still speaks TLS 1.0.

    A policy is judged by what it offers: the oldest version, and whether every cipher has forward secrecy.
    """
    if listener.get("protocol") not in ("HTTPS", "TLS"):
        return
    policy = str(listener.get("sslPolicy", default=""))
    found = "" if policy in config["policies"] else weakness(policy or DEFAULT, config["oldestVersion"])
    if found:
        yield f"{policy or f'the default policy {DEFAULT}'} {found}"


@Rule(
    id="alb-http-redirects",
    summary="A public HTTP listener only redirects to HTTPS.",
    fix="Make the default action a redirect to HTTPS, port 443, status HTTP_301, and leave host, path and query alone.",
    severity=Severity.HIGH,
    source="Application Load Balancers, Listener rules: redirect actions",
    anchors=("Security Hub ELB.1", "checkov CKV2_20", "AWSGuard alb-http-to-https-redirection"),
    types=(*tokens.LISTENERS, *tokens.LISTENER_RULES),
    unknown=WhenUnknown.SKIP,
    guards=("defaultActions", "actions"),
)
def alb_http_redirects(holder: Resource, graph: Graph, _config: Config) -> Results:
    """Cookies and passwords of the first request travel in the clear. Internal load balancers may speak HTTP.

    A redirect has to end at a listener that speaks TLS: to its own port it is a loop, to another one nobody answers.
    """
    default = holder.type in tokens.LISTENERS
    listeners = (holder,) if default else graph.targets(holder, "listenerArn", tokens.LISTENERS, "arn", "id")
    for listener in listeners:
        if _speaks_http(listener) and not _internal(listener, graph):
            judge = partial(_answer if default else _rule, listener=listener, graph=graph)
            yield from apart(blocks(holder.peek("defaultActions" if default else "actions")), judge)


def _speaks_http(listener: Resource) -> bool:
    port = number(listener.get("port", default=0))
    return listener.get("protocol", default="HTTP" if port == HTTP_PORT else "") == "HTTP"


def _internal(listener: Resource, graph: Graph) -> bool:
    balancers = graph.targets(listener, "loadBalancerArn", tokens.LOAD_BALANCERS, "arn", "id")
    return bool(balancers) and all(is_true(balancer.get("internal", default=False)) for balancer in balancers)


def _rule(action: Any, listener: Resource, graph: Graph) -> Results:
    """A rule may answer by itself, and send one host or path elsewhere."""
    if known(action).get("type") == "redirect":
        redirect = _redirect(action)
        if problem := _insecure(redirect, listener, graph):
            yield problem
    elif action.get("type") != "fixed-response":
        yield f"answers HTTP with {action.get('type')}, must redirect to HTTPS"


def _answer(action: Any, listener: Resource, graph: Graph) -> Results:
    if known(action).get("type") != "redirect":
        yield f"answers HTTP with {action.get('type')}, must redirect to HTTPS"
        return
    redirect = _redirect(action)
    if problem := _insecure(redirect, listener, graph):
        yield problem
    for part in ("host", "path"):
        if f"#{{{part}}}" not in str(redirect.get(part) or f"#{{{part}}}"):
            yield f"redirects every request to the {part} {redirect[part]}"


def _redirect(action: Any) -> dict[str, Any]:
    return next(iter(blocks(action.get("redirect"))), {})


def _insecure(redirect: dict[str, Any], listener: Resource, graph: Graph) -> str:
    if redirect.get("protocol") != "HTTPS" or redirect.get("statusCode") != "HTTP_301":
        return "redirects, but not permanently (HTTP_301) to HTTPS"
    own = listener.get("port", default=HTTP_PORT)
    given = known(redirect.get("port")) or KEPT_PORT
    port = number(own if given == KEPT_PORT else given) or 0
    if port == number(own):
        return f"redirects to HTTPS on its own port {own}, a loop"
    answering = _tls_ports(listener, graph)
    if port in answering:
        return ""
    listening = " and ".join(f"{each:g}" for each in sorted(answering)) or "no port"
    return f"redirects to port {port:g}, where nothing answers; HTTPS listens on {listening}"


def _tls_ports(listener: Resource, graph: Graph) -> set[float]:
    """The ports on which the load balancer of a listener speaks HTTPS; 443 for one of another stack."""
    balancers = graph.targets(listener, "loadBalancerArn", tokens.LOAD_BALANCERS, "arn", "id")
    if not balancers:
        return {HTTPS_PORT}
    return {
        number(other.get("port", default=HTTPS_PORT)) or HTTPS_PORT
        for balancer in balancers
        for other in graph.sources(tokens.LISTENERS, "loadBalancerArn", balancer, "arn", "id")
        if other.get("protocol", default="") == "HTTPS"
    }


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
def alb_access_logs(balancer: Resource, graph: Graph, _config: Config) -> Results:
    """Only access logs say which client got which error from which target; without them a 502 cannot be explained.

    A Network Load Balancer logs only what its TLS listeners accept, a Gateway Load Balancer nothing.
    """
    path = ("accessLogs", "enabled")
    if balancer.is_unknown(*path) or is_true(balancer.get(*path, default=False)):
        return
    if _application(balancer) or _terminates_tls(balancer, graph):
        yield "writes no access logs"


def _terminates_tls(balancer: Resource, graph: Graph) -> bool:
    listeners = graph.sources(tokens.LISTENERS, "loadBalancerArn", balancer, "arn", "id")
    return any(listener.get("protocol", default="") == "TLS" for listener in listeners)


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
    if not is_true(balancer.get("enableDeletionProtection", default=False)):
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
    if not is_true(balancer.get("dropInvalidHeaderFields", default=False)):
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
    settings=(MINIMUM_ZONES,),
    guards=("subnets", "subnetMappings"),
)
def alb_multi_az(balancer: Resource, graph: Graph, config: Config) -> Results:
    """All applications are reached through it; one zone that fails must not take it away."""
    zones = zones_behind(graph, balancer, "subnetMappings" if balancer.has("subnetMappings") else "subnets")
    if len(zones) < config["minimumZones"]:
        yield f"is in {counted(len(zones), 'zone')}, must be in at least {config['minimumZones']}"
