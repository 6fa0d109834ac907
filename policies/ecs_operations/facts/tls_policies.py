"""What the security policies of load balancers offer, read from their names.

Source: Elastic Load Balancing user guides, Security policies for your Application (Network) Load Balancer. A name ends
in its date; before it stand the oldest version that it offers (`1-2`), `Res` for ciphers of AEAD alone, `Ext1` and
`Ext2` for ciphers without forward secrecy, `FIPS` and `PQ` for where and how it is computed. A test compares this with
a table of policies and their ciphers that others keep.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

DEFAULT = "ELBSecurityPolicy-2016-08"
"""What a listener gets that names none, unless it is made in the console."""
NAME = re.compile(r"ELBSecurityPolicy-(?P<family>TLS13|TLS|FS)-1-(?P<minor>[0-3])(?P<rest>-.+)?-\d{4}-\d{2}")
WITHOUT_VERSION = {
    "ELBSecurityPolicy-2016-08": "1.0",
    "ELBSecurityPolicy-2015-05": "1.0",
    "ELBSecurityPolicy-2015-03": "1.0",
    "ELBSecurityPolicy-2015-02": "1.0",
    "ELBSecurityPolicy-2014-10": "1.0",
    "ELBSecurityPolicy-2014-01": "1.0",
    "ELBSecurityPolicy-2011-08": "1.0",
    "ELBSecurityPolicy-FS-2018-06": "1.0",
}
"""Names that do not say it → the oldest version that they offer."""


@dataclass(frozen=True)
class Offer:
    """What a client may agree on with a load balancer."""

    oldest: str
    """The oldest version of TLS, as `1.2`."""
    forward_secrecy: bool
    """Whether every cipher has it."""


def offer(policy: str) -> Offer | None:
    """Return what a policy offers, None when its name does not tell."""
    if policy in WITHOUT_VERSION:
        return Offer(WITHOUT_VERSION[policy], forward_secrecy="-FS-" in policy)
    found = NAME.fullmatch(policy)
    if found is None:
        return None
    family, minor, rest = found["family"], int(found["minor"]), found["rest"] or ""
    secret = {"FS": True, "TLS": False}.get(family, minor > 1 and not re.search(r"-Ext[12]\b", rest))
    return Offer(f"1.{minor}", forward_secrecy=secret)


def weakness(policy: str, oldest: str) -> str:
    """Return what is wrong with a policy where `oldest` is the oldest version that may be offered; empty if nothing."""
    found = offer(policy)
    if found is None:
        return "is no security policy that the pack can read"
    if found.oldest < oldest:
        return f"offers TLS {found.oldest}"
    return "" if found.forward_secrecy else "offers ciphers without forward secrecy"
