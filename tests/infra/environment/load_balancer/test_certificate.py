import pulumi_aws as aws
import pytest

from infra.environment.load_balancer.certificate import Certificate, CertificateArgs
from tests.support.graph import Graph, graph_of

ZONE = "Z0123456789ABCDEFGHIJ"


@pytest.fixture(scope="module")
def graph() -> Graph:
    args = CertificateArgs(domain="dev.example.com", hosted_zone_id=ZONE)
    return graph_of(lambda: Certificate("tls", args))


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
