"""What preflight says of the hosted zone: that it is there, and that the names above lead to it."""

import pytest

from operator_command.reading.checked import Verdict
from operator_command.reading.hosted_zone import Zone, parents
from tests.operator_command.account import ZONE, Account


@pytest.mark.parametrize(
    ("answer", "verdict", "says"),
    [
        ({"HostedZone": ZONE}, Verdict.OK, "is example.com, public"),
        ({"HostedZone": ZONE | {"Name": "other.org."}}, Verdict.PROBLEM, "is other.org, public; set"),
        ({"HostedZone": ZONE | {"Name": "ample.com."}}, Verdict.PROBLEM, "is ample.com, public; set"),
        ({"HostedZone": ZONE | {"Config": {"PrivateZone": True}}}, Verdict.PROBLEM, "is example.com, private; set"),
        ("NoSuchHostedZone", Verdict.PROBLEM, "there is no Z0123456789ABCDEFGHIJ; set loadBalancer.hostedZoneId"),
    ],
)
def test_the_zone_is_there_public_and_holds_the_domain(answer, verdict, says):
    ((found, text),) = Account(("route53", "get_hosted_zone", answer)).check("hosted_zone")
    assert found is verdict
    assert says in text


SERVERS = ["ns-1.example.net", "ns-2.example.net"]
DELEGATED = {"Name": "example.com.", "Type": "NS", "ResourceRecords": [{"Value": f"{each}."} for each in SERVERS]}
PARENT = {"Id": "/hostedzone/ZPARENT", "Name": "com.", "CallerReference": "1"}


def delegation(records, *zones):
    zone = {"HostedZone": ZONE, "DelegationSet": {"NameServers": [each.upper() for each in SERVERS]}}
    listed = {"HostedZones": list(zones), "Marker": "", "IsTruncated": False, "MaxItems": "100"}
    answers = [("route53", "get_hosted_zone", zone), ("route53", "list_hosted_zones", listed)]
    if records is not None:
        told = {"ResourceRecordSets": records, "IsTruncated": False, "MaxItems": "1"}
        answers.append(("route53", "list_resource_record_sets", told))
    return Account(*answers).check("delegation")


def test_the_zone_above_in_the_account_leads_to_the_zone():
    found = delegation([DELEGATED], ZONE, PARENT)
    assert found == [(Verdict.OK, "com (ZPARENT) leads to the name servers of example.com")]


@pytest.mark.parametrize(
    ("records", "names"),
    [
        ([], "nobody"),
        ([DELEGATED | {"Name": "example.org."}], "nobody"),
        ([DELEGATED | {"Type": "SOA"}], "nobody"),
        ([DELEGATED | {"ResourceRecords": [{"Value": "ns-9.example.net."}]}], "ns-9.example.net"),
        ([DELEGATED | {"ResourceRecords": [{"Value": f"{SERVERS[0]}."}]}], SERVERS[0]),
    ],
)
def test_a_zone_above_that_leads_elsewhere_may_be_in_nobodys_use_and_is_shown_beside_what_has_to_be(records, names):
    ((verdict, text),) = delegation(records, ZONE, PARENT)
    assert verdict is Verdict.UNKNOWN
    assert text == (
        f"com (ZPARENT) names {names} for example.com; "
        "`dig +short NS example.com` has to say: ns-1.example.net, ns-2.example.net"
    )


def test_without_a_zone_above_it_says_what_to_look_at_by_hand():
    private = PARENT | {"Config": {"PrivateZone": True}}
    ((verdict, text),) = delegation(None, ZONE, private, PARENT | {"Name": "ample.com."})
    assert verdict is Verdict.UNKNOWN
    assert text.endswith("`dig +short NS example.com` has to say: ns-1.example.net, ns-2.example.net")


def test_of_several_names_above_the_nearest_one_leads_to_a_zone():
    zone = Zone(zone_id="Z", name="a.b.example.com")
    above = [Zone(zone_id=str(n), name=name) for n, name in enumerate(["example.com", "b.example.com", "com"])]
    twice = [*above, Zone(zone_id="9", name="b.example.com")]
    assert [each.zone_id for each in parents(zone, twice)] == ["1", "9"]
    assert parents(zone, [zone]) == []


@pytest.mark.parametrize("zone", ["NoSuchHostedZone", {"HostedZone": ZONE | {"Config": {"PrivateZone": True}}}])
def test_what_is_wrong_with_a_zone_itself_is_no_question_of_its_delegation(zone):
    assert Account(("route53", "get_hosted_zone", zone)).check("delegation") == []
