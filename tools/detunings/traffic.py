"""Load balancers, networks and alarms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ecs_operations import Resource
from ecs_operations.facts import tokens
from ecs_operations.facts.values import UNKNOWN
from tools.graph_changes import Change, Inputs, changed, edited, joined, provided, relinked, without
from tools.mutation import Edit, Mutation, mutation

ALARM, LISTENER, BALANCER, TARGETS = tokens.METRIC_ALARM, tokens.LISTENER, tokens.LOAD_BALANCER, tokens.TARGET_GROUP
TEMPLATE, SUBNET, VPC, ROUTE = tokens.LAUNCH_TEMPLATE, tokens.SUBNET, tokens.VPC, tokens.ROUTE
SERVICE, TASK, RULE, GROUP = tokens.SERVICE, tokens.TASK_DEFINITION, tokens.INGRESS_RULE, tokens.SECURITY_GROUP

LOAD_BALANCER, NETWORK, CONTROLLERS, SERVICES = (
    "infra/environment/load_balancer", "infra/environment/network", "infra/environment/controllers", "infra/services",
)  # fmt: skip
FAILS, SILENT, ERRORS, DEADLINE = (
    "-instance-controller-errors", "-instance-controller-silent", "-public-errors", "-instance-controller-drain-deadline",
)  # fmt: skip
BOTH, DRAINS = "alarms-can-ring alarms-required-set", "alarms-can-ring alarms-drain-watched"
HTTP, PUBLIC = "-public-http", "0.0.0.0/0"
WIDE_AFTER = "self.egress = [self._https()] if args.egress_https else []"
WIDE = """
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-wide", security_group_id=self.security_group.id, description="all", ip_protocol="-1",
            cidr_ipv4="10.0.0.0/8", opts=self._child_opts,
        )"""
OPEN_AFTER = "balancer = self._balancer(security_group)"
OPEN = """
        aws.lb.LoadBalancer(
            f"{name}-network", load_balancer_type="network", subnets=args.network.public_subnet_ids,
            enable_deletion_protection=True, enable_cross_zone_load_balancing=True, opts=self._child_opts,
        )"""
CALLER_IN = "prefix_list_id=caller.prefix_list_id,\n        **"
FROM_BALANCER = "frontend-security-group-from-load-balancer-8080"


def _redirect(**values: Any) -> Change:
    """Change the redirect of the HTTP listener; None takes a part away."""

    def edit(inputs: Inputs) -> Inputs:
        (action,) = inputs["defaultActions"]
        redirect = {key: value for key, value in {**action["redirect"], **values}.items() if value is not None}
        return {**inputs, "defaultActions": [{**action, "redirect": redirect}]}

    return edited(LISTENER, HTTP, edit)


def _check(**values: Any) -> Change:
    return edited(TARGETS, "", lambda inputs: {**inputs, "healthCheck": {**inputs["healthCheck"], **values}})


def _looking_at(name: str) -> Change:
    """Name another alarm for the deployments of the frontend."""
    given = {"alarmNames": [name], "enable": True, "rollback": True}
    return changed(SERVICE, "frontend-service", alarms=given)


def beside(kind: str, name: str, token: str, new: str, links: dict[str, str] | None = None, **inputs: Any) -> Change:
    """Add a resource in the place of one of the type `kind` whose name has this end; `links` are by the end of a name."""

    def make(resources: Sequence[Resource]) -> Resource:
        like = next(one for one in resources if one.type == kind and one.name.endswith(name))
        named = {
            property_: frozenset({next(one.urn for one in resources if one.urn.endswith(end))})
            for property_, end in (links or {}).items()
        }
        return replace(like, urn=like.urn.replace(f"{kind}::", f"{token}::") + new, type=token, name=new, inputs=inputs,
                       dependencies=named)  # fmt: skip

    return joined(make)


def _open_network_balancer(resources: Sequence[Resource]) -> Resource:
    """A public one in the zones of the other load balancer."""
    like = next(one for one in resources if one.type == BALANCER)
    kept = {name: like.inputs[name] for name in ("subnets", "enableDeletionProtection")}
    inputs = {**kept, "loadBalancerType": "network", "enableCrossZoneLoadBalancing": True}
    return replace(like, urn=f"{like.urn}-network", name="network", inputs=inputs,
                   dependencies={"subnets": like.dependencies["subnets"]})  # fmt: skip


def _linked(kind: str, name: str, property_: str, end: str) -> Change:
    """Let a property depend on one resource more."""

    def change(resources: Sequence[Resource]) -> list[Resource]:
        urn = next(one.urn for one in resources if one.urn.endswith(end))
        return _linked_to(kind, name, property_, urn)(resources)

    return change


def _linked_to(kind: str, name: str, property_: str, urn: str) -> Change:
    """Let a property depend on one URN more."""

    def edit(one: Resource) -> Resource:
        links = one.dependencies.get(property_, frozenset()) | {urn}
        return replace(one, dependencies={**one.dependencies, property_: links})

    def change(resources: Sequence[Resource]) -> list[Resource]:
        return [edit(one) if one.type == kind and one.name.endswith(name) else one for one in resources]

    return change


def _ingress(name: str = "more", *, of: str = "-instances-security-group", **inputs: Any) -> Change:
    """Add an ingress rule to a security group of the platform."""
    given = {"description": "more", "ipProtocol": "tcp", "fromPort": 22, "toPort": 22, **inputs}
    return beside(RULE, "-public-http", RULE, name, {"securityGroupId": of}, **given)


def _acl(**inputs: Any) -> Change:
    given: dict[str, Any] = {"ruleAction": "allow", "ruleNumber": 90, "protocol": "tcp", "fromPort": 22, "toPort": 22,
             "cidrBlock": PUBLIC, "networkAclId": "acl-1", **inputs}  # fmt: skip
    return beside(VPC, "", tokens.NETWORK_ACL_RULE, "ssh", **given)


def _to_internet(zone: str) -> Sequence[Change]:
    """Lead the private route of a zone to the Internet gateway."""

    def change(resources: Sequence[Resource]) -> list[Resource]:
        gateway = next(one.urn for one in resources if one.type == tokens.INTERNET_GATEWAY)
        return _linked_to(ROUTE, f"private-{zone}-internet", "gatewayId", gateway)(resources)

    return (changed(ROUTE, f"private-{zone}-internet", natGatewayId=None), change)


def _errors_by(alarm: str = ERRORS, **changes: object) -> Change:
    """An alarm on errors with another metric in its formula."""

    def change(inputs: Inputs) -> Inputs:
        computed, errors, *others = inputs["metricQueries"]
        return {**inputs, "metricQueries": [computed, {**errors, "metric": {**errors["metric"], **changes}}, *others]}

    return edited(ALARM, alarm, change)


OF_ALARMS = (
    mutation("an errors alarm in a namespace that does not exist", BOTH, changed(ALARM, FAILS, namespace="AWS/Lamda"),
             Edit(f"{CONTROLLERS}/function.py", 'namespace="AWS/Lambda"', 'namespace="AWS/Lamda"')),
    mutation("an errors alarm in somebody's namespace", BOTH, changed(ALARM, FAILS, namespace="Shop/Errors")),
    mutation("an alarm on a metric that is misspelt", BOTH, _errors_by(metricName="HTTPCode_ELB_5XX")),
    mutation("an alarm by a dimension that does not exist", BOTH,
             edited(ALARM, FAILS, lambda inputs: {**inputs, "dimensions": {"Function": "ecs-prod-instances"}})),
    mutation("a 5xx alarm that rings when there are few", BOTH,
             changed(ALARM, ERRORS, comparisonOperator="LessThanThreshold"),
             Edit(f"{LOAD_BALANCER}/load_balancer.py",
                  "threshold=ERROR_PERCENT,", 'threshold=ERROR_PERCENT, comparison="LessThanThreshold",')),
    mutation("a 5xx alarm on the average", BOTH, _errors_by(stat="Average")),
    mutation("a 5xx alarm on a percentile", BOTH, _errors_by(stat="p99")),
    mutation("a 5xx alarm on how often it was measured", BOTH, _errors_by(stat="SampleCount")),
    mutation("a 5xx alarm on a million percent", BOTH, changed(ALARM, ERRORS, threshold=1_000_000)),
    mutation("a 5xx alarm on no errors", BOTH, changed(ALARM, ERRORS, threshold=0)),
    mutation("a 5xx alarm that computes with what is not there", BOTH,
             edited(ALARM, ERRORS, lambda inputs: {**inputs, "metricQueries": inputs["metricQueries"][:2]})),
    mutation("an errors alarm that needs half a day", "alarms-required-set", changed(ALARM, FAILS, period=14_400)),
    mutation("an errors alarm that needs days", BOTH, changed(ALARM, FAILS, period=86_400)),
    mutation("an alarm that wants more points than there are", BOTH, changed(ALARM, FAILS, datapointsToAlarm=9)),
    mutation("a dead-letter alarm on ten thousand messages", "alarms-required-set",
             changed(ALARM, "-events-dead-letter-queue-messages", threshold=10_000)),
    mutation("a dead-letter alarm on no messages", "alarms-required-set",
             changed(ALARM, "-events-dead-letter-queue-messages", comparisonOperator="LessThanThreshold")),
    mutation("an alarm on room that rings when all is well", BOTH,
             changed(ALARM, "-capacity-controller-demand-unmet", comparisonOperator="LessThanThreshold")),
    mutation("a disk alarm above 100 percent", "alarms-can-ring", changed(ALARM, "-instances-disk", threshold=850)),
    mutation("a disk alarm in a namespace that nothing writes", "alarms-can-ring",
             changed(ALARM, "-instances-disk", namespace="EcsPlatform/ecs-prd/instances")),
    mutation("an errors alarm on more than a controller can fail", "alarms-required-set",
             changed(ALARM, FAILS, threshold=500)),
    mutation("an alarm that always rings", BOTH, changed(ALARM, FAILS, threshold=0)),
    mutation("errors alarm of two results", "alarms-can-ring", changed(ALARM, "-capacity-controller-throttles", metricQueries=[
        {"id": "a", "expression": "b * 2", "returnData": True}])),
    mutation("a heartbeat alarm that ignores missing data", "alarms-have-actions",
             changed(ALARM, SILENT, treatMissingData="ignore")),
    mutation("heartbeat alarms that ignore missing data", "alarms-have-actions alarms-drain-watched",
             changed(ALARM, "-silent", treatMissingData="ignore"),
             Edit(f"{CONTROLLERS}/controller.py", 'missing="breaching"', 'missing="ignore"')),
    mutation("no heartbeat alarm", "alarms-drain-watched", without(ALARM, "-silent")),
    mutation("a heartbeat alarm that takes silence for life", "alarms-have-actions",
             changed(ALARM, "-capacity-controller-silent", treatMissingData="notBreaching")),
    mutation("a heartbeat alarm that waits for hours", "alarms-can-ring", changed(ALARM, SILENT, period=3600)),
    mutation("an errors alarm while nothing fails", "alarms-have-actions",
             changed(ALARM, ERRORS, treatMissingData="breaching")),
    mutation("an alarm that is switched off", "alarms-have-actions", changed(ALARM, FAILS, actionsEnabled=False)),
    mutation("an alarm that only tells of the end", "alarms-have-actions", changed(ALARM, FAILS, alarmActions=[])),
    mutation("no alarm on the drain deadline", "alarms-drain-watched", without(ALARM, DEADLINE),
             Edit(f"{CONTROLLERS}/instance_controller.py",
                  '"drain-deadline", metrics.DRAIN_DEADLINES,', '"drain-deadline", "DrainsStarted",')),
    mutation("an alarm on the drain deadline of another cluster", DRAINS,
             changed(ALARM, DEADLINE, namespace="EcsPlatform/ecs-dev")),
    mutation("an alarm when no drain is late", DRAINS, changed(ALARM, DEADLINE, comparisonOperator="LessThanThreshold")),
    mutation("an alarm on a hundred late drains", "alarms-drain-watched", changed(ALARM, DEADLINE, threshold=100)),
    mutation("an errors alarm in another unit", BOTH, changed(ALARM, FAILS, unit="Percent")),
    mutation("an alarm on the drain deadline without dimensions", DRAINS, changed(ALARM, DEADLINE, dimensions=None)),
    mutation("a disk alarm without dimensions", "alarms-can-ring", changed(ALARM, "-instances-disk", dimensions=None)),
    mutation("a composite alarm against itself", "alarms-can-ring", beside(
        ALARM, ERRORS, tokens.COMPOSITE_ALARM, "page", alarmRule="ALARM(a) AND OK(a)", alarmActions=["arn:x"],
        tags={"environment": "prod", "owner": "platform-team", "managed-by": "ecs-platform"})),
    mutation("a composite alarm of nothing", "alarms-can-ring", beside(
        ALARM, ERRORS, tokens.COMPOSITE_ALARM, "page", alarmRule="FALSE", alarmActions=["arn:x"],
        tags={"environment": "prod", "owner": "platform-team", "managed-by": "ecs-platform"})),
)  # fmt: skip


def _half(block: str) -> Change:
    """A route of a private zone to the Internet gateway, for half of all addresses."""

    def make(resources: Sequence[Resource]) -> Resource:
        route = next(
            one for one in resources if one.type == tokens.ROUTE and one.name.endswith("private-euc1-az1-internet")
        )
        gateway = next(one for one in resources if one.type == tokens.INTERNET_GATEWAY)
        return replace(
            route,
            urn=f"{route.urn}-{block}",
            name=f"half-{block}",
            inputs={**{key: value for key, value in route.inputs.items() if key != "natGatewayId"},
                    "destinationCidrBlock": block, "gatewayId": UNKNOWN},
            dependencies={"routeTableId": route.dependencies["routeTableId"], "gatewayId": frozenset({gateway.urn})},
        )  # fmt: skip

    return joined(make)


OF_THE_FRONT = (
    mutation("a redirect to its own port", "alb-http-redirects", _redirect(port="80"),
             Edit(f"{LOAD_BALANCER}/load_balancer.py", 'port="443"', 'port="80"')),
    mutation("a redirect to the port of the request", "alb-http-redirects", _redirect(port=None)),
    mutation("a redirect to a port where nothing is", "alb-http-redirects", _redirect(port="8443")),
    mutation("a redirect to a listener that is gone", "alb-http-redirects", without(LISTENER, "-public-https")),
    mutation("a redirect to somebody else", "alb-http-redirects", _redirect(host="example.org")),
    mutation("a redirect to one page", "alb-http-redirects", _redirect(path="/")),
    mutation("a redirect for a while", "alb-http-redirects", _redirect(statusCode="HTTP_302")),
    mutation("a rule of the HTTP listener that forwards", "alb-http-redirects", beside(
        LISTENER, HTTP, tokens.LISTENER_RULE, "rule", {"listenerArn": f"{LISTENER}::ecs-prod-public-http"}, actions=[{"type": "forward"}])),
    mutation("TLS 1.0 after quantum computers", "alb-tls-policy",
             changed(LISTENER, "-public-https", sslPolicy="ELBSecurityPolicy-TLS13-1-0-PQ-2025-09")),
    mutation("ciphers without forward secrecy", "alb-tls-policy",
             changed(LISTENER, "-public-https", sslPolicy="ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06"),
             Edit(f"{LOAD_BALANCER}/load_balancer.py", "TLS13-1-2-Res-2021-06", "TLS13-1-2-Ext2-2021-06")),
    mutation("access logs that are off, as text", "alb-access-logs",
             changed(BALANCER, "", accessLogs={"bucket": "b", "enabled": "false"})),
    mutation("request smuggling", "alb-hygiene", changed(BALANCER, "", desyncMitigationMode="monitor")),
    mutation("a network load balancer that everybody reaches, and nobody watches", "nlb-security-group alarms-required-set",
             joined(_open_network_balancer),
             Edit(f"{LOAD_BALANCER}/load_balancer.py", OPEN_AFTER, OPEN_AFTER + OPEN)),
)  # fmt: skip

OF_THE_NETWORK = (
    mutation("instances with the load balancer's group", "sg-public-ingress-only-alb",
             _linked(TEMPLATE, "", "networkInterfaces", f"{GROUP}::ecs-prod-public-security-group"),
             _linked(TEMPLATE, "", "vpcSecurityGroupIds", f"{GROUP}::ecs-prod-public-security-group")),
    mutation("SSH from half the Internet, and from the other half", "sg-no-public-ssh sg-public-ingress-only-alb",
             _ingress("low", cidrIpv4="0.0.0.0/1"), _ingress("high", cidrIpv4="128.0.0.0/1")),
    mutation("RDP from half of IPv6", "sg-no-public-ssh sg-public-ingress-only-alb",
             _ingress(cidrIpv6="::/1", fromPort="3389", toPort="3389", ipProtocol="6")),
    mutation("a database port for everybody", "sg-public-ingress-only-alb",
             _ingress(cidrIpv4=PUBLIC, fromPort=5432, toPort=5432)),
    mutation("a ping", "", _ingress(cidrIpv4=PUBLIC, fromPort=8, toPort=0, ipProtocol="icmp")),
    mutation("hosts that are open to the whole network", "sg-narrow-ingress",
             _ingress(cidrIpv4="10.16.0.0/16", fromPort=0, toPort=65535)),
    mutation("an ACL rule for SSH", "vpc-acl-no-public-ssh", _acl()),
    mutation("an ACL rule for RDP from half the Internet", "vpc-acl-no-public-ssh",
             _acl(cidrBlock="128.0.0.0/1", fromPort=3000, toPort=3999)),
    mutation("an ACL rule for the answers", "", _acl(fromPort=1024, toPort=65535)),
    mutation("a flow log of rejected traffic", "vpc-flow-logs", changed(tokens.FLOW_LOG, "", trafficType="REJECT"),
             Edit(f"{NETWORK}/flow_logs.py", "=_TRAFFIC_TYPES[args.traffic]", '="REJECT"')),
    mutation("a private route to the Internet gateway", "vpc-nat-per-az", *_to_internet("euc1-az1")),
    mutation("a private route to the Internet gateway in two halves", "vpc-nat-per-az",
             *(_half(block) for block in ("0.0.0.0/1", "128.0.0.0/1"))),
    mutation("a private route to another zone's gateway", "vpc-nat-per-az", relinked(
        ROUTE, "private-euc1-az1-internet", "natGatewayId", lambda urn: urn.replace("nat-euc1-az1", "nat-euc1-az2"))),
    mutation("a private route to few addresses", "vpc-nat-per-az",
             changed(ROUTE, "private-euc1-az1-internet", destinationCidrBlock="10.0.0.0/8")),
    mutation("a NAT gateway without an address", "vpc-nat-per-az",
             changed(tokens.NAT_GATEWAY, "-euc1-az1", connectivityType="private")),
    mutation("a NAT gateway in a private subnet", "vpc-nat-per-az", relinked(
        tokens.NAT_GATEWAY, "-euc1-az1", "subnetId", lambda urn: urn.replace("network-public", "network-private"))),
    mutation("a network without names", "vpc-dns", changed(VPC, "", enableDnsHostnames=False),
             Edit(f"{NETWORK}/network.py", "enable_dns_hostnames=True", "enable_dns_hostnames=False")),
    mutation("a network without a resolver", "vpc-dns", changed(VPC, "", enableDnsSupport="false")),
    mutation("a rule of the default group", "vpc-default-sg-closed",
             _ingress(of="-default-security-group", cidrIpv4="10.16.0.0/16", fromPort=443, toPort=443)),
    mutation("a tag that is empty", "required-tags", changed(VPC, "", tags={"owner": ""})),
    mutation("no owner", "required-tags",
             provided(defaultTags='{"tags": {"environment": "prod", "managed-by": "ecs-platform"}}')),
)  # fmt: skip

OF_THE_PLATFORM: tuple[Mutation, ...] = (*OF_ALARMS, *OF_THE_FRONT, *OF_THE_NETWORK)

OF_THE_SHOP: tuple[Mutation, ...] = (
    mutation("a path without a slash", "tg-health-check", _check(path="health"),
             Edit(f"{SERVICES}/target_group.py", '"path": check.path', '"path": "health"')),
    mutation("a check that waits longer than it asks", "tg-health-check", _check(timeout=120)),
    mutation("a check that takes every answer", "tg-health-check", _check(matcher="200-499")),
    mutation("a check that takes errors", "tg-health-check", _check(matcher="200,500-599")),
    mutation("a check that wants errors", "tg-health-check", _check(matcher="404")),
    mutation("a check that is off", "tg-health-check", _check(enabled=False)),
    mutation("a group that sends to unhealthy targets", "tg-health-check", changed(
        TARGETS, "", targetGroupHealth={"unhealthyStateRouting": {"minimumHealthyTargetsPercentage": "100"}})),
    mutation("a gRPC check that takes everything", "tg-health-check", _check(matcher="0-99"),
             changed(TARGETS, "", protocolVersion="GRPC")),
    mutation("a deployment that looks at an alarm of nobody", "service-deployment-alarms", _looking_at("frontend-target-group-errorz")),
    mutation("a deployment that ends when all is well", "service-deployment-alarms",
             _errors_by("frontend-target-group-errors", metricName="HTTPCode_Target_2XX_Count")),
    mutation("a deployment that is stopped for good", "service-deployment-alarms", edited(
        SERVICE, "frontend-service", lambda inputs: {**inputs, "alarms": {**inputs["alarms"], "rollback": False}})),
    mutation("logs that go to another Region", "logs-group-for-every-producer", edited(
        TASK, "frontend-task-definition", lambda inputs: {**inputs, "containerDefinitions": inputs[
            "containerDefinitions"].replace('"awslogs-region": "eu-central-1"', '"awslogs-region": "us-east-1"')})),
    mutation("a check that never believes", "tg-health-check", _check(healthyThreshold=10, interval=40, unhealthyThreshold=2)),
    mutation("a check that never gives up", "tg-health-check", _check(unhealthyThreshold=10)),
    mutation("requests that are cut after a second", "tg-deregistration-delay-bounded",
             changed(TARGETS, "", deregistrationDelay="1")),
    mutation("tasks that leave late", "tg-exit-time", changed(TARGETS, "", deregistrationDelay=300),
             edited(TASK, "frontend-task-definition", lambda inputs: {
                 **inputs, "containerDefinitions": inputs["containerDefinitions"].replace(
                     '"stopTimeout": 30', '"stopTimeout": 120')}),
             Edit(f"{SERVICES}/target_group.py", "=route.deregistration_delay_s", "=300"),
             Edit(f"{SERVICES}/container_definitions.py", '"stopTimeout": container.stop_timeout_s,', '"stopTimeout": 120,')),
    mutation("a port that is open to nobody", "tg-reachable", without(RULE, FROM_BALANCER)),
    mutation("another port that is open", "tg-reachable", changed(RULE, FROM_BALANCER, fromPort=8081, toPort=8081),
             Edit(f"{SERVICES}/security_group.py", f"{CALLER_IN}rule", CALLER_IN + '(rule | {"to_port": 1})')),
    mutation("a service that lets its caller out, and not in", "tg-reachable",
             without(RULE, "cart-security-group-from-frontend-8080")),
    mutation("a load balancer that gets out to another port", "tg-reachable",
             changed(tokens.EGRESS_RULE, FROM_BALANCER, fromPort=8081, toPort=8081)),
    mutation("another protocol that is open", "tg-reachable", changed(RULE, FROM_BALANCER, ipProtocol="udp")),
    mutation("a port that is open to the tasks of another service", "tg-reachable",
             changed(RULE, FROM_BALANCER, referencedSecurityGroupId=None),
             _linked(RULE, FROM_BALANCER, "referencedSecurityGroupId", f"{GROUP}::cart-security-group")),
    mutation("a check on a port of its own", "tg-reachable", _check(port="9000")),
    mutation("a container that is not there", "tg-reachable", edited(SERVICE, "frontend-service", lambda inputs: {
        **inputs, "loadBalancers": [{**inputs["loadBalancers"][0], "containerName": "web"}]})),
    mutation("tasks that answer the whole network", "sg-narrow-ingress",
             beside(RULE, FROM_BALANCER, RULE, "wide", {"securityGroupId": f"{GROUP}::cart-security-group"},
                     description="all", ipProtocol="-1", cidrIpv4="10.0.0.0/8"),
             Edit(f"{SERVICES}/security_group.py", WIDE_AFTER, WIDE_AFTER + WIDE), hides="tg-reachable"),
    mutation("an alarm on fewer than no tasks", "alarms-required-set", changed(ALARM, "-tasks", threshold=0)),
    mutation("targets without their load balancer", BOTH, edited(
        ALARM, "frontend-target-group-unhealthy",
        lambda inputs: {**inputs, "dimensions": {"TargetGroup": inputs["dimensions"]["TargetGroup"]}})),
    mutation("an alarm on many tasks", "alarms-required-set",
             changed(ALARM, "-tasks", comparisonOperator="GreaterThanThreshold")),
    mutation("targets that ring when they are healthy", BOTH,
             changed(ALARM, "frontend-target-group-unhealthy", comparisonOperator="LessThanThreshold")),
)  # fmt: skip
