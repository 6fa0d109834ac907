"""Rules, listeners and target groups that Elastic Load Balancing takes, and beside each one that it refuses."""

from __future__ import annotations

RULE = ("elbv2", "CreateRule")
LISTENER = ("elbv2", "CreateListener")
GROUP = ("elbv2", "CreateTargetGroup")


def paths(*texts, **config):
    return {"Field": "path-pattern", "PathPatternConfig": {"Values": list(texts), **config}}


def when(*conditions):
    return {"Conditions": list(conditions)}


def header(name):
    return when({"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": name, "Values": ["a"]}})


def method(name):
    return when({"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": [name]}})


def source(text):
    return when({"Field": "source-ip", "SourceIpConfig": {"Values": [text]}})


def host(text):
    return when({"Field": "host-header", "HostHeaderConfig": {"Values": [text]}})


def regular(text):
    return when({"Field": "path-pattern", "PathPatternConfig": {"RegexValues": [text]}})


def forward(number=1, sticky=None, weight=1, same=False):
    groups = [{"TargetGroupArn": "arn" if same else f"arn{n}", "Weight": weight} for n in range(number)]
    settings = {"TargetGroups": groups, **({"TargetGroupStickinessConfig": sticky} if sticky else {})}
    return {"Type": "forward", "ForwardConfig": settings}


def acts(*actions, **more):
    return {"Actions": list(actions), **more}


def redirect(**settings):
    return acts({"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", **settings}})


def fixed(kind):
    return acts({"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200", "ContentType": kind}})


def listening(protocol, kind="forward", **more):
    action = {"Type": kind, "Order": 1, **({"TargetGroupArn": "arn"} if kind == "forward" else {})}
    last = [] if kind == "forward" else [{"Type": "forward", "TargetGroupArn": "arn", "Order": 2}]
    certified = {"Certificates": [{"CertificateArn": "arn"}]} if protocol in {"HTTPS", "TLS"} else {}
    return {"Protocol": protocol, "DefaultActions": [action, *last], **certified, **more}


def group(**changes):
    return {"Name": "web", "Protocol": "HTTP", "Port": 80, "VpcId": "vpc-1", **changes}


def attribute(key, value):
    return {"Attributes": [{"Key": key, "Value": value}]}


LOGIN, END = {"Type": "authenticate-oidc", "Order": 1}, {"Type": "forward", "TargetGroupArn": "a", "Order": 2}

CASES = [
    (RULE, when(paths(*["/a"] * 5)), when(paths(*["/a"] * 6))),
    (RULE, when(paths("/" + "a" * 127)), when(paths("/" + "a" * 128))),
    (RULE, when(paths("/**", "/**", "/?")), when(paths("/***", "/**?"))),
    (RULE, when(paths("/a")), when(paths("/a"), paths("/b"))),
    (RULE, when(paths("/a")), when(paths("/a", RegexValues=["^/b"]))),
    (RULE, when(paths("/a")), when({"Field": "path-pattern"})),
    (RULE, regular("^/v[0-9]+"), regular("^/v[0-9+")),
    (RULE, header("X-Tenant"), header("Host")),
    (RULE, header("X-Tenant"), header("X Tenant")),
    (RULE, method("GET"), method("get")),
    (RULE, source("10.0.0.0/8"), source("10.0.0.1/8")),
    (RULE, source("2001:db8::/32"), source("10.0.0.1")),
    (RULE, host("*.example.com"), host("a/b")),
    (RULE, acts(LOGIN, END), acts(LOGIN)),
    (RULE, acts(LOGIN, END), acts({**LOGIN, "Order": 3}, END)),
    (RULE, acts(LOGIN, END), acts({**LOGIN, "Order": 2}, END)),
    (RULE, acts(forward(5)), acts(forward(6))),
    (RULE, acts(forward(2)), acts(forward(2, same=True))),
    (RULE, acts(forward(weight=999)), acts(forward(weight=1000))),
    (RULE, acts(forward(sticky={"Enabled": True, "DurationSeconds": 1})), acts(forward(sticky={"Enabled": True}))),
    (
        RULE,
        acts(forward(sticky={"Enabled": True, "DurationSeconds": 604800})),
        acts(forward(sticky={"Enabled": True, "DurationSeconds": 604801})),
    ),
    (RULE, acts(forward()), acts({"Type": "forward"})),
    (RULE, redirect(Protocol="HTTPS"), redirect(Host="#{host}")),
    (RULE, redirect(Path="/a"), redirect(Path="a")),
    (RULE, fixed("application/json"), fixed("text/xml")),
    (LISTENER, listening("HTTPS", "authenticate-oidc"), listening("HTTP", "authenticate-oidc")),
    (LISTENER, listening("TLS", AlpnPolicy=["HTTP2Only"]), listening("TCP", AlpnPolicy=["HTTP2Only"])),
    (LISTENER, listening("HTTPS", SslPolicy="a"), listening("HTTP", SslPolicy="a")),
    (GROUP, group(ProtocolVersion="GRPC"), group(Protocol="TCP", ProtocolVersion="GRPC")),
    (
        GROUP,
        group(ProtocolVersion="GRPC", Matcher={"GrpcCode": "0-99"}),
        group(ProtocolVersion="GRPC", Matcher={"GrpcCode": "0-100"}),
    ),
    (GROUP, group(ProtocolVersion="GRPC", Matcher={"GrpcCode": "0,12"}), group(Matcher={"GrpcCode": "0"})),
    (GROUP, group(Protocol="TCP", HealthCheckProtocol="TCP"), group(HealthCheckProtocol="TCP")),
    (GROUP, group(Protocol="UDP", HealthCheckProtocol="HTTP"), group(Protocol="UDP", HealthCheckProtocol="UDP")),
    (
        GROUP,
        group(Protocol="TCP", HealthCheckProtocol="HTTP", HealthCheckPath="/"),
        group(Protocol="TCP", HealthCheckProtocol="TCP", HealthCheckPath="/"),
    ),
    (
        ("elbv2", "ModifyTargetGroupAttributes"),
        attribute("preserve_client_ip.enabled", "true"),
        attribute("preserve_client_ip.enabled", "yes"),
    ),
    (
        ("elbv2", "ModifyTargetGroupAttributes"),
        attribute("slow_start.duration_seconds", "30"),
        attribute("slow_start.duration_seconds", "29"),
    ),
]
