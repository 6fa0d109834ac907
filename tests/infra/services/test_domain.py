"""A further domain: whose certificate it is, how ACM is convinced, and who is sent to the load balancer."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from infra.services.domain import Domain, DomainArgs
from infra.services.routing import Route
from infra.services.service import Service
from tests.program.pack_on_graph import shop_report
from tests.support.application import a_platform, a_service
from tests.support.graph import ACCOUNT, REGION, Graph
from tests.support.service import graph_from
from tests.support.watched import told

OWN = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/own"


def some_args(**changes) -> DomainArgs:
    inputs: dict[str, Any] = {"platform": a_platform(), "domain": "shop.example.org", **changes}
    return DomainArgs(**inputs)


def graph_with(*, preview: bool = False, **changes) -> Graph:
    return graph_from(lambda: Domain("shop", some_args(**changes)), preview=preview)


def records(graph: Graph) -> dict[str, Any]:
    return {record.name: record for record in graph.of(aws.route53.Record)}


def test_in_a_zone_of_this_account_everything_is_made():
    graph = graph_with(hosted_zone_id="Z1")
    certificate = graph.one(aws.acm.Certificate)
    assert (certificate["domainName"], certificate["subjectAlternativeNames"]) == (
        "shop.example.org", ["*.shop.example.org"],
    )  # fmt: skip
    found = records(graph)
    assert set(found) == {"shop-validation-record", "shop-domain", "shop-wildcard"}
    assert {record["zoneId"] for record in found.values()} == {"Z1"}
    assert found["shop-wildcard"]["name"] == "*.shop.example.org"
    assert found["shop-domain"]["aliases"] == [
        {
            "name": a_platform().load_balancer_dns_name,
            "zoneId": a_platform().load_balancer_zone_id,
            "evaluateTargetHealth": True,
        }
    ]
    attached, issued = graph.one(aws.lb.ListenerCertificate), graph.one(aws.acm.CertificateValidation)
    assert attached["listenerArn"].endswith("/https")
    assert issued.urn in attached.property_dependencies["certificateArn"]
    assert found["shop-validation-record"].urn in graph.before(issued)
    assert attached.urn in graph.before(found["shop-domain"])


def test_in_a_zone_of_another_account_up_says_the_record_and_waits(monkeypatch):
    said = []
    monkeypatch.setattr(pulumi.log, "info", lambda text, *_: said.append(text))

    def program():
        pulumi.export("record", Domain("shop", some_args()).validation_record)

    graph = graph_from(program)
    assert not graph.of(aws.route53.Record)
    assert graph.outputs["record"]["type"] == "CNAME"
    (text,) = said
    assert text.startswith("shop.example.org: ACM issues the certificate when there is _a79865eb4cd1a6ab990a45779b4e")
    assert " CNAME _424c7224e9b0146f9a8808af955727d0.acm-validations.aws.; keep the record" in text
    issued = graph.one(aws.acm.CertificateValidation)
    assert issued.urn in graph.one(aws.lb.ListenerCertificate).property_dependencies["certificateArn"]
    assert "validationRecordFqdns" not in issued.inputs


@pytest.mark.parametrize("zone", [None, "Z1"])
def test_a_certificate_of_ones_own_is_attached_as_it_is(zone):
    graph = graph_with(certificate_arn=OWN, hosted_zone_id=zone)
    assert graph.one(aws.lb.ListenerCertificate)["certificateArn"] == OWN
    assert not graph.of(aws.acm.Certificate)
    assert not graph.of(aws.cloudwatch.MetricAlarm)
    assert set(records(graph)) == ({"shop-domain", "shop-wildcard"} if zone else set())


def test_a_certificate_that_is_not_renewed_raises_an_alarm():
    graph = graph_with(hosted_zone_id="Z1")
    alarm = graph.one(aws.cloudwatch.MetricAlarm, "shop-renewal")
    assert "certificate of shop.example.org" in alarm["alarmDescription"]
    assert told(graph, alarm)[1] == [a_platform().ticket_topic_arn]


@pytest.mark.parametrize("preview", [True, False])
def test_a_platform_without_a_domain_shows_no_certificate(preview):
    with pytest.raises(pulumi.RunError, match="shop: the platform has no domain and so no HTTPS listener"):
        graph_with(platform=a_platform(domain=None, https_listener_arn=None), preview=preview)


@pytest.mark.parametrize(
    "domain", ["Shop.example.org", "*.example.org", "localhost", f"{'a' * 60}.example.org", "a.b\n"]
)
def test_a_wrong_domain_is_refused(domain):
    with pytest.raises(pulumi.RunError, match=r"DomainArgs.domain: must be a domain name in lower case of up to 64"):
        some_args(domain=domain)


def test_something_else_than_its_inputs_is_refused():
    with pytest.raises(
        pulumi.RunError, match=r"shop: args: must be a DomainArgs, .* write Domain\('shop', DomainArgs\("
    ):
        graph_from(lambda: Domain("shop", "shop.example.org"))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("preview", [True, False])
def test_services_take_hosts_of_it_and_the_pack_finds_nothing_wrong(preview):
    platform = a_platform(key_arn=f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1")

    def program():
        shop = Domain("shop", some_args(platform=platform, hosted_zone_id="Z1"))
        route = Route(host="api.shop.example.org")
        cart = Service("cart", a_service(platform=platform, route=route, domains=[shop.domain]))
        pulumi.export("url", cart.url)

    graph = graph_from(program, preview=preview)
    assert graph.outputs["url"] == "https://api.shop.example.org/"
    report = shop_report(graph)
    assert [f"{finding.rule}: {finding.message}" for finding in report.findings] == []


def test_without_naming_it_its_hosts_are_refused():
    with pytest.raises(pulumi.RunError, match=r"got api.shop.example.org; of a Domain, name it in domains"):
        graph_from(lambda: Service("cart", a_service(route=Route(host="api.shop.example.org"))))
