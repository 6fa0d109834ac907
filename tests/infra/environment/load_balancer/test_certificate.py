import pulumi_aws as aws
import pytest

from infra.environment.load_balancer.certificate import Certificate, CertificateArgs
from tests.support.builders import alarm_topics
from tests.support.graph import Graph, graph_of

ZONE = "Z0123456789ABCDEFGHIJ"


@pytest.fixture(scope="module")
def graph() -> Graph:
    def program() -> None:
        Certificate(
            "tls",
            CertificateArgs(domain="dev.example.com", alarm_topics=alarm_topics(), hosted_zone_id=ZONE),
        )

    return graph_of(program)


def test_the_certificate_covers_the_domain_and_its_direct_subdomains(graph):
    certificate = graph.one(aws.acm.Certificate)
    assert certificate["domainName"] == "dev.example.com"
    assert certificate["subjectAlternativeNames"] == ["*.dev.example.com"]


def test_the_domain_is_validated_by_a_record_that_the_next_certificate_takes_over(graph):
    record = graph.one(aws.route53.Record, "tls-validation-record")
    assert (record["type"], record["zoneId"], record["ttl"]) == ("CNAME", ZONE, 60)
    assert record["allowOverwrite"] is True
    assert record.property_dependencies["records"] == {graph.one(aws.acm.Certificate).urn}


def test_the_certificate_counts_as_issued_once_its_record_is_there(graph):
    validation = graph.one(aws.acm.CertificateValidation)
    assert validation.property_dependencies["certificateArn"] == {graph.one(aws.acm.Certificate).urn}
    assert validation.property_dependencies["validationRecordFqdns"] == {graph.one(aws.route53.Record).urn}


def test_a_certificate_that_acm_could_not_renew_for_a_fortnight_raises_an_alarm(graph):
    alarm = graph.one(aws.cloudwatch.MetricAlarm)
    assert (alarm["metricName"], alarm["statistic"], alarm["period"]) == ("DaysToExpiry", "Minimum", 86_400)
    assert (alarm["comparisonOperator"], alarm["threshold"]) == ("LessThanThreshold", 30)
    assert alarm.property_dependencies["dimensions"] == {graph.one(aws.acm.Certificate).urn}
