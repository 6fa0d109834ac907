"""What the pack reads from the names of security policies is what others list with their ciphers."""

import pytest
from moto.elbv2.ssl_policies import SSL_POLICIES

from ecs_operations.facts.tls_policies import DEFAULT, Offer, offer, weakness

OLDEST = {"TLSv1": "1.0", "TLSv1.1": "1.1", "TLSv1.2": "1.2", "TLSv1.3": "1.3"}


@pytest.mark.parametrize("name", sorted(SSL_POLICIES))
def test_a_name_says_what_the_policy_offers(name):
    policy = SSL_POLICIES[name]
    versions = [OLDEST[version] for version in policy["ssl_protocols"]]
    ciphers = [cipher["name"] if isinstance(cipher, dict) else cipher for cipher in policy["ciphers"]]
    assert offer(name) == Offer(min(versions), all(cipher.startswith(("ECDHE-", "TLS_")) for cipher in ciphers))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09", ""),
        ("ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04", ""),
        ("ELBSecurityPolicy-TLS13-1-2-Ext0-FIPS-2023-04", ""),
        ("ELBSecurityPolicy-TLS13-1-3-PQ-2031-01", ""),
        ("ELBSecurityPolicy-FS-1-2-Res-2020-10", ""),
        ("ELBSecurityPolicy-TLS13-1-0-FIPS-PQ-2025-09", "offers TLS 1.0"),
        ("ELBSecurityPolicy-TLS13-1-1-2021-06", "offers TLS 1.1"),
        ("ELBSecurityPolicy-FS-1-1-2019-08", "offers TLS 1.1"),
        ("ELBSecurityPolicy-FS-2018-06", "offers TLS 1.0"),
        (DEFAULT, "offers TLS 1.0"),
        ("ELBSecurityPolicy-TLS13-1-2-Ext2-FIPS-PQ-2025-09", "offers ciphers without forward secrecy"),
        ("ELBSecurityPolicy-TLS-1-2-2017-01", "offers ciphers without forward secrecy"),
        ("ELBSecurityPolicy-Best", "is no security policy that the pack can read"),
    ],
)
def test_it_says_what_is_wrong_with_a_policy(name, says):
    assert weakness(name, "1.2") == says


def test_tls_1_3_alone_can_be_demanded():
    assert weakness("ELBSecurityPolicy-TLS13-1-2-Res-2021-06", "1.3") == "offers TLS 1.2"
    assert weakness("ELBSecurityPolicy-TLS13-1-3-2021-06", "1.3") == ""
