import json

import pulumi_aws as aws
import pytest

from infra.environment.load_balancer.access_logs import AccessLogs, AccessLogsArgs
from infra.environment.load_balancer.load_balancer import LoadBalancer, LoadBalancerArgs
from infra.environment.network.network import Network, NetworkArgs
from tests.support.builders import ZONES, alarm_topic, some_conventions
from tests.support.graph import ACCOUNT, Graph, graph_of

DOMAIN = {"domain": "dev.example.com", "hosted_zone_id": "Z0123456789ABCDEFGHIJ"}


def graph_with(**changes) -> Graph:
    def program():
        conventions = some_conventions()
        network = Network("net", NetworkArgs(conventions=conventions, cidr="10.0.0.0/16", zones=ZONES))
        inputs = {"conventions": conventions, "network": network, "alarm_topic": alarm_topic()}
        LoadBalancer("public", LoadBalancerArgs(**(inputs | changes)))

    return graph_of(program)


def test_nobody_is_answered_who_asks_for_no_service():
    (action,) = graph_with(**DOMAIN).one(aws.lb.Listener, "public-https")["defaultActions"]
    assert action["type"] == "fixed-response"
    assert action["fixedResponse"]["statusCode"] == "404"


def test_http_leads_to_https_for_good():
    (action,) = graph_with(**DOMAIN).one(aws.lb.Listener, "public-http")["defaultActions"]
    assert action == {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}


def test_https_speaks_current_tls_with_a_certificate_that_has_been_issued():
    graph = graph_with(**DOMAIN)
    listener = graph.one(aws.lb.Listener, "public-https")
    assert (listener["port"], listener["protocol"]) == (443, "HTTPS")
    assert listener["sslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
    assert graph.one(aws.acm.CertificateValidation).urn in graph.before(listener)


def test_the_certificate_covers_the_domain_and_its_direct_subdomains():
    graph = graph_with(**DOMAIN)
    certificate, record = (
        graph.one(aws.acm.Certificate),
        graph.one(aws.route53.Record, "public-certificate-validation-record"),
    )
    assert (certificate["domainName"], certificate["subjectAlternativeNames"]) == (
        "dev.example.com",
        ["*.dev.example.com"],
    )
    assert (record["type"], record["zoneId"], record["ttl"]) == ("CNAME", DOMAIN["hosted_zone_id"], 60)
    assert record["allowOverwrite"] is True  # another certificate of the domain is proved by the same record
    assert record.property_dependencies["records"] == {certificate.urn}


def test_the_domain_and_its_direct_subdomains_lead_to_the_load_balancer():
    graph = graph_with(**DOMAIN)
    records = [record for record in graph.of(aws.route53.Record) if record["type"] == "A"]
    assert {record["name"] for record in records} == {"dev.example.com", "*.dev.example.com"}
    balancer = graph.one(aws.lb.LoadBalancer)
    for record in records:
        assert record.property_dependencies["aliases"] == {balancer.urn}
        assert record["aliases"][0]["evaluateTargetHealth"]


def test_without_a_domain_there_is_http_and_no_certificate():
    graph = graph_with()
    listener = graph.one(aws.lb.Listener)
    assert (listener["port"], listener["defaultActions"][0]["type"]) == (80, "fixed-response")
    assert not graph.of(aws.acm.Certificate)
    assert not graph.of(aws.route53.Record)
    assert [rule["toPort"] for rule in graph.of(aws.vpc.SecurityGroupIngressRule)] == [80]


def test_the_world_comes_in_on_the_web_ports_and_the_balancer_reaches_nothing_by_itself():
    graph = graph_with(**DOMAIN)
    rules = graph.of(aws.vpc.SecurityGroupIngressRule)
    assert {(rule["fromPort"], rule["toPort"], rule["ipProtocol"], rule["cidrIpv4"]) for rule in rules} == {
        (80, 80, "tcp", "0.0.0.0/0"),
        (443, 443, "tcp", "0.0.0.0/0"),
    }
    assert not graph.of(aws.vpc.SecurityGroupEgressRule)


def test_the_balancer_stands_in_every_public_subnet_and_defends_itself():
    graph = graph_with()
    balancer = graph.one(aws.lb.LoadBalancer)
    public = {node.urn for node in graph.of(aws.ec2.Subnet) if "-public-" in node.name}
    assert balancer.property_dependencies["subnets"] == public
    assert (balancer["internal"], balancer["enableDeletionProtection"], balancer["dropInvalidHeaderFields"]) == (
        False,
        True,
        True,
    )
    assert (balancer["desyncMitigationMode"], balancer["enableZonalShift"]) == ("defensive", True)
    assert len(balancer["name"]) <= 32


def test_the_bucket_takes_logs_before_the_balancer_writes_them():
    graph = graph_with()
    balancer, bucket = graph.one(aws.lb.LoadBalancer), graph.one(aws.s3.Bucket)
    assert balancer["accessLogs"]["enabled"] is True
    assert balancer.property_dependencies["accessLogs"] == {bucket.urn}
    assert graph.one(aws.s3.BucketPolicy).urn in graph.before(balancer)


def test_the_way_to_the_internet_stands_before_the_balancer_and_goes_after_it():
    graph = graph_with()
    before = graph.before(graph.one(aws.lb.LoadBalancer))
    assert {node.urn for node in graph.of(aws.ec2.InternetGateway)} <= before
    public = {node.urn for node in graph.of(aws.ec2.RouteTableAssociation) if "-public-" in node.name}
    assert public
    assert public <= before


def test_only_load_balancers_of_this_account_write_logs_and_never_in_the_clear():
    write, in_the_clear = json.loads(graph_with().one(aws.s3.BucketPolicy)["policy"])["Statement"]
    assert write["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    assert write["Action"] == ["s3:PutObject"]
    assert [arn.partition("/")[2] for arn in write["Resource"]] == [f"AWSLogs/{ACCOUNT}/*"]
    assert "Condition" not in write  # a key that log delivery does not send would refuse every log
    assert (in_the_clear["Effect"], in_the_clear["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_logs_are_private_encrypted_and_end():
    graph = graph_with(access_log_days=30)
    private = graph.one(aws.s3.BucketPublicAccessBlock).inputs
    assert {key: value for key, value in private.items() if key != "bucket"} == dict.fromkeys(
        ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True
    )
    assert graph.one(aws.s3.BucketOwnershipControls)["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    (rule,) = graph.one(aws.s3.BucketLifecycleConfiguration)["rules"]
    assert (rule["status"], rule["expiration"]) == ("Enabled", {"days": 30})
    (encryption,) = graph.one(aws.s3.BucketServerSideEncryptionConfiguration)["rules"]
    assert encryption["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}


@pytest.mark.parametrize("keep", [True, False])
def test_logs_go_with_the_bucket_only_where_that_is_wanted(keep):
    args = AccessLogsArgs(conventions=some_conventions(), retention_days=1, keep_on_destroy=keep)
    assert graph_of(lambda: AccessLogs("logs", args)).one(aws.s3.Bucket)["forceDestroy"] is not keep


def test_errors_of_the_load_balancer_itself_raise_an_alarm():
    graph = graph_with()
    alarm = graph.one(aws.cloudwatch.MetricAlarm)
    assert alarm["metricName"] == "HTTPCode_ELB_5XX_Count"
    assert alarm.property_dependencies["dimensions"] == {graph.one(aws.lb.LoadBalancer).urn}
    assert alarm["alarmActions"]


def test_a_domain_needs_its_zone():
    with pytest.raises(ValueError, match="domain: give domain and hosted_zone_id together"):
        graph_with(domain="dev.example.com")
