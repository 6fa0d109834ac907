import pulumi_aws as aws
import pytest

from infra.common.measures import Metric, error_rate
from tests.support.builders import a_load_balancer_graph
from tests.support.watched import of_alarm, told

DOMAIN = {"domain": "dev.example.com", "hosted_zone_id": "Z0123456789ABCDEFGHIJ"}

M = Metric(namespace="N", name="M", dimensions={})


def test_nobody_is_answered_who_asks_for_no_service():
    (action,) = a_load_balancer_graph(**DOMAIN).one(aws.lb.Listener, "public-https")["defaultActions"]
    assert action["type"] == "fixed-response"
    assert action["fixedResponse"]["statusCode"] == "404"


def test_http_leads_to_https_for_good():
    (action,) = a_load_balancer_graph(**DOMAIN).one(aws.lb.Listener, "public-http")["defaultActions"]
    assert action == {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}


def test_https_speaks_current_tls_with_a_certificate_that_has_been_issued():
    graph = a_load_balancer_graph(**DOMAIN)
    listener = graph.one(aws.lb.Listener, "public-https")
    assert (listener["port"], listener["protocol"]) == (443, "HTTPS")
    assert listener["sslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
    assert graph.one(aws.acm.CertificateValidation).urn in graph.before(listener)


def test_the_domain_and_its_direct_subdomains_lead_to_the_load_balancer():
    graph = a_load_balancer_graph(**DOMAIN)
    records = [record for record in graph.of(aws.route53.Record) if record["type"] == "A"]
    assert {record["name"] for record in records} == {"dev.example.com", "*.dev.example.com"}
    balancer = graph.one(aws.lb.LoadBalancer)
    for record in records:
        assert record.property_dependencies["aliases"] == {balancer.urn}
        assert record["aliases"][0]["evaluateTargetHealth"]


def test_without_a_domain_there_is_http_and_no_certificate():
    graph = a_load_balancer_graph()
    listener = graph.one(aws.lb.Listener)
    assert (listener["port"], listener["defaultActions"][0]["type"]) == (80, "fixed-response")
    assert not graph.of(aws.acm.Certificate)
    assert not graph.of(aws.route53.Record)
    assert [rule["toPort"] for rule in graph.of(aws.vpc.SecurityGroupIngressRule)] == [80]


def test_the_world_comes_in_on_the_web_ports_and_the_load_balancer_reaches_nothing_by_itself():
    graph = a_load_balancer_graph(**DOMAIN)
    rules = graph.of(aws.vpc.SecurityGroupIngressRule)
    assert {(rule["fromPort"], rule["toPort"], rule["ipProtocol"], rule["cidrIpv4"]) for rule in rules} == {
        (80, 80, "tcp", "0.0.0.0/0"),
        (443, 443, "tcp", "0.0.0.0/0"),
    }
    assert not graph.of(aws.vpc.SecurityGroupEgressRule)


def test_the_load_balancer_stands_in_every_public_subnet_and_defends_itself():
    graph = a_load_balancer_graph()
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


def test_the_way_to_the_internet_stands_before_the_load_balancer_and_goes_after_it():
    graph = a_load_balancer_graph()
    before = graph.before(graph.one(aws.lb.LoadBalancer))
    assert {node.urn for node in graph.of(aws.ec2.InternetGateway)} <= before
    public = {node.urn for node in graph.of(aws.ec2.RouteTableAssociation) if "-public-" in node.name}
    assert public
    assert public <= before


def test_errors_of_the_load_balancer_itself_raise_an_alarm():
    graph = a_load_balancer_graph()
    alarm = graph.one(aws.cloudwatch.MetricAlarm, "public-errors")
    assert [one.name for one in of_alarm(alarm)] == ["HTTPCode_ELB_5XX_Count", "RequestCount"]
    assert alarm.property_dependencies["metricQueries"] == {graph.one(aws.lb.LoadBalancer).urn}
    assert alarm["metricQueries"][0]["expression"] == error_rate(M, M).expression
    assert alarm["threshold"] == 5
    assert told(graph, alarm)[1]
    assert alarm["name"] == "ecs-test-load-balancer-errors"  # a rollout of instances watches it by name


def test_a_load_balancer_without_any_target_says_so_by_a_count_and_once():
    graph = a_load_balancer_graph()
    refused = graph.one(aws.cloudwatch.MetricAlarm, "public-no-targets")
    assert [(one.name, one.statistic) for one in of_alarm(refused)] == [("HTTPCode_ELB_503_Count", "Sum")]
    assert (refused["threshold"], refused["datapointsToAlarm"], refused["evaluationPeriods"]) == (10, 3, 5)
    speaker = graph.one(aws.cloudwatch.CompositeAlarm)
    assert speaker["alarmRule"] == 'ALARM("ecs-test-load-balancer-errors") AND NOT ALARM("ecs-test-no-targets")'
    assert "actionsSuppressor" not in speaker.inputs


def test_a_domain_needs_its_zone():
    with pytest.raises(ValueError, match="domain: give domain and hosted_zone_id together"):
        a_load_balancer_graph(domain="dev.example.com")
